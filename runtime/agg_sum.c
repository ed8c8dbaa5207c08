/* sum(n): slot { sum, is_set }. Adding up the marks of all CPUs keeps them what they are: not 0. */
#include "runtime/agg.h"

const struct agg_ops agg_ops_sum = {
    .merge = agg_merge_sum,
    .is_set = agg_is_set_by_second,
    .compare = agg_compare_first,
    .show = agg_show_first,
    .json = agg_json_first,
    .number = agg_number_first,
    .json_type = "map",
};
