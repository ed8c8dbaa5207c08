/* stats(n): slot { total, n }. */
#include "stdlib/lower.h"

static void update_stats(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    vocab_agg_by_id(AGG_AVG)->update(lo, t, ptr, value); /* the same slot, shown in full */
}

const struct agg_desc agg_stats = {
    .id = AGG_STATS,
    .sig = "(int) -> stats",
    .doc = "Count, average and total of the values.",
    .example = "BEGIN { @ = stats(2); @ = stats(10); }",
    .update = update_stats,
};
