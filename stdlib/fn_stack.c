/* kstack and ustack: the calls that led here. A stack is a value that holds its frames, so nothing
 * has a table that can fill up and lose some; names are found when it is shown. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

enum {
    FRAMES_PRESET = 127, /* as the kernel's own limit, kernel.perf_event_max_stack */
    FRAMES_MAX = 1022,   /* 8 KB with their header */
};

/* Do the arguments begin with a mode? */
static bool has_mode(const struct call *c)
{
    return c->n_args > 0 && c->args[0].type && c->args[0].type->kind == TYPE_STRING;
}

/* The argument that tells how many; NULL: none does. */
static const struct call_arg *limit_arg(const struct call *c)
{
    u32 i = has_mode(c) ? 1 : 0;

    return c->n_args > i ? &c->args[i] : NULL;
}

/* As written, else as the script's config has it; the kernel's code has no build ids. */
static struct str mode_of(const struct vocab *v, const struct call *c, enum shape_id shape)
{
    struct str mode = has_mode(c) ? c->args[0].text : v->stack_mode;

    return shape == SHAPE_KSTACK && str_eq_c(mode, "build_id") && !has_mode(c) ? STR("bpftrace")
                                                                               : mode;
}

static bool check_mode(struct vocab *v, const struct call *c, enum shape_id shape)
{
    static const char *const modes[] = {"bpftrace", "perf", "raw", "build_id"};
    u32 n = ARRAY_SIZE(modes) - (shape == SHAPE_KSTACK);
    struct diag *d = NULL;

    for (u32 i = 0; i < n; i++) {
        if (str_eq_c(mode_of(v, c, shape), modes[i]))
            return true;
    }
    d = diag_add(v->diags, E_ARG_RANGE, c->args[0].span, "%.*s(): unknown mode '%.*s'",
                 STR_ARG(c->name), STR_ARG(c->args[0].text));
    diag_hint(d, "The modes are bpftrace, perf and raw, and build_id of ustack.");
    return false;
}

static bool check_limit(struct vocab *v, const struct call *c)
{
    const struct call_arg *limit = limit_arg(c);

    if (!limit || (limit->num >= 1 && limit->num <= FRAMES_MAX))
        return true;
    diag_add(v->diags, E_ARG_RANGE, limit->span, "%.*s() takes 1 to %d frames", STR_ARG(c->name),
             FRAMES_MAX);
    return false;
}

static const struct type *stack_type(struct vocab *v, const struct call *c, enum shape_id shape)
{
    const struct call_arg *limit = limit_arg(c);

    return type_stack(v->types, shape, mode_of(v, c, shape),
                      limit ? (u32)limit->num : FRAMES_PRESET);
}

static const struct type *check_stack(struct vocab *v, struct call *c, enum shape_id shape)
{
    const struct call_arg *limit = limit_arg(c);

    if (limit && (!limit->is_const || !type_is_integer(limit->type))) {
        diag_add(v->diags, E_ARG_TYPE, limit->span, "%.*s() expects an integer literal as limit",
                 STR_ARG(c->name));
        return type_error(v->types);
    }
    if (!check_mode(v, c, shape) || !check_limit(v, c) || (c->point && !probe_stand_in_has(v, c)))
        return type_error(v->types);
    return stack_type(v, c, shape);
}

/* The helper gives the bytes that it wrote; where it fails there are no frames. The rest is zeroed
 * for stacks to be compared as bytes. */
static ir_val lower_stack(struct lowering *lo, struct call *c, enum shape_id shape)
{
    struct ir_builder *b = &lo->b;
    const struct type *t = stack_type(lo->v, c, shape);
    u32 frame = stack_frame_bytes(t->text);
    u32 size = type_mem_size(t) - STACK_HEADER_BYTES;
    ir_val stack = lower_slot(lo, "stack", t);
    u64 flags =
        (shape == SHAPE_USTACK ? BPF_F_USER_STACK : 0) | (frame > 8 ? BPF_F_USER_BUILD_ID : 0);
    ir_val args[] = {ir_ctx(b), NULL, ir_const(b, size), ir_const(b, (s64)flags)};
    ir_val bytes = NULL;

    ir_fill_zero(b, stack, 0, type_mem_size(t));
    args[1] = ir_ptr_add(b, stack, ir_const(b, STACK_HEADER_BYTES));
    bytes = ir_call(b, BPF_FUNC_get_stack, args, ARRAY_SIZE(args));
    ir_store64(b, stack, 8,
               ir_binary(b, IR_MUL, ir_binary(b, IR_SLT, ir_const(b, 0), bytes),
                         ir_binary(b, IR_UDIV, bytes, ir_const(b, frame))));
    if (shape == SHAPE_USTACK)
        ir_store64(b, stack, 0, lower_process(lo));
    return stack;
}

static const struct type *check_kstack(struct vocab *v, struct call *c)
{
    return check_stack(v, c, SHAPE_KSTACK);
}

static ir_val lower_kstack(struct lowering *lo, struct call *c)
{
    return lower_stack(lo, c, SHAPE_KSTACK);
}

const struct func_desc fn_kstack = {
    .name = "kstack",
    .sig = "(option?, number?) -> ?",
    .doc =
        "The kernel's calls that led here, at most 127, or as many as are asked for: kstack(5). They are shown with "
        "names; kstack(perf) adds addresses and modules, kstack(raw) shows addresses only.",
    .example = "kprobe:do_nanosleep { @[kstack(3)] = count(); }",
    .flags = FN_VARIABLE,
    .check = check_kstack,
    .lower = lower_kstack,
};

static const struct type *check_ustack(struct vocab *v, struct call *c)
{
    return check_stack(v, c, SHAPE_USTACK);
}

static ir_val lower_ustack(struct lowering *lo, struct call *c)
{
    return lower_stack(lo, c, SHAPE_USTACK);
}

const struct func_desc fn_ustack = {
    .name = "ustack",
    .sig = "(option?, number?) -> ?",
    .doc =
        "The program's calls that led here, as its frame pointers tell. As kstack; ustack(build_id) shows places in "
        "files, to be looked up on another machine.",
    .example = "kprobe:do_nanosleep { @[ustack(3)] = count(); }",
    .flags = FN_VARIABLE,
    .check = check_ustack,
    .lower = lower_ustack,
};
