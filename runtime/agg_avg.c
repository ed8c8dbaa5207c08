/* avg(n): slot { total, n }. Shown rounded toward zero, as bpftrace does. */
#include "runtime/agg.h"

static void avg_show(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    agg_show_word(type, agg_divide(type, agg_average(type, slot), div), out);
}

static void avg_json(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    agg_json_word(type, agg_divide(type, agg_average(type, slot), div), out);
}

const struct agg_ops agg_ops_avg = {
    .merge = agg_merge_sum,
    .is_set = agg_is_set_by_second,
    .compare = agg_compare_average,
    .show = avg_show,
    .json = avg_json,
    .number = agg_average,
    .json_type = "stats",
};
