/* Small metadata for tests of the runtime: types, maps and values built in memory. */
#pragma once

#include <string.h>

#include "abi/meta.h"
#include "runtime/sink.h"

/* One test's metadata, and what was shown. */
struct kit {
    struct arena arena;
    struct meta meta;
    struct value_env env;
    struct sink sink;
};

static inline void kit_full(void *data)
{
    (void)data;
    abort();
}

static inline void kit_init(struct kit *k)
{
    *k = (struct kit){0};
    arena_init(&k->arena, 1 << 20, kit_full, NULL);
    k->env.meta = &k->meta;
    k->env.cut_size = 1024;
    k->env.cut_mark = STR("..");
    sink_init(&k->sink, PTL_FORMAT_TEXT, &k->env, stdout, NULL, NULL);
}

static inline void kit_done(struct kit *k)
{
    sink_done(&k->sink);
    arena_done(&k->arena);
}

/* Add a row to a table of the metadata; gives its index. */
static inline u64 kit_type(struct kit *k, struct meta_type type)
{
    *vec_push(&k->arena, &k->meta.types) = type;
    return k->meta.types.n - 1;
}

static inline u64 kit_int(struct kit *k)
{
    return kit_type(k, (struct meta_type){.kind = ABI_INT, .size = 8, .is_signed = 1});
}

static inline u64 kit_string(struct kit *k, u64 size)
{
    return kit_type(k, (struct meta_type){.kind = ABI_STRING, .size = size});
}

/* A tuple of n fields, one behind the other. */
static inline u64 kit_tuple(struct kit *k, const u64 *types, u32 n)
{
    struct meta_type tuple = {
        .kind = ABI_TUPLE,
        .first_field = k->meta.fields.n,
        .n_fields = n,
    };

    for (u32 i = 0; i < n; i++) {
        *vec_push(&k->arena, &k->meta.fields) =
            (struct meta_field){.offset = tuple.size, .type = types[i]};
        tuple.size += k->meta.types.items[types[i]].size;
    }
    return kit_type(k, tuple);
}

static inline u64 kit_agg(struct kit *k, enum agg_id id, bool is_signed, const s64 params[3])
{
    static const s64 none[3] = {0};

    params = params ? params : none;
    return kit_type(k, (struct meta_type){
                           .kind = ABI_AGG,
                           .size = (u64)agg_word_count(id, params) * 8,
                           .is_signed = is_signed,
                           .num0 = id,
                           .num1 = (u64)params[0],
                           .num2 = (u64)params[1],
                           .num3 = (u64)params[2],
                       });
}

/* Add a map; key may be META_NO_REF. The row is valid until the next one is added. */
static inline const struct meta_map *kit_map(struct kit *k, const char *name, u64 key, u64 value)
{
    struct meta_map *map = vec_push(&k->arena, &k->meta.maps);

    *map = (struct meta_map){
        .name = str_of(name),
        .bpf_name = str_of(name),
        .key = key,
        .value = value,
        .set_offset = META_NO_REF,
        .max_entries = 1,
    };
    return map;
}

/* What was shown since the last call, as a view that lives until something else is shown. */
static inline struct str kit_shown(struct kit *k)
{
    struct str text = {k->sink.text.p, (u32)k->sink.text.n};

    k->sink.text.n = 0;
    return text;
}
