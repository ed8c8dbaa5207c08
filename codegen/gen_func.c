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
    case IR_TABLE:
        return gen_table_address(g, (enum names)v->imm);
    case IR_RESOLVED_TEXT:
        return emit_opaque_ptr(&g->e, emit_member(&g->e, gen_resolved_address(g), 8 * v->imm));
    case IR_SLOT:
        return slot_address(g, v->slot);
    case IR_CTX:
        return g->f.ctx;
    case IR_MAP:
        return map_address(g, v->map);
    default:
        return home_load(g, v);
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
void gen_attributes(struct gen *g)
{
    LLVMAddAttributeAtIndex(g->e.func, LLVMAttributeFunctionIndex,
                            emit_attribute(&g->e, "nounwind"));
    LLVMAddAttributeAtIndex(g->e.func, LLVMAttributeFunctionIndex,
                            emit_text_attribute(&g->e, "no-builtins"));
}

static void gen_branch(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef cond = emit_is_not_zero(&g->e, gen_value(g, inst->args[0]));

    (void)emit_branch(&g->e, cond, g->f.blocks[inst->block->id], g->f.blocks[inst->other->id]);
}

static LLVMValueRef return_value(struct gen *g, s64 value)
{
    bool is_program = g->f.ir->kind == IR_FUNC_PROGRAM;

    return LLVMConstInt(is_program ? g->e.i32 : g->e.i64, (u64)value, 1);
}

static LLVMValueRef gen_inst(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef result = NULL;

    switch (inst->op) {
    case IR_CALL:
    case IR_CALL_PTR:
        return gen_call(g, inst);
    case IR_JMP:
        emit_jump(&g->e, g->f.blocks[inst->block->id]);
        return NULL;
    case IR_BR:
        gen_branch(g, inst);
        return NULL;
    case IR_RET:
        slots_emit_release(g);
        (void)LLVMBuildRet(g->e.builder, return_value(g, inst->imm));
        return NULL;
    default:
        if (gen_mem_op(g, inst, &result))
            return result;
        result = gen_loop_op(g, inst);
        return result ? result : gen_word_op(g, inst);
    }
}

static void gen_block(struct gen *g, const struct ir_block *block)
{
    emit_at(&g->e, g->f.blocks[block->id]);
    if (g->f.scratch_key && block->id == g->f.scratch_block)
        slots_emit_scratch(g);
    flips_emit(g, block);
    vec_foreach(inst, &block->insts) {
        if (ir_is_leaf((*inst)->op))
            continue;
        debug_at(g, (*inst)->span);
        home_store(g, *inst, gen_inst(g, *inst));
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

static void begin_func(struct gen *g, struct slot_plan *plan)
{
    const struct ir_func *func = plan->func;

    g->f = (struct gen_func){.ir = func, .plan = plan, .dom = dom_compute(g->arena, func)};
    g->f.values = arena_array(g->arena, LLVMValueRef, func->n_insts);
    g->f.blocks = arena_array(g->arena, LLVMBasicBlockRef, func->blocks.n);
}

/* The blocks of the function that was begun, whose LLVM function is g->e.func. */
static void gen_body(struct gen *g)
{
    struct emit *e = &g->e;
    const struct ir_func *func = g->f.ir;
    u32 n_reached = 0;
    u32 *order = order_blocks(g, &n_reached);

    emit_at(e, emit_block(e, "entry"));
    for (u32 i = 0; i < n_reached; i++)
        g->f.blocks[order[i]] = emit_block(e, func->blocks.items[order[i]]->name);
    debug_at(g, func->span);
    slots_emit_entry(g);
    flips_emit_entry(g);
    emit_jump(e, g->f.blocks[0]);
    for (u32 i = 0; i < n_reached; i++)
        gen_block(g, func->blocks.items[order[i]]);
}

static void gen_callback(struct gen *g, struct slot_plan *plan)
{
    begin_func(g, plan);
    g->e.func = plan->llvm;
    g->f.subprogram = LLVMGetSubprogram(plan->llvm);
    gen_body(g);
}

void gen_program(struct gen *g, const struct ir_func *func)
{
    struct emit *e = &g->e;
    LLVMTypeRef type = LLVMFunctionType(e->i32, &e->ptr, 1, 0);

    slots_plan(g, func);
    for (u32 i = 1; i < g->family.n_plans; i++)
        gen_callback_declare(g, i);
    begin_func(g, &g->family.plans[0]);
    e->func = LLVMAddFunction(e->module, func->name, type);
    LLVMSetSection(e->func, func->section);
    gen_attributes(g);
    debug_func(g);
    g->f.ctx = LLVMGetParam(e->func, 0);
    slots_find_scratch(g);
    gen_body(g);
    for (u32 i = 1; i < g->family.n_plans; i++)
        gen_callback(g, &g->family.plans[i]);
}
