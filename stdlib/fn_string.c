/* Words that make strings. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

/* Bytes with the NUL of a string that is read from memory, where nothing else is said (bpftrace's
 * max_strlen). */
#define PTL_STRING_MAX 1024

/* The power of two that holds n: what a mask can bound. */
static u64 power_of_two(u64 n)
{
    u64 power = 1;

    while (power < n)
        power *= 2;
    return power;
}

static const struct type *check_str(struct vocab *v, struct call *c)
{
    const struct call_arg *from = &c->args[0];
    u64 capacity = PTL_STRING_MAX;

    if (from->is_param) {
        capacity = (u64)from->text.n + 1;
    } else if (from->type && from->type->kind == TYPE_STRING) {
        capacity = from->type->size;
    }
    if (from->type && from->type->kind != TYPE_STRING && !from->is_param &&
        from->type->kind != TYPE_ERROR && !type_is_numeric(from->type)) {
        struct str type = type_name(v->arena, from->type);

        diag_add(v->diags, E_ARG_TYPE, from->span,
                 "str() expects an address or a string (%.*s provided)", STR_ARG(type));
        return type_error(v->types);
    }
    if (c->n_args == 2 && c->args[1].is_const) {
        capacity = MIN(capacity, MIN(c->args[1].num, PTL_STRING_MAX - 1) + 1);
    } else if (c->n_args == 2) {
        capacity = MIN(power_of_two(capacity), PTL_STRING_MAX);
    }
    if (from->is_param || (from->type && from->type->kind == TYPE_STRING && from->type->is_literal))
        return type_own_string(v->types, (u32)capacity);
    return type_string(v->types, (u32)capacity);
}

/* Number of bytes to read, the NUL included: the second argument and one, at most the capacity. The
 * mask tells the verifier what the branch before it did: LLVM may test another copy of the register
 * than the one that it passes on. */
static ir_val read_size(struct lowering *lo, const struct call *c, u32 capacity)
{
    struct ir_builder *b = &lo->b;

    if (c->n_args < 2 || c->args[1].is_const)
        return ir_const(b, capacity);

    ir_val most = ir_const(b, capacity - 1);
    ir_val length = ir_slot_addr(b, ir_slot_new(b, "length", 8));

    ir_store64(b, length, 0, c->args[1].val);

    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, most, c->args[1].val));

    ir_store64(b, length, 0, most);
    lower_end_if(lo, &br);

    ir_val masked = ir_binary(b, IR_AND, ir_opaque(b, ir_load64(b, length, 0)), most);

    return ir_binary(b, IR_ADD, masked, ir_const(b, 1));
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
static ir_val shorten(struct lowering *lo, const struct call *c, const struct type *t, ir_val from)
{
    struct ir_builder *b = &lo->b;
    ir_val copy = lower_slot(lo, "str", t);
    ir_val args[] = {copy, read_size(lo, c, t->size), from};

    ir_fill_zero(b, copy, 0, type_mem_size(t));
    (void)ir_call(b, BPF_FUNC_probe_read_kernel_str, args, ARRAY_SIZE(args));
    return copy;
}

static ir_val lower_str(struct lowering *lo, struct call *c)
{
    const struct call_arg *from = &c->args[0];
    const struct type *t = check_str(lo->v, c);
    bool is_string = from->is_param || from->type->kind == TYPE_STRING;
    bool is_const = from->is_param || from->is_const;
    bool has_length = c->n_args == 2 && !c->args[1].is_const;

    if (!is_string)
        return read_memory(lo, c, t);
    if (is_const && !has_length)
        return ir_string(&lo->b, str_sub(from->text, 0, t->size - 1), type_mem_size(t));
    if (c->n_args == 1)
        return from->val;
    return shorten(lo, c, t, is_const ? ir_string(&lo->b, from->text, t->size) : from->val);
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
