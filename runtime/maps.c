/* The script's maps in the kernel. Reading goes in batches where the kernel has them (5.6 and
 * later), else key by key. */
#include "runtime/maps.h"

#include <errno.h>

#include <bpf/bpf.h>

#include "runtime/value.h"

enum {
    BATCH_BYTES = 1 << 20, /* of values asked for at once */
    BATCH_MIN = 16,        /* rows; doubled where a whole bucket of the hash does not fit */
    BATCH_MAX = 4096,
};

struct map_view {
    const struct bpf_map *map;
    u32 key_size;
    u32 slot_size;   /* of one CPU's value, bytes */
    u32 n_slots;     /* possible CPUs, or 1 */
    bool is_array;   /* a keyed one: keys of 4 bytes in the kernel, and marks */
    bool was_zeroed; /* zero() on a written scalar: it is shown though its value says nothing */
};

struct maps {
    const struct meta *meta;
    u32 n_cpus;
    struct map_view *views; /* one for each row of the metadata */
    u32 *by_name;
    struct table table;
    struct buf keys, values; /* of a batch */
};

static bool is_percpu_type(enum bpf_map_type type)
{
    return type == BPF_MAP_TYPE_PERCPU_HASH || type == BPF_MAP_TYPE_PERCPU_ARRAY ||
           type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

static bool is_array_type(enum bpf_map_type type)
{
    return type == BPF_MAP_TYPE_ARRAY || type == BPF_MAP_TYPE_PERCPU_ARRAY;
}

static bool is_hash_type(enum bpf_map_type type)
{
    return type == BPF_MAP_TYPE_HASH || type == BPF_MAP_TYPE_PERCPU_HASH ||
           type == BPF_MAP_TYPE_LRU_HASH || type == BPF_MAP_TYPE_LRU_PERCPU_HASH;
}

/* Does the ELF map hold what the row says? Sizes of an object are anybody's claim. */
static bool view_fits(const struct maps *m, const struct meta_map *row, const struct bpf_map *map)
{
    enum bpf_map_type type = bpf_map__type(map);
    u64 value_size = m->meta->types.items[row->value].size;
    u64 slot_size = bpf_map__value_size(map);
    bool is_scalar = row->key == META_NO_REF;

    if (is_percpu_type(type) != (row->is_percpu != 0) || slot_size % 8 != 0)
        return false;
    if (!is_scalar && type == BPF_MAP_TYPE_ARRAY) {
        return row->set_offset != META_NO_REF && row->set_offset + 8 <= slot_size &&
               m->meta->types.items[row->key].size == sizeof(u64) && slot_size >= value_size;
    }
    if (is_scalar ? !is_array_type(type) : !is_hash_type(type))
        return false;
    if (bpf_map__key_size(map) != (is_scalar ? 4 : m->meta->types.items[row->key].size))
        return false;
    if (row->set_offset != META_NO_REF && row->set_offset + 8 > slot_size)
        return false;
    return slot_size >= value_size && bpf_map__max_entries(map) >= 1;
}

static int view_init(struct maps *m, const struct bpf_object *obj, u32 index)
{
    const struct meta_map *row = &m->meta->maps.items[index];
    _cleanup_free_ char *name = strndup(row->bpf_name.p, row->bpf_name.n);
    const struct bpf_map *map = NULL;

    if (name == NULL)
        return -ENOMEM;
    map = bpf_object__find_map_by_name(obj, name);
    if (map == NULL || !view_fits(m, row, map))
        return -EPROTO;
    m->views[index] = (struct map_view){
        .map = map,
        .key_size = bpf_map__key_size(map),
        .slot_size = bpf_map__value_size(map),
        .n_slots = row->is_percpu != 0 ? m->n_cpus : 1,
        .is_array = row->key != META_NO_REF && bpf_map__type(map) == BPF_MAP_TYPE_ARRAY,
    };
    return 0;
}

static int name_order(const void *a, const void *b, void *data)
{
    const struct meta_map *rows = data;

    return str_cmp(rows[*(const u32 *)a].name, rows[*(const u32 *)b].name);
}

int maps_new(struct maps **out, const struct meta *meta, const struct bpf_object *obj)
{
    _cleanup_(maps_free) struct maps *m = calloc(1, sizeof(*m));
    int n_cpus = libbpf_num_possible_cpus();

    if (m == NULL)
        return -ENOMEM;
    if (n_cpus < 1)
        return n_cpus < 0 ? n_cpus : -EIO;
    m->meta = meta;
    m->n_cpus = (u32)n_cpus;
    table_init(&m->table, meta);
    m->views = calloc(MAX(meta->maps.n, 1), sizeof(*m->views));
    m->by_name = calloc(MAX(meta->maps.n, 1), sizeof(*m->by_name));
    if (m->views == NULL || m->by_name == NULL)
        return -ENOMEM;
    for (u32 i = 0; i < meta->maps.n; i++) {
        int err = view_init(m, obj, i);

        if (err != 0)
            return err;
        m->by_name[i] = i;
    }
    if (meta->maps.n > 1)
        qsort_r(m->by_name, meta->maps.n, sizeof(*m->by_name), name_order, meta->maps.items);
    *out = take_ptr(m);
    return 0;
}

void maps_free(struct maps **m)
{
    if (*m == NULL)
        return;
    table_done(&(*m)->table);
    buf_done(&(*m)->keys);
    buf_done(&(*m)->values);
    free((*m)->views);
    free((*m)->by_name);
    free(*m);
    *m = NULL;
}

u32 maps_cpu_count(const struct maps *m)
{
    return m->n_cpus;
}

const u32 *maps_by_name(const struct maps *m)
{
    return m->by_name;
}

u32 maps_count(const struct maps *m)
{
    return m->meta->maps.n;
}

/* Make room for n bytes; what was in the buffer is gone. */
static u8 *room(struct buf *b, size_t n)
{
    buf_reset(b);
    buf_pad(b, '\0', n);
    return b->failed ? NULL : (u8 *)b->p;
}

static size_t row_bytes(const struct map_view *view)
{
    return (size_t)view->slot_size * view->n_slots;
}

/* Called for each element; value: n_slots slots. Returns 0 or a negative errno, which ends the
 * walk. */
typedef int visit_fn(struct maps *m, struct map_view *view, const u8 *key, const u8 *value);

/* Walk in batches. -EINVAL and -ENOTSUPP before the first element: this kernel or map cannot. */
static int walk_batches(struct maps *m, struct map_view *view, visit_fn *visit)
{
    int fd = bpf_map__fd(view->map);
    u32 room_rows =
        (u32)MIN(MAX(BATCH_BYTES / row_bytes(view), (size_t)BATCH_MIN), (size_t)BATCH_MAX);
    u64 token_in = 0;
    u64 token_out = 0;
    bool is_first = true;
    int err = 0;

    while (err == 0) {
        u32 n = room_rows;
        u8 *keys = room(&m->keys, (size_t)n * view->key_size);
        u8 *values = room(&m->values, n * row_bytes(view));

        if (keys == NULL || values == NULL)
            return -ENOMEM;
        err = bpf_map_lookup_batch(fd, is_first ? NULL : &token_in, &token_out, keys, values, &n,
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
                visit(m, view, keys + (size_t)i * view->key_size, values + i * row_bytes(view));

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
static int walk_keys(struct maps *m, struct map_view *view, visit_fn *visit)
{
    int fd = bpf_map__fd(view->map);
    u64 n_steps = 2 * (u64)bpf_map__max_entries(view->map);
    u8 *keys = room(&m->keys, 2 * (size_t)view->key_size);
    u8 *value = room(&m->values, row_bytes(view));
    u8 *key = keys;
    const u8 *previous = NULL;
    int err = 0;

    if (keys == NULL || value == NULL)
        return -ENOMEM;
    while (n_steps-- > 0 && bpf_map_get_next_key(fd, previous, key) == 0) {
        if (bpf_map_lookup_elem(fd, key, value) == 0)
            err = visit(m, view, key, value);
        if (err != 0)
            return err;
        previous = key;
        key = key == keys ? keys + view->key_size : keys;
    }
    return 0;
}

static int walk(struct maps *m, struct map_view *view, visit_fn *visit)
{
    int err = walk_batches(m, view, visit);

    /* 524 is the kernel's ENOTSUPP, which no header for programs has. */
    if (err == -EINVAL || err == -524 || err == -EOPNOTSUPP)
        return walk_keys(m, view, visit);
    return err;
}

static int visit_row(struct maps *m, struct map_view *view, const u8 *key, const u8 *value)
{
    u64 number = 0;

    if (!view->is_array)
        return table_add(&m->table, key, value, view->n_slots);
    if (!table_is_set(&m->table, value))
        return 0;
    memcpy(&number, key, view->key_size); // little-endian, as all CPUs of abi/arch.c
    return table_add(&m->table, (const u8 *)&number, value, 1);
}

/* Read the only element of a scalar's array into the table. */
static int read_scalar(struct maps *m, struct map_view *view)
{
    u8 *value = room(&m->values, row_bytes(view));
    u32 key = 0;
    int err = 0;

    if (value == NULL)
        return -ENOMEM;
    err = bpf_map_lookup_elem(bpf_map__fd(view->map), &key, value);
    return err != 0 ? err : table_add(&m->table, (const u8 *)"", value, view->n_slots);
}

int maps_read(struct maps *m, u32 index, u64 top, u64 div, const struct table **out)
{
    struct map_view *view = &m->views[index];
    const struct meta_map *row = &m->meta->maps.items[index];
    bool is_scalar = row->key == META_NO_REF;
    int err = 0;

    table_begin(&m->table, row, view->slot_size);
    err = is_scalar ? read_scalar(m, view) : walk(m, view, visit_row);
    if (err != 0)
        return err;
    if (is_scalar && !view->was_zeroed && !table_is_set(&m->table, (u8 *)m->table.values.p))
        m->table.n = 0;
    err = table_sort(&m->table, top, div);
    if (err == 0)
        *out = &m->table;
    return err;
}

/* Write zeros into a scalar; keep_mark leaves it written. */
static int scalar_reset(struct maps *m, u32 index, bool keep_mark)
{
    struct map_view *view = &m->views[index];
    u64 mark = m->meta->maps.items[index].set_offset;
    const struct table *table = NULL;
    u8 *value = NULL;
    bool is_written = false;
    u32 key = 0;
    int err = maps_read(m, index, 0, 1, &table);

    if (err != 0)
        return err;
    is_written = table->n != 0;
    value = room(&m->values, row_bytes(view));
    if (value == NULL)
        return -ENOMEM;
    if (keep_mark && is_written && mark != META_NO_REF)
        value[mark] = 1;
    view->was_zeroed = keep_mark && is_written;
    return bpf_map_update_elem(bpf_map__fd(view->map), &key, value, BPF_ANY);
}

/* Delete, or set to zero, each element of a map. All keys are read first: changes while
 * walking would make the kernel skip or repeat some. */
static int change_keys(struct maps *m, u32 index, bool is_zero)
{
    const struct map_view *view = &m->views[index];
    const struct table *table = NULL;
    int fd = bpf_map__fd(view->map);
    int err = maps_read(m, index, 0, 1, &table);
    u8 *zeros = err == 0 ? room(&m->values, row_bytes(view)) : NULL;

    if (err == 0 && zeros == NULL)
        return -ENOMEM;
    if (err == 0 && view->is_array && is_zero)
        zeros[m->meta->maps.items[index].set_offset] = 1;
    for (u32 i = 0; err == 0 && i < table->n; i++) {
        const u8 *key = table_key(table, i); // of an array: its low half

        err = is_zero || view->is_array ? bpf_map_update_elem(fd, key, zeros, BPF_EXIST)
                                        : bpf_map_delete_elem(fd, key);
        if (err == -ENOENT)
            err = 0; // a program deleted it meanwhile
    }
    return err;
}

int maps_clear(struct maps *m, u32 index)
{
    if (m->meta->maps.items[index].key == META_NO_REF)
        return scalar_reset(m, index, false);
    return change_keys(m, index, false);
}

int maps_zero(struct maps *m, u32 index)
{
    if (m->meta->maps.items[index].key == META_NO_REF)
        return scalar_reset(m, index, true);
    return change_keys(m, index, true);
}
