/* Lowering tools for memory that the program may not touch itself: helpers read it, and survive a
 * fault. What cannot be read is 0 or "", and a run-time warning. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

/* What a helper reads into where. */
struct read {
    ir_val dst, size, from;
    bool is_text;            /* up to its NUL */
    bool is_quiet;           /* a fault is no warning */
    const struct room *room; /* NULL: what is cut is not counted */
};

static u32 helper_of(bool is_text, bool is_user)
{
    if (is_text)
        return is_user ? BPF_FUNC_probe_read_user_str : BPF_FUNC_probe_read_kernel_str;
    return is_user ? BPF_FUNC_probe_read_user : BPF_FUNC_probe_read_kernel;
}

/* Was it the room's end that ended the text? The helper does not tell a text that just fits from a
 * longer one: both fill the room. */
static void count_if_cut(struct lowering *lo, const struct read *r, ir_val n_read, bool is_user)
{
    struct ir_builder *b = &lo->b;
    s64 end = (s64)r->room->size - 1;
    struct branch is_full =
        lower_if(lo, ir_binary(b, IR_EQ, ir_extend(b, n_read, 4, true), ir_const(b, end + 1)));
    ir_val byte = ir_slot_addr(b, ir_slot_new(b, "last", 8));
    ir_val args[] = {byte, ir_const(b, 1), ir_binary(b, IR_ADD, r->from, ir_const(b, end))};
    ir_val is_cut = NULL;
    struct branch br;

    ir_store64(b, byte, 0, ir_const(b, 0));
    (void)ir_call(b, helper_of(false, is_user), args,
                  ARRAY_SIZE(args)); // what is gone now was no text
    is_cut = ir_binary(b, IR_NE, ir_load64(b, byte, 0), ir_const(b, 0));
    if (r->room->wanted) {
        is_cut =
            ir_binary(b, IR_AND, is_cut, ir_binary(b, IR_ULT, ir_const(b, end), r->room->wanted));
    }
    br = lower_if(lo, is_cut);
    lower_count_cut(lo, r->room->cut_site);
    lower_end_if(lo, &br);
    lower_end_if(lo, &is_full);
}

static void read_by(struct lowering *lo, const struct read *r, bool is_user)
{
    struct ir_builder *b = &lo->b;
    u32 helper = helper_of(r->is_text, is_user);
    ir_val args[] = {r->dst, r->size, r->from};
    ir_val rc = ir_call(b, helper, args, ARRAY_SIZE(args));
    struct branch failed;

    if (r->room)
        count_if_cut(lo, r, rc, is_user);
    if (r->is_quiet)
        return;
    /* an int for some, a long for others: the sign is in the lower half of both */
    rc = ir_extend(b, rc, 4, true);
    failed = lower_if(lo, ir_binary(b, IR_SLT, rc, ir_const(b, 0)));

    lower_helper_error(lo, RUN_ERROR_READ, rc, helper);
    lower_end_if(lo, &failed);
}

/* The upper half of the address space is the kernel's on x86_64 and arm64. */
static void read_somewhere(struct lowering *lo, const struct read *r, enum space space)
{
    struct branch br;

    if (space != SPACE_NONE) {
        read_by(lo, r, space == SPACE_USER);
        return;
    }
    br = lower_if(lo, ir_binary(&lo->b, IR_SLT, r->from, ir_const(&lo->b, 0)));
    read_by(lo, r, false);
    lower_else(lo, &br);
    read_by(lo, r, true);
    lower_end_if(lo, &br);
}

void lower_read(struct lowering *lo, ir_val dst, ir_val size, ir_val from, enum space space)
{
    read_somewhere(lo, &(struct read){.dst = dst, .size = size, .from = from}, space);
}

void lower_read_string(struct lowering *lo, ir_val dst, ir_val size, ir_val from, enum space space)
{
    read_somewhere(lo, &(struct read){.dst = dst, .size = size, .from = from, .is_text = true},
                   space);
}

void lower_try_read(struct lowering *lo, ir_val dst, ir_val size, ir_val from, enum space space)
{
    read_somewhere(lo, &(struct read){.dst = dst, .size = size, .from = from, .is_quiet = true},
                   space);
}

void lower_try_read_string(struct lowering *lo, ir_val dst, ir_val size, ir_val from,
                           enum space space)
{
    read_somewhere(
        lo,
        &(struct read){.dst = dst, .size = size, .from = from, .is_text = true, .is_quiet = true},
        space);
}

void lower_read_text(struct lowering *lo, const struct room *room, ir_val size, ir_val from,
                     enum space space)
{
    struct read r = {.dst = room->dst,
                     .size = size,
                     .from = from,
                     .is_text = true,
                     .is_quiet = true,
                     .room = room};

    read_somewhere(lo, &r, space);
}

/* What a helper copies has lost where it came from. */
ir_val lower_context_address(struct lowering *lo, ir_val address)
{
    struct ir_builder *b = &lo->b;
    ir_val from = ir_slot_addr(b, ir_slot_new(b, "address", 8));
    ir_val to = ir_slot_addr(b, ir_slot_new(b, "number", 8));
    ir_val args[] = {to, ir_const(b, 8), from};

    ir_store64(b, from, 0, address);
    ir_store64(b, to, 0, ir_const(b, 0));
    (void)ir_call(b, BPF_FUNC_probe_read_kernel, args, ARRAY_SIZE(args)); /* it is our own stack */
    return ir_load64(b, to, 0);
}
