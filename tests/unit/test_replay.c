/* Ring bytes and map contents, replayed into every output format under two locales: what comes out
 * is in tests/golden/replay, a file for each format, with the log behind the output. `test_replay
 * update` writes these files: read them then. */
#include <locale.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "abi/record.h"
#include "abi/tseries.h"
#include "runtime/events.h"
#include "tests/unit/check.h"
#include "tests/unit/runtime_kit.h"

#define NONE   META_NO_REF
#define SCRIPT "begin { everything(); }\n"

static const char *const formats[] = {
#define SINK(id, name) #name,
#include "runtime/sinks.def"
#undef SINK
};

struct replay {
    struct kit k;
    struct sources sources;
    struct sink sink;
    struct run_errors errors;
    struct events events;
    char *out_text, *log_text;
    size_t out_n, log_n;
    FILE *out, *log;
};

/* Send one record through the decoder, as the ring has it. */
static void record(struct replay *r, struct meta_site site, const void *payload)
{
    u8 bytes[512];
    struct ptl_record header = {(u32)r->k.meta.sites.n, (u32)(sizeof(header) + site.payload_size)};

    site.span_begin = r->sources.list.items[0].base + 8;
    site.span_end = site.span_begin + 12;
    *vec_push(&r->k.arena, &r->k.meta.sites) = site;
    r->errors.n_shown[header.site] = 0;
    memcpy(bytes, &header, sizeof(header));
    memcpy(bytes + sizeof(header), payload, site.payload_size);
    r->events.budget = 2;
    CHECK(events_record(&r->events, bytes, header.size) == 0);
}

static void value(struct replay *r, u64 type, const void *payload)
{
    record(r,
           (struct meta_site){
               .kind = SITE_PRINT, .type = type, .payload_size = r->k.meta.types.items[type].size},
           payload);
}

static u64 type_new(struct replay *r, u64 kind, u64 size)
{
    return kit_type(&r->k, (struct meta_type){.kind = kind, .size = size});
}

static u64 array_new(struct replay *r, u64 of, u64 n)
{
    u64 first = r->k.meta.fields.n;

    *vec_push(&r->k.arena, &r->k.meta.fields) = (struct meta_field){.type = of};
    return kit_type(&r->k, (struct meta_type){.kind = ABI_ARRAY,
                                              .size = n * r->k.meta.types.items[of].size,
                                              .num0 = n,
                                              .first_field = first,
                                              .n_fields = 1});
}

static void values(struct replay *r)
{
    static const u64 big[] = {INT64_MAX, (u64)INT64_MIN, UINT64_MAX, ((u64)1 << 53) + 1};
    static const u64 inet[] = {AF_INET6, 0xb80d0120, 0x0100000000000000};

    static const struct {
        u64 n;
        char bytes[8];
    } buffer = {5, "a\x01\xff\n~"};

    u64 uint = type_new(r, ABI_UINT, 8);
    u64 number = kit_int(&r->k);
    u64 text = kit_string(&r->k, 24);
    u64 tuple = kit_tuple(&r->k, (const u64[]){number, text}, 2);
    u64 recorded = kit_tuple(&r->k, (const u64[]){number, uint}, 2);
    u64 first = r->k.meta.types.items[recorded].first_field;

    r->k.meta.fields.items[first].name = STR("a");
    r->k.meta.fields.items[first + 1].name = STR("\xc3\xa9");
    for (u32 i = 0; i < ARRAY_SIZE(big); i++) {
        value(r, number, &big[i]);
        value(r, uint, &big[i]);
    }
    value(r, type_new(r, ABI_BOOL, 8), &big[0]);
    value(r, type_new(r, ABI_POINTER, 8), &big[2]);
    value(r, type_new(r, ABI_KSYM, 8), &big[2]);
    value(r, text, "a\x1b[2J\tb\nc\x7f\xc3\xa9\xff \"\\\xc2\x9b;\0\0\0\0\0\0");
    value(r, tuple, "\x05\0\0\0\0\0\0\0two words\n\xff\0\0\0\0\0\0\0\0\0\0\0\0\0");
    value(r, recorded, &big[1]);
    value(r, array_new(r, number, 3), big);
    value(r, type_new(r, ABI_BUFFER, 16), &buffer);
    value(r, kit_type(&r->k, (struct meta_type){.kind = ABI_SHAPE, .num0 = SHAPE_INET, .size = 24}),
          inet);
}

/* printf, and what else has pieces: "%8d|%-8s|%#x\n" of a number, a string and a number. */
static void formatted(struct replay *r, u64 kind)
{
    u64 number = kit_int(&r->k);
    u64 text = kit_string(&r->k, 16);
    u64 first = r->k.meta.pieces.n;
    struct meta_piece piece = {.conv = 'd',
                               .width = 8,
                               .precision = NONE,
                               .width_offset = NONE,
                               .precision_offset = NONE,
                               .type = number};
    struct meta_site site = {
        .kind = kind, .payload_size = 32, .first_piece = first, .n_pieces = 4, .type = NONE};

    *vec_push(&r->k.arena, &r->k.meta.pieces) = piece;
    piece.conv = 's';
    piece.flags = PIECE_FLAG_MINUS;
    piece.offset = 8;
    piece.type = text;
    piece.literal = STR("|");
    *vec_push(&r->k.arena, &r->k.meta.pieces) = piece;
    piece.conv = 'x';
    piece.flags = PIECE_FLAG_HASH;
    piece.width = NONE;
    piece.offset = 24;
    piece.type = number;
    *vec_push(&r->k.arena, &r->k.meta.pieces) = piece;
    *vec_push(&r->k.arena, &r->k.meta.pieces) = (struct meta_piece){.literal = STR("\n")};
    record(r, site,
           "\x85\xff\xff\xff\xff\xff\xff\xff"
           "a\x1b\xff\xc3\xa9\n\0\0\0\0\0\0\0\0\0\0"
           "\xef\xcd\xab\x89\x67\x45\x23\x01");
}

static void messages(struct replay *r)
{
    static const s64 fault = -14;
    static const u64 times[] = {RUN_ERROR_DIV_ZERO, RUN_ERROR_MAP_FULL, RUN_ERROR_BOUNDS,
                                RUN_ERROR_BUSY};

    formatted(r, SITE_PRINTF);
    formatted(r, SITE_WARNF);
    formatted(r, SITE_ERRORF);
    for (u32 i = 0; i < ARRAY_SIZE(times); i++) {
        record(r, (struct meta_site){.kind = SITE_ERROR, .num0 = times[i], .payload_size = 8},
               &fault);
    }
    record(r,
           (struct meta_site){.kind = SITE_ERROR,
                              .num0 = RUN_ERROR_READ,
                              .text = STR("probe_read_user"),
                              .payload_size = 8},
           &fault);
    run_errors_book(&r->errors, (u32)r->k.meta.sites.n - 1, &(struct ptl_book){.errors = 1234567});
    run_errors_book(&r->errors, 0, &(struct ptl_book){.lost = 1234567});
    record(r, (struct meta_site){.kind = SITE_CUT, .num0 = 1023}, "");
    run_errors_book(&r->errors, (u32)r->k.meta.sites.n - 1, &(struct ptl_book){.errors = 1234567});
    run_errors_preempted(&r->errors, 3);
    sink_time(&r->sink, &(struct meta_site){.kind = SITE_TIME, .text = STR("%Y\n")},
              (s64)86400 * 400);
    sink_output(&r->sink, &(struct meta_site){.kind = SITE_CAT}, STR("a file \x1b\xff\n"));
    sink_output(&r->sink, &(struct meta_site){.kind = SITE_SYSTEM}, STR("a command\n"));
    sink_output(&r->sink, &(struct meta_site){.kind = SITE_JOIN}, STR("two words\n"));
    (void)sink_attached(&r->sink, 1234567);
}

/* Show a map of one row. */
static void map(struct replay *r, const char *name, u64 key_type, const void *key, u64 value_type,
                const void *slot)
{
    const struct meta_map *m = kit_map(&r->k, name, key_type, value_type);
    struct table t;

    table_init(&t, &r->k.meta);
    table_begin(&t, m, (u32)r->k.meta.types.items[value_type].size);
    CHECK(table_add(&t, key, slot, 1) == 0);
    CHECK(table_sort(&t, 0, 1) == 0);
    sink_map(&r->sink, &t);
    table_done(&t);
}

static void maps(struct replay *r)
{
    static const u64 slots[70] = {[0] = 1234567, [1] = 2, [5] = 1000, [12] = 3000000};
    static const u64 minus[] = {(u64)-1234567, 2};
    static const s64 lhist[3] = {-1000, 1000000, 100000};
    static const s64 series[3] = {1000000, 3, TSERIES_AVG};
    static const u64 intervals[] = {0, 4, (u64)-10, 3, 0, 0, 0, 6, 1234567, 1};

    static const struct {
        char comm[16];
        u64 kstack[4], ustack[3];
    } key = {"a; b\x1b\n\xc3\xa9", {0, 2, 0xffffffff81000000, 5}, {77, 1, 0x401000}};
    struct kit *k = &r->k;
    struct meta_type stack = {
        .kind = ABI_SHAPE, .num0 = SHAPE_KSTACK, .size = 32, .text = STR("bpftrace")};
    u64 number = kit_int(k);
    u64 text = kit_string(k, 16);
    u64 kstack = kit_type(k, stack);
    u64 ustack = 0;

    stack.num0 = SHAPE_USTACK;
    stack.size = 24;
    ustack = kit_type(k, stack);
    map(r, "@scalar", NONE, "", number, minus);
    map(r, "@string", NONE, "", text, key.comm);
    map(r, "@keyed", text, key.comm, number, slots);
    map(r, "@tuple", kit_tuple(k, (const u64[]){text, number}, 2), &key,
        kit_agg(k, AGG_COUNT, false, NULL), slots);
    map(r, "@sum", number, minus, kit_agg(k, AGG_SUM, true, NULL), minus);
    map(r, "@min", number, minus, kit_agg(k, AGG_MIN, true, NULL), minus);
    map(r, "@avg", number, minus, kit_agg(k, AGG_AVG, true, NULL), minus);
    map(r, "@stats", number, minus, kit_agg(k, AGG_STATS, false, NULL), slots);
    map(r, "@hist", text, key.comm, kit_agg(k, AGG_HIST, true, NULL), slots);
    map(r, "@lhist", NONE, "", kit_agg(k, AGG_LHIST, true, lhist), slots);
    map(r, "@series", NONE, "", kit_agg(k, AGG_TSERIES, true, series), intervals);
    map(r, "@series", text, key.comm, kit_agg(k, AGG_TSERIES, false, series), intervals);
    map(r, "@stack", kit_tuple(k, (const u64[]){text, kstack, ustack}, 3), &key,
        kit_agg(k, AGG_COUNT, false, NULL), slots);
    map(r, "@stack", kstack, key.kstack, kit_agg(k, AGG_STATS, true, NULL), minus);
    map(r, "@stack", kstack, key.kstack, kit_agg(k, AGG_TSERIES, true, series), intervals);
    map(r, "@stack", ustack, key.ustack, text, key.comm);
}

static void results(struct replay *r)
{
    static const struct sink_result test = {.name = STR("test:a"), .ns = 1234567};
    static const struct sink_result failed = {.name = STR("test:b"), .has_failed = true};
    static const struct sink_result bench = {
        .name = STR("bench:a"), .is_bench = true, .ns = 1234567, .n_runs = 8191};

    sink_test(&r->sink);
    formatted(r, SITE_PRINTF);
    sink_result(&r->sink, &test);
    sink_test(&r->sink);
    sink_result(&r->sink, &failed);
    sink_result(&r->sink, &bench);
    sink_tally(&r->sink, 1, 1);
}

/* All of it in one format; append output and log to `shown`. */
static void replay(enum ptl_format format, struct buf *shown)
{
    struct replay r = {0};

    kit_init(&r.k);
    r.out = open_memstream(&r.out_text, &r.out_n);
    r.log = open_memstream(&r.log_text, &r.log_n);
    sources_init(&r.sources, &r.k.arena);
    (void)sources_add(&r.sources, STR("stdin"), STR(SCRIPT));
    sink_init(&r.sink, format, &r.k.env, r.out, r.log, NULL);
    for (u32 i = 0; i < 64; i++) // room for all sites
        *vec_push(&r.k.arena, &r.k.meta.sites) = (struct meta_site){0};
    CHECK(run_errors_init(&r.errors, &r.k.meta, &r.sources, &r.sink, r.log) == 0);
    r.k.meta.sites.n = 0;
    r.events = (struct events){.meta = &r.k.meta, .sink = &r.sink, .errors = &r.errors};
    values(&r);
    messages(&r);
    sink_end(&r.sink);
    maps(&r);
    results(&r);
    CHECK(sink_flush(&r.sink) == 0);
    (void)fclose(r.out);
    (void)fclose(r.log);
    buf_add(shown, r.out_text, r.out_n);
    buf_add_cstr(shown, "--- log\n");
    buf_add(shown, r.log_text, r.log_n);
    free(r.out_text);
    free(r.log_text);
    run_errors_done(&r.errors);
    sink_done(&r.sink);
    kit_done(&r.k);
}

static void compare(enum ptl_format format, bool is_update)
{
    _cleanup_buf_ struct buf shown = {0};
    static char wanted[1 << 16];
    char path[64];
    FILE *f = NULL;
    size_t n = 0;

    replay(format, &shown);
    (void)snprintf(path, sizeof(path), "tests/golden/replay/%s", formats[format]);
    f = fopen(path, is_update ? "we" : "re");
    CHECK(f != NULL);
    if (f == NULL)
        return;
    if (is_update) {
        CHECK(fwrite(shown.p, 1, shown.n, f) == shown.n);
    } else {
        n = fread(wanted, 1, sizeof(wanted), f);
        CHECK_STR(((struct str){shown.p, (u32)shown.n}), ((struct str){wanted, (u32)n}));
    }
    (void)fclose(f);
}

int main(int argc, char **argv)
{
    static const char *const locales[] = {"C.UTF-8", "fr_FR.UTF-8"};
    char number[8];

    (void)argv;
    (void)setenv("LOCPATH", TEST_LOCALES, 1); // NOLINT(concurrency-mt-unsafe): one thread
    (void)setenv("TZ", "UTC", 1);             // NOLINT(concurrency-mt-unsafe): the same
    for (u32 i = 0; i < ARRAY_SIZE(locales); i++) {
        /* NOLINTNEXTLINE(concurrency-mt-unsafe): the same */
        CHECK(setlocale(LC_ALL, locales[i]) != NULL);
        (void)snprintf(number, sizeof(number), "%.1f", 0.5);
        CHECK_STR(number, i == 0 ? "0.5" : "0,5"); // the locale is what it is called
        for (u32 format = 0; format < PTL_FORMAT_COUNT_; format++)
            compare((enum ptl_format)format, argc > 1);
    }
    return check_result();
}
