/* lhist(n, min, max, step): slot { buckets[] }: below min, the steps, max and above. */
#include "stdlib/lower.h"

/* As many as bpftrace allows; with the two outer ones 8 KiB a key and CPU. */
#define MAX_BUCKETS 1000

static bool check_lhist(struct vocab *v, struct call *c, s64 *params)
{
    for (u32 i = 0; i < 3; i++)
        params[i] = (s64)c->args[i + 1].num;

    u64 range = (u64)params[1] - (u64)params[0];

    if (params[2] <= 0) {
        diag_add(v->diags, E_LHIST_BOUNDS, c->args[3].span, "lhist() step must be >= 1");
        return false;
    }
    if (params[0] >= params[1]) {
        diag_add(v->diags, E_LHIST_BOUNDS, c->span, "lhist() min must be less than max");
        return false;
    }
    if (range / (u64)params[2] > MAX_BUCKETS) {
        diag_add(v->diags, E_LHIST_BOUNDS, c->span,
                 "lhist() too many buckets, must be <= %d (would need %llu)", MAX_BUCKETS,
                 (unsigned long long)(range / (u64)params[2]));
        return false;
    }
    return true;
}

/* value / step for a value below `limit`. A division is an order of magnitude dearer than to
 * multiply by 2^shift / step, rounded up: for values of n bits that is exact with a shift of n bits
 * more than step has, and the product has at most 2n + 1. */
static ir_val divide(struct lowering *lo, ir_val value, u64 limit, u64 step)
{
    struct ir_builder *b = &lo->b;
    u32 n_bits = 64 - (u32)__builtin_clzll(limit);
    u32 shift = n_bits + 64 - (u32)__builtin_clzll(step);

    if (step >= limit)
        return ir_const(b, 0);
    if (n_bits > 31)
        return ir_binary(b, IR_UDIV, value, ir_const(b, (s64)step));

    u64 factor = (((u64)1 << shift) + step - 1) / step;
    ir_val product = ir_binary(b, IR_MUL, value, ir_const(b, (s64)factor));

    return ir_binary(b, IR_LSHR, product, ir_const(b, shift));
}

/* Signed whatever the value's type, as in hist(). */
static ir_val find_bucket(struct lowering *lo, const struct type *t, ir_val value)
{
    struct ir_builder *b = &lo->b;
    s64 min = t->params[0];
    s64 max = t->params[1];
    ir_val bucket = ir_slot_addr(b, ir_slot_new(b, "bucket", 8));
    ir_val last = ir_const(b, (s64)lhist_bucket_count(min, max, t->params[2]) - 1);
    struct branch is_above = lower_if(lo, ir_binary(b, IR_SLE, ir_const(b, max), value));

    ir_store64(b, bucket, 0, last);
    lower_else(lo, &is_above);

    struct branch is_below = lower_if(lo, ir_binary(b, IR_SLT, value, ir_const(b, min)));

    ir_store64(b, bucket, 0, ir_const(b, 0));
    lower_else(lo, &is_below);

    ir_val distance = ir_binary(b, IR_SUB, value, ir_const(b, min));
    ir_val step = divide(lo, distance, (u64)max - (u64)min, (u64)t->params[2]);

    ir_store64(b, bucket, 0, ir_binary(b, IR_ADD, step, ir_const(b, 1)));
    lower_end_if(lo, &is_below);
    lower_end_if(lo, &is_above);
    return lower_bucket(lo, ir_load64(b, bucket, 0));
}

const struct agg_desc agg_lhist = {
    .id = AGG_LHIST,
    .sig = "(int, number, number, number) -> lhist",
    .doc =
        "Histogram in steps: lhist(n, min, max, step). Values below min and from max on have buckets of their own.",
    .example = "BEGIN { @ = lhist(15, 0, 100, 10); }",
    .check = check_lhist,
    .prepare = find_bucket,
    .update = lower_bucket_add,
};
