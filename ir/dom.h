/* Control flow of a function: which blocks are reached, and which one every path to a block passes
 * (its dominators). The verifier checks definitions before uses by it; codegen finds where to do
 * late what several blocks need. */
#pragma once

#include "ir/ir.h"

#define DOM_NONE (~(u32)0)

struct dom {
    u32 n_blocks;
    u32 *
        order; /* position in reverse postorder by block id; DOM_NONE: not reached from the entry */
    u32 *idom; /* immediate dominator by block id; the entry's is itself; DOM_NONE: not reached */
};

/* Compute for a function whose blocks all end in JMP, BR or RET to blocks of the same function. */
struct dom dom_compute(struct arena *arena, const struct ir_func *func);
bool dom_is_reached(const struct dom *d, u32 block);
/* Does every path to block b pass block a? Both reached; a block dominates itself. */
bool dom_dominates(const struct dom *d, u32 a, u32 b);
/* The nearest block that dominates both; both reached. */
u32 dom_common(const struct dom *d, u32 a, u32 b);
