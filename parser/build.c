/* Builders of the AST's nodes. See build.h.
 *
 * Each inner node counts its depth, so that whoever walks the tree later may recurse: a chain of a
 * million operators is cut here, and reported. */
#include "parser/build.h"

struct expr_list exprs_add(struct expr_list list, struct expr *e)
{
    LIST_ADD(&list, e);
    list.n++;
    return list;
}

struct stmt_list stmts_add(struct stmt_list list, struct stmt *s)
{
    if (s)
        LIST_ADD(&list, s);
    return list;
}

struct spec_list specs_add(struct parse *ps, struct spec_list list, struct span span,
                           bool is_alternative)
{
    struct attach_spec *spec = arena_new(ps->arena, struct attach_spec);

    spec->span = span;
    spec->text = parse_text(ps, span);
    spec->is_alternative = is_alternative;
    LIST_ADD(&list, spec);
    return list;
}

struct expr *expr_finish(struct parse *ps, struct expr *e)
{
    const struct expr *const children[] = {e->a, e->b, e->c};
    u32 below = e->type_name ? e->type_name->depth : 0;

    for (u32 i = 0; i < ARRAY_SIZE(children); i++) {
        if (children[i])
            below = MAX(below, children[i]->depth);
    }
    for (const struct expr *arg = e->args; arg; arg = arg->next)
        below = MAX(below, arg->depth);
    if (e->body)
        below = MAX(below, e->body->depth);
    if (e->other)
        below = MAX(below, e->other->depth);
    e->depth = below + 1;
    if (e->depth <= AST_MAX_DEPTH)
        return e;
    parse_too_deep(ps, e->span);
    return expr_new(ps->arena, EXPR_INT, e->span);
}

struct expr *build_int(struct parse *ps, struct span span)
{
    struct expr *e = expr_new(ps->arena, EXPR_INT, span);
    struct str text = parse_text(ps, span);
    char last = (char)(text.n ? text.p[text.n - 1] : '\0');

    (void)literal_integer(text, span, ps->diags, &e->num,
                          &e->is_unsigned); /* reported; 0 is left */
    /* Of the unsigned ones, a suffix of size ends in u or l, and a duration in none of them. */
    e->is_duration = e->is_unsigned && !strchr("uUlL", last);
    return e;
}

struct expr *build_bool(struct parse *ps, struct span span, bool value)
{
    struct expr *e = expr_new(ps->arena, EXPR_BOOL, span);

    e->num = value;
    return e;
}

struct expr *build_string(struct parse *ps, struct span span)
{
    struct expr *e = expr_new(ps->arena, EXPR_STRING, span);

    e->text = literal_string(ps->arena, parse_text(ps, span), span, ps->diags);
    return e;
}

struct expr *build_name(struct parse *ps, enum expr_kind kind, struct span span)
{
    struct expr *e = expr_new(ps->arena, kind, span);

    e->name = parse_text(ps, span);
    if (kind != EXPR_IDENT)
        e->name = str_sub(e->name, 1, e->name.n); /* $x, @x */
    e->name_span = span;
    return e;
}

struct expr *build_word(struct parse *ps, struct span span)
{
    struct expr *e = parse_macro_use(ps, span);

    return e ? e : build_name(ps, EXPR_IDENT, span);
}

struct expr *build_param(struct parse *ps, struct span span)
{
    struct expr *e = expr_new(ps->arena, EXPR_PARAM, span);
    struct str digits = str_sub(parse_text(ps, span), 1, UINT32_MAX);

    if (str_eq_c(digits, "#"))
        return e;
    for (u32 i = 0; i < digits.n && e->num < UINT32_MAX; i++)
        e->num = e->num * 10 + (u64)(digits.p[i] - '0');
    if (e->num == 0 || e->num >= UINT32_MAX) {
        diag_hint(diag_add(ps->diags, E_BAD_PARAM, span,
                           "syntax: invalid positional parameter '$%.*s'", STR_ARG(digits)),
                  "Positional parameters count from $1; $# is their number.");
    }
    return e;
}

struct expr *build_call(struct parse *ps, struct span span, struct span name, struct expr_list args)
{
    struct expr *e = expr_new(ps->arena, EXPR_CALL, span);

    e->name = parse_macro_callee(ps, name);
    e->name_span = name;
    e->args = args.first;
    e->n_args = args.n;
    e->has_parens = true;
    return expr_finish(ps, e);
}

struct expr *build_field(struct parse *ps, struct span span, struct expr *a, struct span name)
{
    struct expr *e = expr_new(ps->arena, EXPR_FIELD, span);

    if (a->kind == EXPR_INT && !a->has_parens) {
        diag_hint(diag_add(ps->diags, E_BAD_INTEGER, span, "syntax: invalid integer '%.*s'",
                           STR_ARG(parse_text(ps, span))),
                  "There are no floating-point numbers.");
    }
    e->a = a;
    e->name = parse_text(ps, name);
    e->name_span = name;
    return expr_finish(ps, e);
}

struct expr *build_subscript(struct parse *ps, struct span span, struct expr *a,
                             struct expr_list keys)
{
    struct expr *e = a;

    if (a->kind != EXPR_MAP || a->args || a->has_parens) {
        e = expr_new(ps->arena, EXPR_INDEX, span);
        e->a = a;
        if (keys.n > 1) {
            diag_hint(diag_add(ps->diags, E_SYNTAX, keys.first->next->span,
                               "syntax: an index is one value"),
                      "Only maps take several keys. A tuple is (1, 2).");
        }
    }
    e->args = keys.first;
    e->n_args = keys.n;
    e->span = span;
    return expr_finish(ps, e);
}

struct expr *build_unary(struct parse *ps, struct span span, enum op op, struct expr *a)
{
    struct expr *e = expr_new(ps->arena, EXPR_UNARY, span);

    parse_macro_operand(ps, a, op, true);
    e->op = op;
    e->a = a;
    return expr_finish(ps, e);
}

struct expr *build_binary(struct parse *ps, struct span span, struct expr *a, enum op op,
                          struct expr *b)
{
    struct expr *e = expr_new(ps->arena, EXPR_BINARY, span);

    parse_macro_operand(ps, a, op, false);
    parse_macro_operand(ps, b, op, true);
    e->op = op;
    e->a = a;
    e->b = b;
    return expr_finish(ps, e);
}

struct expr *build_ternary(struct parse *ps, struct span span, struct expr *a, struct expr *b,
                           struct expr *c)
{
    struct expr *e = expr_new(ps->arena, EXPR_TERNARY, span);

    e->a = a;
    e->b = b;
    e->c = c;
    return expr_finish(ps, e);
}

struct expr *build_incdec(struct parse *ps, struct span span, enum op op, struct expr *a,
                          bool is_postfix)
{
    struct expr *e = expr_new(ps->arena, EXPR_INCDEC, span);

    e->op = op;
    e->a = a;
    e->is_postfix = is_postfix;
    return expr_finish(ps, e);
}

struct expr *build_cast(struct parse *ps, struct span span, struct type_name *type, struct expr *a)
{
    struct expr *e = expr_new(ps->arena, EXPR_CAST, span);

    e->a = a;
    e->type_name = type;
    return expr_finish(ps, e);
}

struct expr *build_list(struct parse *ps, struct span span, enum expr_kind kind,
                        struct expr_list args)
{
    struct expr *e = expr_new(ps->arena, kind, span);

    e->args = args.first;
    e->n_args = args.n;
    return expr_finish(ps, e);
}

struct expr *build_label(struct parse *ps, struct span label, struct expr *e)
{
    e->label = parse_text(ps, label);
    e->label_span = label;
    return e;
}

struct expr *build_parens(struct expr *e)
{
    if (e->kind != EXPR_CALL) /* there it means the call's own */
        e->has_parens = true;
    return e;
}

struct expr *build_query(struct parse *ps, struct span span, enum expr_kind kind,
                         struct type_name *type, struct expr *a)
{
    struct expr *e = expr_new(ps->arena, kind, span);

    e->type_name = type;
    e->a = a;
    return expr_finish(ps, e);
}

struct expr *build_offsetof(struct parse *ps, struct span span, struct type_name *type,
                            struct expr *a, struct expr_list path)
{
    struct expr *e = expr_new(ps->arena, EXPR_OFFSETOF, span);

    e->type_name = type;
    e->a = a;
    e->args = path.first;
    e->n_args = path.n;
    return expr_finish(ps, e);
}

struct expr *build_comptime(struct parse *ps, struct span span, struct expr *a)
{
    struct expr *e = a;

    if (a->kind == EXPR_IF && !a->has_parens) {
        e->is_comptime = true;
        e->span = span;
        return e;
    }
    e = expr_new(ps->arena, EXPR_COMPTIME, span);
    e->a = a;
    return expr_finish(ps, e);
}
