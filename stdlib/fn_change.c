/* Words that change what traced programs do: signal, signal_thread, override,
 * write_user. All need --unsafe. */
#include <string.h>

#include <linux/bpf.h>

#include "stdlib/lower.h"

enum {
    SIGNAL_MAX = 64,
};

/* The signal of a name, with or without its SIG; 0 if there is none. */
static u64 signal_number(struct str name)
{
    if (str_starts(name, "SIG"))
        name = str_sub(name, 3, name.n);
    for (int i = 1; i <= SIGNAL_MAX; i++) {
        const char *known = sigabbrev_np(i);

        if (known && str_eq_c(name, known))
            return (u64)i;
    }
    return 0;
}

static const struct type *check_signal(struct vocab *v, struct call *c)
{
    const struct call_arg *arg = &c->args[0];
    const struct type *t = arg->type;

    if (!type_is_known(t))
        return NULL;
    if (t->kind == TYPE_STRING && arg->is_const) {
        if (signal_number(arg->text))
            return NULL;
        diag_add(v->diags, E_SIGNAL, c->span, "%.*s is not a valid signal", STR_ARG(arg->text));
        return type_error(v->types);
    }
    if (!type_is_numeric(t)) {
        diag_add(v->diags, E_ARG_TYPE, arg->span, "%.*s() only accepts string literals or integers",
                 STR_ARG(c->name));
        return type_error(v->types);
    }
    if (arg->is_const && (arg->num < 1 || arg->num > SIGNAL_MAX)) {
        diag_add(v->diags, E_SIGNAL, c->span, "%lld is not a valid signal, allowed range: [1,64]",
                 (long long)arg->num);
        return type_error(v->types);
    }
    return NULL;
}

static ir_val send_signal(struct lowering *lo, struct call *c, u32 helper)
{
    struct ir_builder *b = &lo->b;
    const struct call_arg *arg = &c->args[0];
    bool is_name = arg->type->kind == TYPE_STRING;
    ir_val args[] = {is_name ? ir_const(b, (s64)signal_number(arg->text)) : arg->val};
    ir_val rc = ir_call(b, helper, args, ARRAY_SIZE(args));
    struct branch failed = lower_if(lo, ir_binary(b, IR_NE, rc, ir_const(b, 0)));

    lower_helper_error(lo, RUN_ERROR_HELPER, rc, helper);
    lower_end_if(lo, &failed);
    return NULL;
}

static ir_val lower_signal(struct lowering *lo, struct call *c)
{
    return send_signal(lo, c, BPF_FUNC_send_signal);
}

static ir_val lower_signal_thread(struct lowering *lo, struct call *c)
{
    return send_signal(lo, c, BPF_FUNC_send_signal_thread);
}

const struct func_desc fn_signal = {
    .name = "signal",
    .sig = "(any) -> void",
    .doc =
        "Sends a signal, by number or name (\"SIGKILL\", \"KILL\"), to the current process. Needs --unsafe.",
    .example = "kprobe:do_nanosleep /comm == \"sleeper\"/ { signal(\"SIGTERM\"); }",
    .flags = FN_UNSAFE,
    .check = check_signal,
    .lower = lower_signal,
};

const struct func_desc fn_signal_thread = {
    .name = "signal_thread",
    .sig = "(any) -> void",
    .doc = "The same to the current thread.",
    .example = "kprobe:do_nanosleep /comm == \"sleeper\"/ { signal_thread(15); }",
    .flags = FN_UNSAFE,
    .check = check_signal,
    .lower = lower_signal_thread,
};

static ir_val lower_override(struct lowering *lo, struct call *c)
{
    ir_val args[] = {ir_ctx(&lo->b), c->args[0].val};

    (void)ir_call(&lo->b, BPF_FUNC_override_return, args, ARRAY_SIZE(args)); /* fails never */
    return NULL;
}

const struct func_desc fn_override = {
    .name = "override",
    .sig = "(int) -> void",
    .doc =
        "The traced function does not run, and returns this. The kernel allows it for few functions, and only if "
        "it was built with CONFIG_BPF_KPROBE_OVERRIDE. Needs --unsafe.",
    .example = "kprobe:should_failslab { override(0); }",
    .flags = FN_UNSAFE,
    .needs = CAP_OVERRIDE,
    .lower = lower_override,
};

static const struct type *check_write_user(struct vocab *v, struct call *c)
{
    const struct type *t = c->args[1].type;
    const struct call_arg *len = c->n_args > 2 ? &c->args[2] : NULL;
    u32 size = 0;

    if (!type_is_known(t))
        return NULL;
    size = type_raw_size(t);
    if (size == 0) {
        struct str name = type_name(v->arena, t);

        diag_add(v->diags, E_ARG_TYPE, c->args[1].span, "write_user() can not write a '%.*s'",
                 STR_ARG(name));
        return type_error(v->types);
    }
    if (!len || (len->num > 0 && len->num <= size))
        return NULL;
    diag_add(v->diags, E_ARG_RANGE, len->span, "write_user(): the value has %u bytes", size);
    return type_error(v->types);
}

static ir_val lower_write_user(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    const struct type *t = c->args[1].type;
    u64 n = c->n_args > 2 ? c->args[2].num : type_raw_size(t);
    ir_val copy = lower_slot(lo, "written", t);
    ir_val args[] = {c->args[0].val, copy, ir_const(b, (s64)n)};
    ir_val rc = NULL;
    struct branch failed;

    lower_store(lo, copy, 0, t, (struct operand){t, c->args[1].val});
    rc = ir_call(b, BPF_FUNC_probe_write_user, args, ARRAY_SIZE(args));
    failed = lower_if(lo, ir_binary(b, IR_NE, rc, ir_const(b, 0)));
    lower_helper_error(lo, RUN_ERROR_HELPER, rc, BPF_FUNC_probe_write_user);
    lower_end_if(lo, &failed);
    return NULL;
}

const struct func_desc fn_write_user = {
    .name = "write_user",
    .sig = "(int, any, number?) -> void",
    .doc =
        "write_user(address, value, n): writes the value, or its first n bytes, into the memory of the current process. "
        "It fails, with a run-time warning, where the page is not in memory or not writable. Needs --unsafe.",
    .example = "kprobe:do_nanosleep { write_user(arg0, (int32)99); }",
    .flags = FN_UNSAFE,
    .check = check_write_user,
    .lower = lower_write_user,
};
