/* Records from the ring buffer, in their order: output and control. */
#pragma once

#include "runtime/maps.h"
#include "runtime/run_errors.h"
#include "runtime/sink.h"

struct events {
    const struct meta *meta;
    struct maps *maps;
    struct sink *sink;
    struct run_errors *errors;
    struct signals *signals;
    bool is_exiting; /* a script called exit() */
    bool is_cut;     /* the same, and what follows is not shown: events until probes are detached */
    s64 exit_code;
    u32 budget; /* records that may still be handled in this batch */
    int err;    /* first failure, negative errno */
};

/* Handle one record. bytes: size bytes, borrowed. Returns 0, or a negative errno after which no
 * record shall be handled before the caller has looked around: -EAGAIN the batch is full,
 * -ECANCELED exit() was called, -EPROTO a record that does not fit to the metadata (err is set,
 * too). */
int events_record(struct events *e, const void *bytes, size_t size);
