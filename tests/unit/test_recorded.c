/* Recordings of real runs (tests/replay), replayed into every output format under two locales: what
 * comes out is in tests/golden/replay, NAME.FORMAT for each NAME.rec, with the log behind the
 * output. `test_recorded update` writes these files: read them then. A change of the metadata makes
 * recordings void: tests/replay/record makes them anew. */
#include <errno.h>
#include <glob.h>
#include <locale.h>
#include <stdlib.h>

#include "abi/config.h"
#include "abi/meta.h"
#include "runtime/events.h"
#include "tests/replay/recording.h"
#include "tests/unit/check.h"

enum {
    FILE_BYTES_MAX = 1 << 18,
    ARENA_BYTES = 1 << 24,
};

static const char *const formats[] = {
#define SINK(id, name) #name,
#include "runtime/sinks.def"
#undef SINK
};

/* A part of the recording that has not been looked at yet. */
struct bytes {
    const u8 *p;
    size_t n;
};

struct replay {
    struct arena arena;
    struct meta meta;
    struct value_env env;
    struct sources sources;
    struct sink sink;
    struct run_errors errors;
    struct events events;
    struct table table;
    char *out_text, *log_text;
    size_t out_n, log_n;
    FILE *out, *log;
};

static void is_full(void *data)
{
    (void)data;
    abort();
}

/* Take n bytes; copied to out where that is not NULL. Gives where they were. */
static const u8 *take(struct bytes *b, void *out, size_t n)
{
    const u8 *p = b->p;

    CHECK(n <= b->n);
    if (n > b->n)
        abort(); // the file is ours
    if (out != NULL)
        memcpy(out, p, n);
    b->p += n;
    b->n -= n;
    return p;
}

static void begin(struct replay *r, const struct bytes *meta, enum ptl_format format)
{
    const char *why = "";

    arena_init(&r->arena, ARENA_BYTES, is_full, NULL);
    CHECK(meta_decode(&r->arena, meta->p, meta->n, &r->meta, &why) == 0);
    CHECK(meta_check(&r->meta, &why) == 0);
    CHECK_STR(str_of(why), "");
    sources_init(&r->sources, &r->arena);
    meta_sources(&r->meta, &r->sources);
    r->env = (struct value_env){.meta = &r->meta,
                                .cut_size = config_of(&r->meta, CONFIG_max_strlen).num,
                                .cut_mark = config_of(&r->meta, CONFIG_str_trunc_trailer).text};
    r->out = open_memstream(&r->out_text, &r->out_n);
    r->log = open_memstream(&r->log_text, &r->log_n);
    sink_init(&r->sink, format, &r->env, r->out, r->log, NULL);
    CHECK(run_errors_init(&r->errors, &r->meta, &r->sources, &r->sink, r->log) == 0);
    r->events = (struct events){.meta = &r->meta, .sink = &r->sink, .errors = &r->errors};
    table_init(&r->table, &r->meta);
    (void)sink_attached(&r->sink, 1);
}

/* What a record does to a map stands behind it. */
static void replay_record(struct replay *r, const struct bytes *record)
{
    struct ptl_record header;
    int err = 0;

    memcpy(&header, record->p, sizeof(header));
    if (header.site < r->meta.sites.n && r->meta.sites.items[header.site].map != META_NO_REF &&
        site_is_control((enum site_kind)r->meta.sites.items[header.site].kind))
        return;
    r->events.budget = 2;
    err = events_record(&r->events, record->p, record->n);
    CHECK(err == 0 || err == -ECANCELED);
}

static void replay_row(struct replay *r, struct bytes *body)
{
    struct entry_row row;
    const u8 *key = NULL;

    take(body, &row, sizeof(row));
    CHECK(row.key_size == r->table.key_size);
    CHECK(body->n == row.key_size + row.n_slots * r->table.value_size);
    key = take(body, NULL, row.key_size);
    CHECK(table_add(&r->table, key, body->p, (u32)row.n_slots) == 0);
}

static void replay_entry(struct replay *r, u32 kind, struct bytes *body)
{
    struct entry_table table;
    struct entry_sort sort;
    struct entry_book book;

    switch ((enum entry_kind)kind) {
    case ENTRY_META:
        break;
    case ENTRY_RECORD:
        replay_record(r, body);
        return;
    case ENTRY_TABLE:
        take(body, &table, sizeof(table));
        CHECK(table.map < r->meta.maps.n);
        table_begin(&r->table, &r->meta.maps.items[table.map], (u32)table.value_size);
        return;
    case ENTRY_ROW:
        replay_row(r, body);
        return;
    case ENTRY_SORT:
        take(body, &sort, sizeof(sort));
        CHECK(sort.n_rows <= r->table.n);
        r->table.n = (u32)sort.n_rows;
        CHECK(table_sort(&r->table, sort.top, sort.div) == 0);
        return;
    case ENTRY_SHOW:
        sink_map(&r->sink, &r->table);
        return;
    case ENTRY_END:
        sink_end(&r->sink);
        return;
    case ENTRY_BOOK:
        take(body, &book, sizeof(book));
        if (book.site < r->meta.sites.n)
            run_errors_book(&r->errors, (u32)book.site, &book.total);
        return;
    }
    CHECK(!"an entry of a known kind");
}

static void done(struct replay *r, struct buf *shown)
{
    CHECK(sink_flush(&r->sink) == 0);
    (void)fclose(r->out);
    (void)fclose(r->log);
    buf_add(shown, r->out_text, r->out_n);
    buf_add_cstr(shown, "--- log\n");
    buf_add(shown, r->log_text, r->log_n);
    free(r->out_text);
    free(r->log_text);
    table_done(&r->table);
    run_errors_done(&r->errors);
    sink_done(&r->sink);
    arena_done(&r->arena);
}

/* The whole recording in one format; append output and log to `shown`. */
static void replay(struct bytes file, enum ptl_format format, struct buf *shown)
{
    struct replay r = {0};
    struct entry entry;

    while (file.n != 0) {
        struct bytes body;

        take(&file, &entry, sizeof(entry));
        body = (struct bytes){take(&file, NULL, entry.size), entry.size};
        if (entry.kind == ENTRY_META) {
            begin(&r, &body, format);
        } else {
            replay_entry(&r, entry.kind, &body);
        }
    }
    done(&r, shown);
}

static struct bytes file_read(const char *path, u8 *room)
{
    FILE *f = fopen(path, "re");
    size_t n = f != NULL ? fread(room, 1, FILE_BYTES_MAX, f) : 0;

    CHECK(n > 0 && n < FILE_BYTES_MAX);
    if (f != NULL)
        (void)fclose(f);
    return (struct bytes){room, n};
}

static void compare(const char *recording, enum ptl_format format, bool is_update)
{
    static u8 bytes[FILE_BYTES_MAX];
    static u8 wanted[FILE_BYTES_MAX];
    _cleanup_buf_ struct buf shown = {0};
    char path[256];
    FILE *f = NULL;

    replay(file_read(recording, bytes), format, &shown);
    (void)snprintf(path, sizeof(path), "%.*s%s", (int)strlen(recording) - 3, recording,
                   formats[format]);
    if (is_update) {
        f = fopen(path, "we");
        CHECK(f != NULL && fwrite(shown.p, 1, shown.n, f) == shown.n && fclose(f) == 0);
    } else {
        struct bytes text = file_read(path, wanted);

        CHECK_STR(((struct str){shown.p, (u32)shown.n}),
                  ((struct str){(const char *)text.p, (u32)text.n}));
    }
}

int main(int argc, char **argv)
{
    static const char *const locales[] = {"C.UTF-8", "fr_FR.UTF-8"};
    glob_t found = {0};

    (void)argv;
    (void)setenv("LOCPATH", TEST_LOCALES, 1); // NOLINT(concurrency-mt-unsafe): one thread
    (void)setenv("TZ", "UTC", 1);             // NOLINT(concurrency-mt-unsafe): the same
    /* NOLINTNEXTLINE(concurrency-mt-unsafe): one thread */
    CHECK(glob("tests/golden/replay/*.rec", 0, NULL, &found) == 0);
    for (u32 i = 0; i < ARRAY_SIZE(locales); i++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): the same */
        CHECK(setlocale(LC_ALL, locales[i]) != NULL);
        for (size_t k = 0; k < found.gl_pathc; k++) {
            for (u32 format = 0; format < PTL_FORMAT_COUNT_; format++)
                compare(found.gl_pathv[k], (enum ptl_format)format, argc > 1);
        }
    }
    globfree(&found);
    return check_result();
}
