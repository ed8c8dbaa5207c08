/* Inside of meta_check(): the part about types, and what the other parts need of it. */
#pragma once

#include "abi/meta.h"

/* Of a type, bytes: a hist with 32 buckets a power has 15 kB. */
#define META_VALUE_SIZE_MAX ((u64)1 << 20)

/* Check all rows of types and fields. Returns NULL or a static sentence. */
const char *meta_check_types(const struct meta *m);

/* The value of type `ref` at offset lies inside `size` bytes, and both are aligned as those of
 * values that stand by themselves are. */
bool meta_value_fits(const struct meta *m, u64 ref, u64 offset, u64 size);
