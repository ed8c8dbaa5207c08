/* The functions of a program or library on disk, by its ELF symbol table. */
#pragma once

#include "base/str.h"

struct file_symbols;

/* Read the functions of an ELF file. fd: borrowed. Returns 0, -ENOEXEC where it is no such file,
 * -ENOENT where it names none, -ENOMEM, or why it cannot be read. */
int file_symbols_read(struct file_symbols **out, int fd);

/* NULL-safe; sets *f to NULL. */
void file_symbols_free(struct file_symbols **f);

/* Name of the function that has the byte at an offset of the file; empty if there is none. Valid as
 * long as the table. offset_out: bytes from its start. */
struct str file_symbols_find(const struct file_symbols *f, u64 file_offset, u64 *offset_out);
