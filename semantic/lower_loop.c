/* Declarations of variables and loops to IR. A loop's body becomes a function that a helper calls;
 * what it shares with the rest of the clause lies in slots of the program. */
#include "semantic/context.h"
#include "stdlib/lower_array.h"

/* ---- does control leave the clause in here? ---- */

static bool expr_leaves(const struct expr *e);

static bool stmt_leaves(const struct stmt *stmt)
{
    for (; stmt; stmt = stmt->next) {
        if (stmt->kind == STMT_RETURN || expr_leaves(stmt->value) || expr_leaves(stmt->target) ||
            stmt_leaves(stmt->body) || stmt_leaves(stmt->other))
            return true;
    }
    return false;
}

static bool expr_leaves(const struct expr *e)
{
    if (!e)
        return false;
    if (e->call && e->call->fn && (e->call->fn->flags & FN_ENDS))
        return true;
    for (const struct expr *arg = e->args; arg; arg = arg->next) {
        if (expr_leaves(arg))
            return true;
    }
    return stmt_leaves(e->body) || stmt_leaves(e->other) || expr_leaves(e->a) ||
           expr_leaves(e->b) || expr_leaves(e->c);
}

/* ---- a loop's function ---- */

/* What is open while a loop's function is made. */
struct loop {
    struct callback callback;
    struct loop_scope scope;
    bool may_leave, is_outermost; /* of those that may leave */
};

static struct loop loop_begin(struct sema *s, struct lowering *lo, enum ir_func_kind kind,
                              bool may_leave)
{
    struct loop loop = {.scope = {.outer = s->loop}, .may_leave = may_leave};
    struct ir_builder *b = &lo->b;

    if (may_leave && !lo->left) {
        loop.is_outermost = true;
        lo->left = ir_shared_slot_new(b, "left", 8);
        ir_store64(b, ir_slot_addr(b, lo->left), 0, ir_const(b, 0));
    }
    loop.callback = lower_callback_begin(lo, kind);
    return loop;
}

static void loop_end(struct sema *s, struct lowering *lo, struct loop *loop)
{
    lower_callback_end(lo, &loop->callback);
    s->loop = loop->scope.outer;
}

/* Behind the LOOP or EACH: leave if the function did. */
static void loop_leave(struct lowering *lo, const struct loop *loop)
{
    struct ir_builder *b = &lo->b;
    struct branch br;

    if (!loop->may_leave)
        return;
    br = lower_if(lo, ir_load64(b, ir_slot_addr(b, lo->left), 0));
    if (loop->is_outermost)
        lo->left = NULL;
    lower_leave(lo);
    lower_end_if(lo, &br);
}

/* ---- loops ---- */

static void lower_while(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct loop loop =
        loop_begin(s, lo, IR_FUNC_LOOP, expr_leaves(stmt->value) || stmt_leaves(stmt->body));
    struct branch br;

    s->loop = &loop.scope;
    br = lower_if(lo, lower_truth(lo, lower_expr(s, lo, stmt->value)));
    lower_stmt(s, lo, stmt->body);
    lower_else(lo, &br);
    ir_ret(&lo->b, 1);
    lower_end_if(lo, &br);
    loop_end(s, lo, &loop);
    (void)ir_loop(&lo->b, ir_const(&lo->b, IR_LOOP_MAX), loop.callback.func);
    loop_leave(lo, &loop);
}

/* limit - first, at least 0 and at most what the kernel's helper takes. */
static ir_val rounds(struct lowering *lo, ir_val first, ir_val limit)
{
    struct ir_builder *b = &lo->b;
    ir_val slot = ir_slot_addr(b, ir_slot_new(b, "rounds", 8));
    ir_val n = ir_binary(b, IR_SUB, limit, first);
    struct branch br = lower_if(lo, ir_binary(b, IR_SLT, first, limit));
    struct branch many;

    ir_store64(b, slot, 0, n);
    many = lower_if(lo, ir_binary(b, IR_ULT, ir_const(b, IR_LOOP_MAX), n));
    ir_store64(b, slot, 0, ir_const(b, IR_LOOP_MAX));
    lower_end_if(lo, &many);
    lower_else(lo, &br);
    ir_store64(b, slot, 0, ir_const(b, 0));
    lower_end_if(lo, &br);
    return ir_load64(b, slot, 0);
}

static void lower_for_range(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct ir_builder *b = &lo->b;
    const struct ir_slot *start = ir_shared_slot_new(b, "start", 8);
    ir_val first = lower_expr(s, lo, stmt->value).val;
    ir_val limit = lower_expr(s, lo, stmt->limit).val;
    ir_val n = NULL, index = NULL;
    struct branch has_rounds;
    struct loop loop;

    ir_store64(b, ir_slot_addr(b, start), 0, first);
    n = rounds(lo, first, limit);
    loop = loop_begin(s, lo, IR_FUNC_LOOP, stmt_leaves(stmt->body));
    s->loop = &loop.scope;
    index = ir_binary(b, IR_ADD, ir_load64(b, ir_slot_addr(b, start), 0), ir_index(b));
    ir_store64(b, lower_variable(lo, stmt->target->symbol), 0, index);
    lower_stmt(s, lo, stmt->body);
    loop_end(s, lo, &loop);
    /* Of a loop that is known to have no rounds the verifier never visits the function: 6.12 then
     * removes it, but not the call, and refuses the program (-EFAULT). */
    has_rounds = lower_if(lo, ir_binary(b, IR_NE, n, ir_const(b, 0)));
    (void)ir_loop(b, n, loop.callback.func);
    lower_end_if(lo, &has_rounds);
    loop_leave(lo, &loop);
}

/* ($kv.0, $kv.1) of the element that the loop is at. */
static void store_element(struct lowering *lo, struct stmt *stmt)
{
    struct ir_builder *b = &lo->b;
    struct map_info *map = &stmt->value->symbol->map;
    const struct type *pair = stmt->target->symbol->type;
    ir_val variable = lower_variable(lo, stmt->target->symbol);
    struct operand value = {pair->elems[1], NULL}, key = {map->key, NULL};

    if (lower_is_array(map)) { /* its keys are the kernel's own, of 4 bytes */
        key.val = ir_load(b, ir_element_key(b), 0, sizeof(u32), false);
    } else {
        key.val = lower_load(lo, map->key, ir_element_key(b), 0);
    }
    lower_store(lo, variable, 0, pair->elems[0], key);
    if (map->value->kind == TYPE_AGG) {
        value.val = lower_map_gather(lo, map, variable);
    } else {
        value = (struct operand){map->value, lower_load(lo, map->value, ir_element_value(b), 0)};
    }
    lower_store(lo, variable, type_elem_offset(pair, 1), pair->elems[1], value);
}

/* An array has all its elements; those that the script does not have are passed over. */
static void skip_absent(struct lowering *lo, const struct map_info *map)
{
    struct ir_builder *b = &lo->b;
    ir_val mark = ir_load64(b, ir_element_value(b), type_mem_size(map->value));
    struct branch br = lower_if(lo, ir_binary(b, IR_EQ, mark, ir_const(b, 0)));

    ir_ret(b, 0);
    lower_end_if(lo, &br);
}

static void lower_for_map(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct map_info *map = &stmt->value->symbol->map;
    struct loop loop;

    lower_map_declare(lo->v, map);
    loop = loop_begin(s, lo, IR_FUNC_EACH, stmt_leaves(stmt->body));
    s->loop = &loop.scope;
    if (lower_is_array(map))
        skip_absent(lo, map);
    store_element(lo, stmt);
    lower_stmt(s, lo, stmt->body);
    loop_end(s, lo, &loop);
    (void)ir_each(&lo->b, map->ir, loop.callback.func);
    loop_leave(lo, &loop);
}

static void lower_unroll(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct ir_builder *b = &lo->b;
    struct loop_scope scope = {.end = ir_block_new(b, "unrolled"), .outer = s->loop};

    u32 n_known = lo->known.n;

    s->loop = &scope;
    for (u64 i = 0; i < stmt->value->num; i++) {
        scope.next = ir_block_new(b, "round");
        lower_stmt(s, lo, stmt->body);
        ir_jmp(b, scope.next);
        ir_at(b, scope.next);
        known_truncate(lo, n_known);
    }
    ir_jmp(b, scope.end);
    ir_at(b, scope.end);
    s->loop = scope.outer;
}

/* What follows in the block is unreachable, and was warned about. */
static void lower_jump(struct sema *s, struct lowering *lo, bool is_break)
{
    struct ir_builder *b = &lo->b;

    if (s->loop->end) {
        ir_jmp(b, is_break ? s->loop->end : s->loop->next);
    } else {
        ir_ret(b, is_break);
    }
    ir_at(b, ir_block_new(b, "after_jump"));
}

static void lower_let(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    struct symbol *symbol = stmt->target->symbol;
    ir_val variable = NULL;

    if (stmt->value) {
        struct operand value = lower_expr(s, lo, stmt->value);

        lower_store(lo, lower_variable(lo, symbol), 0, symbol->type, value);
        return;
    }
    variable = lower_variable(lo, symbol);
    ir_fill_zero(&lo->b, variable, 0, type_mem_size(symbol->type));
}

void lower_loop_stmt(struct sema *s, struct lowering *lo, struct stmt *stmt)
{
    switch (stmt->kind) {
    case STMT_LET:
        lower_let(s, lo, stmt);
        return;
    case STMT_WHILE:
        lower_while(s, lo, stmt);
        return;
    case STMT_FOR_RANGE:
        lower_for_range(s, lo, stmt);
        return;
    case STMT_FOR_MAP:
        lower_for_map(s, lo, stmt);
        return;
    case STMT_UNROLL:
        lower_unroll(s, lo, stmt);
        return;
    case STMT_BREAK:
    case STMT_CONTINUE:
        lower_jump(s, lo, stmt->kind == STMT_BREAK);
        return;
    default:
        ptl_bug("no statement of a loop");
    }
}
