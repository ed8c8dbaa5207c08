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

const struct agg_desc agg_min = {
    .id = AGG_MIN,
    .sig = "(int) -> min",
    .doc = "Smallest of the values.",
    .example = "BEGIN { @ = min(5); @ = min(3); }",
    .update = update_min,
};

static void update_max(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    keep(lo, ptr, value, ir_binary(&lo->b, less_than(t), ir_load64(&lo->b, ptr, 0), value));
}

const struct agg_desc agg_max = {
    .id = AGG_MAX,
    .sig = "(int) -> max",
    .doc = "Largest of the values.",
    .example = "BEGIN { @ = max(5); @ = max(9); }",
    .update = update_max,
};
