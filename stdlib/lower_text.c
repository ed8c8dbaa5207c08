/* Lowering tools for strings and for lengths that are known at run time only. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

u64 lower_mask(u64 most)
{
    u64 mask = 1;

    while (mask <= most)
        mask *= 2;
    return mask - 1;
}

/* The mask tells the verifier what the branch before it did: LLVM may test another copy of the
 * register than the one that it passes on. */
ir_val lower_clamp(struct lowering *lo, ir_val n, u64 most)
{
    struct ir_builder *b = &lo->b;
    s64 value = 0;

    if (ir_is_const(n, &value))
        return ir_const(b, (s64)MIN((u64)value, most));

    ir_val limit = ir_const(b, (s64)most);
    ir_val clamped = ir_slot_addr(b, ir_slot_new(b, "length", 8));

    ir_store64(b, clamped, 0, n);

    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, limit, n));

    ir_store64(b, clamped, 0, limit);
    lower_end_if(lo, &br);
    return ir_binary(b, IR_AND, ir_opaque(b, ir_load64(b, clamped, 0)),
                     ir_const(b, (s64)lower_mask(most)));
}

void lower_copy_string(struct lowering *lo, ir_val dst, ir_val size, ir_val from)
{
    ir_val args[] = {dst, size, from};

    (void)ir_call(&lo->b, BPF_FUNC_probe_read_kernel_str, args, ARRAY_SIZE(args)); /* it is there */
}

struct operand lower_text(struct lowering *lo, const struct call_arg *arg)
{
    struct operand from = {arg->type, arg->val};

    if (arg->type->kind == TYPE_STRING)
        return from;

    /* An array need not have a NUL. */
    struct ir_builder *b = &lo->b;
    const struct type *t = type_string(lo->v->types, type_raw_size(arg->type) + 1);
    ir_val copy = lower_slot(lo, "text", t);

    ir_fill_zero(b, copy, 0, type_mem_size(t));
    lower_copy_string(lo, copy, ir_const(b, t->size), arg->val);
    return (struct operand){t, copy};
}
