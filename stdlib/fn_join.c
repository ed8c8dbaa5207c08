/* join(): the words of a `char **`, as programs get their arguments. */
#include "abi/record.h"
#include "stdlib/lower.h"

static const struct type *check_join(struct vocab *v, struct call *c)
{
    const struct type *t = c->args[0].type;

    if (!type_is_known(t) || t->kind == TYPE_POINTER || type_is_integer(t))
        return NULL;

    struct str name = type_name(v->arena, t);

    diag_add(v->diags, E_ARG_TYPE, c->args[0].span,
             "join() takes the address of pointers to strings (%.*s provided)", STR_ARG(name));
    return type_error(v->types);
}

/* Where word i lies in the record. */
static u32 word_offset(u32 i)
{
    return (u32)(sizeof(struct ptl_record) + sizeof(u64)) + i * PTL_JOIN_WORD_BYTES;
}

static ir_val read_pointer(struct lowering *lo, ir_val array, u32 i, enum space space)
{
    struct ir_builder *b = &lo->b;
    ir_val slot = ir_slot_addr(b, ir_slot_new(b, "word", 8));
    ir_val from = ir_binary(b, IR_ADD, array, ir_const(b, 8 * (s64)i));

    ir_store64(b, slot, 0, ir_const(b, 0));
    lower_try_read(lo, slot, ir_const(b, 8), from, space);
    return ir_load64(b, slot, 0);
}

/* next: what is behind the last word that there is room for. */
static void count_if_more(struct lowering *lo, ir_val next)
{
    struct branch br = lower_if(lo, ir_binary(&lo->b, IR_NE, next, ir_const(&lo->b, 0)));

    lower_count_cut(lo, lower_cut_words_site(lo, PTL_JOIN_WORDS));
    lower_end_if(lo, &br);
}

/* Words are read right into the record, up to the first NULL: one branch inside of the other. What
 * is behind the last word stays as it is, and is not shown. */
static ir_val lower_join(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    const struct type *t = c->args[0].type;
    enum space space = t->kind == TYPE_POINTER ? t->space : SPACE_NONE;
    u64 site = lower_site_new(lo->v, SITE_JOIN, c->span);
    u64 cut_site = lower_cut_site(lo, PTL_JOIN_WORD_BYTES - 1);
    struct branch branches[PTL_JOIN_WORDS];
    struct meta_site *row = lower_site(lo->v, site);

    row->text = c->n_args > 1 ? c->args[1].text : STR(" ");
    row->payload_size = word_offset(PTL_JOIN_WORDS) - sizeof(struct ptl_record);

    struct record r = lower_record_begin(lo, site);

    ir_store64(b, r.ptr, sizeof(struct ptl_record), ir_const(b, 0));
    for (u32 i = 0; i < PTL_JOIN_WORDS; i++) {
        ir_val from = read_pointer(lo, c->args[0].val, i, space);

        branches[i] = lower_if(lo, ir_binary(b, IR_NE, from, ir_const(b, 0)));
        lower_read_text(lo,
                        &(struct room){ir_ptr_add(b, r.ptr, ir_const(b, word_offset(i))),
                                       PTL_JOIN_WORD_BYTES, NULL, cut_site},
                        ir_const(b, PTL_JOIN_WORD_BYTES), from, space);
        ir_store64(b, r.ptr, sizeof(struct ptl_record), ir_const(b, (s64)i + 1));
    }
    count_if_more(lo, read_pointer(lo, c->args[0].val, PTL_JOIN_WORDS, space));
    for (u32 i = PTL_JOIN_WORDS; i-- > 0;)
        lower_end_if(lo, &branches[i]);
    lower_record_end(lo, &r);
    return NULL;
}

const struct func_desc fn_join = {
    .name = "join",
    .sig = "(any, literal?) -> void",
    .doc =
        "join(words, separator): prints the strings that an array of pointers points to, up to a null pointer, on "
        "one line, with a space or the separator between them: at most 16, of each the first 1023 bytes.",
    .example = "tracepoint:syscalls:sys_enter_execve { join(args.argv); }",
    .check = check_join,
    .lower = lower_join,
};
