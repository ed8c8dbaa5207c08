/* min(n), max(n): slot { value, is_set }. */
#include "stdlib/lower.h"

/* Keep `value` if the slot is empty or better(value, old). */
static void keep(struct lowering *lo, ir_val ptr, ir_val value, ir_val is_better)
{
    struct ir_builder *b = &lo->b;
    ir_val is_empty = ir_binary(b, IR_EQ, ir_load64(b, ptr, 8), ir_const(b, 0));
    struct branch br = lower_if(lo, ir_binary(b, IR_OR, is_empty, is_better));

    ir_store64(b, ptr, 0, value);
    ir_store64(b, ptr, 8, ir_const(b, 1));
    lower_end_if(lo, &br);
}

static enum ir_op less_than(const struct type *t)
{
    return t->is_signed ? IR_SLT : IR_ULT;
}

static void update_min(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    keep(lo, ptr, value, ir_binary(&lo->b, less_than(t), value, ir_load64(&lo->b, ptr, 0)));
}

/* A slot that was written counts as one more value. */
static void gather(struct lowering *lo, const struct type *t, ir_val ptr, ir_val sum,
                   void (*update)(struct lowering *, const struct type *, ir_val, ir_val))
{
    struct branch br = lower_if(lo, ir_load64(&lo->b, ptr, 8));

    update(lo, t, sum, ir_load64(&lo->b, ptr, 0));
    lower_end_if(lo, &br);
}

static void gather_min(struct lowering *lo, const struct type *t, ir_val ptr, ir_val sum)
{
    gather(lo, t, ptr, sum, update_min);
}

const struct agg_desc agg_min = {
    .id = AGG_MIN,
    .sig = "(int) -> min",
    .doc = "Smallest of the values.",
    .example = "BEGIN { @ = min(5); @ = min(3); }",
    .update = update_min,
    .gather = gather_min,
    .gathered = lower_gathered_first,
};

static void update_max(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    keep(lo, ptr, value, ir_binary(&lo->b, less_than(t), ir_load64(&lo->b, ptr, 0), value));
}

static void gather_max(struct lowering *lo, const struct type *t, ir_val ptr, ir_val sum)
{
    gather(lo, t, ptr, sum, update_max);
}

const struct agg_desc agg_max = {
    .id = AGG_MAX,
    .sig = "(int) -> max",
    .doc = "Largest of the values.",
    .example = "BEGIN { @ = max(5); @ = max(9); }",
    .update = update_max,
    .gather = gather_max,
    .gathered = lower_gathered_first,
};
