/* Reading goes in batches where the kernel has them, else key by key. */
#include "runtime/map_walk.h"

#include <errno.h>

#include <bpf/bpf.h>

enum {
    BATCH_BYTES = 1 << 20, /* of values asked for at once */
    BATCH_MIN = 16,        /* rows; doubled where a whole bucket of the hash does not fit */
    BATCH_MAX = 4096,
};

u8 *map_walk_room(struct buf *b, size_t n)
{
    buf_reset(b);
    buf_pad(b, '\0', n);
    return b->failed ? NULL : (u8 *)b->p;
}

/* Walk in batches. -EINVAL and -ENOTSUPP before the first element: this kernel or map cannot. */
static int walk_batches(const struct map_walk *w)
{
    u32 room_rows = (u32)MIN(MAX(BATCH_BYTES / w->row_bytes, (size_t)BATCH_MIN), (size_t)BATCH_MAX);
    u64 token_in = 0;
    u64 token_out = 0;
    bool is_first = true;
    int err = 0;

    while (err == 0) {
        u32 n = room_rows;
        u8 *keys = map_walk_room(w->keys, (size_t)n * w->key_size);
        u8 *values = map_walk_room(w->values, n * w->row_bytes);

        if (keys == NULL || values == NULL)
            return -ENOMEM;
        err = bpf_map_lookup_batch(w->fd, is_first ? NULL : &token_in, &token_out, keys, values, &n,
                                   NULL);
        if (err == -ENOSPC && room_rows < UINT32_MAX / 4) {
            room_rows *= 2; // a bucket holds more than that
            err = 0;
            continue;
        }
        if (err != 0 && err != -ENOENT)
            return err;
        for (u32 i = 0; i < n; i++) {
            int failed =
                w->visit(w->data, keys + (size_t)i * w->key_size, values + i * w->row_bytes);

            if (failed != 0)
                return failed;
        }
        token_in = token_out;
        is_first = false;
    }
    return err == -ENOENT ? 0 : err;
}

/* Walk key by key. Elements that vanish meanwhile make the kernel start again: the number of steps
 * is bounded. */
static int walk_keys(const struct map_walk *w)
{
    u64 n_steps = 2 * (u64)w->max_entries;
    u8 *keys = map_walk_room(w->keys, 2 * (size_t)w->key_size);
    u8 *value = map_walk_room(w->values, w->row_bytes);
    u8 *key = keys;
    const u8 *previous = NULL;
    int err = 0;

    if (keys == NULL || value == NULL)
        return -ENOMEM;
    while (n_steps-- > 0 && bpf_map_get_next_key(w->fd, previous, key) == 0) {
        if (bpf_map_lookup_elem(w->fd, key, value) == 0)
            err = w->visit(w->data, key, value);
        if (err != 0)
            return err;
        previous = key;
        key = key == keys ? keys + w->key_size : keys;
    }
    return 0;
}

int map_walk(const struct map_walk *w)
{
    int err = walk_batches(w);

    /* 524 is the kernel's ENOTSUPP, which no header for programs has. */
    if (err == -EINVAL || err == -524 || err == -EOPNOTSUPP)
        return walk_keys(w);
    return err;
}
