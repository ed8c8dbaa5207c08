/* Copies of parts of the AST. Depths are counted anew: a replacement may be deeper than what it
 * replaces. */
#include "parser/ast_clone.h"

static u32 expr_depth(const struct expr *e)
{
    return e ? e->depth : 0;
}

static u32 stmt_depth(const struct stmt *s)
{
    return s ? s->depth : 0;
}

static void count_expr(struct expr *e)
{
    u32 below = MAX(MAX(expr_depth(e->a), expr_depth(e->b)), expr_depth(e->c));

    below = MAX(below, MAX(stmt_depth(e->body), stmt_depth(e->other)));
    if (e->type_name)
        below = MAX(below, e->type_name->depth);
    for (const struct expr *arg = e->args; arg; arg = arg->next)
        below = MAX(below, arg->depth);
    e->depth = below + 1;
}

static void count_stmt(struct stmt *s)
{
    u32 below = MAX(MAX(expr_depth(s->target), expr_depth(s->value)), expr_depth(s->limit));

    below = MAX(below, stmt_depth(s->other));
    if (s->type_name)
        below = MAX(below, s->type_name->depth);
    for (const struct stmt *child = s->body; child; child = child->next)
        below = MAX(below, child->depth);
    s->depth = below + 1;
}

static struct span place(struct ast_clone *clone, struct span span)
{
    return clone->place ? clone->place(clone, span) : span;
}

static struct expr *clone_exprs(struct ast_clone *clone, const struct expr *list)
{
    struct expr *first = NULL;
    struct expr **end = &first;

    for (const struct expr *e = list; e; e = e->next) {
        *end = ast_clone_expr(clone, e);
        end = &(*end)->next;
    }
    return first;
}

static struct stmt *clone_stmts(struct ast_clone *clone, const struct stmt *list)
{
    struct stmt *first = NULL;
    struct stmt **end = &first;

    for (const struct stmt *s = list; s; s = s->next) {
        *end = ast_clone_stmt(clone, s);
        end = &(*end)->next;
    }
    return first;
}

/* C declarations inside of it are shared: they stand at the head of a script only. */
struct type_name *ast_clone_type(struct ast_clone *clone, const struct type_name *t)
{
    bool is_word = t && t->kind == TYPE_NAME_WORD;
    struct type_name *copy = is_word && clone->replace_type ? clone->replace_type(clone, t) : NULL;

    if (!t || copy)
        return copy;
    copy = arena_new(clone->arena, struct type_name);
    *copy = *t;
    copy->span = place(clone, t->span);
    copy->inner = ast_clone_type(clone, t->inner);
    copy->of = ast_clone_expr(clone, t->of);
    copy->count = ast_clone_expr(clone, t->count);
    copy->depth = MAX(MAX(expr_depth(copy->of), expr_depth(copy->count)),
                      copy->inner ? copy->inner->depth : 0) +
                  1;
    return copy;
}

struct expr *ast_clone_expr(struct ast_clone *clone, const struct expr *e)
{
    if (!e)
        return NULL;

    struct expr *copy = clone->replace ? clone->replace(clone, e) : NULL;

    if (copy) {
        copy->label = e->label;
        copy->label_span = place(clone, e->label_span);
        copy->next = NULL;
        return copy;
    }
    copy = expr_new(clone->arena, e->kind, e->span);
    *copy = *e;
    copy->span = place(clone, e->span);
    copy->name_span = place(clone, e->name_span);
    copy->label_span = place(clone, e->label_span);
    copy->next = NULL;
    copy->a = ast_clone_expr(clone, e->a);
    copy->b = ast_clone_expr(clone, e->b);
    copy->c = ast_clone_expr(clone, e->c);
    /* The names of an offsetof() path are members, never what replaces words. */
    if (e->kind != EXPR_OFFSETOF)
        copy->args = clone_exprs(clone, e->args);
    copy->type_name = ast_clone_type(clone, e->type_name);
    copy->body = ast_clone_stmt(clone, e->body);
    copy->other = ast_clone_stmt(clone, e->other);
    copy->type = NULL;
    copy->symbol = NULL;
    copy->call = NULL;
    copy->is_const = false;
    copy->is_missing = copy->is_open = copy->is_text = false;
    count_expr(copy);
    return copy;
}

struct stmt *ast_clone_stmt(struct ast_clone *clone, const struct stmt *s)
{
    if (!s)
        return NULL;

    struct stmt *copy = stmt_new(clone->arena, s->kind, s->span);

    *copy = *s;
    copy->span = place(clone, s->span);
    copy->next = NULL;
    copy->target = ast_clone_expr(clone, s->target);
    copy->value = ast_clone_expr(clone, s->value);
    copy->limit = ast_clone_expr(clone, s->limit);
    copy->type_name = ast_clone_type(clone, s->type_name);
    copy->body = clone_stmts(clone, s->body);
    copy->other = ast_clone_stmt(clone, s->other);
    count_stmt(copy);
    return copy;
}
