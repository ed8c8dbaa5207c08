/* Drawing of histograms.
 * LAYOUT: a label in 16 columns, the count right-justified in 8, " |", a bar of up to 52 '@', "|":
 * bpftrace's rows to the byte. All arithmetic is in 64 bits and more: counts may be any. */
#include "runtime/histogram.h"

#include <inttypes.h>

#include "runtime/json.h"

enum {
    LABEL_COLUMNS = 16,
    BAR_COLUMNS = 52,
};

/* Columns of the bar for `count` where the longest stands for `max`. */
static size_t bar_length(u64 count, u64 max)
{
    return max == 0 ? 0 : (size_t)((unsigned __int128)count * BAR_COLUMNS / max);
}

static void show_row(const struct meta_type *type, u64 bucket, histogram_label_fn *label, u64 count,
                     u64 max, struct buf *out)
{
    size_t bar = bar_length(count, max);
    size_t begin = out->n;

    label(type, bucket, out);
    if (out->n - begin < LABEL_COLUMNS)
        buf_pad(out, ' ', LABEL_COLUMNS - (out->n - begin));
    buf_printf(out, "%8" PRIu64 " |", count);
    buf_pad(out, '@', bar);
    buf_pad(out, ' ', BAR_COLUMNS - bar);
    buf_add_cstr(out, "|\n");
}

/* The buckets that are shown: from the first to the last that is not empty. False: all are. */
static bool find_range(const struct meta_type *type, const u8 *slot, u64 *first, u64 *last)
{
    u64 n_buckets = type->size / sizeof(u64);

    *first = n_buckets;
    *last = 0;
    for (u64 i = 0; i < n_buckets; i++) {
        if (agg_word(slot, i) == 0)
            continue;
        *first = MIN(*first, i);
        *last = i;
    }
    return *first < n_buckets;
}

void histogram_show(const struct meta_type *type, const u8 *slot, u64 div,
                    histogram_label_fn *label, struct buf *out)
{
    u64 first = 0;
    u64 last = 0;
    u64 max = 0;

    div = MAX(div, 1);
    if (!find_range(type, slot, &first, &last))
        return;
    for (u64 i = first; i <= last; i++)
        max = MAX(max, agg_word(slot, i) / div);
    for (u64 i = first; i <= last; i++)
        show_row(type, i, label, agg_word(slot, i) / div, max, out);
}

void histogram_json(const struct meta_type *type, const u8 *slot, u64 div,
                    histogram_bounds_fn *bounds, struct buf *out)
{
    u64 first = 0;
    u64 last = 0;
    bool has_rows = find_range(type, slot, &first, &last);

    div = MAX(div, 1);
    buf_add_char(out, '[');
    for (u64 i = first; has_rows && i <= last; i++) {
        buf_add_cstr(out, i == first ? "{" : ",{");
        bounds(type, i, out);
        buf_add_cstr(out, ", \"count\": ");
        json_number(agg_word(slot, i) / div, false, out);
        buf_add_char(out, '}');
    }
    buf_add_char(out, ']');
}

int histogram_compare(const struct meta_type *type, const u8 *a, const u8 *b)
{
    u64 x = agg_total(type, a);
    u64 y = agg_total(type, b);

    return x < y ? -1 : x > y;
}

bool histogram_is_set(const struct meta_type *type, const u8 *slot)
{
    for (u64 i = 0; i < type->size / sizeof(u64); i++) {
        if (agg_word(slot, i) != 0)
            return true;
    }
    return false;
}
