/* Which kinds of words a clause or statement uses: asked after its names are resolved. */
#include "semantic/context.h"

static bool call_uses(const struct call *c, u32 flags, u32 needs)
{
    return c && c->fn && ((c->fn->flags & flags) || (c->fn->needs & needs));
}

static bool stmts_use(const struct stmt *stmt, u32 flags, u32 needs);

static bool expr_uses(const struct expr *e, u32 flags, u32 needs);

/* typeof($x) */
static bool type_uses(const struct type_name *t, u32 flags, u32 needs)
{
    for (; t; t = t->inner) {
        if (expr_uses(t->of, flags, needs))
            return true;
    }
    return false;
}

static bool expr_uses(const struct expr *e, u32 flags, u32 needs)
{
    if (!e)
        return false;
    if (call_uses(e->call, flags, needs) || type_uses(e->type_name, flags, needs))
        return true;
    for (const struct expr *arg = e->args; arg; arg = arg->next) {
        if (expr_uses(arg, flags, needs))
            return true;
    }
    if (stmts_use(e->body, flags, needs) || stmts_use(e->other, flags, needs))
        return true;
    return expr_uses(e->a, flags, needs) || expr_uses(e->b, flags, needs) ||
           expr_uses(e->c, flags, needs);
}

bool stmt_is_jump(const struct stmt *stmt)
{
    return stmt->kind == STMT_RETURN || stmt->kind == STMT_BREAK || stmt->kind == STMT_CONTINUE;
}

bool stmt_uses(const struct stmt *stmt, u32 flags, u32 needs)
{
    if ((flags & FN_ENDS) && stmt_is_jump(stmt))
        return true;
    return expr_uses(stmt->target, flags, needs) || expr_uses(stmt->value, flags, needs) ||
           expr_uses(stmt->limit, flags, needs) || type_uses(stmt->type_name, flags, needs) ||
           stmts_use(stmt->body, flags, needs) || stmts_use(stmt->other, flags, needs);
}

static bool stmts_use(const struct stmt *stmt, u32 flags, u32 needs)
{
    for (; stmt; stmt = stmt->next) {
        if (stmt_uses(stmt, flags, needs))
            return true;
    }
    return false;
}

bool clause_uses(const struct clause *clause, u32 flags, u32 needs)
{
    return expr_uses(clause->predicate, flags, needs) || stmts_use(clause->body, flags, needs);
}
