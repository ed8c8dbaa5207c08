/* Instructions that compute a word of words. What BPF (cpu v3) has not is made of what it has:
 * signed division, and log2, as the sequences that are the fewest executed instructions there. */
#include "codegen/gen.h"

static LLVMValueRef operand(struct gen *g, const struct ir_inst *inst, u32 i)
{
    return gen_value(g, inst->args[i]);
}

/* The sign of a word: 0, or -1 where it is negative. */
static LLVMValueRef sign_mask(const struct emit *e, LLVMValueRef v)
{
    return emit_op(e, LLVMAShr, v, emit_word(e, 63));
}

/* v, negated where mask is -1. */
static LLVMValueRef negate_by(const struct emit *e, LLVMValueRef v, LLVMValueRef mask)
{
    return emit_op(e, LLVMSub, emit_op(e, LLVMXor, v, mask), mask);
}

/* Divide the absolute values and put the sign on: of both operands for the quotient, of the
 * dividend for the rest. INT64_MIN / -1 gives INT64_MIN. */
static LLVMValueRef signed_division(struct gen *g, const struct ir_inst *inst)
{
    const struct emit *e = &g->e;
    LLVMValueRef a = operand(g, inst, 0), b = operand(g, inst, 1);
    LLVMValueRef a_sign = sign_mask(e, a), b_sign = sign_mask(e, b);
    LLVMValueRef a_abs = negate_by(e, a, a_sign), b_abs = negate_by(e, b, b_sign);

    if (inst->op == IR_SDIV) {
        return negate_by(e, emit_op(e, LLVMUDiv, a_abs, b_abs),
                         emit_op(e, LLVMXor, a_sign, b_sign));
    }
    return negate_by(e, emit_op(e, LLVMURem, a_abs, b_abs), a_sign);
}

static LLVMValueRef shift(struct gen *g, const struct ir_inst *inst, LLVMOpcode op)
{
    const struct emit *e = &g->e;
    LLVMValueRef count = emit_op(e, LLVMAnd, operand(g, inst, 1), emit_word(e, 63));

    return emit_op(e, op, operand(g, inst, 0), count);
}

/* One halving: if v has bits at `step` and above, shift them down and count them. An opaque value
 * keeps it a branch of three instructions, one where nothing is above; LLVM would make two selects
 * of it, which are five. */
static void halve(const struct emit *e, LLVMValueRef *v, LLVMValueRef *log, u32 step)
{
    LLVMBasicBlockRef from = emit_here(e), above = emit_block(e, "log2_above");
    LLVMBasicBlockRef next = emit_block(e, "log2_next");
    LLVMValueRef limit = emit_word(e, ((u64)1 << step) - 1), bits = emit_word(e, step);
    LLVMValueRef shifted = NULL, added = NULL, v_next = NULL, log_next = NULL;

    (void)emit_branch(e, emit_cmp(e, LLVMIntUGT, *v, limit), above, next);
    emit_at(e, above);
    shifted = emit_opaque(e, emit_op(e, LLVMLShr, *v, bits));
    added = emit_op(e, LLVMAdd, *log, bits);
    emit_jump(e, next);
    emit_at(e, next);
    v_next = emit_phi(e, e->i64);
    log_next = emit_phi(e, e->i64);
    emit_incoming(v_next, shifted, above);
    emit_incoming(v_next, *v, from);
    emit_incoming(log_next, added, above);
    emit_incoming(log_next, *log, from);
    *v = v_next;
    *log = log_next;
}

/* floor(log2(v)) by halving. The verifier knows the result of each of the 64 ways through that, and
 * would follow what comes behind once for each; with three histograms in a clause it gives up. So
 * it is made to see no more than a number below 64. */
static LLVMValueRef log2_floor(struct gen *g, LLVMValueRef v)
{
    const struct emit *e = &g->e;
    LLVMValueRef rest = v, log = emit_word(e, 0);

    for (u32 step = 32; step; step /= 2)
        halve(e, &rest, &log, step);
    return emit_forget(e, log, v, 63);
}

/* The low bytes in the other order; BPF has an instruction for that. */
static LLVMValueRef swap_bytes(struct gen *g, const struct ir_inst *inst)
{
    const struct emit *e = &g->e;
    LLVMValueRef v = emit_narrow(e, operand(g, inst, 0), inst->size);

    return emit_widen(e, inst->size == 1 ? v : emit_bswap(e, v), false);
}

static LLVMValueRef compare(struct gen *g, const struct ir_inst *inst, LLVMIntPredicate predicate)
{
    LLVMValueRef cond = emit_cmp(&g->e, predicate, operand(g, inst, 0), operand(g, inst, 1));

    return emit_bool_word(&g->e, cond);
}

static LLVMValueRef binary(struct gen *g, const struct ir_inst *inst, LLVMOpcode op)
{
    return emit_op(&g->e, op, operand(g, inst, 0), operand(g, inst, 1));
}

static LLVMValueRef gen_comparison(struct gen *g, const struct ir_inst *inst)
{
    switch (inst->op) {
    case IR_EQ:
        return compare(g, inst, LLVMIntEQ);
    case IR_NE:
        return compare(g, inst, LLVMIntNE);
    case IR_ULT:
        return compare(g, inst, LLVMIntULT);
    case IR_ULE:
        return compare(g, inst, LLVMIntULE);
    case IR_SLT:
        return compare(g, inst, LLVMIntSLT);
    case IR_SLE:
        return compare(g, inst, LLVMIntSLE);
    default:
        ptl_bug("an instruction that codegen/ does not know");
    }
}

LLVMValueRef gen_word_op(struct gen *g, const struct ir_inst *inst)
{
    const struct emit *e = &g->e;

    switch (inst->op) {
    case IR_ADD:
        return binary(g, inst, LLVMAdd);
    case IR_SUB:
        return binary(g, inst, LLVMSub);
    case IR_MUL:
        return binary(g, inst, LLVMMul);
    case IR_UDIV:
        return binary(g, inst, LLVMUDiv);
    case IR_UMOD:
        return binary(g, inst, LLVMURem);
    case IR_SDIV:
    case IR_SMOD:
        return signed_division(g, inst);
    case IR_AND:
        return binary(g, inst, LLVMAnd);
    case IR_OR:
        return binary(g, inst, LLVMOr);
    case IR_XOR:
        return binary(g, inst, LLVMXor);
    case IR_SHL:
        return shift(g, inst, LLVMShl);
    case IR_LSHR:
        return shift(g, inst, LLVMLShr);
    case IR_ASHR:
        return shift(g, inst, LLVMAShr);
    case IR_LOG2:
        return log2_floor(g, operand(g, inst, 0));
    case IR_BSWAP:
        return swap_bytes(g, inst);
    case IR_OPAQUE:
        return emit_opaque(e, operand(g, inst, 0));
    case IR_EXTEND:
        return emit_widen(e, emit_narrow(e, operand(g, inst, 0), inst->size), inst->is_signed);
    case IR_IS_NULL:
        return emit_bool_word(e, emit_is_zero(e, operand(g, inst, 0)));
    case IR_PTR_TO_INT:
        return LLVMBuildPtrToInt(e->builder, operand(g, inst, 0), e->i64, "");
    default:
        return gen_comparison(g, inst);
    }
}
