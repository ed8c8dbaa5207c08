/* Searching rows that are sorted by address. */
#pragma once

#include "base/util.h"

/* How many of n rows of row_size bytes, each of which begins with its address (u64), lie at or
 * below an address: the last of these is the row before this index. */
static inline u32 address_search(const void *rows, size_t row_size, u32 n, u64 address)
{
    u32 low = 0;
    u32 high = n;

    while (low < high) {
        u32 middle = low + (high - low) / 2;
        const u64 *row = (const u64 *)((const u8 *)rows + middle * row_size);

        if (*row <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}
