/* The script's maps in the kernel. */
#include "runtime/maps.h"

#include <errno.h>

#include <bpf/bpf.h>

#include "runtime/map_walk.h"
#include "runtime/progress.h"
#include "runtime/value.h"

/* What programs write to: of a flipped map there are two (abi/record.h, enum flip_role). */
struct map_half {
    int fd;
    bool was_zeroed; /* zero() on a written scalar: it is shown though its value says nothing */
};

struct map_view {
    const struct meta_map *row;
    struct bpf_map *map; /* of a flipped map: the map of maps */
    enum bpf_map_type type;
    u32 key_size, max_entries;
    u32 slot_size;       /* of one CPU's value, bytes */
    u32 n_slots;         /* possible CPUs, or 1 */
    bool is_array;       /* a keyed one: keys of 4 bytes in the kernel, and marks */
    struct map_half now; /* what programs write to */
    struct map_half old; /* flipped: what was printed, or empty */
    u32 n_begun;         /* flips whose clear has not come yet */
};

struct maps {
    const struct meta *meta;
    u32 n_cpus;
    struct map_view *views; /* one for each row of the metadata */
    u32 *by_name;
    struct table table;
    struct buf keys, values;   /* of a batch */
    struct progress *progress; /* of reading; NULL: none is shown */
};

bool map_is_percpu(const struct bpf_map *map)
{
    enum bpf_map_type type = bpf_map__type(map);

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

struct bpf_map *maps_content(struct bpf_map *map)
{
    struct bpf_map *inner = bpf_map__inner_map(map);

    return inner != NULL ? inner : map;
}

/* Does the ELF map hold what the row says? Sizes of an object are anybody's claim. */
static bool view_fits(const struct maps *m, const struct meta_map *row, const struct bpf_map *map)
{
    enum bpf_map_type type = bpf_map__type(map);
    u64 value_size = m->meta->types.items[row->value].size;
    u64 slot_size = bpf_map__value_size(map);
    bool is_scalar = row->key == META_NO_REF;

    if (map_is_percpu(map) != (row->is_percpu != 0) || slot_size % 8 != 0)
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
    struct bpf_map *map = NULL;
    const struct bpf_map *content = NULL;

    if (name == NULL)
        return -ENOMEM;
    map = bpf_object__find_map_by_name(obj, name);
    content = map != NULL ? maps_content(map) : NULL;
    if (content == NULL || (content != map) != row->is_flipped || !view_fits(m, row, content))
        return -EPROTO;
    m->views[index] = (struct map_view){
        .row = row,
        .map = map,
        .type = bpf_map__type(content),
        .key_size = bpf_map__key_size(content),
        .max_entries = bpf_map__max_entries(content),
        .slot_size = bpf_map__value_size(content),
        .n_slots = row->is_percpu != 0 ? m->n_cpus : 1,
        .is_array = row->key != META_NO_REF && bpf_map__type(content) == BPF_MAP_TYPE_ARRAY,
        .now.fd = -1,
        .old.fd = -1,
    };
    return 0;
}

static int name_order(const void *a, const void *b, void *data)
{
    const struct meta_map *rows = data;

    return str_cmp(rows[*(const u32 *)a].name, rows[*(const u32 *)b].name);
}

/* A map that is pinned would be shared with other programs, or be theirs. */
static bool has_pins(const struct bpf_object *obj)
{
    const struct bpf_map *map = NULL;

    bpf_object__for_each_map(map, obj)
    {
        if (bpf_map__pin_path(map) != NULL)
            return true;
    }
    return false;
}

int maps_new(struct maps **out, const struct meta *meta, const struct bpf_object *obj)
{
    _cleanup_(maps_free) struct maps *m = calloc(1, sizeof(*m));
    int n_cpus = libbpf_num_possible_cpus();

    if (m == NULL)
        return -ENOMEM;
    if (has_pins(obj))
        return -EPROTO;
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
    for (u32 i = 0; (*m)->views != NULL && i < (*m)->meta->maps.n; i++) {
        if ((*m)->views[i].row != NULL && (*m)->views[i].row->is_flipped) {
            close_fd(&(*m)->views[i].now.fd);
            close_fd(&(*m)->views[i].old.fd);
        }
    }
    table_done(&(*m)->table);
    buf_done(&(*m)->keys);
    buf_done(&(*m)->values);
    free((*m)->views);
    free((*m)->by_name);
    free(*m);
    *m = NULL;
}

void maps_show_progress(struct maps *m, struct progress *progress)
{
    m->progress = progress;
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

static int half_new(const struct map_view *view, u32 map_flags)
{
    LIBBPF_OPTS(bpf_map_create_opts, opts, .map_flags = map_flags);
    int fd = bpf_map_create(view->type, bpf_map__name(view->map), view->key_size, view->slot_size,
                            view->max_entries, &opts);

    return fd < 0 ? -errno : fd;
}

int maps_make_halves(struct maps *m)
{
    for (u32 i = 0; i < m->meta->maps.n; i++) {
        struct map_view *view = &m->views[i];
        u32 map_flags = 0;
        int err = 0;

        if (!view->row->is_flipped)
            continue;
        map_flags = bpf_map__map_flags(maps_content(view->map));
        view->now.fd = half_new(view, map_flags);
        view->old.fd = view->now.fd < 0 ? view->now.fd : half_new(view, map_flags);
        err = view->old.fd < 0 ? view->old.fd : bpf_map__set_inner_map_fd(view->map, view->now.fd);
        if (err != 0)
            return err;
    }
    return 0;
}

/* Let programs write to view->now. Returns when none writes to another half any more: the kernel
 * waits for that (kernel/bpf/syscall.c, maybe_wait_bpf_programs()). */
static int publish(const struct map_view *view)
{
    u32 key = 0;

    return bpf_map_update_elem(bpf_map__fd(view->map), &key, &view->now.fd, BPF_ANY);
}

int maps_loaded(struct maps *m)
{
    for (u32 i = 0; i < m->meta->maps.n; i++) {
        struct map_view *view = &m->views[i];
        int err = 0;

        if (view->row->is_flipped) {
            err = publish(view);
        } else {
            view->now.fd = bpf_map__fd(view->map);
        }
        if (err != 0)
            return err;
    }
    return 0;
}

static size_t row_bytes(const struct map_view *view)
{
    return (size_t)view->slot_size * view->n_slots;
}

/* For the walk: a row of the table. */
struct row_visit {
    struct maps *m;
    const struct map_view *view;
};

static int visit_row(void *data, const u8 *key, const u8 *value)
{
    const struct row_visit *visit = data;
    struct table *table = &visit->m->table;
    u64 number = 0;

    progress_rows(visit->m->progress, visit->view->row->name, table->n, 0);
    if (!visit->view->is_array)
        return table_add(table, key, value, visit->view->n_slots);
    if (!table_is_set(table, value))
        return 0;
    memcpy(&number, key, visit->view->key_size); // little-endian, as all CPUs of abi/arch.c
    return table_add(table, (const u8 *)&number, value, 1);
}

static int read_rows(struct maps *m, const struct map_view *view, int fd)
{
    struct row_visit visit = {m, view};
    struct map_walk walk = {
        .fd = fd,
        .key_size = view->key_size,
        .row_bytes = row_bytes(view),
        .max_entries = view->max_entries,
        .visit = visit_row,
        .data = &visit,
        .keys = &m->keys,
        .values = &m->values,
    };

    return map_walk(&walk);
}

/* Read the only element of a scalar's array into the table. */
static int read_scalar(struct maps *m, const struct map_view *view, const struct map_half *half)
{
    u8 *value = map_walk_room(&m->values, row_bytes(view));
    u32 key = 0;
    int err = 0;

    if (value == NULL)
        return -ENOMEM;
    err = bpf_map_lookup_elem(half->fd, &key, value);
    if (err == 0)
        err = table_add(&m->table, (const u8 *)"", value, view->n_slots);
    if (err == 0 && !half->was_zeroed && !table_is_set(&m->table, (u8 *)m->table.values.p))
        m->table.n = 0;
    return err;
}

static bool is_scalar(const struct map_view *view)
{
    return view->row->key == META_NO_REF;
}

static int read_half(struct maps *m, const struct map_view *view, const struct map_half *half)
{
    table_begin(&m->table, view->row, view->slot_size);
    return is_scalar(view) ? read_scalar(m, view, half) : read_rows(m, view, half->fd);
}

/* Write zeros into a scalar; keep_mark leaves it written. */
static int reset_scalar(struct maps *m, const struct map_view *view, struct map_half *half,
                        bool keep_mark)
{
    u64 mark = view->row->set_offset;
    u8 *value = NULL;
    bool is_written = false;
    u32 key = 0;
    int err = read_half(m, view, half);

    if (err != 0)
        return err;
    is_written = m->table.n != 0;
    value = map_walk_room(&m->values, row_bytes(view));
    if (value == NULL)
        return -ENOMEM;
    if (keep_mark && is_written && mark != META_NO_REF)
        value[mark] = 1;
    half->was_zeroed = keep_mark && is_written;
    return bpf_map_update_elem(half->fd, &key, value, BPF_ANY);
}

/* Delete, or set to zero, each element of a map. All keys are read first: changes while
 * walking would make the kernel skip or repeat some. */
static int reset_rows(struct maps *m, const struct map_view *view, const struct map_half *half,
                      bool is_zero)
{
    int err = read_half(m, view, half);
    u8 *zeros = err == 0 ? map_walk_room(&m->values, row_bytes(view)) : NULL;

    if (err == 0 && zeros == NULL)
        return -ENOMEM;
    if (err == 0 && view->is_array && is_zero)
        zeros[view->row->set_offset] = 1;
    for (u32 i = 0; err == 0 && i < m->table.n; i++) {
        const u8 *key = table_key_added(&m->table, i); // of an array: its low half

        err = is_zero || view->is_array ? bpf_map_update_elem(half->fd, key, zeros, BPF_EXIST)
                                        : bpf_map_delete_elem(half->fd, key);
        if (err == -ENOENT)
            err = 0; // a program deleted it meanwhile
    }
    return err;
}

static int reset(struct maps *m, const struct map_view *view, struct map_half *half, bool is_zero)
{
    return is_scalar(view) ? reset_scalar(m, view, half, is_zero)
                           : reset_rows(m, view, half, is_zero);
}

static int flip(struct maps *m, struct map_view *view)
{
    struct map_half empty = view->old;
    /* Another CPU printed it, and its clear is still to come: what was printed is done with. */
    int err = view->n_begun == 0 ? 0 : reset(m, view, &empty, false);

    if (err != 0)
        return err;
    view->old = view->now;
    view->now = empty;
    view->n_begun++;
    return publish(view);
}

int maps_read(struct maps *m, u32 index, enum flip_role role, u64 top, u64 div,
              const struct table **out)
{
    struct map_view *view = &m->views[index];
    bool is_old = view->n_begun > 0 && role == FLIP_GO_ON;
    int err = 0;

    if (role == FLIP_BEGIN) {
        err = flip(m, view);
        is_old = true;
    }
    if (err == 0)
        err = read_half(m, view, is_old ? &view->old : &view->now);
    if (err == 0)
        err = table_sort(&m->table, top, div);
    if (err == 0)
        *out = &m->table;
    return err;
}

/* zero(): what was printed is in the new half, too, with nothing in it yet. */
static int keep_keys(struct maps *m, struct map_view *view)
{
    int err = read_half(m, view, &view->old);
    const u8 *zeros = err == 0 ? map_walk_room(&m->values, row_bytes(view)) : NULL;

    if (err == 0 && zeros == NULL)
        return -ENOMEM;
    if (is_scalar(view))
        view->now.was_zeroed = err == 0 && m->table.n != 0;
    for (u32 i = 0; err == 0 && !is_scalar(view) && i < m->table.n; i++) {
        err = bpf_map_update_elem(view->now.fd, table_key_added(&m->table, i), zeros, BPF_NOEXIST);
        if (err == -EEXIST)
            err = 0; // there were events already
    }
    return err;
}

static int end_flip(struct maps *m, struct map_view *view, bool is_zero)
{
    int err = is_zero ? keep_keys(m, view) : 0;

    if (--view->n_begun > 0 || err != 0)
        return err;
    return reset(m, view, &view->old, false);
}

static int change(struct maps *m, u32 index, enum flip_role role, bool is_zero)
{
    struct map_view *view = &m->views[index];

    if (role == FLIP_END && view->n_begun > 0)
        return end_flip(m, view, is_zero);
    return reset(m, view, &view->now, is_zero);
}

int maps_clear(struct maps *m, u32 index, enum flip_role role)
{
    return change(m, index, role, false);
}

int maps_zero(struct maps *m, u32 index, enum flip_role role)
{
    return change(m, index, role, true);
}
