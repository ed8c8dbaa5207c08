/* Constant expressions of C, as nodes of the AST. */
#include <string.h>

#include "parser/c_reader.h"

struct binary {
    const char *text;
    enum op op;
    u32 level; /* binds tighter the higher it is */
};

static const struct binary binaries[] = {
    {"||", OP_LOR, 1}, {"&&", OP_LAND, 2}, {"|", OP_BOR, 3},  {"^", OP_BXOR, 4}, {"&", OP_BAND, 5},
    {"==", OP_EQ, 6},  {"!=", OP_NE, 6},   {"<", OP_LT, 7},   {"<=", OP_LE, 7},  {">", OP_GT, 7},
    {">=", OP_GE, 7},  {"<<", OP_SHL, 8},  {">>", OP_SHR, 8}, {"+", OP_ADD, 9},  {"-", OP_SUB, 9},
    {"*", OP_MUL, 10}, {"/", OP_DIV, 10},  {"%", OP_MOD, 10},
};

static struct expr *read_unary(struct c_stream *st);

/* A node of these operands; NULL where one of them is missing, or the tree gets too deep. */
static struct expr *node(struct c_stream *st, enum expr_kind kind, struct span span, struct expr *a,
                         struct expr *b)
{
    struct expr *e = NULL;

    if (!a || !b)
        return NULL;
    e = expr_new(st->r->arena, kind, span);
    e->a = a;
    e->b = b;
    e->depth = MAX(a->depth, b->depth) + 1;
    if (e->depth <= AST_MAX_DEPTH)
        return e;
    diag_add(st->r->diags, E_TOO_DEEP, span, "syntax: nested too deeply");
    return NULL;
}

static void report_constant(struct c_stream *st, struct span span)
{
    diag_add(st->r->diags, E_C_CONSTANT, span, "This is no constant expression of integers");
}

static struct expr *read_number(struct c_stream *st)
{
    struct c_token token = c_next(st);
    struct expr *e = expr_new(st->r->arena, EXPR_INT, token.span);
    bool is_hex = token.text.n > 1 && token.text.p[0] == '0';
    char last = token.text.p[token.text.n - 1];

    if (!literal_integer(token.text, token.span, st->r->diags, &e->num, &e->is_unsigned))
        return NULL;
    e->is_long = memchr(token.text.p, 'l', token.text.n) || memchr(token.text.p, 'L', token.text.n);
    if (e->is_unsigned && !strchr("uUlL", last)) {
        report_constant(st, token.span);
        return NULL;
    }
    /* Other than decimal: the first type that holds it, with or without a sign. */
    if (is_hex &&
        (e->num > INT64_MAX || (!e->is_long && e->num > INT32_MAX && e->num <= UINT32_MAX)))
        e->is_unsigned = true;
    return e;
}

/* 'a', which C has for an int. */
static struct expr *read_char(struct c_stream *st)
{
    struct c_token token = c_next(st);
    struct expr *e = expr_new(st->r->arena, EXPR_INT, token.span);
    struct str quoted = str_dup(st->r->arena, token.text), value = {"", 0};

    if (str_eq_c(token.text, "'\\''")) {
        e->num = '\'';
        return e;
    }
    ((char *)quoted.p)[0] = '"'; /* our own copy */
    ((char *)quoted.p)[quoted.n - 1] = '"';
    value = literal_string(st->r->arena, quoted, token.span, st->r->diags);
    if (token.text.n < 3 || value.n > 1 || token.text.p[token.text.n - 1] != '\'') {
        report_constant(st, token.span);
        return NULL;
    }
    e->num = value.n ? (u64)(signed char)value.p[0] : 0;
    return e;
}

/* sizeof (TYPE) */
static struct expr *read_sizeof(struct c_stream *st)
{
    struct c_token word = c_next(st);
    struct expr *e = expr_new(st->r->arena, EXPR_SIZEOF, word.span);

    if (!c_expect(st, "("))
        return NULL;
    e->type_name = c_read_type(st);
    return e->type_name && c_expect(st, ")") ? e : NULL;
}

/* offsetof(TYPE, member.member) */
static struct expr *read_offsetof(struct c_stream *st)
{
    struct c_token word = c_next(st);
    struct expr *e = expr_new(st->r->arena, EXPR_OFFSETOF, word.span);
    struct expr **end = &e->args;

    if (!c_expect(st, "("))
        return NULL;
    e->type_name = c_read_type(st);
    if (!e->type_name || !c_expect(st, ","))
        return NULL;
    do {
        struct c_token name = c_next(st);
        struct expr *member = expr_new(st->r->arena, EXPR_IDENT, name.span);

        member->name = name.text;
        member->name_span = name.span;
        *end = member;
        end = &member->next;
        e->n_args++;
    } while (c_take(st, "."));
    return c_expect(st, ")") ? e : NULL;
}

/* Of #if: defined NAME, defined(NAME). */
static struct expr *read_defined(struct c_stream *st)
{
    struct c_token word = c_next(st), name = c_next_raw(st);
    struct expr *e = expr_new(st->r->arena, EXPR_INT, word.span);
    bool has_parens = name.kind == C_PUNCT && str_eq_c(name.text, "(");

    if (has_parens)
        name = c_next_raw(st);
    if (name.kind != C_WORD) {
        diag_add(st->r->diags, E_SYNTAX, name.span, "syntax: expected a name behind 'defined'");
        return NULL;
    }
    e->num = c_macro_find(st->r, name.text, c_time_at(st->r, word.span.begin)) != NULL;
    return !has_parens || c_expect(st, ")") ? e : NULL;
}

static struct expr *read_word(struct c_stream *st)
{
    struct c_token token = c_peek(st);
    struct expr *e = NULL;

    if (st->is_directive && str_eq_c(token.text, "defined"))
        return read_defined(st);
    if (str_eq_c(token.text, "sizeof"))
        return read_sizeof(st);
    if (str_eq_c(token.text, "offsetof") || str_eq_c(token.text, "__builtin_offsetof"))
        return read_offsetof(st);
    e = expr_new(st->r->arena, EXPR_IDENT, token.span);
    e->name = token.text;
    e->name_span = token.span;
    (void)c_next(st);
    return e;
}

static struct expr *cast(struct c_stream *st, struct span span, struct type_name *type)
{
    struct expr *a = type ? read_unary(st) : NULL;
    struct expr *e = node(st, EXPR_CAST, span, a, a);

    if (e) {
        e->b = NULL;
        e->type_name = type;
    }
    return e;
}

/* Could the next token be an operand's first, and no operator between two? */
static bool begins_operand(struct c_stream *st)
{
    enum c_kind kind = c_peek(st).kind;

    return kind == C_WORD || kind == C_NUMBER || kind == C_CHAR || c_is(st, "(") || c_is(st, "~") ||
           c_is(st, "!");
}

/* ( e ), or a cast: of a name that is no type's own word, only what follows tells. */
static struct expr *read_parens(struct c_stream *st)
{
    struct span begin = c_next(st).span;
    struct expr *e = NULL;

    if (c_begins_type(st)) {
        struct type_name *type = c_read_type(st);

        return type && c_expect(st, ")") ? cast(st, begin, type) : NULL;
    }
    e = c_read_expr(st);
    if (!e || !c_expect(st, ")"))
        return NULL;
    if (e->kind == EXPR_IDENT && !e->has_parens && begins_operand(st)) {
        struct type_name *type = arena_new(st->r->arena, struct type_name);

        *type = (struct type_name){.kind = TYPE_NAME_WORD, .span = e->span, .name = e->name};
        return cast(st, begin, type);
    }
    e->has_parens = true;
    return e;
}

static enum op unary_op(struct c_stream *st)
{
    static const struct {
        const char *text;
        enum op op;
    } ops[] = {{"-", OP_NEG}, {"+", OP_PLUS}, {"!", OP_NOT}, {"~", OP_BNOT}};

    for (u32 i = 0; i < ARRAY_SIZE(ops); i++) {
        if (c_is(st, ops[i].text))
            return ops[i].op;
    }
    return OP_NONE;
}

static struct expr *read_operand(struct c_stream *st)
{
    enum op op = unary_op(st);

    if (op != OP_NONE) {
        struct span begin = c_next(st).span;
        struct expr *a = read_unary(st);
        struct expr *e = a ? node(st, EXPR_UNARY, span_join(begin, a->span), a, a) : NULL;

        if (e) {
            e->b = NULL;
            e->op = op;
        }
        return e;
    }
    if (c_is(st, "("))
        return read_parens(st);
    switch (c_peek(st).kind) {
    case C_NUMBER:
        return read_number(st);
    case C_CHAR:
        return read_char(st);
    case C_WORD:
        return read_word(st);
    default:
        c_expected(st, "expression");
        return NULL;
    }
}

static struct expr *read_unary(struct c_stream *st)
{
    struct expr *e = c_enter(st) ? read_operand(st) : NULL;

    st->r->depth--;
    return e;
}

static const struct binary *binary_next(struct c_stream *st, u32 level)
{
    for (u32 i = 0; i < ARRAY_SIZE(binaries); i++) {
        if (binaries[i].level >= level && c_is(st, binaries[i].text))
            return &binaries[i];
    }
    return NULL;
}

/* A chain of operators of at least this level. */
static struct expr *read_binary(struct c_stream *st, u32 level)
{
    struct expr *a = read_unary(st);
    const struct binary *binary = NULL;

    while (a && (binary = binary_next(st, level))) {
        struct expr *b = NULL;

        (void)c_next(st);
        b = read_binary(st, binary->level + 1);
        a = b ? node(st, EXPR_BINARY, span_join(a->span, b->span), a, b) : NULL;
        if (a)
            a->op = binary->op;
    }
    return a;
}

struct expr *c_read_expr(struct c_stream *st)
{
    struct expr *a = read_binary(st, 1), *b = NULL, *c = NULL, *e = NULL;

    if (!a || !c_take(st, "?"))
        return a;
    if (!c_enter(st)) {
        st->r->depth--;
        return NULL;
    }
    b = c_read_expr(st);
    c = b && c_expect(st, ":") ? c_read_expr(st) : NULL;
    st->r->depth--;
    e = c ? node(st, EXPR_TERNARY, span_join(a->span, c->span), a, b) : NULL;
    if (!e)
        return NULL;
    e->c = c;
    e->depth = MAX(e->depth, c->depth + 1);
    return e;
}
