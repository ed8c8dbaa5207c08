/* buf(): bytes as they are. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

/* Does the value lie in memory of ours, so that it has an end? */
static bool has_bytes(const struct type *t)
{
    return t->kind == TYPE_STRING || t->kind == TYPE_ARRAY || t->kind == TYPE_STRUCT;
}

/* Bytes that there can be at most. */
static u64 source_bytes(const struct call_arg *from)
{
    if (from->is_const && from->type->kind == TYPE_STRING)
        return MAX(from->text.n, 1);
    return has_bytes(from->type) ? type_raw_size(from->type) : PTL_STRING_MAX;
}

static const struct type *check_buf(struct vocab *v, struct call *c)
{
    const struct call_arg *from = &c->args[0];
    const struct type *t = from->type;
    struct str name = {"", 0};

    if (!type_is_known(t))
        return type_error(v->types);
    name = type_name(v->arena, t);
    if (!has_bytes(t) && t->kind != TYPE_POINTER && t->kind != TYPE_INT) {
        diag_add(v->diags, E_ARG_TYPE, from->span,
                 "buf() expects an address, a string, an array or a struct (%.*s provided)",
                 STR_ARG(name));
        return type_error(v->types);
    }
    if (!has_bytes(t) && c->n_args == 1) {
        diag_hint(diag_add(v->diags, E_ARG_COUNT, c->span,
                           "buf() expects a length argument for a value of type '%.*s'",
                           STR_ARG(name)),
                  "Write buf(address, length).");
        return type_error(v->types);
    }

    u64 size = MIN(source_bytes(from), PTL_STRING_MAX);

    if (c->n_args == 2 && c->args[1].is_const)
        size = MIN(size, MAX(c->args[1].num, 1));
    return type_buffer(v->types, (u32)size);
}

static ir_val wanted_length(struct lowering *lo, const struct call *c, const struct operand *from,
                            u32 capacity)
{
    struct ir_builder *b = &lo->b;

    if (c->n_args == 2)
        return lower_clamp(lo, c->args[1].val, capacity);
    if (from->type && from->type->kind == TYPE_STRING)
        return ir_str_len(b, from->val, type_mem_size(from->type));
    return ir_const(b, capacity);
}

/* More bytes are asked for, or there are more, than a buffer holds. */
static void count_if_cut(struct lowering *lo, const struct call *c)
{
    struct ir_builder *b = &lo->b;
    const struct call_arg *from = &c->args[0];
    ir_val wanted = c->n_args == 2 ? c->args[1].val : ir_const(b, (s64)source_bytes(from));
    bool is_long = !has_bytes(from->type) || source_bytes(from) > PTL_STRING_MAX;
    s64 known = 0;
    struct branch br;

    if (!is_long || (ir_is_const(wanted, &known) && (u64)known <= PTL_STRING_MAX))
        return;
    br = lower_if(lo, ir_binary(b, IR_ULT, ir_const(b, PTL_STRING_MAX), wanted));
    lower_count_cut(lo, lower_cut_site(lo, PTL_STRING_MAX));
    lower_end_if(lo, &br);
}

/* A length that is not known may seem longer to the verifier than the buffer is: so much room is
 * behind it. */
static ir_val lower_buf(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    const struct call_arg *arg = &c->args[0];
    const struct type *t = check_buf(lo->v, c);
    bool is_text = arg->is_const && arg->type->kind == TYPE_STRING;
    struct operand from = {arg->type, is_text ? ir_string(b, arg->text, t->size + 1) : arg->val};
    ir_val length =
        is_text && c->n_args == 1
            ? ir_const(b, arg->text.n)
            : wanted_length(lo, c, &from, is_text ? MIN(arg->text.n, t->size) : t->size);
    s64 known = 0;
    u32 room = ir_is_const(length, &known) ? t->size : (u32)lower_mask(t->size);
    ir_val buffer = ir_slot_addr(b, ir_slot_new(b, "buffer", 8 + room));
    ir_val bytes = ir_ptr_add(b, buffer, ir_const(b, 8));
    bool is_ours = has_bytes(arg->type);

    count_if_cut(lo, c);
    ir_fill_zero(b, buffer, 0, type_mem_size(t));
    ir_store64(b, buffer, 0, length);
    if (is_ours && ir_is_const(length, &known)) {
        ir_copy(b, bytes, from.val, (u32)known);
    } else {
        ir_val address = is_ours ? ir_unary(b, IR_PTR_TO_INT, from.val) : from.val;

        lower_read(lo, bytes, length, address, is_ours ? SPACE_KERNEL : arg->type->space);
    }
    return buffer;
}

const struct func_desc fn_buf = {
    .name = "buf",
    .sig = "(any, int?) -> ?",
    .doc =
        "buf(address, length): so many bytes of memory, at most 1024. Of an array, a struct or a "
        "string, whose length need not be given. Printed as text with \\xNN for what is none; by "
        "%rx and %rh in hexadecimal.",
    .example = "BEGIN { print(buf(\"a\\x01b\", 3)); }",
    .check = check_buf,
    .lower = lower_buf,
};
