/* tseries(n, interval, intervals, function): how the slot of a time series lies in memory.
 *
 * A slot is one lane, or two (TSERIES_OPEN): { busy, buckets[intervals] }, a bucket being
 * { id, value, more }, all of 8 bytes.
 *   id     1 + the time in nanoseconds since 1970, divided by the interval; 0: nothing yet. An
 *          interval has the bucket (id - 1) % intervals, so newer ones take the place of old ones.
 *   value  AVG: the sum of the values; else the value
 *   more   LAST: the time of the value; AVG: how many values there were; else nothing
 * Where programs of a script can interrupt each other (EXEC_OPEN), an update takes a lane that no
 * other one of that CPU is in: several words cannot be written at once. */
#pragma once

#include "base/util.h"

/* What becomes of the values of one interval. The number is part of the format. */
enum tseries_function {
    TSERIES_LAST = 0, /* the last one counts; where none is given */
    TSERIES_AVG = 1,
    TSERIES_MAX = 2,
    TSERIES_MIN = 3,
    TSERIES_SUM = 4,
    TSERIES_FUNCTION_COUNT_
};

/* The aggregation's parameters: interval in nanoseconds, number of intervals, enum tseries_function
 * plus TSERIES_OPEN. */
#define TSERIES_OPEN         8
#define TSERIES_LANES_MAX    2
#define TSERIES_BUCKET_WORDS 3

/* Words of a slot at most: the kernel's PCPU_MIN_UNIT_SIZE bounds what a CPU has of a map's value.
 */
#define TSERIES_WORDS_MAX 4096

static inline u32 tseries_lane_count(s64 function)
{
    return (u64)function & TSERIES_OPEN ? TSERIES_LANES_MAX : 1;
}

/* The largest number of intervals. */
static inline s64 tseries_intervals_max(s64 function)
{
    return (TSERIES_WORDS_MAX / tseries_lane_count(function) - 1) / TSERIES_BUCKET_WORDS;
}

/* Words of a lane with so many intervals. */
static inline u32 tseries_lane_words(s64 intervals)
{
    return 1 + TSERIES_BUCKET_WORDS * (u32)intervals;
}

/* Words of a slot; 0 where the parameters are none. */
static inline u32 tseries_word_count(const s64 params[3])
{
    u64 function = (u64)params[2] & ~(u64)TSERIES_OPEN;

    if (params[0] < 1 || params[1] < 1 || function >= TSERIES_FUNCTION_COUNT_ ||
        params[1] > tseries_intervals_max(params[2]))
        return 0;
    return tseries_lane_count(params[2]) * tseries_lane_words(params[1]);
}
