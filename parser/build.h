/* What the grammar's actions call: the state of one parse, the token stream as bison sees it, and a
 * builder for each node. Internal to parser/.
 *
 * A builder never fails: where an operand makes no sense it reports and returns a node all the
 * same, since the program is not used once there are errors. Spans are those of the whole
 * construct. */
#pragma once

#include "parser/parse.h"

struct c_reader; /* parser/c_reader.h */
struct c_macro;

struct parse {
    struct arena *arena;
    struct source src;
    struct diags *diags;
    struct lexer *lexer;
    struct program *program;
    struct clause *last_clause;
    struct token_list *tokens; /* NULL, or to be filled */
    struct token token;        /* the last one handed to bison */
    enum token_kind before;    /* the one before it */
    bool is_hushed;            /* the next syntax error follows from what was just reported */
    bool is_too_deep;          /* reported; the rest of the input is not read */
    bool has_config;           /* a config = { } was seen */
    bool has_wrong_end;        /* a block was closed by the other form's closer: reported */
    struct span angle_gt;      /* in a block of < >, the statement's last `>` outside of brackets */
    struct c_reader *c;
    /* Of the body of a macro of C: it, the parse that uses it, and the expression. */
    const struct c_macro *macro;
    const struct parse *outer;
    struct expr *result;
    struct span use; /* of the macro whose body is being parsed */
    bool has_begun;
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

/* Append a node to a list with first and last. */
#define LIST_ADD(list, node)             \
    do {                                 \
        if ((list)->last) {              \
            (list)->last->next = (node); \
        } else {                         \
            (list)->first = (node);      \
        }                                \
        (list)->last = (node);           \
    } while (0)

/* What kind of thing the grammar wanted where a syntax error is, as bison's tables tell. Where
 * several fit, the first is said. */
enum parse_wanted {
    WANTED_EXPRESSION = 1 << 0,
    WANTED_PREDICATE_END = 1 << 1,
    WANTED_RPAREN = 1 << 2,
    WANTED_RBRACKET = 1 << 3,
    WANTED_SEMICOLON = 1 << 4,
    WANTED_COLON = 1 << 5,
    WANTED_BLOCK = 1 << 6,
    WANTED_PROBE = 1 << 7,
    WANTED_TYPE = 1 << 8,
    WANTED_VALUE = 1 << 9,
    WANTED_STRING = 1 << 10,
    WANTED_VAR = 1 << 11,
    WANTED_MAP = 1 << 12,
    WANTED_NAME = 1 << 13,
    WANTED_LPAREN = 1 << 14,
    WANTED_ASSIGN = 1 << 15,
    WANTED_COMMA = 1 << 16,
    WANTED_BLOCK_END = 1 << 17,
};

/* The next token for bison: definitions that are not supported are reported and skipped; behind
 * what is nested too deeply the input ends. */
struct token parse_next(struct parse *ps);

/* The source text under a span of this parse. */
struct str parse_text(const struct parse *ps, struct span span);

/* Report a syntax error at the current token, in bpftrace's words. wanted: parse_wanted bits. */
void parse_syntax_error(struct parse *ps, unsigned wanted);
/* Report that something nests too deeply. */
void parse_too_deep(struct parse *ps, struct span span);
/* Report that `end` closed a block that `wanted` should have closed. */
void parse_wrong_end(struct parse *ps, struct span end, enum token_kind wanted);

/* The expression that the macro of C at `span` stands for; NULL: it is none. */
struct expr *parse_macro_use(struct parse *ps, struct span span);
/* The name of the function that is called at `span`, which may be a macro for it. */
struct str parse_macro_callee(struct parse *ps, struct span span);
/* Report a macro's value that the operator around it would tear apart in C. */
void parse_macro_operand(struct parse *ps, const struct expr *operand, enum op op, bool is_right);
/* Parse a macro's body as an expression; NULL: reported. */
struct expr *parse_macro_body(struct parse *ps, const struct c_macro *macro);

/* Append one, and return the longer list. */
struct expr_list exprs_add(struct expr_list list, struct expr *e);
struct stmt_list stmts_add(struct stmt_list list, struct stmt *s); /* NULL adds nothing */
struct spec_list specs_add(struct parse *ps, struct spec_list list, struct span span,
                           bool is_alternative);

/* Count the depth of a node whose children are set. One that is too deep is reported and becomes
 * the literal 0. */
struct expr *expr_finish(struct parse *ps, struct expr *e);

/* Leaves; the text is that of the span. */
struct expr *build_int(struct parse *ps, struct span span);
struct expr *build_bool(struct parse *ps, struct span span, bool value);
struct expr *build_string(struct parse *ps, struct span span);
struct expr *build_name(struct parse *ps, enum expr_kind kind,
                        struct span span);                    /* VAR MAP IDENT */
struct expr *build_word(struct parse *ps, struct span span);  /* IDENT that may be a macro of C */
struct expr *build_param(struct parse *ps, struct span span); /* $1 and $# */

/* Inner nodes. name: the span of the function's or field's name. */
struct expr *build_call(struct parse *ps, struct span span, struct span name,
                        struct expr_list args);
struct expr *build_field(struct parse *ps, struct span span, struct expr *a, struct span name);
/* A map's keys, or an index. */
struct expr *build_subscript(struct parse *ps, struct span span, struct expr *a,
                             struct expr_list keys);
struct expr *build_unary(struct parse *ps, struct span span, enum op op, struct expr *a);
struct expr *build_binary(struct parse *ps, struct span span, struct expr *a, enum op op,
                          struct expr *b);
struct expr *build_ternary(struct parse *ps, struct span span, struct expr *a, struct expr *b,
                           struct expr *c);
struct expr *build_incdec(struct parse *ps, struct span span, enum op op, struct expr *a,
                          bool is_postfix);
struct expr *build_cast(struct parse *ps, struct span span, struct type_name *type, struct expr *a);
/* EXPR_TUPLE or EXPR_RECORD. */
struct expr *build_list(struct parse *ps, struct span span, enum expr_kind kind,
                        struct expr_list args);
/* `e` under a name in a record. */
struct expr *build_label(struct parse *ps, struct span label, struct expr *e);
/* `e` in parentheses. */
struct expr *build_parens(struct expr *e);
/* EXPR_SIZEOF or EXPR_TYPE; type or a is NULL. */
struct expr *build_query(struct parse *ps, struct span span, enum expr_kind kind,
                         struct type_name *type, struct expr *a);
struct expr *build_offsetof(struct parse *ps, struct span span, struct type_name *type,
                            struct expr *a, struct expr_list path);
/* `comptime a`: an `if` is marked, else it is a node of its own. */
struct expr *build_comptime(struct parse *ps, struct span span, struct expr *a);

/* Values made of blocks. An `if` or a block that ends a block of theirs becomes a value, too. */
struct expr *build_value_if(struct parse *ps, struct span span, struct expr *a, struct stmt *body,
                            struct stmt *other);
struct expr *build_value_block(struct parse *ps, struct stmt *block);
/* The `if` of an `else if` in a value: a STMT_EXPR. */
struct stmt *build_else_if(struct parse *ps, struct span span, struct expr *a, struct stmt *body,
                           struct stmt *other);

/* Types as written. */
struct type_name *build_type_word(struct parse *ps, struct span span);
/* One more word of a type: `unsigned` and `long`. */
struct type_name *build_type_more(struct parse *ps, struct span span, struct type_name *type,
                                  struct span word);
struct type_name *build_type_tag(struct parse *ps, struct span span, enum type_name_kind kind,
                                 struct span name);
struct type_name *build_type_typeof(struct parse *ps, struct span span, struct expr *of,
                                    struct type_name *inner);
struct type_name *build_type_pointer(struct parse *ps, struct span span, struct type_name *inner);
/* count: NULL for `[]`. */
struct type_name *build_type_array(struct parse *ps, struct span span, struct type_name *inner,
                                   struct expr *count);
/* The type that reads as the expression e, with n_stars stars behind it: `name`, `name[4]`. Where e
 * is anything else, those stars were a multiplication without its second operand: reported. */
struct type_name *build_type_of_expr(struct parse *ps, struct span span, struct expr *e,
                                     u32 n_stars);

/* Statements. body: a block; other: NULL, a block or an if. var: the span of a variable. */
struct stmt *build_stmt(struct parse *ps, struct span span, enum stmt_kind kind,
                        struct expr *value);
struct stmt *build_assign(struct parse *ps, struct span span, struct expr *target, enum op op,
                          struct expr *value);
struct stmt *build_let(struct parse *ps, struct span span, struct span var, struct type_name *type,
                       struct expr *value);
struct stmt *build_if(struct parse *ps, struct span span, struct expr *value, struct stmt *body,
                      struct stmt *other);
/* `s`, an if or what follows an `else`, with comptime before it. */
struct stmt *build_comptime_if(struct stmt *s, struct span span);
struct stmt *build_comptime_block(struct parse *ps, struct span span, struct stmt *block);
/* STMT_WHILE or STMT_UNROLL. */
struct stmt *build_loop(struct parse *ps, struct span span, enum stmt_kind kind, struct expr *value,
                        struct stmt *body);
struct stmt *build_for_range(struct parse *ps, struct span span, struct span var,
                             struct expr *value, struct expr *limit, struct stmt *body);
/* Reports what is no map. */
struct stmt *build_for_map(struct parse *ps, struct span span, struct span var, struct expr *value,
                           struct stmt *body);
struct stmt *build_block(struct parse *ps, struct span span, struct stmt_list body);
/* Append to the program. predicate: NULL for none; name, kind, path: spans of words. */
void build_clause(struct parse *ps, struct span span, struct spec_list specs,
                  struct expr *predicate, struct stmt *body);
/* A config block begins: reports one in the wrong place. */
void build_config(struct parse *ps, struct span span);
void build_config_item(struct parse *ps, struct span span, struct span name, struct expr *value);
void build_import(struct parse *ps, struct span path);
void build_map_decl(struct parse *ps, struct span span, struct span name, struct span kind,
                    struct expr *size);
void build_macro(struct parse *ps, struct span span, struct span name, struct expr_list params,
                 struct stmt *body);
