/* Words that make strings. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

/* Bytes with the NUL of a string that is read from memory, where nothing else is said (bpftrace's
 * max_strlen). */
#define MAX_STRING 1024

static const struct type *check_str(struct vocab *v, struct call *c)
{
    const struct call_arg *from = &c->args[0];
    u64 capacity = MAX_STRING;

    if (from->is_param)
        capacity = (u64)from->text.n + 1;
    else if (from->type && from->type->kind == TYPE_STRING)
        capacity = from->type->size;
    if (from->type && from->type->kind != TYPE_STRING && !from->is_param &&
        from->type->kind != TYPE_ERROR && !type_is_numeric(from->type)) {
        struct str type = type_name(v->arena, from->type);

        diag_add(v->diags, E_ARG_TYPE, from->span,
                 "str() expects an address or a string (%.*s provided)", STR_ARG(type));
        return type_error(v->types);
    }
    if (c->n_args == 2 && c->args[1].is_const)
        capacity = MIN(capacity, MIN(c->args[1].num, MAX_STRING - 1) + 1);
    return type_string(v->types, (u32)capacity);
}

/* Number of bytes to read, the NUL included: the second argument, at most the capacity. */
static ir_val read_size(struct lowering *lo, const struct call *c, u32 capacity)
{
    struct ir_builder *b = &lo->b;

    if (c->n_args < 2 || c->args[1].is_const)
        return ir_const(b, capacity);

    ir_val size = ir_slot_addr(b, ir_slot_new(b, "size", 8));
    ir_val wanted = ir_binary(b, IR_ADD, c->args[1].val, ir_const(b, 1));

    ir_store64(b, size, 0, ir_const(b, capacity));

    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, c->args[1].val, ir_const(b, capacity)));

    ir_store64(b, size, 0, wanted);
    lower_end_if(lo, &br);
    return ir_load64(b, size, 0);
}

/* The upper half of the address space is the kernel's on x86_64 and arm64: the address says which
 * memory is meant. A read that fails leaves zeros, the empty string. */
static ir_val read_memory(struct lowering *lo, const struct call *c, const struct type *t)
{
    struct ir_builder *b = &lo->b;
    ir_val copy = lower_slot(lo, "str", t);
    ir_val address = c->args[0].val;
    ir_val args[] = {copy, read_size(lo, c, t->size), address};

    ir_fill_zero(b, copy, 0, type_mem_size(t));

    struct branch br = lower_if(lo, ir_binary(b, IR_SLT, address, ir_const(b, 0)));

    (void)ir_call(b, BPF_FUNC_probe_read_kernel_str, args, ARRAY_SIZE(args));
    lower_else(lo, &br);
    (void)ir_call(b, BPF_FUNC_probe_read_user_str, args, ARRAY_SIZE(args));
    lower_end_if(lo, &br);
    return copy;
}

/* The first bytes of a string that is in memory already. */
static ir_val shorten(struct lowering *lo, const struct call *c, const struct type *t)
{
    struct ir_builder *b = &lo->b;
    ir_val copy = lower_slot(lo, "str", t);
    ir_val args[] = {copy, read_size(lo, c, t->size), c->args[0].val};

    ir_fill_zero(b, copy, 0, type_mem_size(t));
    (void)ir_call(b, BPF_FUNC_probe_read_kernel_str, args, ARRAY_SIZE(args));
    return copy;
}

static ir_val lower_str(struct lowering *lo, struct call *c)
{
    const struct call_arg *from = &c->args[0];
    const struct type *t = check_str(lo->v, c);

    if (from->is_param || (from->is_const && from->type->kind == TYPE_STRING))
        return ir_string(&lo->b, str_sub(from->text, 0, t->size - 1), type_mem_size(t));
    if (from->type->kind == TYPE_STRING && from->type->size == t->size && c->n_args == 1)
        return from->val;
    if (from->type->kind == TYPE_STRING)
        return shorten(lo, c, t);
    return read_memory(lo, c, t);
}

const struct func_desc fn_str = {
    .name = "str",
    .sig = "(any, int?) -> ?",
    .doc =
        "The string at an address, user's or kernel's; at most `length` bytes, at most 1023. Of a parameter: its "
        "text, as in str($1).",
    .example = "tracepoint:syscalls:sys_enter_openat { @[str(args.filename, 64)] = count(); }",
    .check = check_str,
    .lower = lower_str,
};
