/* The words of a program that only the machine knows where it is loaded: addresses of the kernel's
 * symbols, IDs of control groups. */
#pragma once

#include "runtime/session.h"

/* Find all of them out and fill them in. Reports to s->diags, with the place in the script, what is
 * not there. Returns 0, -ENOENT after such a report, -EPROTO if the object does not have what its
 * metadata says, or another negative errno; with *err filled. */
int resolve_words(struct ptl_session *s, struct ptl_error *err);
