/* Whole files, and files in memory: what both programs need to hand sources and objects on. */
#pragma once

#include "base/str.h"

/* A script may have this many bytes. */
#define SCRIPT_SIZE_MAX ((size_t)1 << 20)

/* Append all that can be read from fd (from its current position on) to out.
 * limit: bytes; reading stops there, so endless files are no trap.
 * Returns 0; -EFBIG if there was more than limit (what was read is in out, and may go on); -ENOMEM;
 * -EISDIR, -EIO, ... from read(2). */
int file_read_all(int fd, size_t limit, struct buf *out);

/* The whole of a regular file of at most SCRIPT_SIZE_MAX bytes, in the arena: a source_read_fn. */
int file_read_source(struct arena *arena, struct str path, struct str *text_out);

/* Write all n bytes. Returns 0 or the negative errno of write(2). */
int file_write_all(int fd, const void *bytes, size_t n);

/* A file in memory, close-on-exec, empty. name: shown in /proc only.
 * Returns the descriptor, owned by the caller, or a negative errno. */
int file_memory_new(const char *name);

/* Set the position of fd to its start. Returns 0 or a negative errno. */
int file_rewind(int fd);

/* Write a file, all at once as file_replace() does if there is one; what is no regular file
 * (/dev/stdout) is written to, and a link to nothing makes the file that it points to. Returns 0 or
 * a negative errno. */
int file_save(const char *path, const void *bytes, size_t n);

/* Give the file at path (followed, if it is a link) new content, all at once: it is written to a
 * file beside it, with the same mode and owner, which then takes its name. A failure leaves it as
 * it was. Where that is refused (a mounted file, a folder that one may not write to) it is written
 * in place. Returns 0 or a negative errno. */
int file_replace(const char *path, const void *bytes, size_t n);
