/* Where the output goes: the FILE of -o, or standard output. */
#pragma once

#include <stdio.h>

#include "base/util.h"

/* Open it. path: of -o; NULL: standard output. The file keeps what is in it until there is
 * something to write. Returns the stream, or NULL after saying what is wrong. */
FILE *output_open(const char *path, bool is_stdout_closed);

/* Empty the file of -o: a run begins. Returns whether it is empty; false after saying why not. */
bool output_empty(FILE *out, const char *path);

/* Close it; where something was written, nothing that was in the file before is left behind it.
 * is_told: an error was told already, so another one is not. Returns whether all arrived. */
bool output_close(FILE *out, const char *path, bool is_told);
