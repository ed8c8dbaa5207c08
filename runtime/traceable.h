/* The kernel functions that can be traced, from tracefs. */
#pragma once

#include "base/str.h"

struct traceable {
    const char *name;
    const char *module; /* "vmlinux": of the kernel itself */
};

/* Call fn for each function that matches (patterns; an empty module: of any), each name once, until
 * it returns other than 0, which is then the result. Parts that the compiler split off (f.part.0)
 * are left out, as bpftrace does. Returns -ENOMEM, or why available_filter_functions cannot be
 * read. */
int traceable_each(struct str module, struct str name,
                   int (*fn)(void *data, const struct traceable *function), void *data);
