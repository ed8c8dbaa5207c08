/* Time series: slots of CPUs and lanes merged, windows, and how they are drawn.
 * covers: diag:558 (test_replay.c shows it) */
#include <stdlib.h>

#include "abi/tseries.h"
#include "runtime/agg.h"
#include "tests/unit/check.h"
#include "tests/unit/runtime_kit.h"

#define MS         ((u64)1000000)
#define UNDERLINES "___________________________________________________"
#define SPACES     "                                                   "

enum {
    INTERVALS = 4,
    LANE_WORDS = 1 + TSERIES_BUCKET_WORDS * INTERVALS,
};

/* Put a value into a lane: its interval's id, from 1. */
static void put(u64 *lane, u64 id, u64 value, u64 more)
{
    u64 *bucket = lane + 1 + TSERIES_BUCKET_WORDS * ((id - 1) % INTERVALS);

    bucket[0] = id;
    bucket[1] = value;
    bucket[2] = more;
}

/* Show what n_slots slots are together, as a map without key. */
static struct str shown(struct kit *k, const s64 params[3], bool is_signed, const u64 *slots,
                        u32 n_slots, u64 div)
{
    const struct meta_map *m =
        kit_map(k, "@a", META_NO_REF, kit_agg(k, AGG_TSERIES, is_signed, params));
    struct table t;

    table_init(&t, &k->meta);
    table_begin(&t, m, (u32)k->meta.types.items[m->value].size);
    CHECK(table_add(&t, (const u8 *)"", (const u8 *)slots, n_slots) == 0);
    CHECK(table_sort(&t, 0, div) == 0);
    sink_map(&k->sink, &t);
    table_done(&t);
    return kit_shown(k);
}

static void test_drawing(void)
{
    static const s64 params[3] = {500 * MS, INTERVALS, TSERIES_LAST};
    u64 slot[LANE_WORDS] = {0};
    struct kit k;

    kit_init(&k);
    CHECK_STR(shown(&k, params, true, slot, 1, 1), "@a:\n<no data>\n\n");
    put(slot, 86402, (u64)-9, 1);
    put(slot, 86404, 1, 1);
    CHECK_STR(shown(&k, params, true, slot, 1, 1),
              "@a:\n"
              "             -9                                                  1\n"
              "hh:mm:ss.ms  |" UNDERLINES "|\n"
              "12:00:00.500 *                                             .     | -9\n"
              "12:00:01.000 |                                             .     | -\n"
              "12:00:01.500 |                                             .     * 1\n"
              "             v" UNDERLINES "v\n"
              "             -9                                                  1\n"
              "\n");
    /* what the ring does not reach any more, and numbers as long as they get */
    put(slot, 86406, (u64)INT64_MIN, 1);
    put(slot, 86407, INT64_MAX, 1);
    CHECK_STR(
        shown(&k, params, true, slot, 1, 1),
        "@a:\n"
        "             -9223372036854775808              9223372036854775807\n"
        "hh:mm:ss.ms  |" UNDERLINES "|\n"
        "12:00:01.500 |                         *                         | 1\n"
        "12:00:02.000 |                         .                         | -\n"
        "12:00:02.500 *                         .                         | -9223372036854775808\n"
        "12:00:03.000 |                         .                         * 9223372036854775807\n"
        "             v" UNDERLINES "v\n"
        "             -9223372036854775808              9223372036854775807\n"
        "\n");
    kit_done(&k);
}

/* One value is in the middle; the heading says how exact the times are. */
static void test_units(void)
{
    static const struct {
        s64 interval;
        const char *heading, *time;
    } units[] = {
        {(s64)(3600000 * MS), "hh:mm:ss", "01:00:00"},
        {MS, "hh:mm:ss.ms ", "00:00:00.001"},
        {MS * 3 / 2, "hh:mm:ss.us    ", "00:00:00.001500"},
        {1, "hh:mm:ss.ns       ", "00:00:00.000000001"},
    };

    u64 slot[LANE_WORDS] = {0};
    char wanted[1024];

    put(slot, 2, 7, 1);
    for (u32 i = 0; i < ARRAY_SIZE(units); i++) {
        const s64 params[3] = {units[i].interval, INTERVALS, TSERIES_SUM};
        int indent = (int)strlen(units[i].time) + 1;
        struct kit k;

        kit_init(&k);
        (void)snprintf(wanted, sizeof(wanted),
                       "@a:\n%*s7" SPACES "7\n%s |" UNDERLINES
                       "|\n%s |%.25s*%.25s| 7\n%*sv" UNDERLINES "v\n%*s7" SPACES "7\n\n",
                       indent, "", units[i].heading, units[i].time, SPACES, SPACES, indent, "",
                       indent, "");
        CHECK_STR(shown(&k, params, false, slot, 1, 1), str_of(wanted));
        kit_done(&k);
    }
}

/* The rows' values alone, "1 - 3". */
static void check_values(s64 function, bool is_signed, u64 div, const char *wanted)
{
    const s64 params[3] = {1000 * MS, INTERVALS, function | TSERIES_OPEN};
    u64 slots[2][2][LANE_WORDS] = {0}; // CPU, lane
    _cleanup_buf_ struct buf values = {0};
    struct str text;
    struct kit k;

    put(slots[0][0], 5, 10, 3);
    put(slots[0][0], 7, (u64)-40, 1);
    put(slots[0][1], 5, 20, 7);
    put(slots[1][0], 5, 70, 2);
    put(slots[1][1], 3, 1, 9); // older than what the others have there: out
    put(slots[1][1], 8, 5, 9);
    kit_init(&k);
    text = shown(&k, params, is_signed, slots[0][0], 2, div);
    for (u32 i = 0, begin = 0; i < text.n; i++) {
        if (text.p[i] != '\n')
            continue;
        if (text.p[begin] == '0') { // of a row: behind the time and the graph
            buf_add_str(&values, str_sub(text, begin + 63, i));
            buf_add_char(&values, ' ');
        }
        begin = i + 1;
    }
    CHECK_STR(((struct str){values.p, (u32)values.n}), str_of(wanted));
    kit_done(&k);
}

static void test_merge(void)
{
    check_values(TSERIES_LAST, true, 1, "20 - -40 5 ");
    check_values(TSERIES_SUM, true, 1, "100 - -40 5 ");
    check_values(TSERIES_SUM, true, 10, "10 - -4 0 ");
    check_values(TSERIES_AVG, true, 1, "8 - -40 0 ");
    check_values(TSERIES_MIN, true, 1, "10 - -40 5 ");
    check_values(TSERIES_MAX, true, 1, "70 - -40 5 ");
    check_values(TSERIES_MAX, false, 1, "70 - 18446744073709551576 5 ");
}

/* Anybody may have written the map: ids that belong elsewhere, or are as large as they get. */
static void test_foreign(void)
{
    static const s64 params[3] = {INT64_MAX, INTERVALS, TSERIES_AVG};
    u64 slot[LANE_WORDS] = {[1] = UINT64_MAX, [2] = 1, [4] = UINT64_MAX - 1, [7] = 1, [10] = 2};
    const struct agg_ops *ops = agg_ops(AGG_TSERIES);
    _cleanup_buf_ struct buf out = {0};
    struct kit k;
    struct str text;

    kit_init(&k);
    text = shown(&k, params, false, slot, 1, 0);
    CHECK(text.n > 0);
    ops->json(&k.meta.types.items[0], (const u8 *)slot, 1, &out);
    CHECK(ops->number(&k.meta.types.items[0], (const u8 *)slot) == 0);
    kit_done(&k);
}

int main(void)
{
    (void)setenv("TZ", "UTC", 1); // NOLINT(concurrency-mt-unsafe): one thread
    CHECK(tseries_word_count((const s64[3]){1, 1365, TSERIES_SUM}) == 4096);
    CHECK(tseries_word_count((const s64[3]){1, 1366, TSERIES_SUM}) == 0);
    CHECK(tseries_word_count((const s64[3]){1, 682, TSERIES_OPEN}) == 2 * 2047);
    CHECK(tseries_word_count((const s64[3]){1, 1, TSERIES_FUNCTION_COUNT_}) == 0);
    CHECK(tseries_word_count((const s64[3]){0, 1, 0}) == 0);
    test_drawing();
    test_units();
    test_merge();
    test_foreign();
    return check_result();
}
