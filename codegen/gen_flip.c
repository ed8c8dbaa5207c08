/* Maps with two halves (abi/record.h, enum flip_role): the half that is written to is looked up
 * once in each function that uses the map, so that all of one access goes to the same. The runtime
 * waits for running programs before it reads the other: it may stay where it is until the program's
 * end. */
#include <linux/bpf.h>

#include "codegen/gen.h"

static bool uses_map(const struct gen *g, const struct ir_inst *inst, const void *what)
{
    (void)g;
    if (inst->map == what)
        return true;
    for (u32 i = 0; i < inst->n_args; i++) {
        if (inst->args[i]->op == IR_MAP && inst->args[i]->map == what)
            return true;
    }
    return false;
}

LLVMValueRef map_address(const struct gen *g, const struct ir_map *map)
{
    for (u32 i = 0; map->is_flipped && i < g->n_flipped; i++) {
        if (g->flipped[i] == map)
            return g->f.halves[i].address;
    }
    return g->maps[map->id];
}

void flips_emit_entry(struct gen *g)
{
    bool is_used = false;

    if (g->n_flipped == 0)
        return;
    g->f.halves = arena_array(g->arena, struct gen_half, g->n_flipped);
    for (u32 i = 0; i < g->n_flipped; i++) {
        g->f.halves[i].block = gen_block_before(g, uses_map, g->flipped[i]);
        is_used = is_used || g->f.halves[i].block != DOM_NONE;
    }
    if (!is_used)
        return;
    g->f.half_key = LLVMBuildAlloca(g->e.builder, g->e.i32, "");
    LLVMSetAlignment(g->f.half_key, 8);
    emit_store(&g->e, LLVMConstNull(g->e.i32), g->f.half_key, 4);
}

/* Leave the function because the kernel has lost a half, which never happens: of a loop, end it. */
static void emit_leave(struct gen *g)
{
    bool is_program = g->f.ir->kind == IR_FUNC_PROGRAM;

    if (is_program)
        slots_emit_release(g);
    (void)LLVMBuildRet(g->e.builder,
                       LLVMConstInt(is_program ? g->e.i32 : g->e.i64, !is_program, 0));
}

static LLVMValueRef emit_lookup(struct gen *g, const struct ir_map *map)
{
    const struct emit *e = &g->e;
    LLVMValueRef args[] = {g->maps[map->id], g->f.half_key};
    LLVMBasicBlockRef missing = emit_block(e, "no_half"), found = emit_block(e, "half");
    LLVMValueRef address = NULL;

    debug_at(g, NO_SPAN);
    address = emit_helper(e, e->ptr, BPF_FUNC_map_lookup_elem, args, ARRAY_SIZE(args));
    emit_branch(e, emit_is_zero(e, address), missing, found);
    emit_at(e, missing);
    emit_leave(g);
    emit_at(e, found);
    return address;
}

void flips_emit(struct gen *g, const struct ir_block *block)
{
    for (u32 i = 0; i < g->n_flipped; i++) {
        if (g->f.halves[i].block == block->id)
            g->f.halves[i].address = emit_lookup(g, g->flipped[i]);
    }
}
