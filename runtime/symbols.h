/* The kernel's symbols, from /proc/kallsyms: read once, when the first of them is needed. */
#pragma once

#include "base/str.h"

struct symbols;

/* What an address is. The strings are valid as long as the table that they are from. */
struct symbol_place {
    struct str name;   /* of a function; empty: not known */
    u64 offset;        /* bytes from its start */
    struct str module; /* of the kernel, or the file; empty: not known, or the kernel itself */
};

/* A line of /proc/kallsyms. */
struct symbol_line {
    u64 address;        /* 0: not told */
    const char *name;   /* borrowed from the line */
    const char *module; /* the same; "": the kernel itself */
    char type;          /* as nm has it; a global symbol's is a capital */
};

/* Take a line apart, "ADDRESS TYPE NAME[\t[MODULE]]", which is cut into strings. False: it is none.
 */
bool symbol_line_parse(char *line, struct symbol_line *out);

/* Prepare an empty table that reads fd, an open /proc/kallsyms (taken; what it shows depends on who
 * opened it, so it is opened while there are privileges). Returns 0, or -ENOMEM (fd is closed). */
int symbols_new(struct symbols **out, int fd);

/* Open /proc/kallsyms and prepare a table of it. Returns 0, -ENOMEM, or why it cannot be opened. */
int symbols_open(struct symbols **out);

/* NULL-safe; sets *s to NULL. */
void symbols_free(struct symbols **s);

/* The symbol that starts at or contains address; without a name if there is none or the table
 * cannot be read. The first call reads and sorts everything: tens of milliseconds. */
struct symbol_place symbols_find(struct symbols *s, u64 address);

/* All addresses of functions called `name`, at most `max`; returns how many there are. */
u32 symbols_addresses(struct symbols *s, struct str name, u64 *addresses, u32 max);

/* Call fn for each function, by address, until it returns other than 0, which is then the result.
 */
int symbols_each(struct symbols *s, int (*fn)(void *data, const struct symbol_line *symbol),
                 void *data);

/* The function name nearest to `word`; empty if none is near. Allocates; 0 symbols when it fails.
 */
struct str symbols_nearest(struct symbols *s, struct str word);
