/* The AST: what was written, with the span of everything. The parser builds it; semantic/ fills the
 * fields marked so.
 *
 * Nodes live in the compilation's arena and are never freed. Lists are intrusive by `next`. */
#pragma once

#include "base/source.h"

struct type;   /* ir/type.h; filled by semantic/ */
struct symbol; /* a variable or a map; semantic/ */
struct call;   /* a resolved call; stdlib/vocab.h */

/* What a recursive walk over the AST must expect, expressions, statements and types together. */
enum {
    AST_MAX_DEPTH = 1000,
};

enum expr_kind {
    EXPR_INT,      /* num, is_unsigned, is_duration */
    EXPR_BOOL,     /* num is 0 or 1 */
    EXPR_STRING,   /* text: escapes resolved */
    EXPR_VAR,      /* name: without the $ */
    EXPR_MAP,      /* name: without the @ ("" for the map `@`), args: keys (NULL: no [ ]) */
    EXPR_PARAM,    /* num: 1 for $1; 0 for $# */
    EXPR_IDENT,    /* name: a builtin used without parentheses, an enumerator, a macro's argument */
    EXPR_CALL,     /* name, args */
    EXPR_FIELD,    /* a . name  (also a -> name); a tuple's element has its number as name */
    EXPR_INDEX,    /* a [ args ]: one argument; a is no map */
    EXPR_UNARY,    /* op a; OP_DEREF and OP_ADDR, too */
    EXPR_BINARY,   /* a op b */
    EXPR_TERNARY,  /* a ? b : c; b is NULL in `a ?: c` */
    EXPR_INCDEC,   /* a: EXPR_VAR or EXPR_MAP (else reported by semantic); op OP_INC or OP_DEC;
                      is_postfix */
    EXPR_CAST,     /* (type_name) a */
    EXPR_TUPLE,    /* args: two or more, or one with a trailing comma */
    EXPR_RECORD,   /* args, each with its label: (a = 1, b = 2) */
    EXPR_SIZEOF,   /* type_name, or a */
    EXPR_OFFSETOF, /* type_name, or a; args: EXPR_IDENT for each name of the path */
    EXPR_TYPE,     /* type_name: a type as an argument of a call: is_ptr(uint64), container_of() */
    EXPR_IF,       /* a: condition; body: STMT_BLOCK; other: STMT_BLOCK or STMT_EXPR of an EXPR_IF,
                      NULL: none; is_comptime. The value is that of the blocks' last statements. */
    EXPR_BLOCK,    /* body: STMT_BLOCK, whose last statement is the value */
    EXPR_COMPTIME, /* a: has to be known at compile time */
    EXPR_COUNT_
};

enum op {
#define OP(name, text) OP_##name,
#include "parser/operators.def"
#undef OP
    OP_COUNT_
};

/* A type as written. Pointers and arrays wrap what stands before them: `int32*[4]` is an ARRAY of a
 * POINTER to a NAME. */
enum type_name_kind {
    TYPE_NAME_WORD,    /* name: "uint64", "string", "unsigned long", a typedef; count: the number of
                          string[N] and its like */
    TYPE_NAME_STRUCT,  /* name: the tag */
    TYPE_NAME_UNION,   /* name */
    TYPE_NAME_ENUM,    /* name; empty: decl, defined in place */
    TYPE_NAME_TYPEOF,  /* of; or inner: typeof(TYPE) */
    TYPE_NAME_POINTER, /* inner */
    TYPE_NAME_ARRAY,   /* inner, count (NULL: `[]`) */
    TYPE_NAME_RECORD,  /* decl: a struct or union without a tag, defined in place */
    TYPE_NAME_COUNT_
};

struct type_name {
    enum type_name_kind kind;
    struct span span;
    struct str name;
    struct type_name *inner;
    struct expr *of, *count;
    struct c_decl *decl; /* C declarations only */
    u32 depth;           /* as in struct expr */
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
    bool is_long;    /* EXPR_INT of a C declaration: suffix l */
    bool is_bare;    /* what a macro of C stands for, an operation without parentheses */
    bool has_parens; /* EXPR_CALL only: `f()`; EXPR_IDENT has none. Else: was written inside ( ) */
    struct str name;
    struct span name_span;
    struct str text;
    struct str label; /* of an argument of EXPR_RECORD */
    struct span label_span;
    struct type_name *type_name;
    struct stmt *body, *other;
    bool is_comptime;
    u32 depth; /* levels of nodes from here down, itself included; at most AST_MAX_DEPTH */
    /* filled by semantic/ */
    const struct type *type;
    struct symbol *symbol;
    struct call *call;
    bool is_const;   /* value known at compile time: num, or text for strings */
    bool is_missing; /* EXPR_PARAM that was not given */
    bool is_open;    /* EXPR_PARAM that is given when the object runs */
    bool is_text;    /* the same: its text is wanted, not the number that it spells */
};

enum stmt_kind {
    STMT_EXPR,      /* value */
    STMT_ASSIGN,    /* target op= value; op is OP_NONE for plain =. `_ = value` has target NULL. */
    STMT_LET,       /* target: EXPR_VAR; type_name or NULL; value or NULL */
    STMT_IF,        /* value: condition; body, other (NULL or a STMT_BLOCK or a STMT_IF);
                       is_comptime */
    STMT_WHILE,     /* value: condition; body */
    STMT_FOR_RANGE, /* target: EXPR_VAR; value .. limit; body */
    STMT_FOR_MAP,   /* target: EXPR_VAR; value: EXPR_MAP without keys; body */
    STMT_UNROLL,    /* value: number of times; body */
    STMT_BREAK,
    STMT_CONTINUE,
    STMT_BLOCK,  /* body: first statement */
    STMT_RETURN, /* value may be NULL */
    STMT_COUNT_
};

struct stmt {
    enum stmt_kind kind;
    struct span span; /* without the closing ; */
    struct stmt *next;
    struct expr *target, *value, *limit;
    struct type_name *type_name;
    enum op op;
    bool is_comptime;
    u32 depth;                 /* as in struct expr */
    struct stmt *body, *other; /* body of STMT_IF and loops: a STMT_BLOCK */
};

/* One attach point as written: "kprobe:f" or "BEGIN". The parts are the provider's business. */
struct attach_spec {
    struct span span;
    struct str text;
    bool is_alternative; /* it is meant where the one before it does not exist: a ?? b */
    struct attach_spec *next;
};

struct clause {
    struct span span;
    struct attach_spec *specs;
    struct expr *predicate; /* NULL: none */
    struct stmt *body;      /* a STMT_BLOCK */
    struct clause *next;
};

/* macro name($v, @m, e) { ... } */
struct macro {
    struct span span; /* of the head */
    struct str name;
    struct expr *params; /* EXPR_VAR (by reference), EXPR_MAP or EXPR_IDENT (an expression) */
    u32 n_params;
    struct stmt *body; /* a STMT_BLOCK; the value of its last statement is that of a call */
    bool is_called;    /* filled by semantic/ */
    struct macro *next;
};

/* let @name = kind(size); */
struct map_decl {
    struct span span, kind_span;
    struct str name;   /* without the @ */
    struct str kind;   /* "lruhash" */
    struct expr *size; /* NULL: none given */
    struct map_decl *next;
};

/* name = value; in config = { ... } */
struct config_item {
    struct span span;
    struct str name;
    struct expr *value; /* EXPR_INT, EXPR_BOOL, EXPR_STRING, or EXPR_IDENT for a word */
    struct config_item *next;
};

/* import "path"; */
struct import {
    struct span span; /* of the path */
    struct str path;
    struct import *next;
};

/* A field of a C struct or union. A nameless one is an anonymous struct or union, or padding. */
struct c_field {
    struct span span;
    struct str name;
    struct type_name *type;
    struct expr *bits;  /* NULL: no bit-field */
    struct expr *align; /* of __attribute__((aligned(N))); NULL: none */
    bool is_packed;
    struct c_field *next;
};

enum c_decl_kind {
    C_DECL_RECORD,  /* struct name { fields }, or union */
    C_DECL_ENUM,    /* enum name { enumerators } */
    C_DECL_TYPEDEF, /* typedef type name */
};

struct c_enumerator {
    struct span span;
    struct str name;
    struct expr *value; /* NULL: one more than the one before */
    struct c_enumerator *next;
};

/* A C declaration at the head of the script. What is defined within another one comes before it. */
struct c_decl {
    enum c_decl_kind kind;
    struct span span; /* of the name; of the keyword where it has none */
    struct str name;
    bool is_union, is_packed;
    bool is_forward;    /* `struct name;` */
    struct expr *align; /* of __attribute__((aligned(N))); NULL: none */
    struct c_field *fields;
    struct c_enumerator *enumerators;
    struct type_name *type;
    const struct type *defined; /* filled by semantic/: the type that this made */
    struct c_decl *next;
};

/* A list that keeps its end. */
#define AST_LIST(type)      \
    struct {                \
        struct type *first; \
        struct type *last;  \
    }

struct program {
    struct clause *clauses;
    u32 n_clauses;
    AST_LIST(c_decl) c_decls;
    struct span config_span; /* of `config =`; NO_SPAN: none */
    AST_LIST(config_item) config;
    AST_LIST(import) imports;
    AST_LIST(map_decl) map_decls;
    AST_LIST(macro) macros;
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
