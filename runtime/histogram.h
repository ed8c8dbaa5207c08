/* Drawing of histograms: what hist() and lhist() share. */
#pragma once

#include "runtime/agg.h"

/* Append the label of bucket i, "[4, 8)". */
typedef void histogram_label_fn(const struct meta_type *type, u64 bucket, struct buf *out);

/* Append the rows from the first to the last bucket that is not empty: label, count, bar. The
 * counts are divided by div (>= 1) first. Nothing for a histogram without entries. */
void histogram_show(const struct meta_type *type, const u8 *slot, u64 div,
                    histogram_label_fn *label, struct buf *out);

/* Append the bounds of bucket i as members of JSON, both inclusive: "min": 4, "max": 7. */
typedef void histogram_bounds_fn(const struct meta_type *type, u64 bucket, struct buf *out);

/* The same rows as an array of JSON. */
void histogram_json(const struct meta_type *type, const u8 *slot, u64 div,
                    histogram_bounds_fn *bounds, struct buf *out);

/* Order by total count. */
int histogram_compare(const struct meta_type *type, const u8 *a, const u8 *b);

/* Is any bucket above 0? */
bool histogram_is_set(const struct meta_type *type, const u8 *slot);
