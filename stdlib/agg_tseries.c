/* tseries(n, interval, intervals, function). LAYOUT of the slot: abi/tseries.h. */
#include <linux/bpf.h>

#include "abi/tseries.h"
#include "stdlib/lower.h"

static const char *const function_names[] = {
    [TSERIES_AVG] = "avg",
    [TSERIES_MAX] = "max",
    [TSERIES_MIN] = "min",
    [TSERIES_SUM] = "sum",
};

static bool find_function(struct vocab *v, const struct call_arg *arg, s64 *out)
{
    for (u32 i = TSERIES_AVG; i < TSERIES_FUNCTION_COUNT_; i++) {
        if (str_eq_c(arg->text, function_names[i])) {
            *out = i;
            return true;
        }
    }
    diag_hint(diag_add(v->diags, E_ARG_RANGE, arg->span, "tseries(): unknown function '%.*s'",
                       STR_ARG(arg->text)),
              "The functions are avg, max, min and sum; without one the last value counts.");
    return false;
}

static bool check_tseries(struct vocab *v, struct call *c, s64 *params)
{
    params[0] = (s64)c->args[1].num;
    params[1] = (s64)c->args[2].num;
    params[2] = TSERIES_LAST;
    if (c->n_args > 3 && !find_function(v, &c->args[3], &params[2]))
        return false;
    if (v->has_open_exec)
        params[2] |= TSERIES_OPEN;

    s64 most = tseries_intervals_max(params[2]);

    if (params[0] < 1) {
        diag_add(v->diags, E_TSERIES_BOUNDS, c->args[1].span,
                 "tseries() interval must be >= 1 (%lld provided)", (long long)params[0]);
        return false;
    }
    if (params[1] >= 1 && params[1] <= most)
        return true;
    diag_add(v->diags, E_TSERIES_BOUNDS, c->args[2].span,
             "tseries() number of intervals must be 1 to %lld (%lld provided)", (long long)most,
             (long long)params[1]);
    return false;
}

/* What an update is given: the value, and where and when it belongs. */
enum event_member {
    EVENT_VALUE = 0,
    EVENT_ID = 8,
    EVENT_TIME = 16,
    EVENT_BUCKET = 24, /* number of the bucket */
    EVENT_BYTES = 32,
};

/* The intervals begin where those of the wall clock do, as it was when the tracer started. */
static ir_val prepare_event(struct lowering *lo, const struct type *t, ir_val value)
{
    struct ir_builder *b = &lo->b;
    ir_val event = ir_slot_addr(b, ir_slot_new(b, "event", EVENT_BYTES));
    ir_val offset = ir_config(b, offsetof(struct ptl_config, wall_offset));
    ir_val now = ir_binary(b, IR_ADD, ir_call(b, BPF_FUNC_ktime_get_boot_ns, NULL, 0), offset);
    ir_val number = ir_binary(b, IR_UDIV, now, ir_const(b, t->params[0]));
    ir_val bucket = ir_binary(b, IR_UMOD, number, ir_const(b, t->params[1]));

    ir_store64(b, event, EVENT_VALUE, value);
    ir_store64(b, event, EVENT_ID, ir_binary(b, IR_ADD, number, ir_const(b, 1)));
    ir_store64(b, event, EVENT_TIME, now);
    ir_store64(b, event, EVENT_BUCKET, lower_bucket(lo, bucket));
    return event;
}

/* A bucket: `ptr` is what its offset is added to. */
struct bucket {
    ir_val ptr;
    s64 offset;
    const struct type *type;
    ir_val event;
};

enum bucket_member {
    BUCKET_ID = 0,
    BUCKET_VALUE = 8,
    BUCKET_MORE = 16,
};

static ir_val load(struct lowering *lo, const struct bucket *k, enum bucket_member member)
{
    return ir_load64(&lo->b, k->ptr, k->offset + member);
}

static void store(struct lowering *lo, const struct bucket *k, enum bucket_member member,
                  ir_val word)
{
    ir_store64(&lo->b, k->ptr, k->offset + member, word);
}

static ir_val of_event(struct lowering *lo, const struct bucket *k, enum event_member member)
{
    return ir_load64(&lo->b, k->event, member);
}

static void add(struct lowering *lo, const struct bucket *k, enum bucket_member member, ir_val word)
{
    store(lo, k, member, ir_binary(&lo->b, IR_ADD, load(lo, k, member), word));
}

static enum tseries_function function_of(const struct type *t)
{
    return (enum tseries_function)(t->params[2] & ~(s64)TSERIES_OPEN);
}

/* The first value of an interval. */
static void begin_interval(struct lowering *lo, const struct bucket *k)
{
    bool is_last = function_of(k->type) == TSERIES_LAST;

    store(lo, k, BUCKET_ID, of_event(lo, k, EVENT_ID));
    store(lo, k, BUCKET_VALUE, of_event(lo, k, EVENT_VALUE));
    store(lo, k, BUCKET_MORE, is_last ? of_event(lo, k, EVENT_TIME) : ir_const(&lo->b, 1));
}

static void keep_if(struct lowering *lo, const struct bucket *k, ir_val cond)
{
    struct branch br = lower_if(lo, cond);

    begin_interval(lo, k);
    lower_end_if(lo, &br);
}

/* A further one. */
static void go_on(struct lowering *lo, const struct bucket *k)
{
    struct ir_builder *b = &lo->b;
    enum ir_op less = k->type->is_signed ? IR_SLT : IR_ULT;
    ir_val value = of_event(lo, k, EVENT_VALUE);

    switch (function_of(k->type)) {
    case TSERIES_LAST: /* a program that was interrupted comes late */
        keep_if(lo, k, ir_binary(b, IR_ULE, load(lo, k, BUCKET_MORE), of_event(lo, k, EVENT_TIME)));
        break;
    case TSERIES_MAX:
        keep_if(lo, k, ir_binary(b, less, load(lo, k, BUCKET_VALUE), value));
        break;
    case TSERIES_MIN:
        keep_if(lo, k, ir_binary(b, less, value, load(lo, k, BUCKET_VALUE)));
        break;
    case TSERIES_AVG:
        add(lo, k, BUCKET_MORE, ir_const(b, 1));
        add(lo, k, BUCKET_VALUE, value);
        break;
    case TSERIES_SUM:
        add(lo, k, BUCKET_VALUE, value);
        break;
    case TSERIES_FUNCTION_COUNT_:
        ptl_bug("a time series without a function");
    }
}

/* What comes so late that a newer interval has the bucket is out of the series. */
static void update_bucket(struct lowering *lo, const struct bucket *k)
{
    struct ir_builder *b = &lo->b;
    ir_val id = of_event(lo, k, EVENT_ID);
    struct branch is_same = lower_if(lo, ir_binary(b, IR_EQ, load(lo, k, BUCKET_ID), id));

    go_on(lo, k);
    lower_else(lo, &is_same);

    struct branch is_newer = lower_if(lo, ir_binary(b, IR_ULT, load(lo, k, BUCKET_ID), id));

    begin_interval(lo, k);
    lower_end_if(lo, &is_newer);
    lower_end_if(lo, &is_same);
}

/* Take the first lane that is free. None is where two programs were interrupted in an update on
 * this CPU, each within some ten instructions. */
static void update_free_lane(struct lowering *lo, ir_val slot, const struct bucket *in_first)
{
    struct ir_builder *b = &lo->b;
    struct branch is_free[TSERIES_LANES_MAX];

    for (u32 i = 0; i < TSERIES_LANES_MAX; i++) {
        s64 begin = 8 * (s64)i * tseries_lane_words(in_first->type->params[1]);
        struct bucket k = *in_first;
        ir_val busy = ir_compare_exchange(b, slot, begin, ir_const(b, 0), ir_const(b, 1));

        k.offset += begin;
        is_free[i] = lower_if(lo, ir_binary(b, IR_EQ, busy, ir_const(b, 0)));
        update_bucket(lo, &k);
        ir_atomic_add(b, slot, begin, ir_const(b, -1)); /* it stays behind what was stored */
        lower_else(lo, &is_free[i]);
    }
    lower_run_error(lo, RUN_ERROR_BUSY, NULL, NULL);
    for (u32 i = TSERIES_LANES_MAX; i-- > 0;)
        lower_end_if(lo, &is_free[i]);
}

/* The verifier must see the bound on the bucket's number. */
static void update_tseries(struct lowering *lo, const struct type *t, ir_val slot, ir_val event)
{
    struct ir_builder *b = &lo->b;
    ir_val number = ir_load64(b, event, EVENT_BUCKET);
    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, number, ir_const(b, t->params[1])));
    ir_val bytes = ir_binary(b, IR_MUL, number, ir_const(b, (s64)8 * TSERIES_BUCKET_WORDS));
    struct bucket k = {ir_ptr_add(b, slot, bytes), 8, t, event};

    if (t->params[2] & TSERIES_OPEN) {
        update_free_lane(lo, slot, &k);
    } else {
        update_bucket(lo, &k);
    }
    lower_end_if(lo, &br);
}

const struct agg_desc agg_tseries = {
    .id = AGG_TSERIES,
    .sig = "(int, number, number, literal?) -> tseries",
    .doc =
        "Time series: tseries(n, interval, intervals, function) keeps the newest `intervals` intervals "
        "of `interval` nanoseconds (500ms, 1s) each. Of the values of an interval it keeps the last "
        "one, or what the function makes of them: \"avg\", \"max\", \"min\" or \"sum\". There are up to "
        "1365 intervals; 682 where the script has probes whose programs can interrupt each other "
        "(user probes, raw tracepoints, fentry).",
    .example = "BEGIN { @ = tseries(5, 1s, 10); @max = tseries(5, 100ms, 20, \"max\"); }",
    .check = check_tseries,
    .prepare = prepare_event,
    .update = update_tseries,
};
