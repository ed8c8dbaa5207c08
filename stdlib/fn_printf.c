/* Words that do something with a formatted text: printf, errorf, warnf, system, cat, debugf. */
#include <linux/bpf.h>

#include "stdlib/format.h"

static ir_val lower_printf(struct lowering *lo, struct call *c)
{
    (void)format_send(lo, c, SITE_PRINTF);
    return NULL;
}

static ir_val lower_errorf(struct lowering *lo, struct call *c)
{
    (void)format_send(lo, c, SITE_ERRORF);
    return NULL;
}

static ir_val lower_warnf(struct lowering *lo, struct call *c)
{
    (void)format_send(lo, c, SITE_WARNF);
    return NULL;
}

const struct func_desc fn_printf = {
    .name = "printf",
    .sig = "(literal, ...) -> void",
    .doc =
        "Prints as printf(3): %d %i %u %x %X %o %c %s %p with flags, width and precision (`*` too). Integers are "
        "printed whole unless `h` or `hh` cuts them; %s takes any value. %r, %rx and %rh show a buffer as text, as "
        "\\xNN, and as bytes with spaces; %gr the flags of an allocation in the kernel by name.",
    .example = "BEGIN { printf(\"%-8s|%5d|%#x\\n\", \"name\", 42, 255); }",
    .check = format_check,
    .lower = lower_printf,
};

const struct func_desc fn_errorf = {
    .name = "errorf",
    .sig = "(literal, ...) -> void",
    .doc =
        "Shows a text, formatted as by printf(), as an error at its place in the script, on standard error.",
    .example = "BEGIN { errorf(\"cannot work with %d\", 5); }",
    .check = format_check,
    .lower = lower_errorf,
};

const struct func_desc fn_warnf = {
    .name = "warnf",
    .sig = "(literal, ...) -> void",
    .doc = "The same as a warning.",
    .example = "BEGIN { warnf(\"%s is odd\", comm); }",
    .check = format_check,
    .lower = lower_warnf,
};

static ir_val lower_system(struct lowering *lo, struct call *c)
{
    (void)format_send(lo, c, SITE_SYSTEM);
    return NULL;
}

const struct func_desc fn_system = {
    .name = "system",
    .sig = "(literal, ...) -> void",
    .doc =
        "Runs a command, formatted as by printf(), by sh -c; what it prints is part of the output. It runs when "
        "the record is read: the probe does not wait for it, but what comes behind it in the output does. Needs "
        "--unsafe.",
    .example = "BEGIN { system(\"echo %d\", 42); }",
    .flags = FN_UNSAFE,
    .check = format_check,
    .lower = lower_system,
};

static ir_val lower_cat(struct lowering *lo, struct call *c)
{
    lower_site(lo->v, format_send(lo, c, SITE_CAT))->num0 = lo->v->max_cat_bytes;
    return NULL;
}

const struct func_desc fn_cat = {
    .name = "cat",
    .sig = "(literal, ...) -> void",
    .doc =
        "Shows the file whose path is formatted as by printf(), at most 10240 bytes of it (config max_cat_bytes; files that have more are counted), when the record is "
        "read.",
    .example = "BEGIN { cat(\"/proc/%d/comm\", 1); }",
    .check = format_check,
    .lower = lower_cat,
};

enum {
    DEBUG_ARGS = 3, /* of bpf_trace_printk() */
};

static const struct type *check_debugf(struct vocab *v, struct call *c)
{
    const struct type *wrong = format_check(v, c);
    struct str text;

    if (wrong)
        return wrong;
    for (u32 i = 1; i < c->n_args; i++) {
        if (!c->args[i].type || c->args[i].type->kind == TYPE_ERROR)
            return NULL;
    }
    if (c->n_args > 1 + DEBUG_ARGS) {
        diag_add(v->diags, E_ARG_COUNT, c->span, "%.*s() shows up to %d values (%u provided)",
                 STR_ARG(c->name), DEBUG_ARGS, c->n_args - 1);
        return type_error(v->types);
    }
    return format_kernel(v, c, &text) ? NULL : type_error(v->types);
}

static ir_val lower_debugf(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    ir_val args[2 + DEBUG_ARGS];
    struct str text;

    if (!format_kernel(lo->v, c, &text))
        ptl_bug("a format of debugf() that was not checked");
    args[0] = ir_string(b, text, ROUND_UP(text.n + 1, 8u));
    args[1] = ir_const(b, text.n + 1);
    for (u32 i = 1; i < c->n_args; i++) {
        bool is_text = c->args[i].type->kind == TYPE_STRING;

        args[1 + i] = is_text ? ir_unary(b, IR_PTR_TO_INT, c->args[i].val) : c->args[i].val;
    }
    (void)ir_call(b, BPF_FUNC_trace_printk, args, 1 + c->n_args); /* gives the length */
    return NULL;
}

const struct func_desc fn_debugf = {
    .name = "debugf",
    .sig = "(literal, ...) -> void",
    .doc =
        "Prints into the kernel's trace buffer (/sys/kernel/tracing/trace_pipe), at most three values: to debug the script "
        "itself. The buffer is everybody's, and the kernel warns in its log that it is in use.",
    .example = "BEGIN { debugf(\"%s %d\", comm, 5); }",
    .check = check_debugf,
    .lower = lower_debugf,
};
