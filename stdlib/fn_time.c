/* Words about time. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

static ir_val boot_ns(struct lowering *lo)
{
    return ir_call(&lo->b, BPF_FUNC_ktime_get_boot_ns, NULL, 0);
}

/* CLOCK_TAI by software: the monotonic clock and what it was behind when the tracer started. */
static ir_val software_tai_ns(struct lowering *lo)
{
    ir_val offset = ir_config(&lo->b, offsetof(struct ptl_config, tai_offset));

    return ir_binary(&lo->b, IR_ADD, ir_call(&lo->b, BPF_FUNC_ktime_get_ns, NULL, 0), offset);
}

static bool is_clock(const struct call *c, const char *name)
{
    return str_eq_c(c->args[0].text, name);
}

static const struct type *check_nsecs(struct vocab *v, struct call *c)
{
    if (c->n_args == 0 || is_clock(c, "boot") || is_clock(c, "monotonic") || is_clock(c, "tai") ||
        is_clock(c, "sw_tai"))
        return NULL;
    diag_hint(diag_add(v->diags, E_ARG_RANGE, c->args[0].span, "nsecs(): unknown clock '%.*s'",
                       STR_ARG(c->args[0].text)),
              "The clocks are boot, monotonic, tai and sw_tai.");
    return type_error(v->types);
}

static ir_val lower_nsecs(struct lowering *lo, struct call *c)
{
    if (c->n_args == 0 || is_clock(c, "boot"))
        return boot_ns(lo);
    if (is_clock(c, "monotonic"))
        return ir_call(&lo->b, BPF_FUNC_ktime_get_ns, NULL, 0);
    if (is_clock(c, "tai"))
        return ir_call(&lo->b, BPF_FUNC_ktime_get_tai_ns, NULL, 0);
    return software_tai_ns(lo);
}

const struct func_desc fn_nsecs = {
    .name = "nsecs",
    .sig = "(word?) -> uint64",
    .doc =
        "Nanoseconds since boot, with the time that the machine slept (CLOCK_BOOTTIME). Of another "
        "clock: nsecs(monotonic), nsecs(tai), and nsecs(sw_tai), which is CLOCK_TAI for kernels "
        "before 6.1, as exact as the clocks were in step when the tracer started.",
    .example = "BEGIN { $start = nsecs; if (nsecs >= $start) { print(\"ok\"); } }",
    .flags = FN_VARIABLE,
    .check = check_nsecs,
    .lower = lower_nsecs,
};

static ir_val lower_elapsed(struct lowering *lo, struct call *c)
{
    ir_val start = ir_config(&lo->b, offsetof(struct ptl_config, start_ns));

    (void)c;
    return ir_binary(&lo->b, IR_SUB, boot_ns(lo), start);
}

const struct func_desc fn_elapsed = {
    .name = "elapsed",
    .sig = "() -> uint64",
    .doc = "Nanoseconds since the tracer started.",
    .example = "BEGIN { if (elapsed < 1h) { print(\"ok\"); } }",
    .flags = FN_VARIABLE,
    .lower = lower_elapsed,
};

static ir_val lower_time(struct lowering *lo, struct call *c)
{
    u64 site = lower_site_new(lo->v, SITE_TIME, c->span);

    lower_site(lo->v, site)->text = c->n_args ? c->args[0].text : STR("%H:%M:%S\n");

    struct record r = lower_record_begin(lo, site);

    lower_record_end(lo, &r);
    return NULL;
}

const struct func_desc fn_time = {
    .name = "time",
    .sig = "(literal?) -> void",
    .doc =
        "Prints the local time of day in a format of strftime(3); \"%H:%M:%S\\n\" if none is given. "
        "The time is taken when the record is printed.",
    .example = "BEGIN { time(\"%Y\\n\"); }",
    .lower = lower_time,
};

static const struct type *check_strftime(struct vocab *v, struct call *c)
{
    return type_shape(v->types, SHAPE_TIMESTAMP, c->args[0].text);
}

static ir_val lower_strftime(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    ir_val slot = ir_slot_addr(b, ir_slot_new(b, "timestamp", shape_size(SHAPE_TIMESTAMP)));

    ir_store64(b, slot, 0, c->args[1].val);
    return slot;
}

const struct func_desc fn_strftime = {
    .name = "strftime",
    .sig = "(literal, int) -> ?",
    .doc =
        "Nanoseconds since boot (nsecs) that are shown as local time in a format of strftime(3). %f gives the "
        "microseconds of the second, %k its nanoseconds, %l its milliseconds.",
    .example = "BEGIN { printf(\"%s\\n\", strftime(\"%H:%M:%S.%l\", nsecs)); }",
    .check = check_strftime,
    .lower = lower_strftime,
};
