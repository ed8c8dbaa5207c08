/* max(n): slot { value, is_set }; signed where its argument is. */
#include "runtime/agg.h"

static void max_merge(const struct meta_type *type, u8 *into, const u8 *from)
{
    agg_merge_extreme(type, into, from, 1);
}

const struct agg_ops agg_ops_max = {
    .merge = max_merge,
    .is_set = agg_is_set_by_second,
    .compare = agg_compare_first,
    .show = agg_show_first,
};
