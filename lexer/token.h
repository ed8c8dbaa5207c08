/* Tokens: what the scanner hands out. A token is a kind and a span; the text stays in the source.
 *
 * The scanner knows by itself where a probe spec, a predicate's end, and an opening or closing
 * angle bracket is (lexer/scan.h says how); the parser gives it no hints. */
#pragma once

#include "base/diag.h"

enum token_kind {
#define TOKEN(name, text)   TOK_##name,
#define KEYWORD(name, word) TOK_##name,
#include "lexer/tokens.def"
#undef KEYWORD
#undef TOKEN
    TOK_COUNT_
};

struct token {
    enum token_kind kind;
    struct span span;
};

/* One scan over one source. Opaque: lexer_new/lexer_next. Lives in the arena. */
struct lexer;

/* Start scanning source `src` (already in diags->sources). Errors (NUL byte, unterminated string or
 * comment, invalid character, ...) are reported to diags and scanning goes on behind them. Borrows
 * all arguments, but `src` itself is copied. Never NULL. */
struct lexer *lexer_new(struct arena *arena, const struct source *src, struct diags *diags);

/* The next token; TOK_EOF at the end, and again after it. White space and comments are skipped.
 * TOK_EOF is an empty span behind the last character that is not white space. */
struct token lexer_next(struct lexer *lx);

/* End the scan. What flex allocated is the arena's, so forgetting this leaks nothing. */
void lexer_free(struct lexer *lx);

/* Go on at a position behind the last token, as at the top of the script. */
void lexer_skip(struct lexer *lx, u32 position);

/* Take what comes for code, not for the top of a script. */
void lexer_enter_code(struct lexer *lx);

/* How many blocks and brackets are open behind the last token; 0 at the top of the script. */
u32 lexer_depth(const struct lexer *lx);

/* True if the last token lies directly in a block of < >: not in one of { }, not in brackets. */
bool lexer_in_angle(const struct lexer *lx);

/* The token that closes the innermost open block: TOK_RBRACE, TOK_RANGLE, or TOK_EOF for none. */
enum token_kind lexer_block_end(const struct lexer *lx);

/* Name of a kind for --emit=tokens ("IDENT") and its spelling for messages ("'{'", "identifier").
 * Static strings. */
const char *token_name(enum token_kind kind);
const char *token_text(enum token_kind kind);

/* The reserved word or type name `word`, else TOK_IDENT. */
enum token_kind token_of_word(struct str word);

/* Does the word begin a definition, where else a probe spec would stand: config, macro, struct, ...
 */
bool token_is_definition(enum token_kind kind);

/* Scan all of src and append one line a token, for --emit=tokens: "BEGIN-END KIND text", with
 * offsets in bytes from the begin of the source. Errors go to diags as in lexer_new(). */
void tokens_print(struct arena *arena, const struct source *src, struct diags *diags,
                  struct buf *out);

/* Value of an integer or duration literal (decimal, 0x, 0b, octal, `_`, 1e6, suffix u l ul ll ull,
 * ns us ms s m h d). Reports E_BAD_INTEGER or E_INTEGER_RANGE at span and returns false where it is
 * malformed or does not fit 64 bits; the outputs are then untouched.
 * value_out: durations in nanoseconds.
 * is_unsigned_out: the literal has a `u` suffix or is a duration. */
bool literal_integer(struct str text, struct span span, struct diags *diags, u64 *value_out,
                     bool *is_unsigned_out);

/* Content of a string literal (text with its quotes; the closing one may be missing), escapes
 * resolved: \n \t \r \" \\ \ooo \xhh. Reports each invalid escape at its own place. NUL bytes by
 * escape end the string as in C. */
struct str literal_string(struct arena *arena, struct str text, struct span span,
                          struct diags *diags);
