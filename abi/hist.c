/* Bucket arithmetic of hist() and lhist(), and the sizes of all aggregations' slots: the compiler
 * sizes maps by it, the runtime labels rows by it. The layouts are documented in abi.h and agg.def.
 */
#include "abi/abi.h"
#include "abi/tseries.h"

u32 hist_bucket_count(u32 bits)
{
    return 1 + (1u << bits) + ((64 - bits) << bits);
}

u64 hist_bucket_low(u32 bits, u32 bucket)
{
    u32 per_power = 1u << bits, above = 0, power = 0;

    if (bucket <= per_power)
        return bucket == 0 ? 0 : bucket - 1;
    above = bucket - 1 - per_power;
    power = bits + above / per_power;
    if (power >= 64)
        return 0;
    return ((u64)1 << power) + ((u64)(above % per_power) << (power - bits));
}

u32 lhist_bucket_count(s64 min, s64 max, s64 step)
{
    u64 range = 0, n = 0;

    if (step <= 0 || max <= min)
        return 2;
    range = (u64)max - (u64)min;
    n = range / (u64)step + (range % (u64)step != 0);
    return n > UINT32_MAX - 2 ? UINT32_MAX : (u32)n + 2;
}

u32 agg_word_count(enum agg_id agg, const s64 params[3])
{
    switch (agg) {
    case AGG_COUNT:
        return 1;
    case AGG_SUM:
    case AGG_AVG:
    case AGG_MIN:
    case AGG_MAX:
    case AGG_STATS:
        return 2;
    case AGG_HIST:
        return params[0] < 0 || params[0] > HIST_BITS_MAX ? 0 : hist_bucket_count((u32)params[0]);
    case AGG_LHIST:
        return lhist_bucket_count(params[0], params[1], params[2]);
    case AGG_TSERIES:
        return tseries_word_count(params);
    case AGG_COUNT_:
        break;
    }
    return 0;
}
