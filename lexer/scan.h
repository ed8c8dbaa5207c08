/* The scanner's state, between lexer.l (patterns) and scan.c (decisions). Internal to lexer/.
 *
 * Everything that a script's grammar needs from the scanner beyond characters is decided from the
 * tokens that came before, never by the parser:
 * - The mode says which patterns hold. TOP: probe specs, until a block opens. PREDICATE: behind the
 *   opening slash, until a slash that `{` or `<` follows. CODE: in blocks, and in definitions at
 * the top (fn, macro, ...), which end at `;` or `}` with nothing open.
 * - The stack of what is open: `{` and `<` for blocks, `(` and `[` for brackets, and the heads (of
 *   if, else, loops, macros) that a block has to follow. `;`, and what closes a block, ends all
 * above the innermost block, and a block all above the head it belongs to: one forgotten `)` spoils
 * one statement.
 * - `{` and `if` where an operand could begin (behind an operator, `(`, `,`, `=`, `return`) make a
 *   value: their tokens are VALUE_LBRACE and VALUE_IF, and the brackets around them stay open.
 * - `<` opens a block behind a probe list or predicate (TOP), where a statement could begin, and,
 *   outside of brackets, behind a head and where an operand could begin (VALUE_LANGLE). A head
 *   without parentheses is a unary expression, which holds no `<` of its own.
 * - `>` closes a block where a statement could begin. */
#pragma once

#include "lexer/token.h"

enum scan_mode {
    SCAN_TOP,
    SCAN_PREDICATE,
    SCAN_CODE,
};

struct lexer {
    struct arena *arena;
    struct source src;
    struct diags *diags;
    void *scanner;   /* flex's */
    struct str text; /* its copy of the source, from `first` on */
    u32 first;
    u32 begin, end; /* offsets of what flex matched last */
    enum scan_mode mode;
    enum token_kind prev; /* the token before; TOK_EOF at the begin */
    bool is_operand_next; /* the token before leaves an operand to come; not changed by comptime */
    bool has_question;    /* the statement has a `?`, so that a `:` may follow */
    u32 depth;            /* of open, without heads */
    VEC(char) open;
};

/* The text from lx->end on, copied for flex: two NULs are at its end and none within. Those of the
 * source are reported, and become spaces. */
struct str scan_copy(struct lexer *lx);

/* Put back the character behind the last token, where flex has a NUL. */
void scan_mend(struct lexer *lx);

/* The text that flex matched last. */
struct str scan_text(const struct lexer *lx);

/* Make it a token, and keep the state described above. */
struct token scan_emit(struct lexer *lx, enum token_kind kind);

/* The kind of a word in code: reserved word, type or identifier; behind `.` and `struct` always an
 * identifier. */
enum token_kind scan_word(const struct lexer *lx);

/* The kind of what looks like a probe spec: a definition's keyword (fn, config, ...) or a spec.
 * Reports what is not UTF-8. */
enum token_kind scan_spec(struct lexer *lx);

/* TOK_LBRACE or TOK_VALUE_LBRACE for a `{`. */
enum token_kind scan_brace(const struct lexer *lx);

/* TOK_LANGLE, TOK_VALUE_LANGLE or TOK_LT for a `<` in code. */
enum token_kind scan_less(const struct lexer *lx);

/* True if the first `>` of the match closes a block. Also where it does so in spite of a missing
 * `;`, which is reported. */
bool scan_closes(struct lexer *lx);

/* Reports for what flex matched: characters without a meaning; a string that ends with its line; a
 * comment that never ends; a `#` and the rest of its line, unless it is a directive, which the
 * parser has obeyed before the scan. */
void scan_bad_chars(struct lexer *lx);
void scan_open_string(struct lexer *lx);
void scan_open_comment(struct lexer *lx);
void scan_directive(struct lexer *lx);

/* Report what is not UTF-8 in the match (a string, a comment, a spec). */
void scan_check_bytes(struct lexer *lx);
