/* Stacks (abi/shape.def: kstack, ustack) as text. */
#pragma once

#include "runtime/value.h"

/* Append a newline and a line for each frame, in the form of the stack's mode. type: its row.
 * bytes: borrowed, type->size of them. */
void stack_format(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                  struct buf *out);
