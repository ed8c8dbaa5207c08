/* The text of the program to run, wherever it comes from, in a file in memory that ptlc can read.
 */
#pragma once

#include "base/str.h"
#include "tools/options.h"

#define SCRIPT_OBJECT_MAX ((size_t)256 << 20)

struct script {
    int fd;            /* memory file, at its start; owned; -1: it is an object */
    const char *name;  /* as diagnostics show it; borrowed from the options */
    struct buf object; /* what --aot wrote; empty: it is a text */
};

/* Get the text that the options name: -e or the argument, a file, standard input. Says on standard
 * error what is wrong: no such file, a directory, not readable, above SCRIPT_SIZE_MAX, empty, the
 * file that -o or --aot is to write.
 * A file that begins as ELF objects do is one, and may have SCRIPT_OBJECT_MAX bytes. Returns
 * whether there is a script. */
bool script_load(struct script *out, const struct options *o);

/* Close its file. For the cleanup attribute: a zeroed script with fd -1 is fine. */
void script_done(struct script *s);
