/* Lowering tools for values in memory and for control flow. See lower.h for the invariants. */
#include "stdlib/lower.h"

#include <linux/bpf.h>

#include "abi/record.h"

static void store_word(struct lowering *lo, ir_val ptr, u32 offset, ir_val value)
{
    ir_store64(&lo->b, ptr, offset, value);
}

static void store_tuple(struct lowering *lo, ir_val ptr, u32 offset, const struct type *to,
                        struct operand from)
{
    for (u32 i = 0; i < to->n_elems; i++) {
        const struct type *elem = from.type->elems[i];
        struct operand part = {elem,
                               lower_load(lo, elem, from.val, type_elem_offset(from.type, i))};

        lower_store(lo, ptr, offset + type_elem_offset(to, i), to->elems[i], part);
    }
}

void lower_store(struct lowering *lo, ir_val ptr, u32 offset, const struct type *to,
                 struct operand from)
{
    if (type_is_word(to)) {
        store_word(lo, ptr, offset, from.val);
        return;
    }
    if (to->kind == TYPE_TUPLE) {
        store_tuple(lo, ptr, offset, to, from);
        return;
    }

    u32 to_size = type_mem_size(to);
    u32 copy_size = MIN(to_size, type_mem_size(from.type));
    ir_val dst = offset ? ir_ptr_add(&lo->b, ptr, ir_const(&lo->b, offset)) : ptr;

    ir_copy(&lo->b, dst, from.val, copy_size);
    if (copy_size < to_size)
        ir_fill_zero(&lo->b, ptr, offset + copy_size, to_size - copy_size);
}

ir_val lower_in_memory(struct lowering *lo, const struct type *to, struct operand from)
{
    if (!type_is_word(to)) {
        bool same = to == from.type;

        if (to->kind == TYPE_STRING && type_mem_size(to) == type_mem_size(from.type))
            same = true;
        if (same)
            return from.val;
    }

    ir_val slot = lower_slot(lo, "value", to);

    lower_store(lo, slot, 0, to, from);
    return slot;
}

ir_val lower_load(struct lowering *lo, const struct type *t, ir_val ptr, u32 offset)
{
    if (type_is_word(t))
        return ir_load64(&lo->b, ptr, offset);
    return offset ? ir_ptr_add(&lo->b, ptr, ir_const(&lo->b, offset)) : ptr;
}

ir_val lower_word_of(struct lowering *lo, const struct type *t, ir_val word)
{
    ir_val low = ir_extend(&lo->b, word, type_raw_size(t), t->is_signed);

    return t->kind == TYPE_BOOL ? ir_binary(&lo->b, IR_NE, low, ir_const(&lo->b, 0)) : low;
}

ir_val lower_slot(struct lowering *lo, const char *name, const struct type *t)
{
    return ir_slot_addr(&lo->b, ir_slot_new(&lo->b, name, type_mem_size(t)));
}

ir_val lower_truth(struct lowering *lo, struct operand o)
{
    ir_val word = type_is_word(o.type) ? o.val : ir_load(&lo->b, o.val, 0, 1, false);

    return ir_binary(&lo->b, IR_NE, word, ir_const(&lo->b, 0));
}

/* ---- control flow ---- */

struct branch lower_if(struct lowering *lo, ir_val cond)
{
    struct ir_block *then = ir_block_new(&lo->b, "then");
    struct branch br = {ir_block_new(&lo->b, "else"), ir_block_new(&lo->b, "done"), lo->known.n};

    ir_br(&lo->b, cond, then, br.other);
    ir_at(&lo->b, then);
    return br;
}

struct branch lower_if_found(struct lowering *lo, ir_val ptr)
{
    ir_val is_null = ir_unary(&lo->b, IR_IS_NULL, ptr);

    return lower_if(lo, ir_binary(&lo->b, IR_EQ, is_null, ir_const(&lo->b, 0)));
}

void lower_else(struct lowering *lo, struct branch *br)
{
    known_truncate(lo, br->n_known);
    if (!ir_is_terminated(&lo->b))
        ir_jmp(&lo->b, br->done);
    ir_at(&lo->b, br->other);
    br->other = NULL;
}

void lower_end_if(struct lowering *lo, const struct branch *br)
{
    known_truncate(lo, br->n_known);
    if (!ir_is_terminated(&lo->b))
        ir_jmp(&lo->b, br->done);
    if (br->other) {
        ir_at(&lo->b, br->other);
        ir_jmp(&lo->b, br->done);
    }
    ir_at(&lo->b, br->done);
}

ir_val lower_divide(struct lowering *lo, enum ir_op op, ir_val a, ir_val b)
{
    s64 divisor = 0;

    if (ir_is_const(b, &divisor) && divisor != 0)
        return ir_binary(&lo->b, op, a, b);

    ir_val result = ir_slot_addr(&lo->b, ir_slot_new(&lo->b, "quotient", 8));
    struct branch br = lower_if(lo, ir_binary(&lo->b, IR_NE, b, ir_const(&lo->b, 0)));

    ir_store64(&lo->b, result, 0, ir_binary(&lo->b, op, a, b));
    lower_else(lo, &br);
    ir_store64(&lo->b, result, 0, ir_const(&lo->b, 1));
    lower_run_error(lo, RUN_ERROR_DIV_ZERO, NULL, NULL);
    lower_end_if(lo, &br);
    return ir_load64(&lo->b, result, 0);
}

/* bpf_get_ns_current_pid_tgid (5.7) fills struct bpf_pidns_info {u32 pid, tgid}: read as one
 * little-endian word that is the layout of bpf_get_current_pid_tgid(). The branch is on read-only
 * data: the verifier removes the dead half. */
ir_val lower_pid_tgid(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    ir_val known = known_value(lo, KNOWN_PID_TGID);

    if (known)
        return known;

    ir_val result = ir_slot_addr(b, ir_slot_new(b, "pid_tgid", 8));
    ir_val ino = ir_config(b, offsetof(struct ptl_config, pidns_ino));
    struct branch br = lower_if(lo, ir_binary(b, IR_EQ, ino, ir_const(b, 0)));

    ir_store64(b, result, 0, ir_call(b, BPF_FUNC_get_current_pid_tgid, NULL, 0));
    lower_else(lo, &br);

    ir_val info = ir_slot_addr(b, ir_slot_new(b, "pidns_info", 8));
    ir_val args[] = {ir_config(b, offsetof(struct ptl_config, pidns_dev)), ino, info,
                     ir_const(b, 8)};

    ir_store64(b, info, 0, ir_const(b, 0));
    (void)ir_call(b, BPF_FUNC_get_ns_current_pid_tgid, args, ARRAY_SIZE(args)); /* else: 0 */
    ir_store64(b, result, 0, ir_load64(b, info, 0));
    lower_end_if(lo, &br);
    return known_add_value(lo, KNOWN_PID_TGID, ir_load64(b, result, 0));
}
