/* Stacks (abi/shape.def: kstack, ustack) as text. */
#pragma once

#include "runtime/value.h"

/* Append a newline and a line for each frame, in the form of the stack's mode. type: its row.
 * bytes: borrowed, type->size of them. */
void stack_format(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                  struct buf *out);

struct usym_process;

/* A stack, to look at its frames one by one. */
struct stack_view {
    const struct value_env *env;  /* borrowed */
    const struct meta_type *type; /* borrowed */
    const u8 *bytes;              /* borrowed */
    struct usym_process *process; /* NULL: nothing is known of it */
    u64 n;                        /* frames; the first is the innermost */
};

/* Look at the type->size bytes of a stack. All borrowed; valid until another process is looked at.
 */
void stack_view_init(struct stack_view *view, const struct value_env *env,
                     const struct meta_type *type, const u8 *bytes);

/* Append what a frame is called where its place in the function does not matter: the function, else
 * the file in brackets, else the address; of modes with numbers only these. i: below view->n. */
void stack_view_name(const struct stack_view *view, u64 i, struct buf *out);
