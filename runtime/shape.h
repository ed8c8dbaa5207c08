/* Values that are shown in a form of their own (abi/shape.def): addresses, names, times. */
#pragma once

#include "runtime/value.h"

/* Append the value's text. type: its row, kind ABI_SHAPE. bytes: borrowed, type->size of them. */
void shape_format(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                  struct buf *out);
