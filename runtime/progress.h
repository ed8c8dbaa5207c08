/* How far a long dump of maps is: one line on a terminal, rewritten in place and removed at the
 * end. Nothing is shown in the first second, nor where nobody would see it or it would stand amid
 * the output. */
#pragma once

#include <stdio.h>

#include "base/str.h"

struct progress {
    FILE *log;      /* borrowed; NULL: nothing is shown, whatever happens */
    u64 begin_ns;   /* of what goes on, CLOCK_MONOTONIC; 0: nothing does */
    u64 shown_ns;   /* when the line was written last */
    u32 n_calls;    /* most of them do not look at the clock */
    size_t n_shown; /* bytes of the line that is there; 0: none */
};

/* Prepare. log: where the line goes, if that is a terminal and not the one that `out` is; both are
 * borrowed. */
void progress_init(struct progress *p, FILE *log, FILE *out);

/* Something begins that may take long; it ends: the line is removed. p may be NULL. */
void progress_begin(struct progress *p);
void progress_end(struct progress *p);

/* `done` rows of the map have been read, or of so many have been written (total; 0: not known). p
 * may be NULL. Cheap: looks at the clock once in a while. */
void progress_rows(struct progress *p, struct str map, u64 done, u64 total);

/* The same at a time, CLOCK_MONOTONIC in nanoseconds. */
void progress_rows_at(struct progress *p, struct str map, u64 done, u64 total, u64 now_ns);
