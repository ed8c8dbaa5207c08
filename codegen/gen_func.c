/* One IR function -> one LLVM function, which is one BPF program: `int NAME(void *ctx)` in the
 * section that libbpf derives the program type from. IR blocks become LLVM blocks; an instruction
 * may end one and go on in another of its own.
 *
 * Blocks are emitted in reverse postorder: a value is there before every use of it. What is never
 * reached is left out. */
#include <linux/bpf.h>

#include "codegen/gen.h"

LLVMValueRef gen_value(struct gen *g, ir_val v)
{
    switch (v->op) {
    case IR_CONST:
        return emit_word(&g->e, (u64)v->imm);
    case IR_STRING:
        return gen_const_address(g, v->text, v->size);
    case IR_ZERO:
        return gen_const_address(g, STR(""), v->size);
    case IR_SLOT:
        return g->f.slots[v->slot->id].address;
    case IR_CTX:
        return LLVMGetParam(g->e.func, 0);
    case IR_MAP:
        return g->maps[v->map->id];
    default:
        return g->f.values[v->id];
    }
}

static LLVMValueRef gen_call(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef args[5] = {0};

    for (u32 i = 0; i < inst->n_args; i++)
        args[i] = gen_value(g, inst->args[i]);
    return emit_helper(&g->e, inst->op == IR_CALL_PTR ? g->e.ptr : g->e.i64, inst->helper, args,
                       inst->n_args);
}

/* Without "no-builtins" LLVM would make calls of memcpy and memcmp out of our loops and chains, and
 * BPF has neither. */
static void set_attributes(struct gen *g)
{
    LLVMAddAttributeAtIndex(g->e.func, LLVMAttributeFunctionIndex,
                            emit_attribute(&g->e, "nounwind"));
    LLVMAddAttributeAtIndex(g->e.func, LLVMAttributeFunctionIndex,
                            emit_text_attribute(&g->e, "no-builtins"));
}

/* A function that does nothing with an element: BPF_FUNC_for_each_map_elem (5.13) gives the number
 * of its calls. */
static LLVMValueRef visitor(struct gen *g)
{
    struct emit *e = &g->e;
    LLVMTypeRef params[] = {e->ptr, e->ptr, e->ptr, e->ptr};
    LLVMTypeRef type = LLVMFunctionType(e->i64, params, ARRAY_SIZE(params), 0);
    LLVMBasicBlockRef from = emit_here(e);
    LLVMValueRef func = e->func;

    if (g->visitor)
        return g->visitor;
    g->visitor = e->func = LLVMAddFunction(e->module, "visit_nothing", type);
    LLVMSetLinkage(e->func, LLVMInternalLinkage);
    set_attributes(g);
    debug_visitor(g, e->func);
    emit_at(e, emit_block(e, "entry"));
    LLVMSetCurrentDebugLocation2(e->builder, NULL);
    (void)LLVMBuildRet(e->builder, emit_word(e, 0));
    e->func = func;
    emit_at(e, from);
    g->f.last_span = NO_SPAN;
    return g->visitor;
}

static LLVMValueRef gen_map_len(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef args[] = {g->maps[inst->map->id], visitor(g), LLVMConstNull(g->e.ptr),
                           emit_word(&g->e, 0)};

    debug_at(g, inst->span);
    return emit_helper(&g->e, g->e.i64, BPF_FUNC_for_each_map_elem, args, ARRAY_SIZE(args));
}

static void gen_branch(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef cond = emit_is_not_zero(&g->e, gen_value(g, inst->args[0]));

    (void)emit_branch(&g->e, cond, g->f.blocks[inst->block->id], g->f.blocks[inst->other->id]);
}

static LLVMValueRef gen_inst(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef result = NULL;

    switch (inst->op) {
    case IR_CALL:
    case IR_CALL_PTR:
        return gen_call(g, inst);
    case IR_MAP_LEN:
        return gen_map_len(g, inst);
    case IR_JMP:
        emit_jump(&g->e, g->f.blocks[inst->block->id]);
        return NULL;
    case IR_BR:
        gen_branch(g, inst);
        return NULL;
    case IR_RET:
        (void)LLVMBuildRet(g->e.builder, LLVMConstInt(g->e.i32, (u64)inst->imm, 1));
        return NULL;
    default:
        if (gen_mem_op(g, inst, &result))
            return result;
        return gen_word_op(g, inst);
    }
}

static void gen_block(struct gen *g, const struct ir_block *block)
{
    emit_at(&g->e, g->f.blocks[block->id]);
    if (g->f.scratch_size && block->id == g->f.scratch_block)
        slots_emit_scratch(g);
    vec_foreach(inst, &block->insts) {
        if (ir_is_leaf((*inst)->op))
            continue;
        debug_at(g, (*inst)->span);
        g->f.values[(*inst)->id] = gen_inst(g, *inst);
    }
}

/* The reached blocks in reverse postorder. */
static u32 *order_blocks(struct gen *g, u32 *n_out)
{
    const struct dom *dom = &g->f.dom;
    u32 *order = arena_array(g->arena, u32, dom->n_blocks);
    u32 n = 0;

    for (u32 i = 0; i < dom->n_blocks; i++) {
        if (!dom_is_reached(dom, i))
            continue;
        order[dom->order[i]] = i;
        n++;
    }
    *n_out = n;
    return order;
}

void gen_func(struct gen *g, const struct ir_func *func)
{
    struct emit *e = &g->e;
    LLVMTypeRef type = LLVMFunctionType(e->i32, &e->ptr, 1, 0);
    LLVMBasicBlockRef entry = NULL;
    u32 n_reached = 0;
    u32 *order = NULL;

    g->f = (struct gen_func){.ir = func, .dom = dom_compute(g->arena, func)};
    g->f.values = arena_array(g->arena, LLVMValueRef, func->n_insts);
    g->f.blocks = arena_array(g->arena, LLVMBasicBlockRef, func->blocks.n);
    e->func = LLVMAddFunction(e->module, func->name, type);
    LLVMSetSection(e->func, func->section);
    set_attributes(g);
    order = order_blocks(g, &n_reached);
    slots_plan(g);

    entry = emit_block(e, "entry");
    for (u32 i = 0; i < n_reached; i++)
        g->f.blocks[order[i]] = emit_block(e, func->blocks.items[order[i]]->name);
    emit_at(e, entry);
    debug_func(g);
    slots_emit_stack(g);
    emit_jump(e, g->f.blocks[0]);
    for (u32 i = 0; i < n_reached; i++)
        gen_block(g, func->blocks.items[order[i]]);
}
