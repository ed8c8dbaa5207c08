/* Types in declarations of variables and in loops. */
#include "semantic/context.h"

enum {
    UNROLL_MAX = 100
};

static void infer_let(struct sema *s, struct stmt *stmt)
{
    struct symbol *symbol = stmt->target->symbol;

    if (stmt->type_name)
        infer_assign(s, symbol, type_of_name(s, stmt->type_name), stmt->span);
    if (stmt->value) {
        (void)infer_expr(s, stmt->value);
        if (stmt->value->type->kind == TYPE_AGG && !settle_agg(s, stmt->value))
            return;
        if (stmt->value->type->kind == TYPE_VOID) {
            diag_add(s->v.diags, E_VOID_VALUE, stmt->value->span,
                     "This has no value that could be assigned");
            return;
        }
        infer_assign(s, symbol, stmt->value->type, stmt->span);
    }
    stmt->target->type = symbol->type ? symbol->type : type_error(s->v.types);
}

/* The sign of the variable is that of arithmetic with both ends. */
static void infer_for_range(struct sema *s, struct stmt *stmt)
{
    struct expr *const ends[] = {stmt->value, stmt->limit};

    for (u32 i = 0; i < ARRAY_SIZE(ends); i++) {
        (void)infer_expr(s, ends[i]);
        if (!settle_agg(s, ends[i]))
            return;
        if (type_is_known(ends[i]->type) && !type_is_integer(ends[i]->type)) {
            struct str name = type_name(s->arena, ends[i]->type);

            diag_add(s->v.diags, E_LOOP_TYPE, ends[i]->span,
                     "Loop range requires an integer expression, found '%.*s'", STR_ARG(name));
            return;
        }
    }
    infer_assign(s, stmt->target->symbol,
                 infer_arithmetic(s, OP_ADD, stmt->value, stmt->limit, stmt->span), stmt->span);
    stmt->target->type = infer_expr(s, stmt->target);
    infer_stmt(s, stmt->body);
}

/* What an element's value is in the loop: an aggregation is the number that it stands for. */
static const struct type *element_value(struct sema *s, const struct stmt *stmt,
                                        const struct type *value)
{
    struct str name = type_name(s->arena, value);

    if (value->kind != TYPE_AGG)
        return value;
    if (vocab_agg_by_id(value->agg)->gather)
        return type_int(s->v.types, 8, value->is_signed);
    diag_hint(diag_add(s->v.diags, E_AGG_READ, stmt->value->span,
                       "Maps of type '%.*s' can not be looped over", STR_ARG(name)),
              "print() shows the map.");
    return NULL;
}

static void infer_for_map(struct sema *s, struct stmt *stmt)
{
    struct map_info *map = &stmt->value->symbol->map;
    const struct type *pair[2] = {map->key, NULL};

    stmt->value->type = type_void(s->v.types);
    if (!stmt->value->symbol->is_assigned) {
        diag_add(s->v.diags, E_UNDEFINED_MAP, stmt->value->span, "Undefined map: %.*s",
                 STR_ARG(map->name));
        return;
    }
    if (map->is_scalar) {
        diag_add(s->v.diags, E_MAP_IS_SCALAR, stmt->value->span,
                 "%.*s has no explicit keys (scalar map), and cannot be used for iteration",
                 STR_ARG(map->name));
        return;
    }
    if (!type_is_known(map->key) || !type_is_known(map->value))
        return;
    pair[1] = element_value(s, stmt, map->value);
    if (!pair[1])
        return;
    infer_assign(s, stmt->target->symbol, type_tuple(s->v.types, pair, 2), stmt->target->span);
    stmt->target->type = infer_expr(s, stmt->target);
    infer_stmt(s, stmt->body);
}

static void infer_unroll(struct sema *s, struct stmt *stmt)
{
    const struct expr *count = stmt->value;

    (void)infer_expr(s, stmt->value);
    if (type_is_known(count->type) && (count->type->kind != TYPE_INT || !count->is_const)) {
        vocab_hint_param(diag_add(s->v.diags, E_UNROLL_COUNT, count->span,
                                  "unroll() needs a number that is known at compile time"),
                         needs_param(count));
    } else if (type_is_known(count->type) && (s64)count->num < 1) {
        diag_add(s->v.diags, E_UNROLL_COUNT, count->span, "unroll minimum value is 1");
    } else if (type_is_known(count->type) && count->num > UNROLL_MAX) {
        diag_add(s->v.diags, E_UNROLL_COUNT, count->span, "unroll maximum value is %u",
                 (unsigned)UNROLL_MAX);
    }
    infer_stmt(s, stmt->body);
}

void infer_loop_stmt(struct sema *s, struct stmt *stmt)
{
    switch (stmt->kind) {
    case STMT_LET:
        infer_let(s, stmt);
        return;
    case STMT_WHILE:
        infer_condition(s, stmt->value);
        infer_stmt(s, stmt->body);
        return;
    case STMT_FOR_RANGE:
        infer_for_range(s, stmt);
        return;
    case STMT_FOR_MAP:
        infer_for_map(s, stmt);
        return;
    case STMT_UNROLL:
        infer_unroll(s, stmt);
        return;
    case STMT_BREAK:
    case STMT_CONTINUE:
        return;
    default:
        ptl_bug("no statement of a loop");
    }
}
