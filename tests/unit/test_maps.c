/* Folding and ordering of map rows, for each aggregation. */
#include "runtime/table.h"
#include "tests/unit/check.h"
#include "tests/unit/runtime_kit.h"

/* One row of a map from ints: slots of two CPUs, two words each. */
struct row {
    s64 key;
    s64 cpu0[2], cpu1[2];
};

/* Show a per-CPU map of the aggregation. */
static struct str show(struct kit *k, enum agg_id id, bool is_signed, const struct row *rows, u32 n,
                       u64 top)
{
    const struct meta_map *map = kit_map(k, "@", kit_int(k), kit_agg(k, id, is_signed, NULL));
    u32 n_words = (u32)k->meta.types.items[map->value].size / 8;
    struct table t;

    (void)kit_shown(k);
    table_init(&t, &k->meta);
    table_begin(&t, map, n_words * 8);
    for (u32 i = 0; i < n; i++) {
        u8 slots[32];

        memcpy(slots, rows[i].cpu0, (size_t)n_words * 8);
        memcpy(slots + (size_t)n_words * 8, rows[i].cpu1, (size_t)n_words * 8);
        CHECK(table_add(&t, (const u8 *)&rows[i].key, slots, 2) == 0);
    }
    CHECK(table_sort(&t, top, 1) == 0);
    sink_map(&k->sink, &t);
    table_done(&t);
    return kit_shown(k);
}

static void test_aggregations(void)
{
    static const struct row counts[] = {{1, {5}, {0}}, {2, {1}, {2}}, {-3, {0}, {3}}};
    static const struct row sums[] = {{1, {5, 1}, {-9, 1}}, {2, {0, 0}, {7, 1}}};
    static const struct row extremes[] = {{1, {5, 1}, {-9, 1}}, {2, {0, 0}, {7, 1}}};
    static const struct row stats[] = {{1, {12, 2}, {0, 0}}, {2, {1, 1}, {2, 2}}};
    struct kit k;

    kit_init(&k);
    /* Equal counts are ordered by key. */
    CHECK_STR(show(&k, AGG_COUNT, false, counts, 3, 0), "@[-3]: 3\n@[2]: 3\n@[1]: 5\n");
    CHECK_STR(show(&k, AGG_COUNT, false, counts, 3, 1), "@[1]: 5\n");
    CHECK_STR(show(&k, AGG_SUM, true, sums, 2, 0), "@[1]: -4\n@[2]: 7\n");
    CHECK_STR(show(&k, AGG_MIN, true, extremes, 2, 0), "@[1]: -9\n@[2]: 7\n");
    CHECK_STR(show(&k, AGG_MAX, true, extremes, 2, 0), "@[1]: 5\n@[2]: 7\n");
    CHECK_STR(show(&k, AGG_MAX, false, extremes, 2, 0), "@[2]: 7\n@[1]: 18446744073709551607\n");
    CHECK_STR(show(&k, AGG_AVG, true, stats, 2, 0), "@[2]: 1\n@[1]: 6\n");
    /* top does not apply to stats. */
    CHECK_STR(show(&k, AGG_STATS, true, stats, 2, 1),
              "@[2]: { .count = 3, .average = 1, .total = 3 }\n"
              "@[1]: { .count = 2, .average = 6, .total = 12 }\n");
    kit_done(&k);
}

static void test_average_rounds_to_zero(void)
{
    static const struct row rows[] = {{1, {-7, 2}, {0, 0}}};
    struct kit k;

    kit_init(&k);
    CHECK_STR(show(&k, AGG_AVG, true, rows, 1, 0), "@[1]: -3\n");
    kit_done(&k);
}

static void test_is_set(void)
{
    static const u64 zeros[66] = {0};
    static const u64 zero_but_set[66] = {0, 1};
    struct table t;
    struct kit k;

    enum agg_id ids[] = {AGG_SUM, AGG_AVG, AGG_MIN, AGG_MAX, AGG_STATS, AGG_HIST};

    kit_init(&k);
    table_init(&t, &k.meta);
    for (u32 i = 0; i < ARRAY_SIZE(ids); i++) {
        table_begin(&t, kit_map(&k, "@", META_NO_REF, kit_agg(&k, ids[i], true, NULL)), 16);
        CHECK(!table_is_set(&t, (const u8 *)zeros));
        CHECK(table_is_set(&t, (const u8 *)zero_but_set));
    }
    table_begin(&t, kit_map(&k, "@", META_NO_REF, kit_agg(&k, AGG_COUNT, false, NULL)), 8);
    CHECK(!table_is_set(&t, (const u8 *)zeros));
    table_done(&t);
    kit_done(&k);
}

/* A scalar counter that each CPU adds to: numbers add up, and one mark is enough. */
static void test_marked_scalar(void)
{
    static const u64 slots[] = {40, 1, 2, 0};
    struct meta_map map;
    struct table t;
    struct kit k;

    kit_init(&k);
    table_init(&t, &k.meta);
    map = *kit_map(&k, "@x", META_NO_REF, kit_int(&k));
    map.set_offset = 8;
    table_begin(&t, &map, 16);
    CHECK(table_add(&t, (const u8 *)"", (const u8 *)slots, 2) == 0);
    CHECK(table_is_set(&t, (const u8 *)t.values.p));
    CHECK(table_sort(&t, 0, 1) == 0);
    sink_map(&k.sink, &t);
    CHECK_STR(kit_shown(&k), "@x: 42\n");
    CHECK(!table_is_set(&t, (const u8 *)(const u64[]){7, 0}));
    table_done(&t);
    kit_done(&k);
}

/* Strings are ordered by key, bytewise; signed keys as numbers. */
static void test_order_by_key(void)
{
    static const s64 keys[] = {10, -2, 3};
    struct table t;
    struct kit k;

    kit_init(&k);
    table_init(&t, &k.meta);
    table_begin(&t, kit_map(&k, "@k", kit_int(&k), kit_string(&k, 8)), 8);
    CHECK(table_add(&t, (const u8 *)&keys[0], (const u8 *)"b\0\0\0\0\0\0", 1) == 0);
    CHECK(table_add(&t, (const u8 *)&keys[1], (const u8 *)"a\0\0\0\0\0\0", 1) == 0);
    CHECK(table_add(&t, (const u8 *)&keys[2], (const u8 *)"c\0\0\0\0\0\0", 1) == 0);
    CHECK(table_sort(&t, 0, 1) == 0);
    sink_map(&k.sink, &t);
    CHECK_STR(kit_shown(&k), "@k[-2]: a\n@k[3]: c\n@k[10]: b\n");
    table_done(&t);
    kit_done(&k);
}

/* Strings that differ behind what their ranks hold, and rows of equal values. */
static void test_order_of_long_strings(void)
{
    static const char keys[][16] = {"abcdefgh-2", "abcdefgh", "b", "abcdefgh-1", "", "\xff"};
    struct table t;
    struct kit k;

    kit_init(&k);
    table_init(&t, &k.meta);
    table_begin(&t, kit_map(&k, "@k", kit_string(&k, 16), kit_int(&k)), 8);
    for (u32 i = 0; i < ARRAY_SIZE(keys); i++) {
        s64 value = i < 4 ? -5 : 5 - (s64)i;

        CHECK(table_add(&t, (const u8 *)keys[i], (const u8 *)&value, 1) == 0);
    }
    CHECK(table_sort(&t, 0, 1) == 0);
    sink_map(&k.sink, &t);
    CHECK_STR(kit_shown(&k), "@k[abcdefgh]: -5\n@k[abcdefgh-1]: -5\n@k[abcdefgh-2]: -5\n@k[b]: -5\n"
                             "@k[\\xff]: 0\n@k[]: 1\n");
    table_done(&t);
    kit_done(&k);
}

int main(void)
{
    test_aggregations();
    test_average_rounds_to_zero();
    test_is_set();
    test_marked_scalar();
    test_order_by_key();
    test_order_of_long_strings();
    return check_result();
}
