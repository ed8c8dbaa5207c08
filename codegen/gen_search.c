/* Instructions that look for something in memory: the end of a string, a text in a string, the
 * first bytes that differ. All go word by word, of which gen_bytes.c tells more; what is long is a
 * loop.
 *
 * The verifier follows every round of a loop with its number as a constant, and what comes behind
 * the loop for every way out of it. So what such a way finds is made a number of which the verifier
 * knows only the range (emit_forget): it sees that it has been there with the same. */
#include "codegen/gen.h"

/* Ways out of a search, which lead to `done` with the result. */
struct search {
    LLVMBasicBlockRef done;
    LLVMValueRef result; /* phi */
};

static struct search search_begin(struct gen *g)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef from = emit_here(e);
    struct search s = {.done = emit_block(e, "searched")};

    emit_at(e, s.done);
    s.result = emit_phi(e, e->i64);
    emit_at(e, from);
    return s;
}

/* Leave the search from here with a result. */
static void search_leave(struct gen *g, const struct search *s, LLVMValueRef result)
{
    emit_incoming(s->result, result, emit_here(&g->e));
    emit_jump(&g->e, s->done);
}

/* Go on behind the search; what comes to here has found nothing. */
static LLVMValueRef search_end(struct gen *g, const struct search *s, LLVMValueRef otherwise)
{
    LLVMBasicBlockRef last = emit_here(&g->e);

    search_leave(g, s, otherwise);
    LLVMMoveBasicBlockAfter(s->done, last);
    emit_at(&g->e, s->done);
    return s->result;
}

/* Go on in a new block if cond, else in *other_out. */
static void need(struct gen *g, LLVMValueRef cond, LLVMBasicBlockRef other)
{
    LLVMBasicBlockRef next = emit_block(&g->e, "search");

    (void)emit_branch(&g->e, cond, next, other);
    emit_at(&g->e, next);
}

/* What masks every offset in size bytes. */
static u64 offset_mask(u32 size)
{
    u64 mask = 1;

    while (mask < size)
        mask *= 2;
    return mask - 1;
}

/* ---- length ---- */

/* Number of the first byte whose highest bit is the lowest one that is set in word: that bit alone,
 * shifted to the bottom of its byte, moves the byte's number to the top of a product. */
static LLVMValueRef first_byte(struct gen *g, LLVMValueRef word)
{
    const struct emit *e = &g->e;
    LLVMValueRef bit = emit_op(e, LLVMAnd, word, emit_op(e, LLVMSub, emit_word(e, 0), word));

    bit = emit_op(e, LLVMLShr, bit, emit_word(e, 7));
    bit = emit_op(e, LLVMMul, bit, emit_word(e, 0x0001020304050607));
    return emit_op(e, LLVMLShr, bit, emit_word(e, 56));
}

/* Leave with the length if the string ends in the word at offset. */
static void find_end(struct gen *g, const struct search *s, LLVMValueRef ptr, LLVMValueRef offset,
                     u32 size)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef ends = emit_block(e, "string_ends"), next = NULL;
    LLVMValueRef word = emit_load(e, emit_ptr_add(e, ptr, offset), 8);
    LLVMValueRef nuls = gen_zero_bytes(g, word), length = NULL;

    need(g, emit_is_zero(e, nuls), ends);
    next = emit_here(e);
    emit_at(e, ends);
    length = emit_op(e, LLVMAdd, offset, first_byte(g, nuls));
    search_leave(g, s, emit_forget(e, length, word, offset_mask(size)));
    emit_at(e, next);
}

LLVMValueRef gen_str_len(struct gen *g, const struct ir_inst *inst)
{
    struct search s = search_begin(g);
    LLVMValueRef ptr = gen_value(g, inst->args[0]);

    if (inst->size <= 16) {
        for (u32 at = 0; at < inst->size; at += 8)
            find_end(g, &s, ptr, emit_word(&g->e, at), inst->size);
    } else {
        struct byte_loop l = byte_loop_begin(g);

        find_end(g, &s, ptr, l.offset, inst->size);
        byte_loop_end(g, &l, 8, inst->size);
    }
    return search_end(g, &s, emit_word(&g->e, inst->size - 1));
}

/* ---- a text in a string ---- */

/* A text can begin at each byte of a word, so it may reach into so many more words. */
enum {
    WINDOW_WORDS = IR_FIND_MAX / 8 + 1
};

struct needle {
    struct search s;
    struct str text;
    LLVMValueRef ptr;                 /* the string that is searched */
    u32 size;                         /* bytes of it */
    LLVMValueRef words[WINDOW_WORDS]; /* of it, from the one at hand; NULL: not needed */
};

/* The word at offset + distance; 0 behind the string. */
static LLVMValueRef following_word(struct gen *g, const struct needle *n, LLVMValueRef offset,
                                   u32 distance)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef from = emit_here(e), inside = NULL, next = NULL;
    LLVMValueRef loaded = NULL, word = NULL;
    s64 limit = (s64)n->size - distance;

    if (limit <= 0)
        return emit_word(e, 0);
    inside = emit_block(e, "inside");
    next = emit_block(e, "search");
    (void)emit_branch(e, emit_cmp(e, LLVMIntULT, offset, emit_word(e, (u64)limit)), inside, next);
    emit_at(e, inside);
    loaded = emit_load(e, emit_member(e, emit_ptr_add(e, n->ptr, offset), distance), 8);
    emit_jump(e, next);
    emit_at(e, next);
    word = emit_phi(e, e->i64);
    emit_incoming(word, loaded, inside);
    emit_incoming(word, emit_word(e, 0), from);
    return word;
}

/* Eight bytes of the string from byte number `at` of word number i. */
static LLVMValueRef window(struct gen *g, const struct needle *n, u32 i, u32 at)
{
    const struct emit *e = &g->e;
    LLVMValueRef low = NULL, high = NULL;

    if (at == 0)
        return n->words[i];
    low = emit_op(e, LLVMLShr, n->words[i], emit_word(e, (u64)at * 8));
    if (i + 1 == WINDOW_WORDS || !n->words[i + 1])
        return low;
    high = emit_op(e, LLVMShl, n->words[i + 1], emit_word(e, 64 - (u64)at * 8));
    return emit_op(e, LLVMOr, low, high);
}

/* 0 if the text is at byte number `at` of the word at hand. All of it is compared by one number: a
 * branch for each part would be one more way for the verifier in every round. */
static LLVMValueRef difference(struct gen *g, const struct needle *n, u32 at)
{
    const struct emit *e = &g->e;
    LLVMValueRef all = NULL;

    for (u32 i = 0; i * 8 < n->text.n; i++) {
        u32 length = MIN(n->text.n - i * 8, 8);
        LLVMValueRef part = window(g, n, i, at);
        u64 wanted = 0;

        for (u32 k = 0; k < length; k++)
            wanted |= (u64)(u8)n->text.p[i * 8 + k] << (8 * k);
        if (length < 8)
            part = emit_op(e, LLVMAnd, part, emit_word(e, ((u64)1 << (8 * length)) - 1));
        part = emit_op(e, LLVMXor, part, emit_word(e, wanted));
        all = all ? emit_op(e, LLVMOr, all, part) : part;
    }
    return all;
}

/* Leave if the text is at byte number `at` of the word at offset. */
static void find_at(struct gen *g, const struct needle *n, LLVMValueRef offset, u32 at)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef next = emit_block(e, "search");
    LLVMValueRef found = emit_op(e, LLVMAdd, offset, emit_word(e, at));

    need(g, emit_is_zero(e, emit_opaque(e, difference(g, n, at))), next);
    search_leave(g, &n->s, emit_forget(e, found, n->words[0], offset_mask(n->size)));
    emit_at(e, next);
}

/* Look at the eight places in the word at offset. Most words do not have the text's first byte, and
 * are done with that. Behind the string's end there is nothing to be found. */
static void find_in_word(struct gen *g, struct needle *n, LLVMValueRef offset)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef next = emit_block(e, "search"), ends = emit_block(e, "search_ends");
    LLVMValueRef first = emit_word(e, (u8)n->text.p[0] * 0x0101010101010101u);
    u32 n_words = (n->text.n + 6) / 8 + 1;

    n->words[0] = emit_load(e, emit_ptr_add(e, n->ptr, offset), 8);
    need(g, emit_is_not_zero(e, gen_zero_bytes(g, emit_op(e, LLVMXor, n->words[0], first))), next);
    for (u32 i = 1; i < n_words; i++)
        n->words[i] = following_word(g, n, offset, i * 8);
    for (u32 at = 0; at < 8; at++)
        find_at(g, n, offset, at);
    emit_jump(e, next);
    emit_at(e, next);
    need(g, emit_is_zero(e, gen_zero_bytes(g, n->words[0])), ends);
    next = emit_here(e);
    emit_at(e, ends);
    search_leave(g, &n->s, emit_word(e, (u64)-1));
    emit_at(e, next);
}

LLVMValueRef gen_str_find(struct gen *g, const struct ir_inst *inst)
{
    struct needle n = {
        .s = search_begin(g),
        .text = inst->args[1]->text,
        .ptr = gen_value(g, inst->args[0]),
        .size = inst->size,
    };
    struct byte_loop l = byte_loop_begin(g);

    find_in_word(g, &n, l.offset);
    byte_loop_end(g, &l, 8, inst->size);
    return search_end(g, &n.s, emit_word(&g->e, (u64)-1));
}

/* ---- order of bytes ---- */

/* Leave if the words differ: the first byte in memory is the lowest here, and has to count most. */
static void compare_word(struct gen *g, const struct search *s, LLVMValueRef a, LLVMValueRef b)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef differ = emit_block(e, "differ"), next = NULL;
    LLVMValueRef less = NULL;

    need(g, emit_cmp(e, LLVMIntEQ, a, b), differ);
    next = emit_here(e);
    emit_at(e, differ);
    less = emit_cmp(e, LLVMIntULT, emit_bswap(e, a), emit_bswap(e, b));
    search_leave(g, s,
                 LLVMBuildSelect(e->builder, less, emit_word(e, (u64)-1), emit_word(e, 1), ""));
    emit_at(e, next);
}

LLVMValueRef gen_mem_cmp(struct gen *g, const struct ir_inst *inst)
{
    const struct emit *e = &g->e;
    struct search s = search_begin(g);
    LLVMValueRef x = gen_value(g, inst->args[0]), y = gen_value(g, inst->args[1]);
    u32 looped = inst->size > 64 ? inst->size - inst->size % 8 : 0;

    if (looped) {
        struct byte_loop l = byte_loop_begin(g);

        compare_word(g, &s, emit_load(e, emit_ptr_add(e, x, l.offset), 8),
                     emit_load(e, emit_ptr_add(e, y, l.offset), 8));
        byte_loop_end(g, &l, 8, looped);
    }
    for (u32 at = looped; at < inst->size; at += 8) {
        u32 rest = inst->size - at;

        compare_word(g, &s, gen_partial_word(g, x, at, rest), gen_partial_word(g, y, at, rest));
    }
    return search_end(g, &s, emit_word(e, 0));
}
