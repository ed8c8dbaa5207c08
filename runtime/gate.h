/* A gate: a tiny program of the runtime's own, which is linked to events before the script's
 * programs are loaded, and lets nothing through to them until it is opened.
 *
 * So whether the kernel allows a link is known while there is still time to attach in another way,
 * and nothing runs before it should. The gate of a session (kprobe.session, 6.10), which the kernel
 * runs on entry of a function and on return from it, leads to a program for each. */
#pragma once

#include "base/util.h"

struct gate {
    int prog_fd, programs_fd;
    int closed_fd;     /* a map of one number: the events that were not let through */
    u64 n_missed;      /* before it was opened */
    bool knows_before; /* ... exactly */
    bool has_pool;     /* see gate_has_pool() */
};

/* Does the kernel keep a pool of places for calls that have not returned, two for each CPU and
 * function of a link (until 6.13)? Where there is none left the return is missed, and of a session
 * the entry as well. */
bool gate_has_pool(void);

/* Make a gate, closed. attach_type: of the links that it is for, and what the programs behind it
 * must be loaded with. Returns 0; -ENOENT if the kernel has no function that tells entry from
 * return; or why it refuses the program. */
int gate_init(struct gate *gate, u32 attach_type);

/* Open it to a program: prog_fd on entry, return_fd on return; -1: none. Returns 0 or a negative
 * errno. */
int gate_open(struct gate *gate, int prog_fd, int return_fd);

/* What the kernel has counted of it since it was opened. n_hits: its runs, 0: not known, as the
 * machine counts none. Returns whether n_missed is exact: how often it was skipped. */
bool gate_counts(const struct gate *gate, u64 *n_hits, u64 *n_missed);

/* A gate that is none; gate_done() may be called. */
#define GATE_NONE                                         \
    (struct gate)                                         \
    {                                                     \
        .prog_fd = -1, .programs_fd = -1, .closed_fd = -1 \
    }

/* Close it for good. */
void gate_done(struct gate *gate);
