/* The elements of a map in the kernel, one after the other. */
#pragma once

#include "base/str.h"

/* Called for each element; both borrowed until it returns. Returns 0 or a negative errno, which
 * ends the walk. */
typedef int map_visit_fn(void *data, const u8 *key, const u8 *value);

struct map_walk {
    int fd;
    u32 key_size;
    size_t row_bytes; /* of a value: of a per-CPU map the slots of all CPUs */
    u32 max_entries;
    map_visit_fn *visit;
    void *data;       /* for visit */
    struct buf *keys; /* memory for the walk, borrowed; its content is lost */
    struct buf *values;
};

/* Make room for n bytes, zeros; what was in the buffer is gone. NULL when memory runs out. */
u8 *map_walk_room(struct buf *b, size_t n);

/* Visit all elements: in batches where the kernel has them (5.6 and later, by kind of map), else
 * key by key. Elements that programs add or delete meanwhile may be seen or not. Returns 0,
 * -ENOMEM, what visit returned, or what the kernel says. */
int map_walk(const struct map_walk *w);
