/* What there is to trace: `-l`. */
#pragma once

#include "stdlib/vocab.h"

/* Append the probes that match a search, one in a line, in the order of providers and names. A
 * search with a colon is a probe whose parts may be patterns; one without is found anywhere in a
 * probe; an empty one finds all. `struct NAME`, `union NAME` and `enum NAME` (patterns too) find
 * the kernel's types. with_details: what `args` or `ctx` has, indented below each probe; the
 * members of a type. Returns the number of what was found. Programs and libraries are not searched:
 * what their probes are is known to the runtime (runtime/list.h). */
void vocab_list(struct vocab *v, struct str search, bool with_details, struct buf *out);
