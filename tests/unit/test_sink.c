/* Text of values, printf and map rows: bpftrace's bytes, and where ptrace-lite differs on purpose.
 */
#include "runtime/format.h"
#include "runtime/table.h"
#include "runtime/timestamp.h"
#include "tests/unit/check.h"
#include "tests/unit/runtime_kit.h"

static void put(u8 *at, u64 word)
{
    memcpy(at, &word, sizeof(word));
}

/* Show one value by print(). */
static struct str printed(struct kit *k, u64 type, const void *bytes)
{
    struct meta_site site = {.type = type};

    (void)kit_shown(k);
    sink_value(&k->sink, &site, bytes);
    return kit_shown(k);
}

static void test_values(void)
{
    static const u64 five = 5;
    static const u64 minus = (u64)-7;
    static const u64 yes = 1;
    struct kit k;
    u64 number = 0;
    u64 tuple = 0;
    u8 bytes[32] = {0};

    kit_init(&k);
    number = kit_int(&k);
    CHECK_STR(printed(&k, number, &five), "5\n");
    CHECK_STR(printed(&k, number, &minus), "-7\n");
    CHECK_STR(printed(&k, kit_type(&k, (struct meta_type){.kind = ABI_UINT, .size = 8}), &minus),
              "18446744073709551609\n");
    CHECK_STR(printed(&k, kit_type(&k, (struct meta_type){.kind = ABI_BOOL, .size = 8}), &yes),
              "true\n");
    CHECK_STR(printed(&k, kit_type(&k, (struct meta_type){.kind = ABI_POINTER, .size = 8}), &five),
              "0x5\n");
    CHECK_STR(printed(&k, kit_type(&k, (struct meta_type){.kind = ABI_KSYM, .size = 8}), &five),
              "0x5\n");
    CHECK_STR(printed(&k, kit_string(&k, 8), "hel\0garb"), "hel\n");
    CHECK_STR(printed(&k, kit_string(&k, 8), "abcdefgh"), "abcdefgh\n");
    /* (1, "hello", (2, 3)) */
    tuple = kit_tuple(&k, (const u64[]){number, number}, 2);
    tuple = kit_tuple(&k, (const u64[]){number, kit_string(&k, 8), tuple}, 3);
    CHECK(k.meta.types.items[tuple].size == 32);
    put(bytes, 1);
    memcpy(bytes + 8, "hello", 6);
    put(bytes + 16, 2);
    put(bytes + 24, 3);
    CHECK_STR(printed(&k, tuple, bytes), "(1, hello, (2, 3))\n");
    kit_done(&k);
}

static void test_escapes(void)
{
    struct kit k;
    u64 text = 0;
    u64 literal = 0;

    kit_init(&k);
    text = kit_string(&k, 16);
    literal = kit_type(&k, (struct meta_type){.kind = ABI_STRING, .size = 16, .num0 = 1});
    CHECK_STR(printed(&k, text, "a\x1b[2J\tb\nc\x7f\0\0\0\0\0"), "a\\x1b[2J\tb\nc\\x7f\n");
    CHECK_STR(printed(&k, text, "\xc3\xa4 \xff\xc3 \xc2\x9b\0\0\0\0\0\0\0\0"),
              "\xc3\xa4 \\xff\\xc3 \\xc2\\x9b\n");
    CHECK_STR(printed(&k, literal, "a\x1b[2J\0\0\0\0\0\0\0\0\0\0"), "a\x1b[2J\n");
    k.env.is_raw = true;
    CHECK_STR(printed(&k, text, "a\x1b\xff\0\0\0\0\0\0\0\0\0\0\0\0"), "a\x1b\xff\n");
    kit_done(&k);
}

/* Show one conversion of a word. */
static struct str number(struct kit *k, char conv, u64 flags, u64 width, u64 precision, u64 word)
{
    struct meta_site site = {.n_pieces = 1, .payload_size = 8};

    k->meta.pieces.n = 0;
    *vec_push(&k->arena, &k->meta.pieces) = (struct meta_piece){
        .conv = (u64)conv,
        .flags = flags,
        .width = width,
        .precision = precision,
        .width_offset = META_NO_REF,
        .precision_offset = META_NO_REF,
    };
    (void)kit_shown(k);
    sink_printf(&k->sink, &site, (const u8 *)&word);
    return kit_shown(k);
}

#define NONE META_NO_REF

static void test_numbers(void)
{
    struct kit k;

    kit_init(&k);
    (void)kit_int(&k); // type 0
    CHECK_STR(number(&k, 'd', 0, NONE, NONE, (u64)-5), "-5");
    CHECK_STR(number(&k, 'i', 0, NONE, NONE, (u64)INT64_MIN), "-9223372036854775808");
    CHECK_STR(number(&k, 'u', 0, NONE, NONE, UINT64_MAX), "18446744073709551615");
    CHECK_STR(number(&k, 'x', 0, NONE, NONE, 0xdeadbeefcafe), "deadbeefcafe");
    CHECK_STR(number(&k, 'X', 0, NONE, NONE, 255), "FF");
    CHECK_STR(number(&k, 'o', 0, NONE, NONE, 8), "10");
    CHECK_STR(number(&k, 'c', 0, NONE, NONE, 65), "A");
    CHECK_STR(number(&k, 'c', 0, 3, NONE, 65), "  A");
    CHECK_STR(number(&k, 'd', 0, 5, NONE, 42), "   42");
    CHECK_STR(number(&k, 'd', PIECE_FLAG_MINUS, 5, NONE, 42), "42   ");
    CHECK_STR(number(&k, 'd', PIECE_FLAG_ZERO, 5, NONE, 42), "00042");
    CHECK_STR(number(&k, 'd', PIECE_FLAG_ZERO, 5, NONE, (u64)-42), "-0042");
    CHECK_STR(number(&k, 'd', PIECE_FLAG_ZERO, 6, 3, 42), "   042");
    CHECK_STR(number(&k, 'd', PIECE_FLAG_PLUS, NONE, NONE, 42), "+42");
    CHECK_STR(number(&k, 'd', PIECE_FLAG_SPACE, NONE, NONE, 42), " 42");
    CHECK_STR(number(&k, 'x', PIECE_FLAG_HASH, NONE, NONE, 255), "0xff");
    CHECK_STR(number(&k, 'x', PIECE_FLAG_HASH, NONE, NONE, 0), "0");
    CHECK_STR(number(&k, 'x', PIECE_FLAG_HASH | PIECE_FLAG_ZERO, 8, NONE, 255), "0x0000ff");
    CHECK_STR(number(&k, 'o', PIECE_FLAG_HASH, NONE, NONE, 8), "010");
    CHECK_STR(number(&k, 'd', 0, NONE, 0, 0), "");
    CHECK_STR(number(&k, 'p', 0, NONE, NONE, 0), "0");
    CHECK_STR(number(&k, 'p', 0, NONE, NONE, 0xffffffff81000000), "0xffffffff81000000");
    CHECK_STR(number(&k, 's', 0, 4, NONE, 42), "  42");
    kit_done(&k);
}

static void test_strings_in_printf(void)
{
    struct kit k;
    struct meta_site site = {.n_pieces = 4, .payload_size = 40};
    struct meta_piece piece = {
        .conv = 's',
        .width = NONE,
        .precision = NONE,
        .width_offset = NONE,
        .precision_offset = NONE,
    };
    u8 payload[40] = "abcdef";

    kit_init(&k);
    piece.type = kit_string(&k, 8);
    piece.width = 10;
    piece.literal = STR("[");
    *vec_push(&k.arena, &k.meta.pieces) = piece;
    piece.flags = PIECE_FLAG_MINUS;
    piece.literal = STR("|");
    *vec_push(&k.arena, &k.meta.pieces) = piece;
    piece.flags = 0;
    piece.width = NONE;
    piece.width_offset = 8;
    piece.precision_offset = 16;
    *vec_push(&k.arena, &k.meta.pieces) = piece;
    *vec_push(&k.arena, &k.meta.pieces) = (struct meta_piece){.literal = STR("]\n")};
    put(payload + 8, (u64)-6);
    put(payload + 16, 4);
    sink_printf(&k.sink, &site, payload);
    CHECK_STR(kit_shown(&k), "[    abcdef|abcdef    |abcd  ]\n");
    /* A huge `*` is bounded, a negative precision is none. */
    put(payload + 8, (u64)INT64_MIN);
    put(payload + 16, (u64)-1);
    sink_printf(&k.sink, &site, payload);
    CHECK(k.sink.text.n < 5000 && k.sink.text.n > 4000);
    kit_done(&k);
}

static void test_buffers_in_printf(void)
{
    static const struct {
        u64 flags, width, precision;
        const char *wanted;
    } cases[] = {
        {0, META_NO_REF, META_NO_REF, "ab\\x02c"},
        {PIECE_FLAG_HEX, META_NO_REF, META_NO_REF, "\\x61\\x62\\x02\\x63"},
        {PIECE_FLAG_SPACED, META_NO_REF, META_NO_REF, "61 62 02 63"},
        {PIECE_FLAG_SPACED, 8, 2, "   61 62"},
        {PIECE_FLAG_MINUS, 4, 1, "a   "},
        {PIECE_FLAG_HEX, META_NO_REF, 0, ""},
    };

    struct {
        u64 n;
        char bytes[8];
    } value = {4, "ab\x02"
                  "cdef"};
    struct kit k;
    struct meta_site site = {.n_pieces = 1};

    kit_init(&k);
    for (u32 i = 0; i < ARRAY_SIZE(cases); i++) {
        struct meta_piece piece = {
            .conv = 'r',
            .flags = cases[i].flags,
            .width = cases[i].width,
            .precision = cases[i].precision,
            .width_offset = META_NO_REF,
            .precision_offset = META_NO_REF,
            .type = kit_type(&k, (struct meta_type){.kind = ABI_BUFFER, .size = 16}),
        };

        site.first_piece = k.meta.pieces.n;
        *vec_push(&k.arena, &k.meta.pieces) = piece;
        sink_printf(&k.sink, &site, (const u8 *)&value);
        CHECK_STR(kit_shown(&k), cases[i].wanted);
    }
    kit_done(&k);
}

static void test_rows(void)
{
    struct kit k;
    struct table t;
    u64 key = 0;
    u64 value = 30;
    u8 bytes[24] = {0};
    const struct meta_map *map = NULL;

    kit_init(&k);
    table_init(&t, &k.meta);
    key = kit_int(&k);
    map = kit_map(&k, "@m", kit_tuple(&k, (const u64[]){key, kit_string(&k, 8), key}, 3), key);
    table_begin(&t, map, 8);
    put(bytes, 1);
    memcpy(bytes + 8, "two", 4);
    put(bytes + 16, 3);
    CHECK(table_add(&t, bytes, (const u8 *)&value, 1) == 0);
    CHECK(table_sort(&t, 0, 10) == 0);
    sink_map(&k.sink, &t);
    CHECK_STR(kit_shown(&k), "@m[1, two, 3]: 3\n");
    table_begin(&t, kit_map(&k, "@x", META_NO_REF, key), 8);
    CHECK(table_add(&t, bytes, (const u8 *)&value, 1) == 0);
    CHECK(table_sort(&t, 0, 1) == 0);
    sink_map(&k.sink, &t);
    sink_end(&k.sink);
    CHECK_STR(kit_shown(&k), "@x: 30\n\n\n");
    table_done(&t);
    kit_done(&k);
}

static void test_time(void)
{
    struct buf out = {0};

    CHECK(timestamp_seconds(STR("at %Y%%"), (s64)86400 * 400, &out));
    CHECK_STR(((struct str){out.p, (u32)out.n}), "at 1971%");
    buf_done(&out);
}

static void test_output_fails(void)
{
    FILE *full = fopen("/dev/full", "w");
    struct meta_site site = {.type = 0};
    static const u64 word = 5;
    struct kit k;

    kit_init(&k);
    (void)kit_int(&k);
    CHECK(full != NULL);
    k.sink.out = full;
    sink_value(&k.sink, &site, (const u8 *)&word);
    CHECK(sink_flush(&k.sink) < 0);
    CHECK(sink_flush(&k.sink) < 0); // it is not forgotten
    (void)fclose(full);
    kit_done(&k);
}

int main(void)
{
    test_values();
    test_escapes();
    test_numbers();
    test_strings_in_printf();
    test_buffers_in_printf();
    test_rows();
    test_time();
    test_output_fails();
    return check_result();
}
