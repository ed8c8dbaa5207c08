/* Fields of tracepoint records as values of the language. */
#pragma once

#include "stdlib/lower.h"

/* The type of a field; NULL: the language has none for it. is_user: pointers are addresses of user
 * space. The kernel's types are asked for where a struct or an enum is named. */
const struct type *field_type(struct vocab *v, const struct tracepoint_field *field, bool is_user);

/* Its value in the record of the event that the program was given. t: as field_type() tells. In an
 * object that is compiled ahead of time the field may be elsewhere where it runs. */
ir_val field_read(struct lowering *lo, const struct tracepoint *event,
                  const struct tracepoint_field *field, const struct type *t);
