/* abi/: names, bucket arithmetic, and the metadata section. The decoder reads untrusted bytes as
 * root, so besides the round trip every truncation and every changed byte is tried: whatever it
 * answers, it must not crash (run under ASan) and what it accepts must be in itself consistent
 * (meta_check may then be asked). */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "abi/config.h"
#include "abi/event_format.h"
#include "abi/option.h"
#include "abi/record.h"
#include "tests/unit/check.h"

static void arena_full(void *data)
{
    (void)data;
    (void)fputs("test_meta: arena is full\n", stderr);
    abort();
}

static struct arena new_arena(void)
{
    struct arena a;

    arena_init(&a, 64 << 20, arena_full, NULL);
    return a;
}

/* Metadata with rows in every table. */
static void fill_tables(struct arena *a, struct meta *m)
{
    *vec_push(a, &m->infos) = (struct meta_info){STR("0.1"), 1, META_FLAG_TEST, 2};
    *vec_push(a, &m->sources) = (struct meta_source){STR("stdin"), STR("begin { }")};
    *vec_push(a, &m->expansions) = (struct meta_expansion){1, 5, 7, 9};
    *vec_push(a, &m->settings) = (struct meta_setting){STR("max_probes"), 7, STR("")};
    *vec_push(a, &m->types) = (struct meta_type){.kind = ABI_INT, .size = 8};
    *vec_push(a, &m->types) = (struct meta_type){.kind = ABI_STRING, .size = 16};
    *vec_push(a, &m->types) = (struct meta_type){.kind = ABI_TUPLE, .size = 24, .n_fields = 2};
    *vec_push(a, &m->types) = (struct meta_type){
        .kind = ABI_AGG, .size = (u64)8 * hist_bucket_count(2), .num0 = AGG_HIST, .num1 = 2};
    *vec_push(a, &m->fields) = (struct meta_field){.type = 0};
    *vec_push(a, &m->fields) = (struct meta_field){.offset = 8, .type = 1};
    *vec_push(a, &m->maps) =
        (struct meta_map){STR("@x"), STR("m_x"), 2, 3, 1, META_NO_REF, 4096, 0, 1, 3};
    *vec_push(a, &m->progs) = (struct meta_prog){STR("kprobe_1"), METHOD_KPROBE};
    *vec_push(a, &m->attachs) = (struct meta_attach){
        .provider = PROBE_KPROBE, .name = STR("kprobe:f"), .text0 = STR("f"), .n_variants = 1};
    *vec_push(a, &m->variants) = (struct meta_variant){0};
    *vec_push(a, &m->resolveds) =
        (struct meta_resolved){RESOLVED_SYMBOL, 1, 0, STR("avenrun"), STR(""), 1, 3};
    *vec_push(a, &m->resolveds) = (struct meta_resolved){
        .kind = RESOLVED_OPTION_TEXT, .n_words = PTL_PARAM_TEXT_MAX / 8, .span_end = 1};
    *vec_push(a, &m->options) = (struct meta_option){
        .name = STR("pid"), .kind = OPTION_STRING, .span_begin = 1, .span_end = 3};
    *vec_push(a, &m->sites) = (struct meta_site){.kind = SITE_PRINTF,
                                                 .payload_size = 24,
                                                 .type = META_NO_REF,
                                                 .map = META_NO_REF,
                                                 .n_pieces = 2,
                                                 .span_begin = 4,
                                                 .span_end = 9};
    *vec_push(a, &m->sites) =
        (struct meta_site){.kind = SITE_CLEAR, .type = META_NO_REF, .first_piece = 2};
    *vec_push(a, &m->pieces) = (struct meta_piece){
        STR("n="), 'd', PIECE_FLAG_ZERO, 8, META_NO_REF, META_NO_REF, META_NO_REF, 0, 0};
    *vec_push(a, &m->pieces) =
        (struct meta_piece){STR(" "), 's', 0, META_NO_REF, META_NO_REF, 0, META_NO_REF, 8, 1};
}

static void test_round_trip(struct arena *a, const struct buf *bytes)
{
    _cleanup_buf_ struct buf again = {0};
    struct meta m = {0};
    const char *why = NULL;

    CHECK(meta_decode(a, bytes->p, bytes->n, &m, &why) == 0);
    CHECK(meta_check(&m, &why) == 0);
    CHECK(m.pieces.n == 2 && m.maps.n == 1 && m.maps.items[0].set_offset == META_NO_REF);
    CHECK_STR(m.sources.items[0].text, "begin { }");
    CHECK_STR(m.maps.items[0].name, "@x");
    CHECK(config_of(&m, CONFIG_max_probes).num == 7);
    CHECK(config_of(&m, CONFIG_max_bpf_progs).num == 1024);
    m.settings.items[0].num = (u64)1 << 40;
    CHECK(config_of(&m, CONFIG_max_probes).num == UINT32_MAX);
    m.settings.items[0].num = 7;
    CHECK_STR(config_of(&m, CONFIG_str_trunc_trailer).text, "..");
    meta_encode(&m, &again);
    CHECK(again.n == bytes->n && memcmp(again.p, bytes->p, bytes->n) == 0);
}

/* Decode a copy of exactly n bytes, so that ASan sees a read behind it; check what was accepted. */
static int decode_copy(const char *bytes, size_t n)
{
    struct arena a = new_arena();
    char *copy = malloc(n ? n : 1);
    struct meta m = {0};
    const char *why = NULL;
    int rc = 0;

    memcpy(copy, bytes, n);
    rc = meta_decode(&a, copy, n, &m, &why);
    CHECK(rc == 0 || why != NULL);
    if (rc == 0) {
        why = NULL;
        rc = meta_check(&m, &why);
        CHECK(rc == 0 || why != NULL);
    }
    free(copy);
    arena_done(&a);
    return rc;
}

static void test_truncation(const struct buf *bytes)
{
    u32 n_accepted = 0;

    for (size_t n = 0; n < bytes->n; n++)
        n_accepted += decode_copy(bytes->p, n) == 0;
    CHECK(n_accepted == 0);
    buf_add_char((struct buf *)bytes, 0);
    CHECK(decode_copy(bytes->p, bytes->n) == -EPROTO);
    ((struct buf *)bytes)->n--;
}

static void test_flips(const struct buf *bytes)
{
    static const u8 changes[] = {0x01, 0x80, 0xff, 0x7f, 0x10};

    for (size_t i = 0; i < bytes->n; i++) {
        for (size_t k = 0; k < ARRAY_SIZE(changes); k++) {
            bytes->p[i] = (char)(bytes->p[i] ^ changes[k]);
            (void)decode_copy(bytes->p, bytes->n);
            bytes->p[i] = (char)(bytes->p[i] ^ changes[k]);
        }
    }
    bytes->p[8] ^= 1;
    CHECK(decode_copy(bytes->p, bytes->n) == -EPROTONOSUPPORT);
    bytes->p[8] ^= 1;
    bytes->p[0] ^= 1;
    CHECK(decode_copy(bytes->p, bytes->n) == -EPROTO);
    bytes->p[0] ^= 1;
}

/* Encode m after a change and see that it is refused. */
static bool refused(const struct meta *m)
{
    _cleanup_buf_ struct buf bytes = {0};

    meta_encode(m, &bytes);
    return decode_copy(bytes.p, bytes.n) == -EPROTO;
}

#define REFUSED_WITH(m, member, wrong)        \
    do {                                      \
        __typeof__(member) right_ = (member); \
        (member) = (wrong);                   \
        CHECK(refused(m));                    \
        (member) = right_;                    \
    } while (0)

static void test_refusals(struct meta *m)
{
    CHECK(!refused(m));
    REFUSED_WITH(m, m->expansions.items[0].span_end, 0);
    REFUSED_WITH(m, m->expansions.items[0].call_end, (u64)UINT32_MAX + 1);
    REFUSED_WITH(m, m->infos.n, 0);
    REFUSED_WITH(m, m->types.items[0].kind, 99);
    REFUSED_WITH(m, m->types.items[0].size, 16);
    REFUSED_WITH(m, m->types.items[1].size, 1 << 30);
    REFUSED_WITH(m, m->types.items[2].n_fields, 3);
    REFUSED_WITH(m, m->types.items[2].size, 16);
    REFUSED_WITH(m, m->types.items[3].num1, 3);
    REFUSED_WITH(m, m->types.items[3].num0, AGG_COUNT_);
    REFUSED_WITH(m, m->fields.items[0].type, 2); /* itself */
    REFUSED_WITH(m, m->fields.items[1].offset, ~(u64)7);
    REFUSED_WITH(m, m->fields.items[1].offset, 0); /* in the first one */
    REFUSED_WITH(m, m->maps.items[0].value, META_NO_REF);
    REFUSED_WITH(m, m->maps.items[0].max_entries, 0);
    REFUSED_WITH(m, m->maps.items[0].name, STR("x"));
    REFUSED_WITH(m, m->maps.items[0].name, STR("@1"));
    REFUSED_WITH(m, m->maps.items[0].name, STR("@x\x1b[m"));
    REFUSED_WITH(m, m->maps.items[0].span_end, 0);
}

/* Of what is found out before load. */
static void test_told_refusals(struct meta *m)
{
    REFUSED_WITH(m, m->resolveds.items[0].kind, RESOLVED_LAST + 1);
    REFUSED_WITH(m, m->resolveds.items[0].text, STR(""));
    REFUSED_WITH(m, m->resolveds.items[0].span_end, 0);
    REFUSED_WITH(m, m->resolveds.items[0].n_words, 2);
    REFUSED_WITH(m, m->resolveds.items[1].n_words, 1);
    REFUSED_WITH(m, m->resolveds.items[1].num, 1);
    REFUSED_WITH(m, m->options.items[0].kind, OPTION_STRING + 1);
    REFUSED_WITH(m, m->options.items[0].name, STR(""));
    REFUSED_WITH(m, m->options.items[0].name, STR("-x"));
    REFUSED_WITH(m, m->options.items[0].name, STR("x\x1b[m"));
    REFUSED_WITH(m, m->options.items[0].name,
                 STR("a2345678901234567890123456789012345678901234567890123456789012345"));
    REFUSED_WITH(m, m->options.items[0].span_end, 0);
}

static void test_more_refusals(struct meta *m)
{
    REFUSED_WITH(m, m->progs.items[0].method, 0);
    REFUSED_WITH(m, m->attachs.items[0].provider, PROBE_COUNT_);
    REFUSED_WITH(m, m->attachs.items[0].n_variants, 0);
    REFUSED_WITH(m, m->attachs.items[0].first_variant, ~(u64)0);
    REFUSED_WITH(m, m->variants.items[0].prog, 1);
    REFUSED_WITH(m, m->sites.items[0].payload_size, 16);
    REFUSED_WITH(m, m->sites.items[0].n_pieces, ~(u64)0);
    REFUSED_WITH(m, m->sites.items[1].map, META_NO_REF);
    REFUSED_WITH(m, m->sites.items[1].num0, FLIP_BEGIN); /* of a map that has one half */
    REFUSED_WITH(m, m->sites.items[1].num0, FLIP_LAST + 1);
    REFUSED_WITH(m, m->maps.items[0].is_flipped, 2);
    REFUSED_WITH(m, m->sites.items[0].kind, SITE_SYSTEM); /* and is not marked as unsafe */
    REFUSED_WITH(m, m->pieces.items[0].conv, 'n');
    REFUSED_WITH(m, m->pieces.items[0].type, 1);   /* %d of a string */
    REFUSED_WITH(m, m->pieces.items[0].conv, 'r'); /* of a number */
    REFUSED_WITH(m, m->pieces.items[1].width_offset, 24);
    REFUSED_WITH(m, m->pieces.items[1].offset, 16);
    REFUSED_WITH(m, m->pieces.items[0].width, 1 << 20);
}

/* Tuples in tuples, n levels of them, each with one number or tuple. Whoever shows such a value
 * recurses. */
static bool nested_refused(u32 n)
{
    struct arena a = new_arena();
    struct meta m = {0};
    bool is_refused = false;

    fill_tables(&a, &m);
    for (u32 i = 0; i < n; i++) {
        u64 below = i == 0 ? 0 : m.types.n - 1;

        *vec_push(&a, &m.types) = (struct meta_type){
            .kind = ABI_TUPLE, .size = 8, .first_field = m.fields.n, .n_fields = 1};
        *vec_push(&a, &m.fields) = (struct meta_field){.type = below};
    }
    is_refused = refused(&m);
    arena_done(&a);
    return is_refused;
}

static void test_nesting(void)
{
    CHECK(!nested_refused(1000));
    CHECK(nested_refused(1001));
    CHECK(nested_refused(100000));
}

/* Rows that are small in the object and more in memory. */
static void test_counts(struct meta *m)
{
    struct arena a = new_arena();
    struct meta many = *m;

    many.sources.items = arena_array(&a, struct meta_source, SOURCES_MAX + 1);
    many.options.items = arena_array(&a, struct meta_option, SCRIPT_OPTIONS_MAX + 1);
    many.resolveds.items = arena_array(&a, struct meta_resolved, PTL_RESOLVED_WORDS_MAX + 1);
    for (u32 i = 0; i <= SCRIPT_OPTIONS_MAX; i++)
        many.options.items[i] = m->options.items[0];
    for (u32 i = 0; i <= PTL_RESOLVED_WORDS_MAX; i++)
        many.resolveds.items[i] = m->resolveds.items[0];
    many.sources.n = SOURCES_MAX;
    many.options.n = SCRIPT_OPTIONS_MAX;
    many.resolveds.n = PTL_RESOLVED_WORDS_MAX;
    CHECK(!refused(&many));
    REFUSED_WITH(&many, many.sources.n, SOURCES_MAX + 1);
    REFUSED_WITH(&many, many.options.n, SCRIPT_OPTIONS_MAX + 1);
    REFUSED_WITH(&many, many.resolveds.n, PTL_RESOLVED_WORDS_MAX + 1);
    arena_done(&a);
}

/* Fields that code was made for, and what they may not have become. */
static void test_field_shapes(void)
{
    const struct tracepoint_field is = {.type = STR("int"), .size = 4, .is_signed = true};
    struct tracepoint_field other = is;
    u64 shape = tracepoint_field_shape(&is);

    CHECK(FIELD_SHAPE_SIZE(shape) == 4);
    other.offset = 16;
    other.type = STR("pid_t");
    CHECK(tracepoint_field_shape(&other) == shape);
    other.is_signed = false;
    CHECK(tracepoint_field_shape(&other) != shape);
    other = is;
    other.size = 8;
    CHECK(tracepoint_field_shape(&other) != shape);
    other = is;
    other.is_array = true;
    CHECK(tracepoint_field_shape(&other) != shape);
    other = is;
    other.is_data_loc = true;
    shape = tracepoint_field_shape(&other);
    CHECK(shape != tracepoint_field_shape(&is));
    other.is_rel_loc = true;
    CHECK(shape != tracepoint_field_shape(&other));
}

/* The sign of a char is the compiler's of the kernel. */
static void test_char_shapes(void)
{
    struct tracepoint_field field = {.type = STR("char"), .size = 1, .is_signed = true};
    u64 shape = tracepoint_field_shape(&field);

    field.is_signed = false;
    CHECK(tracepoint_field_shape(&field) == shape);
    field.type = STR("char[16]");
    field.size = 16;
    field.is_array = true;
    shape = tracepoint_field_shape(&field);
    field.is_signed = true;
    CHECK(tracepoint_field_shape(&field) == shape);
}

static void test_buckets(void)
{
    CHECK(hist_bucket_count(0) == 66);
    CHECK(hist_bucket_low(0, 1) == 0 && hist_bucket_low(0, 2) == 1 && hist_bucket_low(0, 3) == 2);
    CHECK(hist_bucket_low(0, 65) == (u64)1 << 63 && hist_bucket_low(0, 66) == 0);
    CHECK(hist_bucket_count(2) == 1 + 4 + 62 * 4);
    CHECK(hist_bucket_low(2, 4) == 3 && hist_bucket_low(2, 5) == 4 && hist_bucket_low(2, 9) == 8);
    CHECK(hist_bucket_low(2, 10) == 10);
    for (u32 bits = 0; bits <= HIST_BITS_MAX; bits++) {
        for (u32 b = 1; b + 1 < hist_bucket_count(bits); b++)
            CHECK(hist_bucket_low(bits, b) < hist_bucket_low(bits, b + 1));
        CHECK(hist_bucket_low(bits, hist_bucket_count(bits)) == 0);
    }
    CHECK(lhist_bucket_count(0, 100, 10) == 12);
    CHECK(lhist_bucket_count(-5, 6, 5) == 5);
    CHECK(lhist_bucket_count(INT64_MIN, INT64_MAX, 1) == UINT32_MAX);
}

static void test_tables(void)
{
    CHECK_STR(probe_name(PROBE_KRETPROBE), "kretprobe");
    CHECK_STR(probe_short_name(PROBE_KRETPROBE), "kr");
    CHECK_STR(agg_name(AGG_LHIST), "lhist");
    CHECK_STR(agg_type_name(AGG_COUNT), "count_t");
    CHECK_STR(probe_name((enum probe_id)99), "?");
    CHECK(arch_by_tag(1) && arch_by_tag(2) && !arch_by_tag(0));
    CHECK(arch_by_tag(arch_native()->elf_machine_bpf_tag) == arch_native());
}

int main(void)
{
    _cleanup_buf_ struct buf bytes = {0};
    struct arena a = new_arena();
    struct meta m = {0};

    fill_tables(&a, &m);
    meta_encode(&m, &bytes);
    test_round_trip(&a, &bytes);
    test_truncation(&bytes);
    test_flips(&bytes);
    test_refusals(&m);
    test_told_refusals(&m);
    test_more_refusals(&m);
    test_nesting();
    test_counts(&m);
    test_field_shapes();
    test_char_shapes();
    test_buckets();
    test_tables();
    arena_done(&a);
    return check_result();
}
