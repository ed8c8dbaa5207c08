/* hist(n, bits): slot { buckets[] }, see hist_bucket_count() in abi/abi.h for which value falls
 * where. */
#include "stdlib/lower.h"

static bool check_hist(struct vocab *v, struct call *c, s64 *params)
{
    if (c->n_args < 2)
        return true;
    if (c->args[1].num > 5) {
        diag_add(v->diags, E_HIST_BITS, c->args[1].span, "hist(): bits must be 0 to 5");
        return false;
    }
    params[0] = (s64)c->args[1].num;
    return true;
}

/* Bucket of a value that is not negative: 1 + value below 2^bits; else 1 + ((p - bits) << bits) +
 * (value >> (p - bits)), p being the power of two below it. */
static void store_bucket(struct lowering *lo, ir_val bucket, ir_val value, s64 bits)
{
    struct ir_builder *b = &lo->b;

    if (bits == 0) { /* 1 for 0, 2 + p else; log2(0) is 0 */
        ir_val is_not_zero = ir_binary(b, IR_NE, value, ir_const(b, 0));
        ir_val sum = ir_binary(b, IR_ADD, ir_unary(b, IR_LOG2, value), is_not_zero);

        ir_store64(b, bucket, 0, ir_binary(b, IR_ADD, sum, ir_const(b, 1)));
        return;
    }

    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, value, ir_const(b, 1LL << bits)));

    ir_store64(b, bucket, 0, ir_binary(b, IR_ADD, value, ir_const(b, 1)));
    lower_else(lo, &br);

    ir_val shift = ir_binary(b, IR_SUB, ir_unary(b, IR_LOG2, value), ir_const(b, bits));
    ir_val base = ir_binary(b, IR_SHL, shift, ir_const(b, bits));
    ir_val sub = ir_binary(b, IR_LSHR, value, shift);

    ir_store64(b, bucket, 0, ir_binary(b, IR_ADD, ir_binary(b, IR_ADD, base, sub), ir_const(b, 1)));
    lower_end_if(lo, &br);
}

/* Values are taken as signed whatever their type: `retval` of a kernel function is unsigned and
 * often an error code. */
static ir_val find_bucket(struct lowering *lo, const struct type *t, ir_val value)
{
    struct ir_builder *b = &lo->b;
    ir_val bucket = ir_slot_addr(b, ir_slot_new(b, "bucket", 8));
    struct branch br = lower_if(lo, ir_binary(b, IR_SLT, value, ir_const(b, 0)));

    ir_store64(b, bucket, 0, ir_const(b, 0));
    lower_else(lo, &br);
    store_bucket(lo, bucket, value, t->params[0]);
    lower_end_if(lo, &br);
    return lower_bucket(lo, ir_load64(b, bucket, 0));
}

const struct agg_desc agg_hist = {
    .id = AGG_HIST,
    .sig = "(int, number?) -> hist",
    .doc = "Histogram in powers of two. `bits` (0 to 5) cuts each power into 2^bits buckets.",
    .example = "BEGIN { @ = hist(3); @ = hist(1500); }",
    .check = check_hist,
    .prepare = find_bucket,
    .update = lower_bucket_add,
};
