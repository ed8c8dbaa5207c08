/* Searching a text in a string where neither is known, or the text is a long one: one loop over the
 * places, which goes back to the next place where the text differs. It needs as many rounds as the
 * string and the text have bytes multiplied, at most; mostly as many as the string. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

_Static_assert(PTL_STRING_MAX *PTL_STRING_MAX <= IR_LOOP_MAX, "enough rounds for any search");

/* A string that the rounds share, and what masks each offset in it. */
struct haystack {
    const struct ir_slot *slot;
    s64 mask;
};

static struct haystack share(struct lowering *lo, const char *name, struct operand text)
{
    struct ir_builder *b = &lo->b;
    u32 size = type_mem_size(text.type);
    struct haystack h = {.mask = (s64)lower_mask(size - 1)};

    h.slot = ir_shared_slot_new(b, name, (u32)h.mask + 1);
    ir_copy(b, ir_slot_addr(b, h.slot), text.val, size);
    ir_fill_zero(b, ir_slot_addr(b, h.slot), size, (u32)h.mask + 1 - size);
    return h;
}

static ir_val byte_at(struct lowering *lo, const struct haystack *h, ir_val offset)
{
    struct ir_builder *b = &lo->b;
    ir_val bounded = ir_binary(b, IR_AND, ir_opaque(b, offset), ir_const(b, h->mask));

    return ir_load(b, ir_ptr_add(b, ir_slot_addr(b, h->slot), bounded), 0, 1, false);
}

/* state[0]: the place where the text may begin, at last the result; state[1]: how many of its bytes
 * were found there. */
static void search_round(struct lowering *lo, const struct haystack *text,
                         const struct haystack *part, ir_val state)
{
    struct ir_builder *b = &lo->b;
    ir_val place = ir_load64(b, state, 0), n = ir_load64(b, state, 8);
    ir_val wanted = byte_at(lo, part, n), found = NULL;
    struct branch br;

    br = lower_if(lo, ir_binary(b, IR_EQ, wanted, ir_const(b, 0)));
    ir_ret(b, 1);
    lower_end_if(lo, &br);
    found = byte_at(lo, text, ir_binary(b, IR_ADD, place, n));
    br = lower_if(lo, ir_binary(b, IR_EQ, found, ir_const(b, 0)));
    ir_store64(b, state, 0, ir_const(b, -1));
    ir_ret(b, 1);
    lower_end_if(lo, &br);
    br = lower_if(lo, ir_binary(b, IR_EQ, found, wanted));
    ir_store64(b, state, 8, ir_binary(b, IR_ADD, n, ir_const(b, 1)));
    lower_else(lo, &br);
    ir_store64(b, state, 0, ir_binary(b, IR_ADD, place, ir_const(b, 1)));
    ir_store64(b, state, 8, ir_const(b, 0));
    lower_end_if(lo, &br);
}

ir_val lower_find_text(struct lowering *lo, struct operand text, struct operand part)
{
    struct ir_builder *b = &lo->b;
    struct haystack in = share(lo, "searched", text), wanted = share(lo, "wanted", part);
    const struct ir_slot *state = ir_shared_slot_new(b, "search", 16);
    s64 n_rounds = (s64)type_mem_size(text.type) * type_mem_size(part.type);
    struct callback cb;

    ir_fill_zero(b, ir_slot_addr(b, state), 0, 16);
    cb = lower_callback_begin(lo, IR_FUNC_LOOP);
    search_round(lo, &in, &wanted, ir_slot_addr(b, state));
    lower_callback_end(lo, &cb);
    (void)ir_loop(b, ir_const(b, n_rounds), cb.func);
    return ir_load64(b, ir_slot_addr(b, state), 0);
}
