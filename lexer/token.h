/* Tokens: what the scanner hands out. A token is a kind and a span; the text stays in the source.
 */
#pragma once

#include "base/diag.h"

enum token_kind {
#define TOKEN(name, text) TOK_##name,
#include "lexer/tokens.def"
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
 * all arguments. */
struct lexer *lexer_new(struct arena *arena, const struct source *src, struct diags *diags);

/* The next token; TOK_EOF at the end, and again after it. White space and comments are skipped. */
struct token lexer_next(struct lexer *lx);

/* Release what flex allocated (the arena keeps the rest). */
void lexer_free(struct lexer *lx);

/* Name of a kind for --emit=tokens ("IDENT") and its spelling for messages ("'{'", "identifier").
 * Static strings. */
const char *token_name(enum token_kind kind);
const char *token_text(enum token_kind kind);

/* Value of an integer or duration literal (decimal, 0x, 0b, octal, `_`, 1e6, suffix u l ul ll ull,
 * ns us ms s m h d). Reports E1xx at span and returns false where it does not fit 64 bits or is
 * malformed. is_unsigned_out: the literal has a `u` suffix or is a duration. */
bool literal_integer(struct str text, struct span span, struct diags *diags, u64 *value_out,
                     bool *is_unsigned_out);

/* Content of a string literal (text with its quotes), escapes resolved: \n \t \r \" \\ \ooo \xhh.
 * Reports each invalid escape at its own place. NUL bytes by escape end the string as in C. */
struct str literal_string(struct arena *arena, struct str text, struct span span,
                          struct diags *diags);
