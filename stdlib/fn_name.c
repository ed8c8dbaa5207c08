/* Words that name the numbers of Linux. The names are in the program's read-only data, so nothing
 * is copied. */
#include "abi/names.h"
#include "stdlib/lower.h"

static const struct type *text_type(struct vocab *v)
{
    return type_own_string(v->types, NAMES_TEXT_SIZE);
}

static const struct type *check_name(struct vocab *v, struct call *c)
{
    (void)c;
    return text_type(v);
}

static bool fold_name(struct vocab *v, const struct call *c, enum names names, struct folded *out)
{
    out->text = str_of(names_text(names, v->arch, (u32)c->args[0].num));
    return c->args[0].is_const;
}

/* Numbers are ints in the kernel; a negative one is as unknown as a large one. */
static ir_val lower_name(struct lowering *lo, const struct call *c, enum names names)
{
    struct ir_builder *b = &lo->b;
    ir_val number = ir_extend(b, c->args[0].val, 4, false);
    ir_val index = lower_clamp(lo, number, names_count(names) - 1);

    return ir_ptr_add(b, ir_table(b, names),
                      ir_binary(b, IR_MUL, index, ir_const(b, NAMES_TEXT_SIZE)));
}

static bool fold_strerror(struct vocab *v, const struct call *c, struct folded *out)
{
    return fold_name(v, c, NAMES_ERRNO, out);
}

static ir_val lower_strerror(struct lowering *lo, struct call *c)
{
    return lower_name(lo, c, NAMES_ERRNO);
}

const struct func_desc fn_strerror = {
    .name = "strerror",
    .sig = "(int) -> ?",
    .doc = "What an error number means: \"No such file or directory\" for 2.",
    .example = "kretprobe:do_sys_openat2 / (int64)retval < 0 / { @[strerror(-retval)] = count(); }",
    .check = check_name,
    .fold = fold_strerror,
    .lower = lower_strerror,
};

static bool fold_signal_name(struct vocab *v, const struct call *c, struct folded *out)
{
    return fold_name(v, c, NAMES_SIGNAL, out);
}

static ir_val lower_signal_name(struct lowering *lo, struct call *c)
{
    return lower_name(lo, c, NAMES_SIGNAL);
}

const struct func_desc fn_signal_name = {
    .name = "signal_name",
    .sig = "(int) -> ?",
    .doc = "What a signal's number means: \"Killed\" for 9.",
    .example = "tracepoint:signal:signal_generate { @[signal_name(args.sig)] = count(); }",
    .check = check_name,
    .fold = fold_signal_name,
    .lower = lower_signal_name,
};

static bool fold_syscall_name(struct vocab *v, const struct call *c, struct folded *out)
{
    return fold_name(v, c, NAMES_SYSCALL, out);
}

static ir_val lower_syscall_name(struct lowering *lo, struct call *c)
{
    return lower_name(lo, c, NAMES_SYSCALL);
}

const struct func_desc fn_syscall_name = {
    .name = "syscall_name",
    .sig = "(int) -> ?",
    .doc = "Name of a system call, by its number.",
    .example = "tracepoint:raw_syscalls:sys_enter { @[syscall_name(args.id)] = count(); }",
    .check = check_name,
    .fold = fold_syscall_name,
    .lower = lower_syscall_name,
};
