/* Histograms as they are drawn: the rows that bpftrace 0.26 prints, and the edges of the
 * arithmetic. */
#include "tests/unit/check.h"
#include "tests/unit/runtime_kit.h"

#define MAX_BUCKETS 2048

static const char hist_text[] =
    "@h:\n"
    "(..., 0)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "[0]                    1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "[1]                    1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "[2, 4)                 2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "[4, 8)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "[8, 16)                0 |                                                    |\n"
    "[16, 32)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "[32, 64)               0 |                                                    |\n"
    "[64, 128)              0 |                                                    |\n"
    "[128, 256)             0 |                                                    |\n"
    "[256, 512)             0 |                                                    |\n"
    "[512, 1K)              0 |                                                    |\n"
    "[1K, 2K)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "[2K, 4K)               0 |                                                    |\n"
    "[4K, 8K)               0 |                                                    |\n"
    "[8K, 16K)              0 |                                                    |\n"
    "[16K, 32K)             0 |                                                    |\n"
    "[32K, 64K)             0 |                                                    |\n"
    "[64K, 128K)            0 |                                                    |\n"
    "[128K, 256K)           0 |                                                    |\n"
    "[256K, 512K)           0 |                                                    |\n"
    "[512K, 1M)             0 |                                                    |\n"
    "[1M, 2M)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "\n";

static const char hist_k2_text[] =
    "@h:\n"
    "[1]                    1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "[2]                    0 |                                                    |\n"
    "[3]                    0 |                                                    |\n"
    "[4]                    0 |                                                    |\n"
    "[5]                    0 |                                                    |\n"
    "[6]                    0 |                                                    |\n"
    "[7]                    0 |                                                    |\n"
    "[8, 10)                1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "[10, 12)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "[12, 14)               0 |                                                    |\n"
    "[14, 16)               0 |                                                    |\n"
    "[16, 20)               0 |                                                    |\n"
    "[20, 24)               0 |                                                    |\n"
    "[24, 28)               0 |                                                    |\n"
    "[28, 32)               0 |                                                    |\n"
    "[32, 40)               0 |                                                    |\n"
    "[40, 48)               0 |                                                    |\n"
    "[48, 56)               0 |                                                    |\n"
    "[56, 64)               0 |                                                    |\n"
    "[64, 80)               0 |                                                    |\n"
    "[80, 96)               0 |                                                    |\n"
    "[96, 112)              1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "[112, 128)             0 |                                                    |\n"
    "[128, 160)             0 |                                                    |\n"
    "[160, 192)             0 |                                                    |\n"
    "[192, 224)             0 |                                                    |\n"
    "[224, 256)             0 |                                                    |\n"
    "[256, 320)             0 |                                                    |\n"
    "[320, 384)             0 |                                                    |\n"
    "[384, 448)             0 |                                                    |\n"
    "[448, 512)             0 |                                                    |\n"
    "[512, 640)             0 |                                                    |\n"
    "[640, 768)             0 |                                                    |\n"
    "[768, 896)             0 |                                                    |\n"
    "[896, 1024)            0 |                                                    |\n"
    "[1024, 1280)           0 |                                                    |\n"
    "[1280, 1536)           0 |                                                    |\n"
    "[1536, 1792)           0 |                                                    |\n"
    "[1792, 2048)           0 |                                                    |\n"
    "[2048, 2560)           0 |                                                    |\n"
    "[2560, 3072)           0 |                                                    |\n"
    "[3072, 3584)           0 |                                                    |\n"
    "[3584, 4K)             0 |                                                    |\n"
    "[4K, 5K)               1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "\n";

static const char lhist_text[] =
    "@l:\n"
    "[0, 10)                1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "[10, 20)               2 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "[20, 30)               0 |                                                    |\n"
    "[30, 40)               0 |                                                    |\n"
    "[40, 50)               0 |                                                    |\n"
    "[50, 60)               0 |                                                    |\n"
    "[60, 70)               0 |                                                    |\n"
    "[70, 80)               0 |                                                    |\n"
    "[80, 90)               0 |                                                    |\n"
    "[90, 100)              1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "[100, ...)             1 |@@@@@@@@@@@@@@@@@@@@@@@@@@                          |\n"
    "\n";

static const char hist_keyed_text[] =
    "@h[b]:\n"
    "[2, 4)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "\n"
    "@h[a]:\n"
    "[2, 4)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "[4, 8)                 1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "[8, 16)                0 |                                                    |\n"
    "[16, 32)               0 |                                                    |\n"
    "[32, 64)               0 |                                                    |\n"
    "[64, 128)              0 |                                                    |\n"
    "[128, 256)             0 |                                                    |\n"
    "[256, 512)             1 |@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
    "\n";

/* Bucket of a value, by the definition in abi/abi.h rather than by the code under test. */
static u32 bucket_of(s64 value, u32 bits)
{
    u32 bucket = 1;

    if (value < 0)
        return 0;
    while (bucket + 1 < hist_bucket_count(bits) && hist_bucket_low(bits, bucket + 1) <= (u64)value)
        bucket++;
    return bucket;
}

static void show(struct kit *k, const struct meta_map *map, const u64 *slot, u64 div)
{
    struct table t;

    table_init(&t, &k->meta);
    table_begin(&t, map, (u32)k->meta.types.items[map->value].size);
    CHECK(table_add(&t, (const u8 *)"", (const u8 *)slot, 1) == 0);
    CHECK(table_sort(&t, 0, div) == 0);
    sink_map(&k->sink, &t);
    table_done(&t);
}

static void test_hist(void)
{
    static const s64 values[] = {-1, 0, 1, 2, 3, 7, 20, 1500, 1500000};
    u64 slot[MAX_BUCKETS] = {0};
    struct kit k;

    kit_init(&k);
    for (u32 i = 0; i < ARRAY_SIZE(values); i++)
        slot[bucket_of(values[i], 0)]++;
    show(&k, kit_map(&k, "@h", META_NO_REF, kit_agg(&k, AGG_HIST, true, NULL)), slot, 1);
    CHECK_STR(kit_shown(&k), hist_text);
    kit_done(&k);
}

static void test_hist_bits(void)
{
    static const s64 values[] = {1, 9, 11, 100, 5000};
    static const s64 params[3] = {2};
    u64 slot[MAX_BUCKETS] = {0};
    struct kit k;

    kit_init(&k);
    for (u32 i = 0; i < ARRAY_SIZE(values); i++)
        slot[bucket_of(values[i], 2)]++;
    show(&k, kit_map(&k, "@h", META_NO_REF, kit_agg(&k, AGG_HIST, true, params)), slot, 1);
    CHECK_STR(kit_shown(&k), hist_k2_text);
    kit_done(&k);
}

static void test_hist_keyed(void)
{
    u64 a[66] = {0};
    u64 b[66] = {0};
    struct table t;
    struct kit k;
    const struct meta_map *map = NULL;

    kit_init(&k);
    map = kit_map(&k, "@h", kit_string(&k, 8), kit_agg(&k, AGG_HIST, true, NULL));
    b[bucket_of(2, 0)] = 1;
    a[bucket_of(3, 0)] = 1;
    a[bucket_of(300, 0)] = 1;
    a[bucket_of(4, 0)] = 1;
    table_init(&t, &k.meta);
    table_begin(&t, map, (u32)(hist_bucket_count(0) * 8));
    CHECK(table_add(&t, (const u8 *)"a\0\0\0\0\0\0", (const u8 *)a, 1) == 0);
    CHECK(table_add(&t, (const u8 *)"b\0\0\0\0\0\0", (const u8 *)b, 1) == 0);
    CHECK(table_sort(&t, 0, 1) == 0);
    sink_map(&k.sink, &t);
    CHECK_STR(kit_shown(&k), hist_keyed_text);
    table_done(&t);
    kit_done(&k);
}

static void test_lhist(void)
{
    static const s64 params[3] = {0, 100, 10};
    u64 slot[12] = {[1] = 1, [2] = 2, [10] = 1, [11] = 1};
    struct kit k;

    kit_init(&k);
    show(&k, kit_map(&k, "@l", META_NO_REF, kit_agg(&k, AGG_LHIST, true, params)), slot, 1);
    CHECK_STR(kit_shown(&k), lhist_text);
    kit_done(&k);
}

/* Only the labels of the given buckets, one line each. */
static void check_labels(enum agg_id id, const s64 params[3], u32 first, u32 last,
                         const char *wanted)
{
    u64 slot[MAX_BUCKETS] = {0};
    struct buf labels = {0};
    struct str text;
    struct kit k;

    kit_init(&k);
    slot[first] = slot[last] = 1;
    show(&k, kit_map(&k, "@l", META_NO_REF, kit_agg(&k, id, true, params)), slot, 1);
    text = kit_shown(&k);
    while (text.n > 0) {
        int end = str_index(text, '\n');
        int close = str_index(str_sub(text, 0, (u32)end), ')');

        if (close < 0)
            close = str_index(str_sub(text, 0, (u32)end), ']');
        if (close >= 0) {
            buf_add_str(&labels, str_sub(text, 0, (u32)close + 1));
            buf_add_char(&labels, '\n');
        }
        text = str_sub(text, (u32)end + 1, text.n);
    }
    CHECK_STR(((struct str){labels.p, (u32)labels.n}), wanted);
    buf_done(&labels);
    kit_done(&k);
}

static void test_labels(void)
{
    check_labels(AGG_HIST, (const s64[3]){0}, 63, 65, "[2E, 4E)\n[4E, 8E)\n[8E, 16E)\n");
    check_labels(AGG_HIST, (const s64[3]){5}, 1 + 32 + 6 * 32, 2 + 32 + 6 * 32,
                 "[2048, 2112)\n[2112, 2176)\n");
    check_labels(AGG_LHIST, (const s64[3]){-20, 0, 10}, 0, 3,
                 "(..., -20)\n[-20, -10)\n[-10, 0)\n[0, ...)\n");
    check_labels(AGG_LHIST, (const s64[3]){0, 25, 10}, 1, 4,
                 "[0, 10)\n[10, 20)\n[20, 25)\n[25, ...)\n");
    check_labels(AGG_LHIST, (const s64[3]){0, 3, 1}, 1, 4, "[0]\n[1]\n[2]\n[3, ...)\n");
    check_labels(AGG_LHIST, (const s64[3]){0, 4096, 1024}, 1, 5,
                 "[0, 1K)\n[1K, 2K)\n[2K, 3K)\n[3K, 4K)\n[4K, ...)\n");
    check_labels(AGG_LHIST, (const s64[3]){INT64_MIN, INT64_MAX, INT64_MAX}, 1, 4,
                 "[-9223372036854775808, -1)\n[-1, 9223372036854775806)\n"
                 "[9223372036854775806, 9223372036854775807)\n[9223372036854775807, ...)\n");
}

static void test_extremes(void)
{
    u64 slot[66] = {0};
    struct kit k;

    kit_init(&k);
    /* No entries: the name and an empty line. */
    show(&k, kit_map(&k, "@h", META_NO_REF, kit_agg(&k, AGG_HIST, true, NULL)), slot, 1);
    CHECK_STR(kit_shown(&k), "@h:\n\n");
    /* Counts beyond 2^31, and those that a divisor makes 0. */
    slot[2] = UINT64_MAX;
    slot[3] = UINT64_MAX / 2;
    show(&k, &k.meta.maps.items[0], slot, 1);
    CHECK_STR(kit_shown(&k), "@h:\n"
                             "[1]             18446744073709551615 |"
                             "@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@@|\n"
                             "[2, 4)          9223372036854775807 |"
                             "@@@@@@@@@@@@@@@@@@@@@@@@@                           |\n\n");
    slot[2] = 3;
    slot[3] = 0;
    show(&k, &k.meta.maps.items[0], slot, 10);
    CHECK_STR(kit_shown(&k), "@h:\n[1]                    0 |"
                             "                                                    |\n\n");
    kit_done(&k);
}

int main(void)
{
    test_hist();
    test_hist_bits();
    test_hist_keyed();
    test_lhist();
    test_labels();
    test_extremes();
    return check_result();
}
