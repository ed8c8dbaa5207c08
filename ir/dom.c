/* Dominators by Cooper, Harvey and Kennedy's iteration: intersect the dominators of all
 * predecessors, in reverse postorder, until nothing changes. The depth-first walk has a stack of
 * its own: a script may make very many blocks. */
#include "ir/dom.h"

struct walk {
    const struct ir_func *func;
    u32 *postorder; /* block ids */
    u32 n_done;
    u32 *stack, *next; /* block id, and how many of its successors were visited */
    u32 depth;
    bool *is_seen;
};

static const struct ir_block *successor(const struct ir_block *block, u32 i)
{
    const struct ir_inst *last = block->insts.items[block->insts.n - 1];

    if (last->op == IR_RET)
        return NULL;
    if (i == 0)
        return last->block;
    return i == 1 && last->op == IR_BR ? last->other : NULL;
}

static void visit(struct walk *w, u32 block)
{
    if (w->is_seen[block])
        return;
    w->is_seen[block] = true;
    w->stack[w->depth] = block;
    w->next[w->depth++] = 0;
}

static void walk_blocks(struct walk *w)
{
    visit(w, 0);
    while (w->depth) {
        u32 top = w->depth - 1, block = w->stack[top];
        const struct ir_block *to = successor(w->func->blocks.items[block], w->next[top]++);

        if (to) {
            visit(w, to->id);
            continue;
        }
        w->postorder[w->n_done++] = block;
        w->depth--;
    }
}

u32 dom_common(const struct dom *d, u32 a, u32 b)
{
    while (a != b) {
        if (d->order[a] > d->order[b]) {
            a = d->idom[a];
        } else {
            b = d->idom[b];
        }
    }
    return a;
}

/* Lower the dominator of every successor of block. Returns whether one changed. */
static bool update_successors(const struct dom *d, const struct ir_block *block)
{
    bool changed = false;
    const struct ir_block *to = NULL;

    for (u32 i = 0; (to = successor(block, i)) != NULL; i++) {
        u32 old = d->idom[to->id];
        u32 now = old == DOM_NONE ? block->id : dom_common(d, old, block->id);

        if (to->id != 0 && now != old) {
            d->idom[to->id] = now;
            changed = true;
        }
    }
    return changed;
}

struct dom dom_compute(struct arena *arena, const struct ir_func *func)
{
    u32 n = func->blocks.n;
    struct dom d = {n, arena_array(arena, u32, n), arena_array(arena, u32, n)};
    struct walk w = {
        .func = func,
        .postorder = arena_array(arena, u32, n),
        .stack = arena_array(arena, u32, n),
        .next = arena_array(arena, u32, n),
        .is_seen = arena_array(arena, bool, n),
    };
    bool changed = true;

    for (u32 i = 0; i < n; i++)
        d.order[i] = d.idom[i] = DOM_NONE;
    walk_blocks(&w);
    for (u32 i = 0; i < w.n_done; i++)
        d.order[w.postorder[i]] = w.n_done - 1 - i;
    d.idom[0] = 0;
    while (changed) {
        changed = false;
        for (u32 i = w.n_done; i-- > 0;)
            changed |= update_successors(&d, func->blocks.items[w.postorder[i]]);
    }
    return d;
}

bool dom_is_reached(const struct dom *d, u32 block)
{
    return d->order[block] != DOM_NONE;
}

bool dom_dominates(const struct dom *d, u32 a, u32 b)
{
    while (d->order[b] > d->order[a])
        b = d->idom[b];
    return a == b;
}
