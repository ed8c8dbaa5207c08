/* sum(n): slot { sum, is_set }. */
#include "stdlib/lower.h"

static void update_sum(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    (void)t;
    lower_slot_add(lo, ptr, 0, value);
    ir_store64(&lo->b, ptr, 8, ir_const(&lo->b, 1));
}

static void gather_sum(struct lowering *lo, const struct type *t, ir_val ptr, ir_val sum)
{
    update_sum(lo, t, sum, ir_load64(&lo->b, ptr, 0));
}

const struct agg_desc agg_sum = {
    .id = AGG_SUM,
    .sig = "(int) -> sum",
    .doc = "Sum of the values, signed if they are.",
    .example = "BEGIN { @ = sum(2); @ = sum(40); }",
    .update = update_sum,
    .gather = gather_sum,
    .gathered = lower_gathered_first,
};
