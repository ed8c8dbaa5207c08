/* Where local memory lies. The BPF stack has 512 bytes for everything, LLVM's spills included:
 * small slots go there while the sum is small, the others into a per-CPU entry of the scratch map,
 * one for each program that needs it.
 *
 * A slot that is only read and written at constant places becomes registers in LLVM (SROA), so at
 * first it is taken to cost no stack. Where that proves wrong, the part is made again with a
 * stricter plan for the program (enum stack_plan). The scratch entry is looked up as late as all
 * its uses allow, so that a predicate that says no has not paid for it; but never while a ring
 * buffer record is reserved: the way out (no entry: return 0) could not give that back. */
#include <string.h>

#include <linux/bpf.h>

#include "abi/record.h"
#include "codegen/gen.h"

enum {
    SCRATCH_MAX = 32 << 10, /* PCPU_MIN_UNIT_SIZE: of a value of a per-CPU map */
    SLOT_STACK_MAX = 64,    /* larger slots never lie on the stack */
    STACK_BUDGET = 320,
    STACK_BUDGET_NARROW = 96,
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

/* What a function does with the slots of one list, by slot id. */
struct slot_use {
    bool *is_used, *is_memory; /* used at all; in a way that needs memory */
};

static struct slot_use slot_use_new(struct gen *g, u32 n)
{
    return (struct slot_use){arena_array(g->arena, bool, n), arena_array(g->arena, bool, n)};
}

static bool owns(const struct ir_func *func, const struct ir_slot *slot)
{
    return slot->id < func->slots.n && func->slots.items[slot->id] == slot;
}

static void note_operands(const struct ir_func *func, const struct ir_inst *inst,
                          struct slot_use *own, struct slot_use *root)
{
    for (u32 i = 0; i < inst->n_args; i++) {
        s64 offset = 0;
        ir_val base = ir_ptr_base(inst->args[i], &offset);
        const struct slot_use *use = NULL;

        if (!base || base->op != IR_SLOT)
            continue;
        use = owns(func, base->slot) ? own : root;
        use->is_used[base->slot->id] = true;
        if (!use_is_transparent(inst, i))
            use->is_memory[base->slot->id] = true;
    }
}

static void find_uses(const struct ir_func *func, struct slot_use *own, struct slot_use *root)
{
    vec_foreach(block, &func->blocks) {
        vec_foreach(inst, &(*block)->insts)
            note_operands(func, *inst, own, root);
    }
}

/* Does the function reserve a record in this block? */
static bool block_reserves(const struct ir_block *block)
{
    vec_foreach(inst, &block->insts) {
        if ((*inst)->op == IR_CALL_PTR && (*inst)->helper == BPF_FUNC_ringbuf_reserve)
            return true;
    }
    return false;
}

static struct slot_place *place_of(const struct gen *g, const struct ir_slot *slot)
{
    const struct slot_plan *plan = g->f.plan;

    return owns(plan->func, slot) ? &plan->own[slot->id] : &plan->root[slot->id];
}

bool slots_are_fixed(const struct gen *g)
{
    return g->plan == STACK_NONE;
}

/* An address that LLVM computes once for many uses is one that it has to keep. */
LLVMValueRef slot_address(struct gen *g, const struct ir_slot *slot)
{
    const struct slot_place *place = place_of(g, slot);

    if (place->is_scratch && slots_are_fixed(g))
        return emit_member(&g->e, emit_opaque_ptr(&g->e, g->f.scratch), place->offset);
    return place->address;
}

static bool uses_scratch(const struct gen *g, const struct ir_inst *inst, const void *what)
{
    (void)what;
    if (inst->op == IR_LOOP || inst->op == IR_EACH)
        return g->family.scratch_size > 0;
    for (u32 i = 0; i < inst->n_args; i++) {
        ir_val v = inst->args[i];

        if (v->op == IR_SLOT && place_of(g, v->slot)->is_scratch)
            return true;
    }
    return home_is_used(g, inst);
}

u32 gen_block_before(const struct gen *g, gen_uses_fn *uses, const void *what)
{
    const struct dom *dom = &g->f.dom;
    u32 found = DOM_NONE, at = 0;

    vec_foreach(block, &g->f.ir->blocks) {
        if (!dom_is_reached(dom, (*block)->id))
            continue;
        vec_foreach(inst, &(*block)->insts) {
            if (uses(g, *inst, what))
                found = found == DOM_NONE ? (*block)->id : dom_common(dom, found, (*block)->id);
        }
    }
    if (found == DOM_NONE)
        return DOM_NONE;
    for (at = found; at != 0; at = dom->idom[at]) {
        if (block_reserves(g->f.ir->blocks.items[dom->idom[at]]))
            found = dom->idom[at];
    }
    return found;
}

/* What a function's slots may take of its stack. A program and the functions of its loops share one
 * (the verifier adds them up). */
static u32 stack_budget(const struct gen *g)
{
    static const u32 budgets[STACK_PLAN_COUNT_] = {STACK_BUDGET, STACK_BUDGET, STACK_BUDGET_NARROW};
    u32 budget = budgets[g->plan];

    return g->family.n_plans > 1 ? budget / 4 : budget;
}

static void put_in_scratch(struct gen *g, struct slot_place *place, u32 size)
{
    place->is_scratch = true;
    place->offset = g->family.scratch_size;
    g->family.scratch_size += size;
}

/* Places of the slots of one list that no other function uses. */
static void place_slots(struct gen *g, const struct ir_func *owner, struct slot_place *places,
                        const struct slot_use *use, u32 *used)
{
    u32 budget = stack_budget(g);

    for (u32 i = 0; i < owner->slots.n; i++) {
        u32 size = owner->slots.items[i]->size;
        u32 cost = g->plan == STACK_FREE && !use->is_memory[i] ? 0 : size;

        if (!places[i].is_used || places[i].is_scratch)
            continue;
        if (size <= SLOT_STACK_MAX && *used + cost <= budget) {
            *used += cost;
        } else {
            put_in_scratch(g, &places[i], size);
        }
    }
}

/* What several functions of a family use lies in scratch, at one place. */
static void place_shared(struct gen *g, const struct ir_func *program)
{
    struct gen_family *family = &g->family;

    for (u32 i = 0; i < program->slots.n && family->n_plans > 1; i++) {
        struct slot_place shared = {.is_used = true};
        u32 n_users = 0;

        for (u32 k = 0; k < family->n_plans; k++)
            n_users += family->plans[k].root[i].is_used;
        if (n_users < 2)
            continue;
        put_in_scratch(g, &shared, program->slots.items[i]->size);
        for (u32 k = 0; k < family->n_plans; k++) {
            if (family->plans[k].root[i].is_used)
                family->plans[k].root[i] = shared;
        }
    }
}

static struct slot_place *places_new(struct gen *g, const struct slot_use *use, u32 n)
{
    struct slot_place *places = arena_array(g->arena, struct slot_place, n);

    for (u32 i = 0; i < n; i++)
        places[i].is_used = use->is_used[i];
    return places;
}

void slots_plan(struct gen *g, const struct ir_func *program)
{
    u32 n = 1 + program->callbacks.n;
    struct slot_use *own = arena_array(g->arena, struct slot_use, n);
    struct slot_use *root = arena_array(g->arena, struct slot_use, n);

    g->family = (struct gen_family){
        .plans = arena_array(g->arena, struct slot_plan, n), .n_plans = n, .needs_frame = n > 1};
    if (program->is_preemptible)
        g->family.scratch_size = sizeof(u64); /* the word that says whether the entry is held */
    for (u32 i = 0; i < n; i++) {
        const struct ir_func *func = i ? program->callbacks.items[i - 1] : program;
        struct slot_plan *plan = &g->family.plans[i];

        plan->func = func;
        own[i] = slot_use_new(g, func->slots.n);
        root[i] = i ? slot_use_new(g, program->slots.n) : own[i];
        find_uses(func, &own[i], &root[i]);
        plan->own = places_new(g, &own[i], func->slots.n);
        plan->root = i ? places_new(g, &root[i], program->slots.n) : plan->own;
    }
    place_shared(g, program);
    for (u32 i = 0; i < n; i++) {
        struct slot_plan *plan = &g->family.plans[i];
        u32 used = 0;

        place_slots(g, plan->func, plan->own, &own[i], &used);
        if (i)
            place_slots(g, program, plan->root, &root[i], &used);
        if (g->plan == STACK_NONE)
            plan->homes = homes_plan(g, plan->func);
    }
}

/* ---- code ---- */

static LLVMValueRef stack_slot(struct gen *g, LLVMTypeRef type)
{
    LLVMValueRef slot = LLVMBuildAlloca(g->e.builder, type, "");

    LLVMSetAlignment(slot, 8);
    return slot;
}

static void emit_stack(struct gen *g, const struct ir_func *owner, struct slot_place *places)
{
    for (u32 i = 0; i < owner->slots.n; i++) {
        u32 size = owner->slots.items[i]->size;
        LLVMTypeRef type = size == 8 ? g->e.i64 : LLVMArrayType2(g->e.i64, size / 8);

        if (places[i].is_used && !places[i].is_scratch)
            places[i].address = stack_slot(g, type);
    }
}

static void emit_addresses(struct gen *g, const struct ir_func *owner, struct slot_place *places,
                           LLVMValueRef base)
{
    for (u32 i = 0; i < owner->slots.n; i++) {
        if (places[i].is_used && places[i].is_scratch)
            places[i].address = emit_member(&g->e, base, places[i].offset);
    }
}

/* LAYOUT of the frame */
enum {
    FRAME_SCRATCH = 0,
    FRAME_CTX = 8,
    FRAME_SIZE = 16
};

static LLVMValueRef load_pointer(struct gen *g, LLVMValueRef frame, u32 offset)
{
    LLVMValueRef v = LLVMBuildLoad2(g->e.builder, g->e.ptr, emit_member(&g->e, frame, offset), "");

    LLVMSetAlignment(v, 8);
    return v;
}

static void enter_program(struct gen *g)
{
    const struct emit *e = &g->e;

    if (g->f.uses_scratch)
        g->f.scratch_key = stack_slot(g, e->i32);
    if (g->f.uses_scratch && g->f.ir->is_preemptible) {
        g->f.scratch_held = stack_slot(g, e->ptr);
        emit_store(e, LLVMConstNull(e->ptr), g->f.scratch_held, 8);
    }
    if (!g->family.needs_frame)
        return;
    g->f.frame = stack_slot(g, LLVMArrayType2(e->i64, FRAME_SIZE / 8));
    emit_store(e, g->f.ctx, emit_member(e, g->f.frame, FRAME_CTX), 8);
}

void slots_emit_entry(struct gen *g)
{
    const struct slot_plan *plan = g->f.plan;
    const struct ir_func *root = plan->func->root;
    bool is_program = plan->func == root;
    LLVMValueRef base = NULL;

    emit_stack(g, plan->func, plan->own);
    if (is_program) {
        enter_program(g);
        return;
    }
    g->f.frame = LLVMGetParam(g->e.func, plan->func->kind == IR_FUNC_LOOP ? 1 : 3);
    g->f.ctx = load_pointer(g, g->f.frame, FRAME_CTX);
    base = g->f.scratch = load_pointer(g, g->f.frame, FRAME_SCRATCH);
    emit_stack(g, root, plan->root);
    emit_addresses(g, plan->func, plan->own, base);
    emit_addresses(g, root, plan->root, base);
}

void slots_find_scratch(struct gen *g)
{
    g->f.scratch_block = gen_block_before(g, uses_scratch, NULL);
    g->f.uses_scratch = g->f.scratch_block != DOM_NONE;
}

/* Entries of a program that can be preempted: so many tasks may be in it on one CPU. */
#define LEVELS 4

/* Look the entry up; where there is none, which never happens, go to missing. */
static LLVMValueRef lookup_scratch(struct gen *g, u32 index, LLVMBasicBlockRef missing)
{
    const struct emit *e = &g->e;
    LLVMValueRef args[2] = {gen_scratch_address(g), g->f.scratch_key};
    LLVMBasicBlockRef found = emit_block(e, "scratch");
    LLVMValueRef base = NULL;

    emit_store(e, LLVMConstInt(e->i32, index, 0), g->f.scratch_key, 4);
    base = emit_helper(e, e->ptr, BPF_FUNC_map_lookup_elem, args, 2);
    emit_branch(e, emit_is_zero(e, base), missing, found);
    emit_at(e, found);
    return base;
}

/* Count the event that finds all levels taken. */
static void count_preempted(struct gen *g, LLVMBasicBlockRef done)
{
    const struct emit *e = &g->e;
    const struct ir_map *books = NULL;
    LLVMBasicBlockRef found = emit_block(e, "book");
    LLVMValueRef book = NULL;

    vec_foreach(map, &g->ir->maps) {
        if (strcmp((*map)->name, PTL_MAP_BOOKS) == 0)
            books = *map;
    }
    if (!books) {
        emit_jump(e, done);
        return;
    }
    emit_store(e, LLVMConstInt(e->i32, books->max_entries - 1, 0), g->f.scratch_key, 4);
    book = emit_helper(e, e->ptr, BPF_FUNC_map_lookup_elem,
                       (LLVMValueRef[]){g->maps[books->id], g->f.scratch_key}, 2);
    emit_branch(e, emit_is_zero(e, book), done, found);
    emit_at(e, found);
    (void)LLVMBuildAtomicRMW(e->builder, LLVMAtomicRMWBinOpAdd,
                             emit_member(e, book, offsetof(struct ptl_book, errors)),
                             emit_word(e, 1), LLVMAtomicOrderingSequentiallyConsistent, 0);
    emit_jump(e, done);
}

/* Take the first entry that no other task holds on this CPU: its first word is 1 while it is held.
 */
static LLVMValueRef take_scratch(struct gen *g, LLVMBasicBlockRef missing)
{
    const struct emit *e = &g->e;
    LLVMAtomicOrdering order = LLVMAtomicOrderingSequentiallyConsistent;
    LLVMBasicBlockRef taken = emit_block(e, "taken");

    for (u32 i = 0; i < LEVELS; i++) {
        LLVMBasicBlockRef next = emit_block(e, "next_level"), mine = emit_block(e, "mine");
        LLVMValueRef base = lookup_scratch(g, g->needs.n_scratch++, missing);
        LLVMValueRef pair = LLVMBuildAtomicCmpXchg(e->builder, base, emit_word(e, 0),
                                                   emit_word(e, 1), order, order, 0);
        LLVMValueRef before = LLVMBuildExtractValue(e->builder, pair, 0, "");

        emit_branch(e, emit_is_zero(e, before), mine, next);
        emit_at(e, mine);
        emit_store(e, base, g->f.scratch_held, 8);
        emit_jump(e, taken);
        emit_at(e, next);
    }
    count_preempted(g, missing);
    emit_at(e, taken);
    return LLVMBuildLoad2(e->builder, e->ptr, g->f.scratch_held, "");
}

static void check_scratch(struct gen *g)
{
    struct diag *d = NULL;

    if (g->family.scratch_size <= SCRATCH_MAX)
        return;
    d = diag_add(g->diags, E_VALUES_TOO_LARGE, g->family.plans[0].func->span,
                 "The values of this clause take %u bytes, more than the %u that there are",
                 g->family.scratch_size, SCRATCH_MAX);
    diag_hint(d, "Split it into several clauses, or use smaller values.");
    g->failed = true;
}

void slots_emit_scratch(struct gen *g)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef missing = emit_block(e, "no_scratch"), here = NULL;
    LLVMValueRef base = NULL;

    debug_at(g, NO_SPAN);
    if (g->f.ir->kind == IR_FUNC_PROGRAM)
        check_scratch(g);
    g->needs.scratch_size = MAX(g->needs.scratch_size, g->family.scratch_size);
    base = g->f.scratch_held ? take_scratch(g, missing)
                             : lookup_scratch(g, g->needs.n_scratch++, missing);
    g->f.scratch = base;
    here = emit_here(e);
    emit_at(e, missing);
    (void)LLVMBuildRet(e->builder, LLVMConstInt(e->i32, 0, 0));
    emit_at(e, here);
    if (g->f.frame)
        emit_store(e, base, emit_member(e, g->f.frame, FRAME_SCRATCH), 8);
    emit_addresses(g, g->f.ir, g->f.plan->own, base);
}

void slots_emit_release(struct gen *g)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef held = NULL, done = NULL;
    LLVMValueRef base = NULL;

    if (!g->f.scratch_held)
        return;
    held = emit_block(e, "held");
    done = emit_block(e, "released");
    base = LLVMBuildLoad2(e->builder, e->ptr, g->f.scratch_held, "");
    emit_branch(e, emit_is_zero(e, base), done, held);
    emit_at(e, held);
    emit_store(e, emit_word(e, 0), base, 8);
    emit_jump(e, done);
    emit_at(e, done);
}
