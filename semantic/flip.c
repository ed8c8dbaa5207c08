/* Which maps are printed and then cleared, so that the tracer changes halves between (abi/record.h,
 * enum flip_role). A print() and the clear() or zero() behind it are a pair where both are
 * statements of one block: whoever does the one does the other. What stands between is no block and
 * does not end the clause. */
#include "semantic/context.h"
#include "stdlib/lower_array.h"

/* The map that the statement, a call of a word with the flag, is about as a whole; or NULL. */
static struct map_info *map_of(const struct stmt *stmt, u32 flag)
{
    const struct call *call = stmt->kind == STMT_EXPR ? stmt->value->call : NULL;

    if (!call || !call->fn || !(call->fn->flags & flag) || call->args[0].map_has_key)
        return NULL;
    return call->args[0].map;
}

/* Does what follows the statement always run after it? */
static bool goes_on(const struct stmt *stmt)
{
    return (stmt->kind == STMT_EXPR || stmt->kind == STMT_ASSIGN || stmt->kind == STMT_LET) &&
           !stmt_uses(stmt, FN_ENDS, 0);
}

static struct stmt *clear_behind(const struct stmt *print, const struct map_info *map)
{
    for (struct stmt *stmt = print->next; stmt && goes_on(stmt); stmt = stmt->next) {
        if (map_of(stmt, FN_EMPTIES) == map)
            return stmt;
    }
    return NULL;
}

static void pair(struct stmt *print, struct map_info *map)
{
    const struct stmt *clear =
        print->value->call->flip == FLIP_NONE ? clear_behind(print, map) : NULL;

    if (!clear || (lower_is_array(map) && (clear->value->call->fn->flags & FN_KEEPS_KEYS)))
        return; // which elements of an array were written cannot be told apart from their values
    map->is_flipped = true;
    print->value->call->flip = FLIP_BEGIN;
    clear->value->call->flip = FLIP_END;
    for (struct stmt *stmt = print->next; stmt != clear; stmt = stmt->next) {
        if (map_of(stmt, FN_SHOWS) == map)
            stmt->value->call->flip = FLIP_GO_ON;
    }
}

static void find_in_stmts(struct stmt *stmt);

/* Blocks with values. */
static void find_in_expr(const struct expr *e)
{
    if (!e)
        return;
    for (const struct expr *arg = e->args; arg; arg = arg->next)
        find_in_expr(arg);
    find_in_stmts(e->body);
    find_in_stmts(e->other);
    find_in_expr(e->a);
    find_in_expr(e->b);
    find_in_expr(e->c);
}

static void find_in_stmts(struct stmt *stmt)
{
    for (; stmt; stmt = stmt->next) {
        struct map_info *map = map_of(stmt, FN_SHOWS);

        if (map)
            pair(stmt, map);
        find_in_expr(stmt->value);
        find_in_stmts(stmt->body);
        find_in_stmts(stmt->other);
    }
}

void find_flips(struct sema *s)
{
    vec_foreach(info, &s->clauses)
        find_in_stmts(info->clause->body);
}
