/* The AST: what was written, with the span of everything. The parser builds it; semantic/ fills the
 * fields marked so.
 *
 * Nodes live in the compilation's arena and are never freed. Lists are intrusive by `next`. */
#pragma once

#include "base/source.h"

struct type;   /* ir/type.h; filled by semantic/ */
struct symbol; /* a variable or a map; semantic/ */
struct call;   /* a resolved call; stdlib/vocab.h */

/* What a recursive walk over the AST must expect: chains of operators, and of `else if`. */
enum {
    AST_MAX_DEPTH = 1000,
};

enum expr_kind {
    EXPR_INT,     /* num, is_unsigned, is_duration */
    EXPR_BOOL,    /* num is 0 or 1 */
    EXPR_STRING,  /* text: escapes resolved */
    EXPR_VAR,     /* name: without the $ */
    EXPR_MAP,     /* name: without the @ ("" for the map `@`), args: keys (NULL: no [ ]) */
    EXPR_PARAM,   /* num: 1 for $1; 0 for $# */
    EXPR_IDENT,   /* name: a builtin used without parentheses */
    EXPR_CALL,    /* name, args */
    EXPR_FIELD,   /* a . name  (also a -> name) */
    EXPR_UNARY,   /* op a */
    EXPR_BINARY,  /* a op b */
    EXPR_TERNARY, /* a ? b : c */
    EXPR_INCDEC,  /* a: EXPR_VAR or EXPR_MAP (else reported by semantic); op OP_INC or OP_DEC;
                     is_postfix */
    EXPR_CAST,    /* (name) a, for integer type names only: int8 .. uint64, bool */
    EXPR_TUPLE,   /* args: two or more, or one with a trailing comma */
    EXPR_COUNT_
};

enum op {
#define OP(name, text) OP_##name,
#include "parser/operators.def"
#undef OP
    OP_COUNT_
};

struct expr {
    enum expr_kind kind;
    struct span span;
    struct expr *next; /* in a list of arguments or keys */
    struct expr *a, *b, *c;
    struct expr *args;
    u32 n_args;
    enum op op;
    u64 num;
    bool is_unsigned, is_duration, is_postfix;
    bool has_parens; /* EXPR_CALL only: `f()`; EXPR_IDENT has none. Else: was written inside ( ) */
    struct str name;
    struct span name_span;
    struct str text;
    u32 depth; /* levels of expressions from here down, itself included; at most AST_MAX_DEPTH */
    /* filled by semantic/ */
    const struct type *type;
    struct symbol *symbol;
    struct call *call;
    bool is_const;   /* value known at compile time: num, or text for strings */
    bool is_missing; /* EXPR_PARAM that was not given */
};

enum stmt_kind {
    STMT_EXPR,   /* value */
    STMT_ASSIGN, /* target op= value; op is OP_NONE for plain = */
    STMT_IF,     /* value: condition; body, other (NULL or a STMT_BLOCK or a STMT_IF) */
    STMT_BLOCK,  /* body: first statement */
    STMT_RETURN, /* value may be NULL */
    STMT_COUNT_
};

struct stmt {
    enum stmt_kind kind;
    struct span span; /* without the closing ; */
    struct stmt *next;
    struct expr *target, *value;
    enum op op;
    u32 depth;                 /* as in struct expr, of statements */
    struct stmt *body, *other; /* body of STMT_IF: a STMT_BLOCK */
};

/* One attach point as written: "kprobe:f" or "BEGIN". The parts are the provider's business. */
struct attach_spec {
    struct span span;
    struct str text;
    struct attach_spec *next;
};

struct clause {
    struct span span;
    struct attach_spec *specs;
    struct expr *predicate; /* NULL: none */
    struct stmt *body;      /* a STMT_BLOCK */
    struct clause *next;
};

struct program {
    struct clause *clauses;
    u32 n_clauses;
};

/* Constructors: zeroed node of a kind at a span, of depth 1. */
struct expr *expr_new(struct arena *a, enum expr_kind kind, struct span span);
struct stmt *stmt_new(struct arena *a, enum stmt_kind kind, struct span span);

/* Spelling of an operator ("+", "<<=" is OP_SHL with STMT_ASSIGN); static string. */
const char *op_text(enum op op);
/* Name of a kind for --emit=ast ("binary"); static string. */
const char *expr_kind_name(enum expr_kind kind);
const char *stmt_kind_name(enum stmt_kind kind);

/* Options of ast_print(): with_types adds each expression's type in the form " :: int64", printed
 * by the callback (type is never NULL there). */
struct ast_print {
    bool with_types;
    void (*print_type)(struct buf *out, const struct type *type);
};

/* Append the program as an indented tree, for --emit=ast: one node a line, "kind BEGIN-END detail",
 * with offsets in bytes from the begin of the source. */
void ast_print(const struct program *p, const struct sources *sources, const struct ast_print *opts,
               struct buf *out);
