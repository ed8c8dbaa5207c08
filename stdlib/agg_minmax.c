/* min(n), max(n): slot { value, is_set }.
 *
 * Where programs of a script can interrupt each other (EXEC_OPEN), two words cannot be written at
 * once: is_set is then AGG_SET_CODED, and the value lies XORed with the neutral one, so that a slot
 * of zeros is the neutral element and one word decides. */
#include "stdlib/lower.h"

/* An update begins anew where another program improved the value between two of its instructions:
 * on one CPU, so each try that fails takes an interrupt of its own. */
#define TRIES 4

/* 1 if a is the one of the two that is kept. */
static ir_val is_better(struct lowering *lo, const struct type *t, ir_val a, ir_val b)
{
    enum ir_op less = t->is_signed ? IR_SLT : IR_ULT;

    return t->agg == AGG_MIN ? ir_binary(&lo->b, less, a, b) : ir_binary(&lo->b, less, b, a);
}

/* A value as it lies in a coded slot, and back. */
static ir_val code(struct lowering *lo, const struct type *t, ir_val value)
{
    u64 neutral = agg_neutral(t->agg, t->is_signed);

    return ir_binary(&lo->b, IR_XOR, value, ir_const(&lo->b, (s64)neutral));
}

static void keep(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    struct ir_builder *b = &lo->b;
    ir_val is_empty = ir_binary(b, IR_EQ, ir_load64(b, ptr, 8), ir_const(b, 0));
    ir_val wins = is_better(lo, t, value, ir_load64(b, ptr, 0));
    struct branch br = lower_if(lo, ir_binary(b, IR_OR, is_empty, wins));

    ir_store64(b, ptr, 0, value);
    ir_store64(b, ptr, 8, ir_const(b, AGG_SET));
    lower_end_if(lo, &br);
}

static void keep_coded(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    struct ir_builder *b = &lo->b;
    struct branch wins[TRIES];
    struct branch failed[TRIES];

    for (u32 i = 0; i < TRIES; i++) {
        ir_val old = ir_load64(b, ptr, 0);

        wins[i] = lower_if(lo, is_better(lo, t, value, code(lo, t, old)));

        ir_val before = ir_compare_exchange(b, ptr, 0, old, code(lo, t, value));

        failed[i] = lower_if(lo, ir_binary(b, IR_NE, before, old));
    }
    for (u32 i = TRIES; i-- > 0;) {
        lower_end_if(lo, &failed[i]);
        lower_end_if(lo, &wins[i]);
    }
    ir_store64(b, ptr, 8, ir_const(b, AGG_SET_CODED));
}

static void update_extreme(struct lowering *lo, const struct type *t, ir_val ptr, ir_val value)
{
    if (lo->v->has_open_exec) {
        keep_coded(lo, t, ptr, value);
    } else {
        keep(lo, t, ptr, value);
    }
}

/* A slot that was written counts as one more value. */
static void gather_extreme(struct lowering *lo, const struct type *t, ir_val ptr, ir_val sum)
{
    struct branch br = lower_if(lo, ir_load64(&lo->b, ptr, 8));
    ir_val value = ir_load64(&lo->b, ptr, 0);

    keep(lo, t, sum, lo->v->has_open_exec ? code(lo, t, value) : value);
    lower_end_if(lo, &br);
}

const struct agg_desc agg_min = {
    .id = AGG_MIN,
    .sig = "(int) -> min",
    .doc = "Smallest of the values.",
    .example = "BEGIN { @ = min(5); @ = min(3); }",
    .update = update_extreme,
    .gather = gather_extreme,
    .gathered = lower_gathered_first,
};

const struct agg_desc agg_max = {
    .id = AGG_MAX,
    .sig = "(int) -> max",
    .doc = "Largest of the values.",
    .example = "BEGIN { @ = max(5); @ = max(9); }",
    .update = update_extreme,
    .gather = gather_extreme,
    .gathered = lower_gathered_first,
};
