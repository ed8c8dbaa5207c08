/* max(n): slot { value, is_set }; signed where its argument is. */
#include "runtime/agg.h"

const struct agg_ops agg_ops_max = {
    .merge = agg_merge_extreme,
    .is_set = agg_is_set_by_second,
    .compare = agg_compare_first,
    .show = agg_show_first,
    .json = agg_json_first,
    .number = agg_number_first,
    .json_type = "map",
};
