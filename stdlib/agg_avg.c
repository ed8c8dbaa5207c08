/* avg(n): slot { total, n }. */
#include "stdlib/lower.h"

static void update_avg(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    (void)t;
    lower_slot_add(lo, ptr, 0, value);
    lower_slot_add(lo, ptr, 8, ir_const(&lo->b, 1));
}

const struct agg_desc agg_avg = {
    .id = AGG_AVG,
    .sig = "(int) -> avg",
    .doc = "Average of the values, cut to an integer towards zero.",
    .example = "BEGIN { @ = avg(5); @ = avg(8); }",
    .update = update_avg,
};
