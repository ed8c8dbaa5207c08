/* The rows of one map: slots of all CPUs folded, ordered as they are printed. No system calls. */
#pragma once

#include "abi/meta.h"

struct table {
    const struct meta *meta;    /* borrowed */
    const struct meta_map *map; /* borrowed; the map that the rows are of */
    u32 key_size, value_size;   /* of a row, bytes; key_size is 0 for a scalar */
    struct buf keys, values;    /* the rows, one behind the other */
    u32 *order;                 /* printed row i is stored as row order[i] */
    u32 order_cap;
    u32 n;
    u32 first; /* first row to print, of the ordered ones: print(@m, top) */
    u64 div;   /* of print(@m, top, div), >= 1 */
};

/* Prepare an empty table; meta is borrowed for its life. */
void table_init(struct table *t, const struct meta *meta);

/* Free the rows. */
void table_done(struct table *t);

/* Start anew with the rows of `map`, keeping the memory.
 * value_size: bytes of a slot in the kernel's map, at least the value's type. */
void table_begin(struct table *t, const struct meta_map *map, u32 value_size);

/* Fold `from` into `into`: one slot of a per-CPU map into another. Aggregations merge, numbers add
 * up, of anything else the first that was written stays. Both have value_size bytes. */
void table_merge(const struct table *t, u8 *into, const u8 *from);

/* Append a row. key: key_size bytes. slots: n_slots values, one behind the other, folded into one.
 * Returns 0 or -ENOMEM. */
int table_add(struct table *t, const u8 *key, const u8 *slots, u32 n_slots);

/* Has this scalar's value ever been written? */
bool table_is_set(const struct table *t, const u8 *value);

/* Order the rows: numbers and aggregations by value, anything else by key, equal values by key.
 * top: print only the last so many, 0 all. div: 0 and 1 mean none. Returns 0 or -ENOMEM. */
int table_sort(struct table *t, u64 top, u64 div);

/* Key of the i-th row that was added. */
const u8 *table_key_added(const struct table *t, u32 i);
/* Key and value of the i-th row in order. */
const u8 *table_key(const struct table *t, u32 i);
const u8 *table_value(const struct table *t, u32 i);
