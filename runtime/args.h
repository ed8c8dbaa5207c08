/* Parameters and options that an object of a script left open: given on the command line of the
 * run. */
#pragma once

#include "runtime/session.h"

/* Does this row of `resolved` stand for one? */
bool arg_is(const struct meta_resolved *row);

/* Check all that was given against what the script wants. Reports to s->diags, with the place in
 * the script: E_UNKNOWN_OPTION, E_OPTION_VALUE, E_PARAM_VALUE; a parameter that is missing is a
 * warning on the log (W_PARAM_MISSING). Returns 0, or -EINVAL with *err. */
int args_check(struct ptl_session *s, struct ptl_error *err);

/* The value for such a row that was checked: num of an integer; text otherwise, borrowed. */
void arg_value(struct ptl_session *s, const struct meta_resolved *row, u64 *num_out,
               struct str *text_out);
