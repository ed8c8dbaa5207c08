/* Functions that a program's loops call. */
#include "stdlib/lower.h"

struct callback lower_callback_begin(struct lowering *lo, enum ir_func_kind kind)
{
    struct ir_func *root = lo->b.func->root;
    struct callback cb = {.outer = lo->b, .n_known = lo->known.n};
    struct str name =
        str_printf(lo->v->arena, "%s_%s%u", root->name, ir_func_kind_name(kind), root->callbacks.n);

    cb.func = ir_callback_new(lo->b.module, str_cstr(lo->v->arena, name), kind, root);
    known_forget_elements(lo, NULL); /* the rounds may write them */
    lo->b.func = cb.func;
    ir_at(&lo->b, ir_block_new(&lo->b, "entry"));
    return cb;
}

void lower_leave(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;

    if (b->func->kind != IR_FUNC_PROGRAM && lo->left)
        ir_store64(b, ir_slot_addr(b, lo->left), 0, ir_const(b, 1));
    ir_ret(b, b->func->kind != IR_FUNC_PROGRAM);
    ir_at(b, ir_block_new(b, "after_return"));
}

void lower_callback_end(struct lowering *lo, const struct callback *cb)
{
    struct span span = lo->b.span;

    if (!ir_is_terminated(&lo->b))
        ir_ret(&lo->b, 0);
    known_truncate(lo, cb->n_known);
    lo->b = cb->outer;
    lo->b.span = span;
}
