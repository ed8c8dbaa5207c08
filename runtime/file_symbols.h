/* The functions of a program or library on disk, by its ELF symbol table. */
#pragma once

#include "base/str.h"

struct file_symbols;

/* Read the symbols of a 64-bit ELF file: those of its full table, else those that it exports. fd:
 * borrowed. Anybody may have written the file, and may still write to it: it is read, never mapped.
 * Returns 0, -EPROTO where it is no such file, -E2BIG, -ENOMEM, or why it cannot be read. */
int file_symbols_read(struct file_symbols **out, int fd);

/* NULL-safe; sets *f to NULL. */
void file_symbols_free(struct file_symbols **f);

/* Name of the function that has the byte at an offset of the file; empty if there is none. Valid as
 * long as the table. offset_out (may be NULL): bytes from its start. */
struct str file_symbols_find(const struct file_symbols *f, u64 file_offset, u64 *offset_out);
