/* Writes down what passes from the kernel to the output, to the file that $PTL_RECORD names: linked
 * into a ptrace-lite of its own (`ptl-record`), with the linker's --wrap in place of these calls
 * between the files of the runtime. */
#include <stdio.h>
#include <stdlib.h>

#include "abi/meta.h"
#include "runtime/events.h"
#include "runtime/run_errors.h"
#include "runtime/sink.h"
#include "runtime/table.h"
#include "tests/replay/recording.h"

/* Opened by the first call, the metadata's: later the runtime may not open files any more. */
static FILE *recording(void)
{
    /* NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): the tool has one run */
    static FILE *file;
    const char *path = NULL;

    if (file != NULL)
        return file;
    path = getenv("PTL_RECORD"); // NOLINT(concurrency-mt-unsafe): one thread
    file = path != NULL ? fopen(path, "we") : NULL;
    if (file == NULL)
        ptl_bug("PTL_RECORD names no file that can be written");
    return file;
}

static void put(const void *bytes, size_t n)
{
    if (n != 0 && fwrite(bytes, n, 1, recording()) != 1)
        ptl_bug("the recording cannot be written");
}

static void entry(enum entry_kind kind, const void *bytes, size_t n)
{
    struct entry header = {kind, (u32)n};

    put(&header, sizeof(header));
    put(bytes, n);
}

/* The names are the linker's. */
// NOLINTBEGIN(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
#define WRAP(result, name, ...)        \
    result __real_##name(__VA_ARGS__); \
    result __wrap_##name(__VA_ARGS__); \
    result __wrap_##name(__VA_ARGS__)

WRAP(int, meta_decode, struct arena *arena, const void *bytes, size_t size, struct meta *m,
     const char **why_out)
{
    entry(ENTRY_META, bytes, size);
    return __real_meta_decode(arena, bytes, size, m, why_out);
}

WRAP(int, events_record, struct events *e, const void *bytes, size_t size)
{
    entry(ENTRY_RECORD, bytes, size);
    return __real_events_record(e, bytes, size);
}

WRAP(void, table_begin, struct table *t, const struct meta_map *map, u32 value_size)
{
    struct entry_table begun = {(u64)(map - t->meta->maps.items), value_size};

    entry(ENTRY_TABLE, &begun, sizeof(begun));
    __real_table_begin(t, map, value_size);
}

WRAP(int, table_add, struct table *t, const u8 *key, const u8 *slots, u32 n_slots)
{
    struct entry_row row = {t->key_size, n_slots};
    size_t n = (size_t)n_slots * t->value_size;
    struct entry header = {ENTRY_ROW, (u32)(sizeof(row) + t->key_size + n)};

    put(&header, sizeof(header));
    put(&row, sizeof(row));
    put(key, t->key_size);
    put(slots, n);
    return __real_table_add(t, key, slots, n_slots);
}

WRAP(int, table_sort, struct table *t, u64 top, u64 div)
{
    struct entry_sort sort = {top, div, t->n};

    entry(ENTRY_SORT, &sort, sizeof(sort));
    return __real_table_sort(t, top, div);
}

WRAP(void, sink_map, struct sink *sink, const struct table *table)
{
    entry(ENTRY_SHOW, NULL, 0);
    __real_sink_map(sink, table);
}

WRAP(void, sink_end, struct sink *sink)
{
    entry(ENTRY_END, NULL, 0);
    __real_sink_end(sink);
}

WRAP(void, run_errors_book, struct run_errors *e, u32 site, const struct ptl_book *total)
{
    struct entry_book book = {site, *total};

    if (total->lost + total->errors != 0)
        entry(ENTRY_BOOK, &book, sizeof(book));
    __real_run_errors_book(e, site, total);
}

// NOLINTEND(bugprone-reserved-identifier,cert-dcl37-c,cert-dcl51-cpp,readability-identifier-naming)
