/* Filling in struct ptl_error: what went wrong with the machine, in words. */
#pragma once

#include "runtime/runtime.h"

#define EXIT_USER    1   /* what the user can put right: names, privileges, limits */
#define EXIT_MACHINE 255 /* loading or attaching failed */

/* Describe a failure: err a negative errno, exit_status what the tool shall give. Clears the hint.
 * Returns err, so that `return error_set(...)` reads well. */
int error_set(struct ptl_error *e, int err, int exit_status, const char *fmt, ...)
    PRINTF_LIKE(4, 5);

/* What to do about it: the sentence after "HINT: ". */
void error_hint(struct ptl_error *e, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* What a negative errno means, in the C library's words; never NULL. */
const char *error_text(int err);
