/* hist(n, bits): slot { buckets[] }. LAYOUT: of the buckets: abi/abi.h.
 *
 * A boundary is labelled in units of 1024^k, where k comes from the width of the bucket that begins
 * there; so "[3584, 4K)" but "[896, 1024)", as in bpftrace. */
#include <inttypes.h>

#include "runtime/histogram.h"
#include "runtime/json.h"

/* Binary digits of the width of a bucket >= 1, and its begin as mantissa times width. */
static void bucket_parts(u32 bits, u64 bucket, u64 *mantissa, u64 *power)
{
    u64 n = (u64)1 << bits;
    u64 index = bucket - 1;

    *power = index < n ? 0 : (index >> bits) - 1;
    *mantissa = index < n ? index : n + (index & (n - 1));
}

static void show_boundary(u32 bits, u64 bucket, struct buf *out)
{
    static const char suffixes[] = {'\0', 'K', 'M', 'G', 'T', 'P', 'E'};
    u64 mantissa = 0;
    u64 power = 0;
    u64 decade = 0;

    bucket_parts(bits, bucket, &mantissa, &power);
    decade = power / 10;
    buf_printf(out, "%" PRIu64, mantissa << (power % 10));
    if (decade > 0 && decade < ARRAY_SIZE(suffixes))
        buf_add_char(out, suffixes[decade]);
}

static void hist_label(const struct meta_type *type, u64 bucket, struct buf *out)
{
    u32 bits = (u32)type->num1;
    u64 mantissa = 0;
    u64 power = 0;

    if (bucket == 0) {
        buf_add_cstr(out, "(..., 0)");
        return;
    }
    bucket_parts(bits, bucket, &mantissa, &power);
    buf_add_char(out, '[');
    show_boundary(bits, bucket, out);
    if (power == 0) {
        buf_add_char(out, ']');
        return;
    }
    buf_add_cstr(out, ", ");
    show_boundary(bits, bucket + 1, out);
    buf_add_char(out, ')');
}

static void hist_show(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    histogram_show(type, slot, div, hist_label, out);
}

static void hist_bounds(const struct meta_type *type, u64 bucket, struct buf *out)
{
    u64 mantissa = 0;
    u64 power = 0;
    u64 low = 0;

    if (bucket == 0) {
        buf_add_cstr(out, "\"max\": -1");
        return;
    }
    bucket_parts((u32)type->num1, bucket, &mantissa, &power);
    low = mantissa << power;
    buf_add_cstr(out, "\"min\": ");
    json_number(low, false, out);
    buf_add_cstr(out, ", \"max\": ");
    json_number(low + (((u64)1 << power) - 1), false, out);
}

static void hist_json(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    histogram_json(type, slot, div, hist_bounds, out);
}

const struct agg_ops agg_ops_hist = {
    .merge = agg_merge_sum,
    .is_set = histogram_is_set,
    .compare = histogram_compare,
    .show = hist_show,
    .json = hist_json,
    .number = agg_total,
    .json_type = "hist",
    .is_block = true,
};
