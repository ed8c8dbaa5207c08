/* A run, for the files that take part in it. */
#pragma once

#include "runtime/events.h"
#include "runtime/progress.h"
#include "runtime/session.h"

struct run {
    struct ptl_session *s;
    struct events events;
    struct sink sink;
    struct run_errors errors;
    struct progress progress;
    struct ring_buffer *ring;
    struct ptl_error *err;
    int epoll_fd;
    bool must_stop;
};

/* Handle all that is in the ring. Returns 0, or a negative errno with *err: the run is over. A
 * second signal ends it early. */
int run_drain(struct run *run);

/* The tests or benchmarks of a session, with a line for each on the output. Counts those that fail.
 * Returns 0 or a negative errno with *err. */
int run_tests(struct run *run, u32 *n_failed_out);
