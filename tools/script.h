/* The text of the program to run, wherever it comes from, in a file in memory that ptlc can read.
 */
#pragma once

#include "tools/options.h"

struct script {
    int fd;           /* memory file, at its start; owned */
    const char *name; /* as diagnostics show it; borrowed from the options */
};

/* Get the text that the options name: -e or the argument, a file, standard input. Says on standard
 * error what is wrong: no such file, a directory, not readable, above SCRIPT_SIZE_MAX, empty.
 * Returns whether there is a script. */
bool script_load(struct script *out, const struct options *o);

/* Close its file. For the cleanup attribute: a zeroed script with fd -1 is fine. */
void script_done(struct script *s);
