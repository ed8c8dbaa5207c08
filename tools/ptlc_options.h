/* The command line of ptlc. */
#pragma once

#include <stdio.h>

#include "tools/compile.h"

/* What to do beside compiling, and where source and object are. Strings are views into argv. */
struct ptlc_options {
    struct compile_opts compile; /* without its text */
    struct str *params;          /* of compile.params; owned */
    struct str *options;         /* of compile.options; owned */
    const char *text;            /* -e; else NULL */
    const char *file;            /* path or "-"; else NULL */
    const char *object;          /* -o; else NULL */
    const char *search;          /* --list; else NULL */
    bool wants_details;          /* --details, of the list */
    int source_fd, object_fd;    /* -1: not given */
    int steps_fd;                /* the same: for the times of the steps */
    bool wants_reference, wants_diagnostics, wants_version, wants_help;
};

/* Read the command line. Says on standard error what is wrong with it. Returns whether it is right.
 * May be called once in a process (getopt). */
bool ptlc_options_parse(struct ptlc_options *o, int argc, char **argv);

/* Free what it owns. */
void ptlc_options_done(struct ptlc_options *o);

/* The text of --help. */
void ptlc_options_usage(FILE *out);
