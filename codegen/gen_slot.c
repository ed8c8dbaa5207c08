/* Where local memory lies. The BPF stack has 512 bytes for everything, LLVM's spills included:
 * small slots go there while the sum is small, the others into a per-CPU entry of the scratch map,
 * one for each program that needs it.
 *
 * A slot that is only read and written at constant places becomes registers in LLVM (SROA), so at
 * first it is taken to cost no stack. Where that proves wrong, the object is made again with a
 * stricter plan (enum stack_plan). The scratch entry is looked up as late as all its uses allow, so
 * that a predicate that says no has not paid for it; but never while a ring buffer record is
 * reserved: the way out (no entry: return 0) could not give that back. */
#include "codegen/gen.h"

enum {
    SLOT_STACK_MAX = 64, /* larger slots never lie on the stack */
    STACK_BUDGET = 320,
    STACK_BUDGET_NARROW = 96,
    HELPER_RINGBUF_RESERVE = 131, /* enum bpf_func_id */
    HELPER_MAP_LOOKUP = 1,
};

/* May LLVM keep a slot in registers when this instruction uses its address as operand number i? */
static bool use_is_transparent(const struct ir_inst *inst, u32 i)
{
    s64 offset = 0;

    switch (inst->op) {
    case IR_LOAD:
        return true;
    case IR_STORE:
        return i == 0;
    case IR_FILL_ZERO:
    case IR_COPY:
        return inst->size <= SLOT_STACK_MAX;
    case IR_PTR_ADD:
        return ir_is_const(inst->args[1], &offset);
    default:
        return false;
    }
}

/* By slot id: must it be memory? */
static bool *find_memory_slots(struct gen *g)
{
    bool *is_memory = arena_array(g->arena, bool, g->f.ir->slots.n);

    vec_foreach(block, &g->f.ir->blocks) {
        vec_foreach(inst, &(*block)->insts) {
            for (u32 i = 0; i < (*inst)->n_args; i++) {
                s64 offset = 0;
                ir_val base = ir_ptr_base((*inst)->args[i], &offset);

                if (base && base->op == IR_SLOT && !use_is_transparent(*inst, i))
                    is_memory[base->slot->id] = true;
            }
        }
    }
    return is_memory;
}

/* Does the function reserve a record in this block? */
static bool block_reserves(const struct ir_block *block)
{
    vec_foreach(inst, &block->insts) {
        if ((*inst)->op == IR_CALL_PTR && (*inst)->helper == HELPER_RINGBUF_RESERVE)
            return true;
    }
    return false;
}

static bool uses_scratch(const struct gen *g, const struct ir_inst *inst)
{
    for (u32 i = 0; i < inst->n_args; i++) {
        ir_val v = inst->args[i];

        if (v->op == IR_SLOT && g->f.slots[v->slot->id].is_scratch)
            return true;
    }
    return false;
}

/* The latest block that all uses of scratch slots pass, and that no reservation precedes. */
static u32 find_scratch_block(struct gen *g)
{
    const struct dom *dom = &g->f.dom;
    u32 found = DOM_NONE, at = 0;

    vec_foreach(block, &g->f.ir->blocks) {
        if (!dom_is_reached(dom, (*block)->id))
            continue;
        vec_foreach(inst, &(*block)->insts) {
            if (uses_scratch(g, *inst))
                found = found == DOM_NONE ? (*block)->id : dom_common(dom, found, (*block)->id);
        }
    }
    if (found == DOM_NONE)
        return 0;
    for (at = found; at != 0; at = dom->idom[at]) {
        if (block_reserves(g->f.ir->blocks.items[dom->idom[at]]))
            found = dom->idom[at];
    }
    return found;
}

void slots_plan(struct gen *g)
{
    const struct ir_func *func = g->f.ir;
    bool *is_memory = find_memory_slots(g);
    static const u32 budgets[STACK_PLAN_COUNT_] = {STACK_BUDGET, STACK_BUDGET, STACK_BUDGET_NARROW};
    u32 budget = budgets[g->plan], used = 0;

    g->f.slots = arena_array(g->arena, struct slot_place, func->slots.n);
    g->f.scratch_size = 0;
    for (u32 i = 0; i < func->slots.n; i++) {
        struct slot_place *place = &g->f.slots[i];
        u32 size = func->slots.items[i]->size;
        u32 cost = g->plan == STACK_FREE && !is_memory[i] ? 0 : size;

        if (size <= SLOT_STACK_MAX && used + cost <= budget) {
            used += cost;
            continue;
        }
        place->is_scratch = true;
        place->offset = g->f.scratch_size;
        g->f.scratch_size += size;
    }
    g->f.scratch_block = g->f.scratch_size ? find_scratch_block(g) : 0;
}

static LLVMValueRef stack_slot(struct gen *g, LLVMTypeRef type)
{
    LLVMValueRef slot = LLVMBuildAlloca(g->e.builder, type, "");

    LLVMSetAlignment(slot, 8);
    return slot;
}

void slots_emit_stack(struct gen *g)
{
    for (u32 i = 0; i < g->f.ir->slots.n; i++) {
        u32 size = g->f.ir->slots.items[i]->size;
        LLVMTypeRef type = size == 8 ? g->e.i64 : LLVMArrayType2(g->e.i64, size / 8);

        if (!g->f.slots[i].is_scratch)
            g->f.slots[i].address = stack_slot(g, type);
    }
    if (g->f.scratch_size)
        g->f.scratch_key = stack_slot(g, g->e.i32);
}

void slots_emit_scratch(struct gen *g)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef missing = emit_block(e, "no_scratch"), found = emit_block(e, "scratch");
    LLVMValueRef args[2] = {gen_scratch_address(g), g->f.scratch_key};
    LLVMValueRef base = NULL;

    debug_at(g, NO_SPAN);
    emit_store(e, LLVMConstInt(e->i32, g->n_scratch++, 0), g->f.scratch_key, 4);
    g->scratch_size = MAX(g->scratch_size, g->f.scratch_size);
    base = emit_helper(e, e->ptr, HELPER_MAP_LOOKUP, args, 2);
    emit_branch(e, emit_is_zero(e, base), missing, found);
    emit_at(e, missing);
    (void)LLVMBuildRet(e->builder, LLVMConstInt(e->i32, 0, 0));
    emit_at(e, found);
    for (u32 i = 0; i < g->f.ir->slots.n; i++) {
        struct slot_place *place = &g->f.slots[i];

        if (place->is_scratch)
            place->address = emit_member(e, base, place->offset);
    }
}
