/* count(): slot { n }. */
#include "runtime/agg.h"

static bool count_is_set(const struct meta_type *type, const u8 *slot)
{
    (void)type;
    return agg_word(slot, 0) != 0;
}

const struct agg_ops agg_ops_count = {
    .merge = agg_merge_sum,
    .is_set = count_is_set,
    .compare = agg_compare_first,
    .show = agg_show_first,
    .json = agg_json_first,
    .number = agg_number_first,
    .json_type = "map",
};
