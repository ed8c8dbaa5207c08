/* libFuzzer target of what a stranger's object can do to the runtime, which is root: the metadata
 * is decoded and checked; with what passes, records of every site and rows of every map are shown.
 *
 * An input is the payload's size (2 bytes), the payload, and the metadata section. The payload is
 * repeated to fill records, keys and values. */
#include <stdio.h>

#include "runtime/events.h"
#include "runtime/table.h"

enum {
    ARENA_MAX = 256 << 20,
    VALUE_MAX = 64 << 10, /* larger values say nothing new, and take long */
    ITEMS_MAX = 64,       /* sites and maps that are shown */
    ROWS = 5,
    SLOTS = 2,
};

struct shown {
    struct arena arena;
    struct meta meta;
    struct sources sources;
    struct value_env env;
    struct sink sink;
    struct run_errors errors;
    struct str payload;
    FILE *nowhere;
};

/* The name that libFuzzer calls. NOLINTNEXTLINE(readability-identifier-naming) */
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);

static void arena_is_full(void *data)
{
    (void)data;
    ptl_bug("the metadata takes more memory than a session gives it");
}

/* size bytes made of the payload, each copy shifted by one so that rows differ. */
static u8 *filled(struct arena *arena, struct str payload, size_t size)
{
    u8 *p = arena_alloc(arena, MAX(size, 1));

    for (size_t i = 0; payload.n > 0 && i < size; i++)
        p[i] = (u8)payload.p[(i + i / payload.n) % payload.n];
    return p;
}

static bool is_map_site(const struct meta_site *site)
{
    return site->kind == SITE_PRINT_MAP || site->kind == SITE_CLEAR || site->kind == SITE_ZERO;
}

/* A fuzzer that runs commands and opens files would do it with what it makes up. */
static bool is_deed(const struct meta_site *site)
{
    return site->kind == SITE_SYSTEM || site->kind == SITE_CAT;
}

/* Those about maps need a kernel, and are left out. */
static void record_show(struct shown *s, u32 index)
{
    const struct meta_site *site = &s->meta.sites.items[index];
    struct events events = {
        .meta = &s->meta, .sink = &s->sink, .errors = &s->errors, .budget = 100};
    struct ptl_record header = {.site = index, .size = (u32)(sizeof(header) + site->payload_size)};
    u8 *bytes = NULL;

    if (is_map_site(site) || is_deed(site) || site->payload_size > VALUE_MAX)
        return;
    bytes = filled(&s->arena, s->payload, header.size);
    memcpy(bytes, &header, sizeof(header));
    (void)events_record(&events, bytes, header.size); /* an exit, or an output that failed */
    buf_reset(&s->sink.text);
}

static void map_show(struct shown *s, const struct meta_map *map)
{
    const struct meta_type *value = &s->meta.types.items[map->value];
    u64 key_size = map->key == META_NO_REF ? 0 : s->meta.types.items[map->key].size;
    u64 value_size = value->size;
    struct table table;
    u64 top = s->payload.n > 0 ? (u8)s->payload.p[0] : 0;
    u32 n_rows = map->key == META_NO_REF ? 1 : ROWS;
    u8 *keys = NULL;
    u8 *values = NULL;

    if (map->set_offset != META_NO_REF)
        value_size = MAX(value_size, map->set_offset + sizeof(u64));
    if (key_size > VALUE_MAX || value_size > VALUE_MAX)
        return;
    keys = filled(&s->arena, s->payload, key_size * n_rows);
    values = filled(&s->arena, s->payload, value_size * n_rows * SLOTS);
    table_init(&table, &s->meta);
    table_begin(&table, map, (u32)value_size);
    for (u32 i = 0; i < n_rows; i++) {
        if (table_add(&table, keys + key_size * i, values + value_size * i * SLOTS, SLOTS) != 0)
            ptl_bug("out of memory for a table");
    }
    (void)table_is_set(&table, (const u8 *)table.values.p);
    if (table_sort(&table, top, top / 2) != 0)
        ptl_bug("out of memory for a table");
    sink_map(&s->sink, &table);
    buf_reset(&s->sink.text);
    table_done(&table);
}

static void all_show(struct shown *s)
{
    if (run_errors_init(&s->errors, &s->meta, &s->sources, &s->sink, s->nowhere) != 0)
        ptl_bug("out of memory for warnings");
    for (u32 i = 0; i < MIN(s->meta.sites.n, ITEMS_MAX); i++) {
        const struct ptl_book book = {.lost = i, .errors = (u64)s->payload.n << i};

        record_show(s, i);
        run_errors_book(&s->errors, i, &book);
    }
    for (u32 i = 0; i < MIN(s->meta.maps.n, ITEMS_MAX); i++)
        map_show(s, &s->meta.maps.items[i]);
    for (u32 i = 0; i < MIN(s->meta.attachs.n, ITEMS_MAX); i++)
        run_errors_missed(&s->errors, &s->meta.attachs.items[i], i);
    run_errors_done(&s->errors);
}

/* What is decoded is encoded to the same bytes. */
static void round_trip(const struct meta *meta, const u8 *bytes, size_t size)
{
    _cleanup_buf_ struct buf again = {0};

    meta_encode(meta, &again);
    if (again.n != size || memcmp(again.p, bytes, size) != 0)
        ptl_bug("metadata is not what it is encoded to");
}

// NOLINTNEXTLINE(readability-identifier-naming)
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
    struct shown s = {.env.meta = &s.meta};
    u16 payload_n = 0;
    const char *why = NULL;

    if (size < sizeof(payload_n))
        return 0;
    memcpy(&payload_n, bytes, sizeof(payload_n));
    bytes += sizeof(payload_n);
    size -= sizeof(payload_n);
    payload_n = (u16)MIN(payload_n, size);
    s.payload = (struct str){(const char *)bytes, payload_n};
    bytes += payload_n;
    size -= payload_n;
    arena_init(&s.arena, ARENA_MAX, arena_is_full, NULL);
    sources_init(&s.sources, &s.arena);
    if (meta_decode(&s.arena, bytes, size, &s.meta, &why) == 0) {
        round_trip(&s.meta, bytes, size);
        if (meta_check(&s.meta, &why) == 0) {
            meta_sources(&s.meta, &s.sources);
            s.nowhere = fopen("/dev/null", "we");
            for (u32 i = 0; i < PTL_FORMAT_COUNT_; i++) {
                sink_init(&s.sink, (enum ptl_format)i, &s.env, s.nowhere, NULL, NULL);
                all_show(&s);
                sink_done(&s.sink);
            }
            (void)fclose(s.nowhere); /* nothing is kept */
        }
    }
    arena_done(&s.arena);
    return 0;
}
