/* tseries(n, interval, intervals, function). LAYOUT of a slot: abi/tseries.h. Lanes and CPUs are
 * merged into the first lane.
 *
 *              1                                                   9
 * hh:mm:ss.ms  |___________________________________________________|
 * 12:00:00.500 *                                                   | 1
 * 12:00:01.000 |                                                   | -
 * 12:00:01.500 |                                                   * 9
 *              v___________________________________________________v
 *              1                                                   9 */
#include "abi/tseries.h"
#include "base/clock.h"
#include "runtime/agg.h"
#include "runtime/timestamp.h"

enum {
    GRAPH_COLUMNS = 53, /* with its two edges */
};

/* Words of a bucket. */
enum bucket_word {
    BUCKET_ID,
    BUCKET_VALUE,
    BUCKET_MORE,
};

static enum tseries_function function_of(const struct meta_type *type)
{
    return (enum tseries_function)(type->num3 & ~(u64)TSERIES_OPEN);
}

static u64 lane_bytes(const struct meta_type *type)
{
    return sizeof(u64) * tseries_lane_words((s64)type->num2);
}

/* Bucket i of a lane. */
static u64 bucket_offset(u64 i)
{
    return sizeof(u64) * (1 + i * TSERIES_BUCKET_WORDS);
}

static void add_word(u8 *into, const u8 *from, enum bucket_word word)
{
    agg_word_set(into, word, agg_word(into, word) + agg_word(from, word));
}

/* Of two buckets of one interval. */
static bool is_better(const struct meta_type *type, const u8 *into, const u8 *from)
{
    int order = agg_compare_words(type, agg_word(from, BUCKET_VALUE), agg_word(into, BUCKET_VALUE));

    switch (function_of(type)) {
    case TSERIES_LAST:
        return agg_word(from, BUCKET_MORE) > agg_word(into, BUCKET_MORE);
    case TSERIES_MAX:
        return order > 0;
    case TSERIES_MIN:
        return order < 0;
    default:
        return false;
    }
}

static void merge_bucket(const struct meta_type *type, u8 *into, const u8 *from)
{
    u64 id = agg_word(from, BUCKET_ID);
    bool is_same = id == agg_word(into, BUCKET_ID);

    if (id < agg_word(into, BUCKET_ID))
        return;
    if (!is_same || is_better(type, into, from)) {
        memcpy(into, from, TSERIES_BUCKET_WORDS * sizeof(u64));
    } else if (function_of(type) == TSERIES_AVG) {
        add_word(into, from, BUCKET_VALUE);
        add_word(into, from, BUCKET_MORE);
    } else if (function_of(type) == TSERIES_SUM) {
        add_word(into, from, BUCKET_VALUE);
    }
}

static void tseries_merge(const struct meta_type *type, u8 *into, const u8 *from)
{
    for (u32 lane = 0; lane < tseries_lane_count((s64)type->num3); lane++) {
        const u8 *buckets = from + lane * lane_bytes(type);

        for (u64 i = 0; i < type->num2; i++)
            merge_bucket(type, into + bucket_offset(i), buckets + bucket_offset(i));
    }
}

/* The intervals that are shown: from the oldest one with values to the newest. */
struct range {
    u64 first; /* id */
    u64 n;     /* 0: there are none */
};

static u64 newest_of(const struct meta_type *type, const u8 *slot)
{
    u64 newest = 0;

    for (u64 i = 0; i < type->num2; i++)
        newest = MAX(newest, agg_word(slot + bucket_offset(i), BUCKET_ID));
    return newest;
}

static struct range range_of(const struct meta_type *type, const u8 *slot)
{
    u64 newest = newest_of(type, slot);
    struct range range = {.first = newest};

    for (u64 i = 0; i < type->num2; i++) {
        u64 id = agg_word(slot + bucket_offset(i), BUCKET_ID);

        if (id != 0 && newest - id < type->num2)
            range.first = MIN(range.first, id);
    }
    range.n = newest == 0 ? 0 : newest - range.first + 1;
    return range;
}

static bool tseries_is_set(const struct meta_type *type, const u8 *slot)
{
    return newest_of(type, slot) != 0;
}

/* The value of an interval; false: it has none. */
static bool value_of(const struct meta_type *type, const u8 *slot, u64 id, u64 div, u64 *out)
{
    const u8 *bucket = slot + bucket_offset((id - 1) % type->num2);

    if (agg_word(bucket, BUCKET_ID) != id)
        return false;
    *out = agg_word(bucket, BUCKET_VALUE);
    if (function_of(type) == TSERIES_AVG)
        *out = agg_divide(type, *out, agg_word(bucket, BUCKET_MORE));
    *out = agg_divide(type, *out, div);
    return true;
}

static int tseries_compare(const struct meta_type *type, const u8 *a, const u8 *b)
{
    u64 x = newest_of(type, a);
    u64 y = newest_of(type, b);

    return x < y ? -1 : x > y;
}

/* ---- text ---- */

/* How the begin of an interval is shown: as exactly as intervals are long. */
struct label {
    const char *heading;
    const char *format; /* of timestamp.h */
    size_t n_columns;
};

static const struct label *label_of(const struct meta_type *type)
{
    static const struct label seconds = {"hh:mm:ss", "%H:%M:%S", 8};
    static const struct label milliseconds = {"hh:mm:ss.ms", "%H:%M:%S.%l", 12};
    static const struct label microseconds = {"hh:mm:ss.us", "%H:%M:%S.%f", 15};
    static const struct label nanoseconds = {"hh:mm:ss.ns", "%H:%M:%S.%k", 18};

    return type->num1 % NS_PER_S == 0    ? &seconds
           : type->num1 % NS_PER_MS == 0 ? &milliseconds
           : type->num1 % NS_PER_US == 0 ? &microseconds
                                         : &nanoseconds;
}

static void show_begin(const struct meta_type *type, u64 id, const char *format, struct buf *out)
{
    timestamp_format(str_of(format), (s64)((id - 1) * type->num1), out);
}

/* The graph's columns stand for the numbers from min to max. */
struct scale {
    const struct meta_type *type;
    u64 min, max;
};

static struct scale scale_of(const struct meta_type *type, const u8 *slot, struct range range,
                             u64 div)
{
    struct scale scale = {.type = type};
    bool is_first = true;
    u64 value = 0;

    for (u64 i = 0; i < range.n; i++) {
        if (!value_of(type, slot, range.first + i, div, &value))
            continue;
        if (is_first || agg_compare_words(type, value, scale.min) < 0)
            scale.min = value;
        if (is_first || agg_compare_words(type, value, scale.max) > 0)
            scale.max = value;
        is_first = false;
    }
    return scale;
}

/* Differences of two words are right whatever their sign. */
static size_t column_of(const struct scale *scale, u64 value)
{
    u64 width = scale->max - scale->min;

    if (width == 0)
        return GRAPH_COLUMNS / 2;
    return (size_t)((unsigned __int128)(value - scale->min) * (GRAPH_COLUMNS - 1) / width);
}

/* The numbers at the ends of the scale. */
static void show_ends(const struct scale *scale, size_t indent, struct buf *out)
{
    _cleanup_buf_ struct buf max = {0};
    size_t begin = 0;
    size_t n_columns = 0;

    buf_pad(out, ' ', indent);
    begin = out->n;
    agg_show_word(scale->type, scale->min, out);
    agg_show_word(scale->type, scale->max, &max);
    n_columns = out->n - begin + max.n; // two numbers have 40 digits
    buf_pad(out, ' ', GRAPH_COLUMNS - MIN(n_columns, GRAPH_COLUMNS));
    buf_add(out, max.p, max.n);
    buf_add_char(out, '\n');
    if (max.failed)
        out->failed = true;
}

static void show_edge(char end, struct buf *out)
{
    buf_add_char(out, end);
    buf_pad(out, '_', GRAPH_COLUMNS - 2);
    buf_add_char(out, end);
    buf_add_char(out, '\n');
}

static void show_row(const struct scale *scale, const u64 *value, struct buf *out)
{
    char line[GRAPH_COLUMNS];

    memset(line, ' ', sizeof(line));
    if (agg_compare_words(scale->type, scale->min, 0) < 0 &&
        agg_compare_words(scale->type, scale->max, 0) > 0)
        line[column_of(scale, 0)] = '.'; // the axis
    line[0] = line[GRAPH_COLUMNS - 1] = '|';
    if (value != NULL)
        line[column_of(scale, *value)] = '*';
    buf_add(out, line, sizeof(line));
    buf_add_char(out, ' ');
    if (value != NULL) {
        agg_show_word(scale->type, *value, out);
    } else {
        buf_add_char(out, '-');
    }
    buf_add_char(out, '\n');
}

static void tseries_show(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    struct range range = range_of(type, slot);
    const struct label *label = label_of(type);
    struct scale scale = {0};

    if (range.n == 0) {
        buf_add_cstr(out, "<no data>\n");
        return;
    }
    scale = scale_of(type, slot, range, div);
    show_ends(&scale, label->n_columns + 1, out);
    buf_add_cstr(out, label->heading);
    buf_pad(out, ' ', label->n_columns + 1 - strlen(label->heading));
    show_edge('|', out);
    for (u64 i = 0; i < range.n; i++) {
        u64 value = 0;
        bool has_value = value_of(type, slot, range.first + i, div, &value);

        show_begin(type, range.first + i, label->format, out);
        buf_add_char(out, ' ');
        show_row(&scale, has_value ? &value : NULL, out);
    }
    buf_pad(out, ' ', label->n_columns + 1);
    show_edge('v', out);
    show_ends(&scale, label->n_columns + 1, out);
}

/* ---- other formats ---- */

static void tseries_json(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    struct range range = range_of(type, slot);
    const char *before = "";
    u64 value = 0;

    buf_add_char(out, '[');
    for (u64 i = 0; i < range.n; i++) {
        if (!value_of(type, slot, range.first + i, div, &value))
            continue;
        buf_add_cstr(out, before);
        buf_add_cstr(out, "{\"interval_start\":\"");
        show_begin(type, range.first + i, "%Y-%m-%d %H:%M:%S.%k", out);
        buf_add_cstr(out, "\",\"value\":");
        agg_json_word(type, value, out);
        buf_add_char(out, '}');
        before = ",";
    }
    buf_add_char(out, ']');
}

/* The sum of what is shown. */
static u64 tseries_number(const struct meta_type *type, const u8 *slot)
{
    struct range range = range_of(type, slot);
    u64 total = 0;
    u64 value = 0;

    for (u64 i = 0; i < range.n; i++)
        total += value_of(type, slot, range.first + i, 1, &value) ? value : 0;
    return total;
}

const struct agg_ops agg_ops_tseries = {
    .merge = tseries_merge,
    .is_set = tseries_is_set,
    .compare = tseries_compare,
    .show = tseries_show,
    .json = tseries_json,
    .number = tseries_number,
    .json_type = "tseries",
    .is_block = true,
};
