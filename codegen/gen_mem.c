/* Instructions that read and write memory one word at a time: loads, stores, atomics, the context,
 * the configuration and what is like it.
 *
 * The verifier allows the context to be read only by its register plus a constant, so LLVM must not
 * compute an address in it first: llvm.preserve.static.offset is BPF's way to say that. Reads of
 * the configuration are volatile: its zeros in the object are not its values. */
#include "codegen/gen.h"

static LLVMValueRef preserve_static_offset(struct gen *g, LLVMValueRef ptr)
{
    static const char name[] = "llvm.preserve.static.offset";
    unsigned id = LLVMLookupIntrinsicID(name, sizeof(name) - 1);
    LLVMTypeRef type = LLVMFunctionType(g->e.ptr, &g->e.ptr, 1, 0);
    LLVMValueRef func = LLVMGetIntrinsicDeclaration(g->e.module, id, NULL, 0);

    return LLVMBuildCall2(g->e.builder, type, func, &ptr, 1, "");
}

static LLVMValueRef load_context(struct gen *g, u32 offset, u32 size, bool is_signed)
{
    const struct emit *e = &g->e;
    LLVMValueRef context = preserve_static_offset(g, g->f.ctx);
    LLVMValueRef v = emit_load(e, emit_member(e, context, offset), size);

    return size == 8 ? v : emit_widen(e, v, is_signed);
}

static LLVMValueRef load_arg(struct gen *g, const struct ir_inst *inst)
{
    const struct arch *arch = g->opts->arch;

    if (inst->imm >= 0 && inst->imm < arch->n_arg_regs)
        return load_context(g, arch->arg_off[inst->imm], 8, false);
    (void)diag_add(g->diags, E_ARG_NOT_IN_REGISTER, inst->span,
                   "arg%lld is not in a register on %s: the last one is arg%u",
                   (long long)inst->imm, arch->name, arch->n_arg_regs - 1);
    g->failed = true;
    return emit_word(&g->e, 0);
}

static LLVMValueRef load_constant(struct gen *g, LLVMValueRef base, s64 offset)
{
    LLVMValueRef v = emit_load(&g->e, emit_member(&g->e, base, offset), 8);

    LLVMSetVolatile(v, 1);
    return v;
}

static LLVMValueRef place(struct gen *g, const struct ir_inst *inst)
{
    return emit_member(&g->e, gen_value(g, inst->args[0]), inst->imm);
}

static LLVMValueRef load(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef v = emit_load(&g->e, place(g, inst), inst->size);

    LLVMSetVolatile(v, slots_are_fixed(g));
    return inst->size == 8 ? v : emit_widen(&g->e, v, inst->is_signed);
}

static void store(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef v = gen_value(g, inst->args[1]);

    if (inst->size != 8)
        v = emit_narrow(&g->e, v, inst->size);
    emit_store(&g->e, v, place(g, inst), inst->size);
}

static LLVMValueRef atomic(struct gen *g, const struct ir_inst *inst, LLVMAtomicRMWBinOp op)
{
    return LLVMBuildAtomicRMW(g->e.builder, op, place(g, inst), gen_value(g, inst->args[1]),
                              LLVMAtomicOrderingSequentiallyConsistent, 0);
}

static LLVMValueRef compare_exchange(struct gen *g, const struct ir_inst *inst)
{
    LLVMAtomicOrdering order = LLVMAtomicOrderingSequentiallyConsistent;
    LLVMValueRef pair =
        LLVMBuildAtomicCmpXchg(g->e.builder, place(g, inst), gen_value(g, inst->args[1]),
                               gen_value(g, inst->args[2]), order, order, 0);

    return LLVMBuildExtractValue(g->e.builder, pair, 0, "");
}

bool gen_mem_op(struct gen *g, const struct ir_inst *inst, LLVMValueRef *result_out)
{
    *result_out = NULL;
    switch (inst->op) {
    case IR_CTX_LOAD:
        *result_out = load_context(g, (u32)inst->imm, inst->size, inst->is_signed);
        return true;
    case IR_ARG:
        *result_out = load_arg(g, inst);
        return true;
    case IR_RETVAL:
        *result_out = load_context(g, g->opts->arch->ret_off, 8, false);
        return true;
    case IR_CORE:
        *result_out = gen_core(g, inst);
        return true;
    case IR_CONFIG:
        *result_out = load_constant(g, gen_config_address(g), inst->imm);
        return true;
    case IR_RESOLVED:
        *result_out = load_constant(g, gen_resolved_address(g), 8 * inst->imm);
        return true;
    case IR_LOAD:
        *result_out = load(g, inst);
        return true;
    case IR_STORE:
        store(g, inst);
        return true;
    case IR_ATOMIC_ADD:
        (void)atomic(g, inst, LLVMAtomicRMWBinOpAdd);
        return true;
    case IR_ATOMIC_FETCH_ADD:
        *result_out = atomic(g, inst, LLVMAtomicRMWBinOpAdd);
        return true;
    case IR_COMPARE_EXCHANGE:
        *result_out = compare_exchange(g, inst);
        return true;
    case IR_PTR_ADD:
        *result_out = emit_ptr_add(&g->e, gen_value(g, inst->args[0]), gen_value(g, inst->args[1]));
        return true;
    case IR_COPY:
        gen_copy(g, inst);
        return true;
    case IR_FILL_ZERO:
        gen_fill_zero(g, inst);
        return true;
    case IR_STR_EQ:
        *result_out = gen_str_eq(g, inst);
        return true;
    case IR_STR_LEN:
        *result_out = gen_str_len(g, inst);
        return true;
    case IR_STR_FIND:
        *result_out = gen_str_find(g, inst);
        return true;
    case IR_MEM_CMP:
        *result_out = gen_mem_cmp(g, inst);
        return true;
    default:
        return false;
    }
}
