/* Words that make strings. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

static bool is_text(const struct type *t)
{
    return t->kind == TYPE_STRING || (t->kind == TYPE_ARRAY && type_raw_size(t->of) == 1);
}

/* Bytes with the NUL that the first argument can have. */
static u64 source_capacity(const struct call_arg *from)
{
    if (from->is_param)
        return (u64)from->text.n + 1;
    if (from->type && from->type->kind == TYPE_STRING)
        return type_capacity(from->type);
    if (from->type && from->type->kind == TYPE_ARRAY)
        return type_raw_size(from->type) + 1;
    return PTL_STRING_MAX;
}

static const struct type *check_str(struct vocab *v, struct call *c)
{
    const struct call_arg *from = &c->args[0];
    const struct type *t = from->type;
    u64 most = v->max_strlen;
    u64 capacity = MIN(source_capacity(from), most);

    if (t && !from->is_param && t->kind != TYPE_ERROR && !is_text(t) && !type_is_numeric(t)) {
        struct str type = type_name(v->arena, t);

        diag_add(v->diags, E_ARG_TYPE, from->span,
                 "str() expects an address or a string (%.*s provided)", STR_ARG(type));
        return type_error(v->types);
    }
    if (c->n_args == 1 && t && t->is_chars && type_capacity(t) == capacity)
        return t;
    if (c->n_args == 2 && c->args[1].is_const) {
        capacity = MIN(capacity, MIN(c->args[1].num, most - 1) + 1);
    } else if (c->n_args == 2) {
        capacity = MIN(lower_mask(capacity - 1) + 1, most);
    }
    if (from->is_param || (t && t->kind == TYPE_STRING && t->is_literal))
        return type_own_string(v->types, (u32)capacity);
    return type_string(v->types, (u32)capacity);
}

/* Can max_strlen be what ends the string, and not the source's own end or the length given? */
static bool is_bound(const struct lowering *lo, const struct call *c, const struct type *t)
{
    const struct call_arg *from = &c->args[0];
    bool has_end = from->is_param || is_text(from->type);

    if (t->size != lo->v->max_strlen || (has_end && source_capacity(from) <= t->size))
        return false;
    return c->n_args == 1 || !c->args[1].is_const || c->args[1].num >= t->size;
}

/* A read that fails leaves zeros, the empty string. */
static ir_val read_string(struct lowering *lo, const struct call *c, const struct type *t,
                          enum space space, ir_val address)
{
    struct ir_builder *b = &lo->b;
    ir_val copy = lower_slot(lo, "str", t);
    ir_val size = ir_const(b, t->size);

    if (c->n_args == 2 && !c->args[1].is_const) {
        size = lower_clamp(lo, c->args[1].val, MIN(source_capacity(&c->args[0]), t->size) - 1);
        size = ir_binary(b, IR_ADD, size, ir_const(b, 1));
    }
    ir_fill_zero(b, copy, 0, type_mem_size(t));
    if (is_bound(lo, c, t)) {
        struct room room = {copy, t->size, c->n_args == 2 ? c->args[1].val : NULL,
                            lower_cut_site(lo, t->size - 1)};

        lower_read_text(lo, &room, size, address, space);
    } else {
        lower_try_read_string(lo, copy, size, address, space);
    }
    return copy;
}

/* The first bytes of a string that is in memory already. */
static ir_val shorten(struct lowering *lo, const struct call *c, const struct type *t, ir_val from)
{
    return read_string(lo, c, t, SPACE_KERNEL, ir_unary(&lo->b, IR_PTR_TO_INT, from));
}

static ir_val lower_str(struct lowering *lo, struct call *c)
{
    const struct call_arg *from = &c->args[0];
    const struct type *t = check_str(lo->v, c);
    bool is_string = from->is_param || is_text(from->type);
    bool is_const = from->is_param || from->is_const;
    bool has_length = c->n_args == 2 && !c->args[1].is_const;

    if (!is_string)
        return read_string(lo, c, t, from->type->space, from->val);
    if (is_const && !has_length) {
        if (is_bound(lo, c, t))
            lower_count_cut(lo, lower_cut_site(lo, t->size - 1));
        return ir_string(&lo->b, str_sub(from->text, 0, t->size - 1), type_mem_size(t));
    }
    if (c->n_args == 1 && from->type->kind == TYPE_STRING)
        return from->val;
    return shorten(lo, c, t, is_const ? ir_string(&lo->b, from->text, t->size) : from->val);
}

const struct func_desc fn_str = {
    .name = "str",
    .sig = "(any, int?) -> ?",
    .doc =
        "str(address[, length]): the string at an address, of the kernel's or the process's memory as "
        "its type says, else as the address does; at most `length` bytes, at most 1023. Also of a "
        "string or an array of characters, to shorten it; and of a parameter: its text, as in "
        "str($1).",
    .example = "tracepoint:syscalls:sys_enter_openat { @[str(args.filename, 64)] = count(); }",
    .flags = FN_TEXT,
    .check = check_str,
    .lower = lower_str,
};
