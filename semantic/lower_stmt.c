/* Statements to IR. */
#include "semantic/context.h"

/* `$x += --$x` is `$x = $x + --$x`: the left side is read first. */
static void assign_variable(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct symbol *symbol = stmt->target->symbol;
    ir_val slot = lower_variable(lo, symbol);
    ir_val old = stmt->op == OP_NONE ? NULL : ir_load64(&lo->b, slot, 0);
    struct operand value = lower_expr(s, lo, stmt->value);

    lo->b.span = stmt->span;
    if (old) {
        if (symbol->type->kind == TYPE_POINTER)
            value.val = lower_elements(lo, symbol->type, value);
        value.val = lower_arithmetic(lo, stmt->op, symbol->type, old, value.val);
        value.type = symbol->type;
    }
    lower_store(lo, slot, 0, symbol->type, value);
}

static void aggregate(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct call *c = stmt->value->call;
    struct map_info *map = &stmt->target->symbol->map;

    lower_map_touch(lo, map);
    lower_args(s, lo, c, stmt->value->args);

    ir_val key = lower_key_of(s, lo, stmt->target);

    lo->b.span = stmt->span;
    lower_map_aggregate(lo, map, key, c->n_args ? c->args[0].val : NULL);
}

/* += and -= are one atomic instruction on the element; the other operators read, compute and write.
 */
static void assign_compound(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct map_info *map = &stmt->target->symbol->map;
    struct operand value = lower_expr(s, lo, stmt->value);
    ir_val key = lower_key_of(s, lo, stmt->target);

    lo->b.span = stmt->span;
    if (map->value->kind == TYPE_POINTER)
        value.val = lower_elements(lo, map->value, value);
    if (stmt->op == OP_ADD || stmt->op == OP_SUB) {
        ir_val delta = value.val;

        if (stmt->op == OP_SUB)
            delta = ir_binary(&lo->b, IR_SUB, ir_const(&lo->b, 0), delta);
        (void)lower_map_add(lo, map, key, delta);
        return;
    }
    value.val = lower_arithmetic(lo, stmt->op, map->value, lower_map_read(lo, map, key), value.val);
    value.type = map->value;
    lower_map_write(lo, map, key, value);
}

static void assign_map(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct operand value = lower_expr(s, lo, stmt->value);
    ir_val key = lower_key_of(s, lo, stmt->target);

    lo->b.span = stmt->span;
    lower_map_write(lo, &stmt->target->symbol->map, key, value);
}

static void lower_assignment(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    if (!stmt->target) {
        (void)lower_expr(s, lo, stmt->value);
    } else if (stmt->value->call && !stmt->value->call->fn) {
        aggregate(s, lo, stmt);
    } else if (stmt->target->kind == EXPR_VAR) {
        assign_variable(s, lo, stmt);
    } else if (stmt->op != OP_NONE) {
        assign_compound(s, lo, stmt);
    } else {
        assign_map(s, lo, stmt);
    }
}

static void lower_condition(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct branch br;

    if (stmt->is_comptime) {
        struct stmt *taken = stmt->value->num ? stmt->body : stmt->other;

        if (taken)
            lower_stmt(s, lo, taken);
        return;
    }
    br = lower_if(lo, lower_truth(lo, lower_expr(s, lo, stmt->value)));
    lower_stmt(s, lo, stmt->body);
    lower_else(lo, &br);
    if (stmt->other)
        lower_stmt(s, lo, stmt->other);
    lower_end_if(lo, &br);
}

/* What follows in the block is unreachable, and was warned about. */
static void lower_return(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    if (stmt->value)
        (void)lower_expr(s, lo, stmt->value);
    lower_leave(lo);
}

struct operand lower_block_value(struct sema *s, struct lowering *lo, const struct stmt *block)
{
    struct operand value = {type_void(s->v.types), NULL};

    if (block->kind == STMT_EXPR) /* else if, as a value */
        return lower_expr(s, lo, block->value);
    for (struct stmt *inner = block->body; inner; inner = inner->next) {
        if (inner->next || inner->kind != STMT_EXPR) {
            lower_stmt(s, lo, inner);
        } else {
            value = lower_expr(s, lo, inner->value);
        }
    }
    return value;
}

void lower_stmt(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    lo->b.span = stmt->span;
    switch (stmt->kind) {
    case STMT_EXPR:
        (void)lower_expr(s, lo, stmt->value);
        return;
    case STMT_ASSIGN:
        lower_assignment(s, lo, stmt);
        return;
    case STMT_IF:
        lower_condition(s, lo, stmt);
        return;
    case STMT_BLOCK:
        for (struct stmt *inner = stmt->body; inner; inner = inner->next)
            lower_stmt(s, lo, inner);
        return;
    case STMT_RETURN:
        lower_return(s, lo, stmt);
        return;
    case STMT_LET:
    case STMT_WHILE:
    case STMT_FOR_RANGE:
    case STMT_FOR_MAP:
    case STMT_UNROLL:
    case STMT_BREAK:
    case STMT_CONTINUE:
        lower_loop_stmt(s, lo, stmt);
        return;
    case STMT_COUNT_:
        break;
    }
    ptl_bug("a statement of no kind");
}
