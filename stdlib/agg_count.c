/* count(): slot { n }. */
#include "stdlib/lower.h"

static void update_count(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    (void)t;
    (void)value;
    lower_slot_add(lo, ptr, 0, ir_const(&lo->b, 1));
}

static void gather_count(struct lowering *lo, const struct type *t, ir_val ptr, ir_val sum)
{
    (void)t;
    lower_slot_add(lo, sum, 0, ir_load64(&lo->b, ptr, 0));
}

const struct agg_desc agg_count = {
    .id = AGG_COUNT,
    .sig = "() -> count",
    .doc = "Number of times that it was called.",
    .example = "BEGIN { @ = count(); }",
    .update = update_count,
    .gather = gather_count,
    .gathered = lower_gathered_first,
};
