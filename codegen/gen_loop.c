/* Loops: functions that the helpers bpf_loop (5.17) and bpf_for_each_map_elem (5.13) call, so that
 * the verifier follows a round once and not every round of a loop.
 *
 * Such a function gets one pointer of ours: the frame on the program's stack, {scratch entry,
 * context} (see gen_slot.c). The verifier keeps the types of pointers that lie there. */
#include <linux/bpf.h>

#include "codegen/gen.h"

static const char *const loop_params[] = {"index", "frame"};
static const char *const each_params[] = {"map", "key", "value", "frame"};

static LLVMTypeRef callback_type(const struct emit *e, bool is_loop)
{
    LLVMTypeRef loop[] = {e->i64, e->ptr}, each[] = {e->ptr, e->ptr, e->ptr, e->ptr};

    return is_loop ? LLVMFunctionType(e->i64, loop, ARRAY_SIZE(loop), 0)
                   : LLVMFunctionType(e->i64, each, ARRAY_SIZE(each), 0);
}

void gen_callback_declare(struct gen *g, u32 i)
{
    struct slot_plan *plan = &g->family.plans[i];
    bool is_loop = plan->func->kind == IR_FUNC_LOOP;
    const char *const *params = is_loop ? loop_params : each_params;
    u32 n = is_loop ? ARRAY_SIZE(loop_params) : ARRAY_SIZE(each_params);

    plan->llvm = LLVMAddFunction(g->e.module, plan->func->name, callback_type(&g->e, is_loop));
    LLVMSetLinkage(plan->llvm, LLVMInternalLinkage);
    g->e.func = plan->llvm;
    gen_attributes(g);
    (void)debug_callback(g, plan->llvm, plan->func->span, params, n);
}

static LLVMValueRef callee_of(const struct gen *g, const struct ir_func *func)
{
    for (u32 i = 1; i < g->family.n_plans; i++) {
        if (g->family.plans[i].func == func)
            return g->family.plans[i].llvm;
    }
    ptl_bug("a loop calls a function of another program");
}

static LLVMValueRef frame_of(const struct gen *g)
{
    return g->f.frame ? g->f.frame : LLVMConstNull(g->e.ptr);
}

static LLVMValueRef gen_loop(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef args[] = {gen_value(g, inst->args[0]), callee_of(g, inst->callee), frame_of(g),
                           emit_word(&g->e, 0)};

    return emit_helper(&g->e, g->e.i64, BPF_FUNC_loop, args, ARRAY_SIZE(args));
}

static LLVMValueRef for_each(struct gen *g, const struct ir_map *map, LLVMValueRef callee,
                             LLVMValueRef frame)
{
    LLVMValueRef args[] = {map_address(g, map), callee, frame, emit_word(&g->e, 0)};

    return emit_helper(&g->e, g->e.i64, BPF_FUNC_for_each_map_elem, args, ARRAY_SIZE(args));
}

/* A function that does nothing with an element: the helper gives the number of its calls. */
static LLVMValueRef visitor(struct gen *g)
{
    struct emit *e = &g->e;
    LLVMBasicBlockRef from = emit_here(e);
    LLVMValueRef func = e->func;

    if (g->visitor)
        return g->visitor;
    g->visitor = e->func = LLVMAddFunction(e->module, "visit_nothing", callback_type(e, false));
    LLVMSetLinkage(e->func, LLVMInternalLinkage);
    gen_attributes(g);
    (void)debug_callback(g, e->func, NO_SPAN, each_params, ARRAY_SIZE(each_params));
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
    LLVMValueRef callee = visitor(g);

    debug_at(g, inst->span);
    return for_each(g, inst->map, callee, LLVMConstNull(g->e.ptr));
}

LLVMValueRef gen_loop_op(struct gen *g, const struct ir_inst *inst)
{
    switch (inst->op) {
    case IR_MAP_LEN:
        return gen_map_len(g, inst);
    case IR_LOOP:
        return gen_loop(g, inst);
    case IR_EACH:
        return for_each(g, inst->map, callee_of(g, inst->callee), frame_of(g));
    case IR_INDEX:
        return LLVMGetParam(g->e.func, 0);
    case IR_KEY:
        return LLVMGetParam(g->e.func, 1);
    case IR_VALUE:
        return LLVMGetParam(g->e.func, 2);
    default:
        return NULL;
    }
}
