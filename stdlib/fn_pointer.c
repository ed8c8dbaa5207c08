/* Words about pointers. */
#include "stdlib/lower.h"

static const struct type *check_space(struct vocab *v, const struct call *c, enum space space)
{
    const struct type *t = c->args[0].type;

    if (!type_is_known(t))
        return type_error(v->types);
    return type_pointer(v->types, t->kind == TYPE_POINTER ? t->of : type_void(v->types), space);
}

static ir_val lower_same(struct lowering *lo, struct call *c)
{
    (void)lo;
    return c->args[0].val;
}

static const struct type *check_kptr(struct vocab *v, struct call *c)
{
    return check_space(v, c, SPACE_KERNEL);
}

const struct func_desc fn_kptr = {
    .name = "kptr",
    .sig = "(int) -> ?",
    .doc = "The address, taken as one of the kernel's memory.",
    .example = "kprobe:vfs_open { @[str(kptr(arg0), 8)] = count(); }",
    .check = check_kptr,
    .lower = lower_same,
};

static const struct type *check_uptr(struct vocab *v, struct call *c)
{
    return check_space(v, c, SPACE_USER);
}

const struct func_desc fn_uptr = {
    .name = "uptr",
    .sig = "(int) -> ?",
    .doc = "The address, taken as one of the current process's memory.",
    .example = "kprobe:do_sys_openat2 { @[str(uptr(arg1))] = count(); }",
    .check = check_uptr,
    .lower = lower_same,
};

/* include/linux/err.h of the kernel: the last 4095 addresses are error numbers. */
static ir_val lower_is_err(struct lowering *lo, struct call *c)
{
    return ir_binary(&lo->b, IR_ULE, ir_const(&lo->b, -4095), c->args[0].val);
}

static bool fold_is_err(struct vocab *v, const struct call *c, struct folded *out)
{
    (void)v;
    out->num = c->args[0].num >= (u64)-4095;
    return c->args[0].is_const;
}

const struct func_desc fn_is_err = {
    .name = "is_err",
    .sig = "(int) -> bool",
    .doc = "Is the pointer one of the kernel's error numbers (ERR_PTR) instead of an address?",
    .example = "kretprobe:do_filp_open { @[is_err(retval)] = count(); }",
    .fold = fold_is_err,
    .lower = lower_is_err,
};
