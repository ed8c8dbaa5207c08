/* Builders of the AST's nodes. See build.h.
 *
 * Each inner node counts its depth, so that whoever walks the tree later may recurse: a chain of a
 * million operators is cut here, and reported. */
#include "parser/build.h"

struct expr_list exprs_add(struct expr_list list, struct expr *e)
{
    if (list.last) {
        list.last->next = e;
    } else {
        list.first = e;
    }
    list.last = e;
    list.n++;
    return list;
}

struct stmt_list stmts_add(struct stmt_list list, struct stmt *s)
{
    if (!s)
        return list;
    if (list.last) {
        list.last->next = s;
    } else {
        list.first = s;
    }
    list.last = s;
    return list;
}

struct spec_list specs_add(struct parse *ps, struct spec_list list, struct span span)
{
    struct attach_spec *spec = arena_new(ps->arena, struct attach_spec);

    spec->span = span;
    spec->text = parse_text(ps, span);
    if (list.last) {
        list.last->next = spec;
    } else {
        list.first = spec;
    }
    list.last = spec;
    return list;
}

/* Count the depth of a node whose children are set. One that is too deep is reported and loses
 * them: it becomes the literal 0. */
static struct expr *expr_finish(struct parse *ps, struct expr *e)
{
    const struct expr *const children[] = {e->a, e->b, e->c};
    u32 below = 0;

    for (u32 i = 0; i < ARRAY_SIZE(children); i++) {
        if (children[i])
            below = MAX(below, children[i]->depth);
    }
    for (const struct expr *arg = e->args; arg; arg = arg->next)
        below = MAX(below, arg->depth);
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

    e->name = parse_text(ps, name);
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
    if (a->kind != EXPR_MAP || a->args || a->has_parens) {
        diag_add(ps->diags, E_UNSUPPORTED, span,
                 "syntax: '[ ]' on something other than a map is not supported yet");
        return a;
    }
    a->args = keys.first;
    a->n_args = keys.n;
    a->span = span;
    return expr_finish(ps, a);
}

struct expr *build_unary(struct parse *ps, struct span span, enum op op, struct expr *a)
{
    struct expr *e = expr_new(ps->arena, EXPR_UNARY, span);

    e->op = op;
    e->a = a;
    return expr_finish(ps, e);
}

struct expr *build_binary(struct parse *ps, struct span span, struct expr *a, enum op op,
                          struct expr *b)
{
    struct expr *e = expr_new(ps->arena, EXPR_BINARY, span);

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

struct expr *build_cast(struct parse *ps, struct span span, struct span name, struct expr *a)
{
    struct expr *e = expr_new(ps->arena, EXPR_CAST, span);

    e->a = a;
    e->type_name = arena_new(ps->arena, struct type_name);
    *e->type_name = (struct type_name){
        .kind = TYPE_NAME_WORD, .span = name, .name = parse_text(ps, name)};
    return expr_finish(ps, e);
}

struct expr *build_tuple(struct parse *ps, struct span span, struct expr_list args)
{
    struct expr *e = expr_new(ps->arena, EXPR_TUPLE, span);

    e->args = args.first;
    e->n_args = args.n;
    return expr_finish(ps, e);
}

struct expr *build_parens(struct expr *e)
{
    if (e->kind != EXPR_CALL) /* there it means the call's own */
        e->has_parens = true;
    return e;
}

struct expr *build_unsupported(struct parse *ps, struct span place, struct expr *e)
{
    diag_add(ps->diags, E_UNSUPPORTED, place, "syntax: '%.*s' is not supported yet",
             STR_ARG(parse_text(ps, place)));
    return e;
}

struct stmt *build_stmt(struct parse *ps, struct span span, enum stmt_kind kind, struct expr *value)
{
    struct stmt *s = stmt_new(ps->arena, kind, span);

    s->value = value;
    return s;
}

struct stmt *build_assign(struct parse *ps, struct span span, struct expr *target, enum op op,
                          struct expr *value)
{
    struct stmt *s = build_stmt(ps, span, STMT_ASSIGN, value);

    if ((target->kind != EXPR_VAR && target->kind != EXPR_MAP) || target->has_parens) {
        diag_hint(diag_add(ps->diags, E_ASSIGN_TARGET, target->span,
                           "syntax: this cannot be assigned to"),
                  "Only variables ($x) and maps (@x, @x[key]) can.");
    }
    s->target = target;
    s->op = op;
    return s;
}

struct stmt *build_if(struct parse *ps, struct span span, struct expr *value, struct stmt *body,
                      struct stmt *other)
{
    struct stmt *s = build_stmt(ps, span, STMT_IF, value);

    s->body = body;
    s->other = other;
    s->depth = MAX(body->depth, other ? other->depth : 0) + 1;
    if (s->depth > AST_MAX_DEPTH) {
        parse_too_deep(ps, (struct span){span.begin, span.begin + 2}); /* the `if` */
        s->other = NULL;
        s->depth = body->depth + 1;
    }
    return s;
}

struct stmt *build_block(struct parse *ps, struct span span, struct stmt_list body)
{
    struct stmt *s = stmt_new(ps->arena, STMT_BLOCK, span);

    s->body = body.first;
    for (const struct stmt *child = s->body; child; child = child->next)
        s->depth = MAX(s->depth, child->depth + 1);
    return s;
}

void build_clause(struct parse *ps, struct span span, struct spec_list specs,
                  struct expr *predicate, struct stmt *body)
{
    struct clause *c = arena_new(ps->arena, struct clause);

    c->span = span;
    c->specs = specs.first;
    c->predicate = predicate;
    c->body = body;
    if (ps->last_clause) {
        ps->last_clause->next = c;
    } else {
        ps->program->clauses = c;
    }
    ps->last_clause = c;
    ps->program->n_clauses++;
}
