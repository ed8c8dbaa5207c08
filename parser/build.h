/* What the grammar's actions call: the state of one parse, the token stream as bison sees it, and a
 * builder for each node. Internal to parser/.
 *
 * A builder never fails: where an operand makes no sense it reports and returns a node all the
 * same, since the program is not used once there are errors. Spans are those of the whole
 * construct. */
#pragma once

#include "parser/parse.h"

struct parse {
    struct arena *arena;
    struct source src;
    struct diags *diags;
    struct lexer *lexer;
    struct program *program;
    struct clause *last_clause;
    struct token token;   /* the last one handed to bison */
    bool is_hushed;       /* the next syntax error follows from what was just reported */
    bool is_too_deep;     /* reported; the rest of the input is not read */
    bool has_wrong_end;   /* a block was closed by the other form's closer: reported */
    struct span angle_gt; /* in a block of < >, the statement's last `>` outside of brackets */
};

/* Lists under construction. */
struct expr_list {
    struct expr *first, *last;
    u32 n;
};

struct stmt_list {
    struct stmt *first, *last;
};

struct spec_list {
    struct attach_spec *first, *last;
};

/* What kind of thing the grammar wanted where a syntax error is, as bison's tables tell. */
enum parse_wanted {
    WANTED_EXPRESSION = 1 << 0,
    WANTED_BLOCK_END = 1 << 1,
    WANTED_PREDICATE_END = 1 << 2,
    WANTED_RPAREN = 1 << 3,
    WANTED_RBRACKET = 1 << 4,
    WANTED_COLON = 1 << 5,
    WANTED_SEMICOLON = 1 << 6,
    WANTED_BLOCK = 1 << 7,
    WANTED_PROBE = 1 << 8,
    WANTED_FIELD = 1 << 9,
};

/* The next token for bison: definitions that are not supported are reported and skipped, and so are
 * words; behind what is nested too deeply the input ends. */
struct token parse_next(struct parse *ps);

/* The source text under a span of this parse. */
struct str parse_text(const struct parse *ps, struct span span);

/* Report a syntax error at the current token, in bpftrace's words. wanted: parse_wanted bits. */
void parse_syntax_error(struct parse *ps, unsigned wanted);
/* Report that something nests too deeply. */
void parse_too_deep(struct parse *ps, struct span span);
/* Report that `end` closed a block that `wanted` should have closed. */
void parse_wrong_end(struct parse *ps, struct span end, enum token_kind wanted);

/* Append one, and return the longer list. */
struct expr_list exprs_add(struct expr_list list, struct expr *e);
struct stmt_list stmts_add(struct stmt_list list, struct stmt *s); /* NULL adds nothing */
struct spec_list specs_add(struct parse *ps, struct spec_list list, struct span span);

/* Leaves; the text is that of the span. */
struct expr *build_int(struct parse *ps, struct span span);
struct expr *build_bool(struct parse *ps, struct span span, bool value);
struct expr *build_string(struct parse *ps, struct span span);
struct expr *build_name(struct parse *ps, enum expr_kind kind,
                        struct span span);                    /* VAR MAP IDENT */
struct expr *build_param(struct parse *ps, struct span span); /* $1 and $# */

/* Inner nodes. name: the span of the function's, field's or type's name. */
struct expr *build_call(struct parse *ps, struct span span, struct span name,
                        struct expr_list args);
struct expr *build_field(struct parse *ps, struct span span, struct expr *a, struct span name);
struct expr *build_subscript(struct parse *ps, struct span span, struct expr *a,
                             struct expr_list keys);
struct expr *build_unary(struct parse *ps, struct span span, enum op op, struct expr *a);
struct expr *build_binary(struct parse *ps, struct span span, struct expr *a, enum op op,
                          struct expr *b);
struct expr *build_ternary(struct parse *ps, struct span span, struct expr *a, struct expr *b,
                           struct expr *c);
struct expr *build_incdec(struct parse *ps, struct span span, enum op op, struct expr *a,
                          bool is_postfix);
struct expr *build_cast(struct parse *ps, struct span span, struct span name, struct expr *a);
struct expr *build_tuple(struct parse *ps, struct span span, struct expr_list args);
/* `e` in parentheses. */
struct expr *build_parens(struct expr *e);
/* The operator at `place` is known to the language only: reports it and returns `e`. */
struct expr *build_unsupported(struct parse *ps, struct span place, struct expr *e);

/* Statements. body of build_if: a block; other: NULL, a block or an if. */
struct stmt *build_stmt(struct parse *ps, struct span span, enum stmt_kind kind,
                        struct expr *value);
struct stmt *build_assign(struct parse *ps, struct span span, struct expr *target, enum op op,
                          struct expr *value);
struct stmt *build_if(struct parse *ps, struct span span, struct expr *value, struct stmt *body,
                      struct stmt *other);
struct stmt *build_block(struct parse *ps, struct span span, struct stmt_list body);

/* Append a clause to the program. predicate: NULL for none. */
void build_clause(struct parse *ps, struct span span, struct spec_list specs,
                  struct expr *predicate, struct stmt *body);
