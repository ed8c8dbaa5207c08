/* Builders of types as written. See build.h.
 *
 * Which words name types only the kernel's BTF and the script's C declarations know, so a word is
 * taken as it is. */
#include "parser/build.h"

static struct type_name *type_new(struct parse *ps, struct span span, enum type_name_kind kind)
{
    struct type_name *t = arena_new(ps->arena, struct type_name);

    t->kind = kind;
    t->span = span;
    t->depth = 1;
    return t;
}

/* Count the depth of a type whose parts are set. One that is too deep is reported, and loses them:
 * it becomes a word. */
static struct type_name *type_finish(struct parse *ps, struct type_name *t)
{
    const struct expr *const children[] = {t->of, t->count};
    u32 below = t->inner ? t->inner->depth : 0;

    for (u32 i = 0; i < ARRAY_SIZE(children); i++) {
        if (children[i])
            below = MAX(below, children[i]->depth);
    }
    t->depth = below + 1;
    if (t->depth <= AST_MAX_DEPTH)
        return t;
    parse_too_deep(ps, t->span);
    return type_new(ps, t->span, TYPE_NAME_WORD);
}

struct type_name *build_type_word(struct parse *ps, struct span span)
{
    struct type_name *t = type_new(ps, span, TYPE_NAME_WORD);

    t->name = parse_text(ps, span);
    return t;
}

struct type_name *build_type_more(struct parse *ps, struct span span, struct type_name *type,
                                  struct span word)
{
    struct str more = parse_text(ps, word);
    char *p = arena_alloc(ps->arena, (size_t)type->name.n + 1 + more.n);

    memcpy(p, type->name.p, type->name.n);
    p[type->name.n] = ' ';
    memcpy(p + type->name.n + 1, more.p, more.n);
    type->name = (struct str){p, type->name.n + 1 + more.n};
    type->span = span;
    return type;
}

struct type_name *build_type_tag(struct parse *ps, struct span span, enum type_name_kind kind,
                                 struct span name)
{
    struct type_name *t = type_new(ps, span, kind);

    t->name = parse_text(ps, name);
    return t;
}

struct type_name *build_type_typeof(struct parse *ps, struct span span, struct expr *of,
                                    struct type_name *inner)
{
    struct type_name *t = type_new(ps, span, TYPE_NAME_TYPEOF);

    t->of = of;
    t->inner = inner;
    return type_finish(ps, t);
}

struct type_name *build_type_pointer(struct parse *ps, struct span span, struct type_name *inner)
{
    struct type_name *t = type_new(ps, span, TYPE_NAME_POINTER);

    t->inner = inner;
    return type_finish(ps, t);
}

/* Is `[N]` behind the type part of its name? */
static bool type_is_sized(const struct type_name *t)
{
    const char *const words[] = {"string", "buffer", "inet"};

    for (u32 i = 0; i < ARRAY_SIZE(words); i++) {
        if (t->kind == TYPE_NAME_WORD && !t->count && str_eq_c(t->name, words[i]))
            return true;
    }
    return false;
}

struct type_name *build_type_array(struct parse *ps, struct span span, struct type_name *inner,
                                   struct expr *count)
{
    struct type_name *t = inner;

    if (type_is_sized(inner) && count) {
        t->span = span;
    } else {
        t = type_new(ps, span, TYPE_NAME_ARRAY);
        t->inner = inner;
    }
    t->count = count;
    return type_finish(ps, t);
}

/* The type that reads as an index of a word; NULL if e is anything else. */
static struct type_name *type_of_word(struct parse *ps, const struct expr *e)
{
    struct type_name *inner = NULL;

    if (e->has_parens)
        return NULL;
    if (e->kind == EXPR_IDENT)
        return build_type_word(ps, e->span);
    if (e->kind != EXPR_INDEX || e->n_args != 1)
        return NULL;
    inner = type_of_word(ps, e->a); /* no deeper than expressions are */
    return inner ? build_type_array(ps, e->span, inner, e->args) : NULL;
}

struct type_name *build_type_of_expr(struct parse *ps, struct span span, struct expr *e,
                                     u32 n_stars)
{
    struct type_name *t = type_of_word(ps, e);

    if (!t) {
        if (n_stars) {
            diag_add(ps->diags, E_SYNTAX, (struct span){span.end, span.end + 1},
                     "syntax: expected expression");
        }
        return build_type_word(ps, span);
    }
    if (n_stars > AST_MAX_DEPTH) {
        parse_too_deep(ps, span);
        return t;
    }
    for (u32 i = 0; i < n_stars; i++)
        t = build_type_pointer(ps, span, t);
    return t;
}
