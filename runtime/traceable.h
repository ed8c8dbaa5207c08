/* The kernel functions that can be traced, from tracefs. */
#pragma once

#include "runtime/symbols.h"

struct traceable {
    const char *name;
    u32 n;          /* functions of this name that match: of modules of different names, or twins */
    bool is_unique; /* no other function of any module has this name */
};

/* Call fn for each name of functions that match (patterns; an empty module: of any), in the order
 * of strcmp(), until it returns other than 0, which is then the result. Parts that the compiler
 * split off (f.part.0) are left out, as bpftrace does. Returns -ENOMEM, or why
 * available_filter_functions cannot be read. */
int traceable_each(struct str module, struct str name,
                   int (*fn)(void *data, const struct traceable *function), void *data);

/* Functions to find by name, in modules that match a pattern. */
struct traceable_wanted {
    struct str module; /* empty: any */
    const char *const *names;
    const u32 *n_functions; /* how many of each can be traced; NULL: all that have the name */
    u32 n_names;
};

struct traceable_place {
    u64 address; /* of the function's first byte */
    u32 index;   /* of its name */
    bool is_of_module;
};

/* The addresses of functions, in ascending order, as an array that the caller frees. Where there
 * are more symbols of a name than functions that can be traced, available_filter_functions_addrs
 * tells which are meant; a kernel without it (before 6.5) gives them all. Returns 0 or -ENOMEM. */
int traceable_places(struct symbols *symbols, const struct traceable_wanted *wanted,
                     struct traceable_place **out, u32 *n_out);
