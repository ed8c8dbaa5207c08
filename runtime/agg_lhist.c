/* lhist(n, min, max, step): slot { buckets[] }; the bounds are signed. The last regular bucket ends
 * at max even where step does not divide the range. */
#include <inttypes.h>

#include "runtime/histogram.h"

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

static void lhist_label(const struct meta_type *type, u64 bucket, struct buf *out)
{
    s64 min = (s64)type->num1;
    s64 max = (s64)type->num2;
    s64 step = (s64)type->num3;
    s64 low = 0;
    s64 high = 0;

    if (bucket == 0) {
        buf_add_cstr(out, "(..., ");
        show_bound(min, step, out);
        buf_add_char(out, ')');
        return;
    }
    if (bucket + 1 == type->size / sizeof(u64)) {
        buf_add_char(out, '[');
        show_bound(max, step, out);
        buf_add_cstr(out, ", ...)");
        return;
    }
    /* The bounds of a bucket lie between min and max; unsigned, the way there may wrap. */
    low = (s64)((u64)min + (bucket - 1) * (u64)step);
    high = (u64)max - (u64)low < (u64)step ? max : (s64)((u64)low + (u64)step);
    buf_add_char(out, '[');
    show_bound(low, step, out);
    if (step == 1) {
        buf_add_char(out, ']');
        return;
    }
    buf_add_cstr(out, ", ");
    show_bound(high, step, out);
    buf_add_char(out, ')');
}

static void lhist_show(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    (void)div; // as in bpftrace: only hist() divides its counts
    histogram_show(type, slot, 1, lhist_label, out);
}

const struct agg_ops agg_ops_lhist = {
    .merge = agg_merge_sum,
    .is_set = histogram_is_set,
    .compare = histogram_compare,
    .show = lhist_show,
    .is_block = true,
};
