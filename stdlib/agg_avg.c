/* avg(n): slot { total, n }. */
#include "stdlib/lower.h"

static void update_avg(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    (void)t;
    lower_slot_add(lo, ptr, 0, value);
    lower_slot_add(lo, ptr, 8, ir_const(&lo->b, 1));
}

static void gather_avg(struct lowering *lo, const struct type *t, ir_val ptr, ir_val sum)
{
    (void)t;
    lower_slot_add(lo, sum, 0, ir_load64(&lo->b, ptr, 0));
    lower_slot_add(lo, sum, 8, ir_load64(&lo->b, ptr, 8));
}

static ir_val gathered_avg(struct lowering *lo, const struct type *t, ir_val sum)
{
    struct ir_builder *b = &lo->b;
    ir_val n = ir_load64(b, sum, 8);
    ir_val is_none = ir_binary(b, IR_EQ, n, ir_const(b, 0));

    /* of nothing it is 0 / 1 */
    return ir_binary(b, t->is_signed ? IR_SDIV : IR_UDIV, ir_load64(b, sum, 0),
                     ir_binary(b, IR_ADD, n, is_none));
}

const struct agg_desc agg_avg = {
    .id = AGG_AVG,
    .sig = "(int) -> avg",
    .doc = "Average of the values, cut to an integer towards zero.",
    .example = "BEGIN { @ = avg(5); @ = avg(8); }",
    .update = update_avg,
    .gather = gather_avg,
    .gathered = gathered_avg,
};
