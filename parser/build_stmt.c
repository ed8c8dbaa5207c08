/* Builders of statements, of values made of blocks, and of what stands at the top of a script. See
 * build.h. */
#include "parser/build.h"

/* Count the depth of a statement whose parts are set. One that is too deep is reported, at its
 * first word, and becomes empty. */
static struct stmt *stmt_finish(struct parse *ps, struct stmt *s)
{
    const struct expr *const exprs[] = {s->target, s->value, s->limit};
    u32 below = s->type_name ? s->type_name->depth : 0;

    for (u32 i = 0; i < ARRAY_SIZE(exprs); i++) {
        if (exprs[i])
            below = MAX(below, exprs[i]->depth);
    }
    for (const struct stmt *child = s->body; child; child = child->next)
        below = MAX(below, child->depth);
    if (s->other)
        below = MAX(below, s->other->depth);
    s->depth = below + 1;
    if (s->depth <= AST_MAX_DEPTH)
        return s;
    parse_too_deep(ps, (struct span){s->span.begin, s->span.begin + 1});
    return stmt_new(ps->arena, STMT_BLOCK, s->span);
}

struct stmt *build_stmt(struct parse *ps, struct span span, enum stmt_kind kind, struct expr *value)
{
    struct stmt *s = stmt_new(ps->arena, kind, span);

    s->value = value;
    return stmt_finish(ps, s);
}

static bool is_discard(const struct expr *target, enum op op)
{
    return target->kind == EXPR_IDENT && op == OP_NONE && str_eq_c(target->name, "_");
}

struct stmt *build_assign(struct parse *ps, struct span span, struct expr *target, enum op op,
                          struct expr *value)
{
    struct stmt *s = stmt_new(ps->arena, STMT_ASSIGN, span);

    s->value = value;
    s->op = op;
    if (is_discard(target, op))
        return stmt_finish(ps, s);
    if ((target->kind != EXPR_VAR && target->kind != EXPR_MAP) || target->has_parens) {
        diag_hint(diag_add(ps->diags, E_ASSIGN_TARGET, target->span,
                           "syntax: this cannot be assigned to"),
                  "Only variables ($x) and maps (@x, @x[key]) can.");
    }
    s->target = target;
    return stmt_finish(ps, s);
}

struct stmt *build_let(struct parse *ps, struct span span, struct span var, struct type_name *type,
                       struct expr *value)
{
    struct stmt *s = stmt_new(ps->arena, STMT_LET, span);

    s->target = build_name(ps, EXPR_VAR, var);
    s->type_name = type;
    s->value = value;
    return stmt_finish(ps, s);
}

struct stmt *build_if(struct parse *ps, struct span span, struct expr *value, struct stmt *body,
                      struct stmt *other)
{
    struct stmt *s = stmt_new(ps->arena, STMT_IF, span);

    s->value = value;
    s->body = body;
    s->other = other;
    return stmt_finish(ps, s);
}

struct stmt *build_comptime_if(struct stmt *s, struct span span)
{
    s->is_comptime = true;
    s->span = span;
    return s;
}

struct stmt *build_comptime_block(struct parse *ps, struct span span, struct stmt *block)
{
    struct expr *value = build_comptime(ps, span, build_value_block(ps, block));

    return build_stmt(ps, span, STMT_EXPR, value);
}

struct stmt *build_loop(struct parse *ps, struct span span, enum stmt_kind kind, struct expr *value,
                        struct stmt *body)
{
    struct stmt *s = stmt_new(ps->arena, kind, span);

    s->value = value;
    s->body = body;
    return stmt_finish(ps, s);
}

struct stmt *build_for_range(struct parse *ps, struct span span, struct span var,
                             struct expr *value, struct expr *limit, struct stmt *body)
{
    struct stmt *s = stmt_new(ps->arena, STMT_FOR_RANGE, span);

    s->target = build_name(ps, EXPR_VAR, var);
    s->value = value;
    s->limit = limit;
    s->body = body;
    return stmt_finish(ps, s);
}

struct stmt *build_for_map(struct parse *ps, struct span span, struct span var, struct expr *value,
                           struct stmt *body)
{
    struct stmt *s = stmt_new(ps->arena, STMT_FOR_MAP, span);

    if (value->kind != EXPR_MAP || value->args) {
        diag_hint(diag_add(ps->diags, E_SYNTAX, value->span, "syntax: expected a map or a range"),
                  "for ($kv : @map) { }, or for ($i : 0..10) { }");
    }
    s->target = build_name(ps, EXPR_VAR, var);
    s->value = value;
    s->body = body;
    return stmt_finish(ps, s);
}

struct stmt *build_block(struct parse *ps, struct span span, struct stmt_list body)
{
    struct stmt *s = stmt_new(ps->arena, STMT_BLOCK, span);

    s->body = body.first;
    return stmt_finish(ps, s);
}

static struct expr *value_if(struct parse *ps, struct stmt *s);

/* The block is a value: so is an `if` or a block at its end. */
static struct stmt *value_of_block(struct parse *ps, struct stmt *block)
{
    struct stmt *last = block->body;
    struct expr *value = NULL;

    while (last && last->next)
        last = last->next;
    if (last && last->kind == STMT_BLOCK)
        value = build_value_block(ps, last);
    if (last && last->kind == STMT_IF && last->other)
        value = value_if(ps, last);
    if (!value)
        return block;
    *last = *build_stmt(ps, last->span, STMT_EXPR, value);
    return stmt_finish(ps, block);
}

/* What follows an `else`, as a value. */
static struct stmt *value_of_other(struct parse *ps, struct stmt *other)
{
    if (other && other->kind == STMT_BLOCK)
        return value_of_block(ps, other);
    if (other && other->kind == STMT_IF)
        return build_stmt(ps, other->span, STMT_EXPR, value_if(ps, other));
    return other;
}

/* A STMT_IF as a value. */
static struct expr *value_if(struct parse *ps, struct stmt *s)
{
    struct expr *e = build_value_if(ps, s->span, s->value, s->body, s->other);

    e->is_comptime = s->is_comptime;
    return e;
}

struct expr *build_value_if(struct parse *ps, struct span span, struct expr *a, struct stmt *body,
                            struct stmt *other)
{
    struct expr *e = expr_new(ps->arena, EXPR_IF, span);

    e->a = a;
    e->body = value_of_block(ps, body);
    e->other = value_of_other(ps, other);
    return expr_finish(ps, e);
}

struct expr *build_value_block(struct parse *ps, struct stmt *block)
{
    struct expr *e = expr_new(ps->arena, EXPR_BLOCK, block->span);
    struct stmt *body = arena_new(ps->arena, struct stmt);

    *body = *block; /* whose place a statement of this expression may take */
    body->next = NULL;
    e->body = value_of_block(ps, body);
    return expr_finish(ps, e);
}

struct stmt *build_else_if(struct parse *ps, struct span span, struct expr *a, struct stmt *body,
                           struct stmt *other)
{
    return build_stmt(ps, span, STMT_EXPR, build_value_if(ps, span, a, body, other));
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

void build_config(struct parse *ps, struct span span)
{
    if (ps->has_config) {
        diag_add(ps->diags, E_SYNTAX, span, "syntax: a script has one 'config' block");
    } else if (ps->program->clauses || ps->program->macros.first) {
        diag_add(ps->diags, E_SYNTAX, span,
                 "syntax: 'config' must appear before probes and functions");
    }
    ps->has_config = true;
    ps->program->config_span = span;
}

void build_config_item(struct parse *ps, struct span span, struct span name, struct expr *value)
{
    struct config_item *item = arena_new(ps->arena, struct config_item);

    item->span = span;
    item->name = parse_text(ps, name);
    item->value = value;
    LIST_ADD(&ps->program->config, item);
}

void build_import(struct parse *ps, struct span path)
{
    struct import *import = arena_new(ps->arena, struct import);

    import->span = path;
    import->path = literal_string(ps->arena, parse_text(ps, path), path, ps->diags);
    LIST_ADD(&ps->program->imports, import);
}

void build_map_decl(struct parse *ps, struct span span, struct span name, struct span kind,
                    struct expr *size)
{
    struct map_decl *decl = arena_new(ps->arena, struct map_decl);

    decl->span = span;
    decl->kind_span = kind;
    decl->name = str_sub(parse_text(ps, name), 1, UINT32_MAX); /* without the @ */
    decl->kind = parse_text(ps, kind);
    decl->size = size;
    LIST_ADD(&ps->program->map_decls, decl);
}

void build_macro(struct parse *ps, struct span span, struct span name, struct expr_list params,
                 struct stmt *body)
{
    struct macro *macro = arena_new(ps->arena, struct macro);

    macro->span = span;
    macro->name = parse_text(ps, name);
    macro->params = params.first;
    macro->n_params = params.n;
    macro->body = body;
    LIST_ADD(&ps->program->macros, macro);
}
