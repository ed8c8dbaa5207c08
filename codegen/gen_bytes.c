/* Instructions that work on many bytes: copy, fill, compare. BPF has no memcpy to call, so all is
 * written out in words of 8 bytes with a tail of 4, 2 and 1; what is long is a loop of 64 bytes a
 * round, with a counter that LLVM cannot see through (emit_opaque), so the verifier finds a
 * constant in every round.
 *
 * Strings are compared by words, too. In a word w with the bytes of a string, z = (w - 0x01..01) &
 * ~w & 0x80..80 has its lowest set bit in the first NUL byte, exact up to there; the strings end
 * equal in this word if no bit up to that one differs. The lowest byte is the first one: BPF is
 * compiled little-endian (bpfel). */
#include "codegen/gen.h"

/* Up to so many bytes are written out. */
enum {
    UNROLL_MAX = 256,
    STRING_UNROLL_MAX = 64
};

enum {
    LOOP_BYTES = 64
};

/* Size of the next access when `rest` bytes are left. */
static u32 chunk_size(u32 rest)
{
    if (rest >= 8)
        return 8;
    if (rest >= 4)
        return 4;
    return rest >= 2 ? 2 : 1;
}

struct byte_loop byte_loop_begin(struct gen *g)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef from = emit_here(e);
    struct byte_loop l = {.head = emit_block(e, "loop")};

    emit_jump(e, l.head);
    emit_at(e, l.head);
    l.counter = emit_phi(e, e->i64);
    emit_incoming(l.counter, emit_word(e, 0), from);
    l.offset = emit_opaque(e, l.counter);
    return l;
}

void byte_loop_end(struct gen *g, const struct byte_loop *l, u32 round_bytes, u32 total_bytes)
{
    const struct emit *e = &g->e;
    LLVMValueRef next = emit_op(e, LLVMAdd, l->offset, emit_word(e, round_bytes));
    LLVMValueRef again = emit_cmp(e, LLVMIntULT, next, emit_word(e, total_bytes));
    LLVMBasicBlockRef out = emit_block(e, "loop_out");

    emit_incoming(l->counter, next, emit_here(e));
    (void)emit_branch(e, again, l->head, out);
    emit_at(e, out);
}

/* Bytes that the loop takes of size; the rest is written out. */
static u32 looped_bytes(u32 size, u32 unroll_max, u32 round_bytes)
{
    return size > unroll_max ? size - size % round_bytes : 0;
}

/* ---- copy and fill ---- */

/* src NULL: zeros. */
static void move_bytes(struct gen *g, LLVMValueRef dst, LLVMValueRef src, u32 from, u32 to)
{
    const struct emit *e = &g->e;
    u32 n = 0;

    for (u32 at = from; at < to; at += n) {
        LLVMValueRef v = NULL;

        n = chunk_size(to - at);
        v = src ? emit_load(e, emit_member(e, src, at), n) : LLVMConstNull(emit_int_type(e, n));
        emit_store(e, v, emit_member(e, dst, at), n);
    }
}

static void move_all(struct gen *g, LLVMValueRef dst, LLVMValueRef src, u32 size)
{
    const struct emit *e = &g->e;
    u32 looped = looped_bytes(size, UNROLL_MAX, LOOP_BYTES);

    if (looped) {
        struct byte_loop l = byte_loop_begin(g);

        move_bytes(g, emit_ptr_add(e, dst, l.offset), src ? emit_ptr_add(e, src, l.offset) : NULL,
                   0, LOOP_BYTES);
        byte_loop_end(g, &l, LOOP_BYTES, looped);
    }
    move_bytes(g, dst, src, looped, size);
}

void gen_copy(struct gen *g, const struct ir_inst *inst)
{
    move_all(g, gen_value(g, inst->args[0]), gen_value(g, inst->args[1]), inst->size);
}

void gen_fill_zero(struct gen *g, const struct ir_inst *inst)
{
    LLVMValueRef at = emit_member(&g->e, gen_value(g, inst->args[0]), inst->imm);

    move_all(g, at, NULL, inst->size);
}

/* ---- comparison ---- */

/* A comparison in progress: both ways out lead to `done`, which gathers the result. */
struct comparison {
    LLVMValueRef x, y;
    LLVMBasicBlockRef done;
    LLVMValueRef result;
};

static struct comparison comparison_begin(struct gen *g, const struct ir_inst *inst)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef from = emit_here(e);
    struct comparison c = {
        .x = gen_value(g, inst->args[0]),
        .y = gen_value(g, inst->args[1]),
        .done = emit_block(e, "compared"),
    };

    emit_at(e, c.done);
    c.result = emit_phi(e, e->i1);
    emit_at(e, from);
    return c;
}

/* Go on if cond, else the result is `otherwise`. */
static void comparison_need(struct gen *g, const struct comparison *c, LLVMValueRef cond,
                            bool otherwise)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef next = emit_block(e, "compare");

    emit_incoming(c->result, LLVMConstInt(e->i1, otherwise, 0), emit_here(e));
    (void)emit_branch(e, cond, next, c->done);
    emit_at(e, next);
}

/* The end: the result is `result` (an i1). */
static LLVMValueRef comparison_end(struct gen *g, const struct comparison *c, LLVMValueRef result)
{
    const struct emit *e = &g->e;

    emit_incoming(c->result, result, emit_here(e));
    emit_jump(e, c->done);
    LLVMMoveBasicBlockAfter(c->done, emit_here(e));
    emit_at(e, c->done);
    return emit_bool_word(e, c->result);
}

/* ---- strings ---- */

LLVMValueRef gen_partial_word(struct gen *g, LLVMValueRef ptr, u32 at, u32 rest)
{
    const struct emit *e = &g->e;
    LLVMValueRef word = NULL;
    u32 n = 0;

    if (rest >= 8)
        return emit_load(e, emit_member(e, ptr, at), 8);
    for (u32 i = 0; i < rest; i += n) {
        LLVMValueRef part = NULL;

        n = chunk_size(rest - i);
        part = emit_widen(e, emit_load(e, emit_member(e, ptr, at + i), n), false);
        part = emit_op(e, LLVMShl, part, emit_word(e, (u64)i * 8));
        word = word ? emit_op(e, LLVMOr, word, part) : part;
    }
    return word;
}

LLVMValueRef gen_zero_bytes(struct gen *g, LLVMValueRef word)
{
    const struct emit *e = &g->e;
    LLVMValueRef zeros = emit_op(e, LLVMSub, word, emit_word(e, 0x0101010101010101));

    zeros = emit_op(e, LLVMAnd, zeros, LLVMBuildNot(e->builder, word, ""));
    return emit_op(e, LLVMAnd, zeros, emit_word(e, 0x8080808080808080));
}

/* Compare one word of two strings: leave with the result if they differ or end here, else go on. */
static void compare_string_word(struct gen *g, const struct comparison *c, LLVMValueRef a,
                                LLVMValueRef b)
{
    const struct emit *e = &g->e;
    LLVMBasicBlockRef ends = emit_block(e, "string_ends"),
                      goes_on = emit_block(e, "string_goes_on");
    LLVMValueRef differ = emit_op(e, LLVMXor, a, b);
    LLVMValueRef nuls = gen_zero_bytes(g, a);
    LLVMValueRef up_to_nul = NULL;

    (void)emit_branch(e, emit_is_not_zero(e, nuls), ends, goes_on);
    emit_at(e, ends);
    up_to_nul = emit_op(e, LLVMXor, nuls, emit_op(e, LLVMSub, nuls, emit_word(e, 1)));
    emit_incoming(c->result, emit_is_zero(e, emit_op(e, LLVMAnd, differ, up_to_nul)), ends);
    emit_jump(e, c->done);
    emit_at(e, goes_on);
    comparison_need(g, c, emit_is_zero(e, differ), false);
}

/* Compare with a known text: its bytes and its NUL, as constants. readable: bytes that may be read
 * at ptr. */
static LLVMValueRef compare_with_text(struct gen *g, const struct comparison *c, LLVMValueRef ptr,
                                      struct str text, u32 readable)
{
    const struct emit *e = &g->e;
    u32 length = (u32)strnlen(text.p, text.n), size = MIN(length + 1, readable), n = 0;

    for (u32 at = 0; at < size; at += n) {
        u32 rest = size - at;
        u64 wanted = 0;
        LLVMValueRef is = NULL;

        n = rest < 4 && at + 4 <= readable ? 4 : chunk_size(rest);
        is = emit_load(e, emit_member(e, ptr, at), n);
        for (u32 i = 0; i < MIN(n, rest) && at + i < length; i++)
            wanted |= (u64)(u8)text.p[at + i] << (8 * i);
        if (n > rest)
            is = emit_op(e, LLVMAnd, is, LLVMConstInt(e->i32, ((u64)1 << (8 * (u64)rest)) - 1, 0));
        comparison_need(g, c, emit_cmp(e, LLVMIntEQ, is, LLVMConstInt(LLVMTypeOf(is), wanted, 0)),
                        false);
    }
    return comparison_end(g, c, LLVMConstInt(e->i1, 1, 0));
}

LLVMValueRef gen_str_eq(struct gen *g, const struct ir_inst *inst)
{
    const struct emit *e = &g->e;
    struct comparison c = comparison_begin(g, inst);
    u32 looped = looped_bytes(inst->size, STRING_UNROLL_MAX, 8);

    if (inst->args[1]->op == IR_STRING)
        return compare_with_text(g, &c, c.x, inst->args[1]->text, inst->size);
    if (inst->args[0]->op == IR_STRING)
        return compare_with_text(g, &c, c.y, inst->args[0]->text, inst->size);
    if (looped) {
        struct byte_loop l = byte_loop_begin(g);

        compare_string_word(g, &c, emit_load(e, emit_ptr_add(e, c.x, l.offset), 8),
                            emit_load(e, emit_ptr_add(e, c.y, l.offset), 8));
        byte_loop_end(g, &l, 8, looped);
    }
    for (u32 at = looped; at < inst->size; at += 8) {
        u32 rest = inst->size - at;

        compare_string_word(g, &c, gen_partial_word(g, c.x, at, rest),
                            gen_partial_word(g, c.y, at, rest));
    }
    return comparison_end(g, &c, LLVMConstInt(e->i1, 1, 0));
}
