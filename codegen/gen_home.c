/* Words at home in scratch, for programs that need more than the BPF stack (STACK_NONE). There a
 * word that is not used at once is stored when it is made and loaded for each use, so that LLVM has
 * next to nothing to keep; pointers cannot be stored there, the verifier would forget what they
 * are. Nor are words of which the verifier has to know the bounds: sizes that helpers get,
 * distances that are added to pointers, and what those are made of. */
#include "codegen/gen.h"

/* What is known of the word of an instruction. */
struct word {
    const struct ir_inst *inst; /* NULL: none, or a leaf */
    u32 block, place; /* of the instruction; places count instructions that are no leaves */
    u32 last_use;     /* place, if all uses are in the same block */
    bool is_used_later, leaves_block, is_bound;
};

/* A home that is taken up to a place of the block. */
struct lease {
    u32 offset, last_use;
};

struct homes {
    struct gen *g;
    const struct ir_func *func;
    struct word *words; /* by instruction id */
    VEC(struct lease) leases;
    VEC(u32) vacant; /* offsets */
};

static bool is_word(const struct ir_inst *inst)
{
    return !ir_is_leaf(inst->op) && ir_op_result(inst->op) == IR_INT;
}

static void note_definitions(struct homes *h)
{
    for (u32 b = 0; b < h->func->blocks.n; b++) {
        u32 place = 0;

        vec_foreach(inst, &h->func->blocks.items[b]->insts) {
            if (ir_is_leaf((*inst)->op))
                continue;
            h->words[(*inst)->id] = (struct word){.inst = *inst, .block = b, .place = place++};
        }
    }
}

static void note_uses(struct homes *h)
{
    for (u32 id = 0; id < h->func->n_insts; id++) {
        const struct word *user = &h->words[id];

        for (u32 i = 0; user->inst && i < user->inst->n_args; i++) {
            struct word *used = &h->words[user->inst->args[i]->id];

            if (ir_is_leaf(user->inst->args[i]->op))
                continue;
            used->leaves_block |= user->block != used->block;
            used->is_used_later |= used->leaves_block || user->place > used->place + 1;
            used->last_use = MAX(used->last_use, user->place);
        }
    }
}

/* An operand is made before its use, so its number is lower. */
static void note_bounds(struct homes *h)
{
    for (u32 id = h->func->n_insts; id-- > 0;) {
        const struct word *user = &h->words[id];
        enum ir_op op = user->inst ? user->inst->op : IR_CONST;

        if (!user->inst ||
            (op != IR_PTR_ADD && op != IR_CALL && op != IR_CALL_PTR && !user->is_bound))
            continue;
        for (u32 i = 0; i < user->inst->n_args; i++)
            h->words[user->inst->args[i]->id].is_bound = true;
    }
}

static u32 take_home(struct homes *h)
{
    u32 offset = h->g->family.scratch_size;

    if (h->vacant.n)
        return h->vacant.items[--h->vacant.n];
    h->g->family.scratch_size += 8;
    return offset;
}

/* Give back the homes of words that were used for the last time before a place. */
static void end_leases(struct homes *h, u32 place)
{
    u32 n = 0;

    for (u32 i = 0; i < h->leases.n; i++) {
        struct lease lease = h->leases.items[i];

        if (lease.last_use < place) {
            *vec_push(h->g->arena, &h->vacant) = lease.offset;
        } else {
            h->leases.items[n++] = lease;
        }
    }
    h->leases.n = n;
}

static void settle(struct homes *h, const struct word *word, u32 *home)
{
    u32 offset = 0;

    if (!is_word(word->inst) || !word->is_used_later || word->is_bound)
        return;
    offset = take_home(h);
    *home = offset + 1;
    if (!word->leaves_block)
        *vec_push(h->g->arena, &h->leases) = (struct lease){offset, word->last_use};
}

u32 *homes_plan(struct gen *g, const struct ir_func *func)
{
    struct homes h = {.g = g, .func = func};
    u32 *homes = arena_array(g->arena, u32, func->n_insts);

    h.words = arena_array(g->arena, struct word, func->n_insts);
    note_definitions(&h);
    note_uses(&h);
    note_bounds(&h);
    vec_foreach(block, &func->blocks) {
        end_leases(&h, ~(u32)0);
        vec_foreach(inst, &(*block)->insts) {
            const struct word *word = &h.words[(*inst)->id];

            if (!word->inst)
                continue;
            end_leases(&h, word->place);
            settle(&h, word, &homes[(*inst)->id]);
        }
    }
    return homes;
}

static u32 home_of(const struct gen *g, const struct ir_inst *inst)
{
    return g->f.plan->homes ? g->f.plan->homes[inst->id] : 0;
}

bool home_is_used(const struct gen *g, const struct ir_inst *inst)
{
    bool is_used = !ir_is_leaf(inst->op) && home_of(g, inst);

    for (u32 i = 0; i < inst->n_args; i++)
        is_used |= !ir_is_leaf(inst->args[i]->op) && home_of(g, inst->args[i]);
    return is_used;
}

static LLVMValueRef address(struct gen *g, u32 home)
{
    return emit_member(&g->e, emit_opaque_ptr(&g->e, g->f.scratch), home - 1);
}

void home_store(struct gen *g, const struct ir_inst *inst, LLVMValueRef v)
{
    u32 home = home_of(g, inst);
    LLVMValueRef store = NULL;

    g->f.values[inst->id] = v;
    if (!home)
        return;
    store = LLVMBuildStore(g->e.builder, v, address(g, home));
    LLVMSetAlignment(store, 8);
    LLVMSetVolatile(store, 1);
}

LLVMValueRef home_load(struct gen *g, const struct ir_inst *inst)
{
    u32 home = home_of(g, inst);
    LLVMValueRef v = NULL;

    if (!home)
        return g->f.values[inst->id];
    v = emit_load(&g->e, address(g, home), 8);
    LLVMSetVolatile(v, 1);
    return v;
}
