/* The kernel's symbols, from /proc/kallsyms: read once, when the first of them is needed. */
#pragma once

#include "base/str.h"

struct symbols;

/* Prepare an empty table that reads fd, an open /proc/kallsyms (taken; what it shows depends on who
 * opened it, so it is opened while there are privileges). Returns 0, or -ENOMEM (fd is closed). */
int symbols_new(struct symbols **out, int fd);

/* Open /proc/kallsyms and prepare a table of it. Returns 0, -ENOMEM, or why it cannot be opened. */
int symbols_open(struct symbols **out);

/* NULL-safe; sets *s to NULL. */
void symbols_free(struct symbols **s);

/* Name of the symbol that starts at or contains address; empty if there is none or the table cannot
 * be read. offset_out (may be NULL): bytes from its start. Valid as long as the table. The first
 * call reads and sorts everything: tens of milliseconds. */
struct str symbols_find(struct symbols *s, u64 address, u64 *offset_out);

/* All addresses of functions called `name`, at most `max`; returns how many there are. */
u32 symbols_addresses(struct symbols *s, struct str name, u64 *addresses, u32 max);

/* The function name nearest to `word`; empty if none is near. Allocates; 0 symbols when it fails.
 */
struct str symbols_nearest(struct symbols *s, struct str word);
