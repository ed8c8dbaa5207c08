/* stats(n): slot { total, n }. Shown as a record; print()'s top and div do not apply to it. */
#include <inttypes.h>

#include "runtime/agg.h"
#include "runtime/json.h"

static void stats_show(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    (void)div; // as in bpftrace, which warns about it when it compiles the script
    buf_printf(out, "{ .count = %" PRIu64 ", .average = ", agg_word(slot, 1));
    agg_show_word(type, agg_average(type, slot), out);
    buf_add_cstr(out, ", .total = ");
    agg_show_word(type, agg_word(slot, 0), out);
    buf_add_cstr(out, " }");
}

static void stats_json(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    (void)div; // as above
    buf_add_cstr(out, "{\"count\": ");
    json_number(agg_word(slot, 1), false, out);
    buf_add_cstr(out, ", \"average\": ");
    agg_json_word(type, agg_average(type, slot), out);
    buf_add_cstr(out, ", \"total\": ");
    agg_json_word(type, agg_word(slot, 0), out);
    buf_add_char(out, '}');
}

const struct agg_ops agg_ops_stats = {
    .merge = agg_merge_sum,
    .is_set = agg_is_set_by_second,
    .compare = agg_compare_average,
    .show = stats_show,
    .json = stats_json,
    .number = agg_number_first,
    .json_type = "stats",
    .has_no_top_div = true,
};
