/* lhist(n, min, max, step): slot { buckets[] }; the bounds are signed. The last regular bucket ends
 * at max even where step does not divide the range. */
#include <inttypes.h>

#include "runtime/histogram.h"
#include "runtime/json.h"

enum {
    KILO = 1024,
    MEGA = 1024 * 1024,
};

static void show_bound(s64 bound, s64 step, struct buf *out)
{
    bool is_scaled = step % KILO == 0 && bound != 0;

    if (is_scaled && bound % MEGA == 0) {
        buf_printf(out, "%" PRId64 "M", bound / MEGA);
    } else if (is_scaled && bound % KILO == 0) {
        buf_printf(out, "%" PRId64 "K", bound / KILO);
    } else {
        buf_printf(out, "%" PRId64, bound);
    }
}

/* Where a bucket begins and the next one does: what is below min and from max on has one of them.
 */
struct bounds {
    bool has_low, has_high;
    s64 low, high;
};

static struct bounds bounds_of(const struct meta_type *type, u64 bucket)
{
    s64 min = (s64)type->num1;
    s64 max = (s64)type->num2;
    u64 step = type->num3;
    struct bounds b = {.has_low = true, .has_high = true};

    if (bucket == 0)
        return (struct bounds){.has_high = true, .high = min};
    if (bucket + 1 == type->size / sizeof(u64))
        return (struct bounds){.has_low = true, .low = max};
    /* The bounds of a bucket lie between min and max; unsigned, the way there may wrap. */
    b.low = (s64)((u64)min + (bucket - 1) * step);
    b.high = (u64)max - (u64)b.low < step ? max : (s64)((u64)b.low + step);
    return b;
}

static void lhist_label(const struct meta_type *type, u64 bucket, struct buf *out)
{
    struct bounds b = bounds_of(type, bucket);
    s64 step = (s64)type->num3;

    if (!b.has_low) {
        buf_add_cstr(out, "(..., ");
        show_bound(b.high, step, out);
        buf_add_char(out, ')');
        return;
    }
    buf_add_char(out, '[');
    show_bound(b.low, step, out);
    if (b.has_high && step == 1) {
        buf_add_char(out, ']');
        return;
    }
    buf_add_cstr(out, ", ");
    if (b.has_high) {
        show_bound(b.high, step, out);
    } else {
        buf_add_cstr(out, "...");
    }
    buf_add_char(out, ')');
}

static void lhist_bounds(const struct meta_type *type, u64 bucket, struct buf *out)
{
    struct bounds b = bounds_of(type, bucket);

    if (b.has_low) {
        buf_add_cstr(out, "\"min\": ");
        json_number((u64)b.low, true, out);
    }
    if (b.has_high) {
        buf_add_cstr(out, b.has_low ? ", \"max\": " : "\"max\": ");
        json_number((u64)b.high - 1, true, out);
    }
}

static void lhist_show(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    (void)div; // as in bpftrace: only hist() divides its counts
    histogram_show(type, slot, 1, lhist_label, out);
}

static void lhist_json(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    (void)div; // as above
    histogram_json(type, slot, 1, lhist_bounds, out);
}

const struct agg_ops agg_ops_lhist = {
    .merge = agg_merge_sum,
    .is_set = histogram_is_set,
    .compare = histogram_compare,
    .show = lhist_show,
    .json = lhist_json,
    .number = agg_total,
    .json_type = "hist",
    .is_block = true,
};
