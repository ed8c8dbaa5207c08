/* Running ptlc: the compiler is a process of its own without privileges, so that no script can do
 * more by it than end it. */
#pragma once

#include "base/str.h"
#include "tools/options.h"
#include "tools/script.h"

/* Statuses of compiler_run beside 0. */
#define COMPILER_REJECTED 1 /* the script is wrong; ptlc has said why */
#define COMPILER_FAILED   2 /* ptlc is missing or died; said here */

/* Write where ptlc is: beside this program, in ../libexec/ptrace-lite, or in $PATH. False after
 * saying that it is nowhere. */
bool compiler_find(char *path, size_t size);

/* Compile the script with ptlc. Its diagnostics are appended to messages_out, or go straight to
 * standard error (NULL); with --emit its print goes to output_fd. With -v the times of its steps go
 * to standard error.
 * has_color: whether diagnostics are coloured.
 * object_out: the ELF object, appended; nothing with --emit, or if the compiler printed the
 * script's own --help to output_fd. Returns 0, COMPILER_REJECTED or COMPILER_FAILED. */
int compiler_run(const struct options *o, const struct script *script, bool has_color,
                 int output_fd, struct buf *object_out, struct buf *messages_out);

/* Let ptlc print the probes that match a search to output_fd; with -v their arguments as well.
 * Returns as compiler_run() does. */
int compiler_list(const struct options *o, const char *search, int output_fd);
