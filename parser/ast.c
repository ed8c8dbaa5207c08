/* Nodes of the AST, and the names of their kinds. */
#include "parser/ast.h"

static const char *const op_texts[OP_COUNT_] = {
#define OP(name, text) [OP_##name] = (text),
#include "parser/operators.def"
#undef OP
};

static const char *const expr_names[EXPR_COUNT_] = {
    [EXPR_INT] = "int",       [EXPR_BOOL] = "bool",         [EXPR_STRING] = "string",
    [EXPR_VAR] = "var",       [EXPR_MAP] = "map",           [EXPR_PARAM] = "param",
    [EXPR_IDENT] = "ident",   [EXPR_CALL] = "call",         [EXPR_FIELD] = "field",
    [EXPR_INDEX] = "index",   [EXPR_UNARY] = "unary",       [EXPR_BINARY] = "binary",
    [EXPR_INCDEC] = "incdec", [EXPR_TERNARY] = "ternary",   [EXPR_CAST] = "cast",
    [EXPR_TUPLE] = "tuple",   [EXPR_RECORD] = "record",     [EXPR_SIZEOF] = "sizeof",
    [EXPR_TYPE] = "type",     [EXPR_OFFSETOF] = "offsetof", [EXPR_IF] = "if",
    [EXPR_BLOCK] = "block",   [EXPR_COMPTIME] = "comptime",
};

static const char *const stmt_names[STMT_COUNT_] = {
    [STMT_EXPR] = "expr",       [STMT_ASSIGN] = "assign",
    [STMT_LET] = "let",         [STMT_IF] = "if",
    [STMT_WHILE] = "while",     [STMT_FOR_RANGE] = "for_range",
    [STMT_FOR_MAP] = "for_map", [STMT_UNROLL] = "unroll",
    [STMT_BREAK] = "break",     [STMT_CONTINUE] = "continue",
    [STMT_BLOCK] = "block",     [STMT_RETURN] = "return",
};

struct expr *expr_new(struct arena *a, enum expr_kind kind, struct span span)
{
    struct expr *e = arena_new(a, struct expr);

    e->kind = kind;
    e->span = span;
    e->depth = 1;
    return e;
}

struct stmt *stmt_new(struct arena *a, enum stmt_kind kind, struct span span)
{
    struct stmt *s = arena_new(a, struct stmt);

    s->kind = kind;
    s->span = span;
    s->depth = 1;
    return s;
}

const char *op_text(enum op op)
{
    return op_texts[op];
}

const char *expr_kind_name(enum expr_kind kind)
{
    return expr_names[kind];
}

const char *stmt_kind_name(enum stmt_kind kind)
{
    return stmt_names[kind];
}
