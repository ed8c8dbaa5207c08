/* SIGINT, SIGTERM and SIGHUP as events of a file descriptor, and SIGUSR1 for scripts that wait for
 * it; SIGPIPE as an error of the write. */
#pragma once

#include <signal.h>

#include "base/util.h"

enum {
    SIGNALS_N = 5,
    SIGNALS_IMPATIENT = 2, /* so many say: do not wait for what is left */
};

struct signals {
    int fd;          /* signalfd; -1: not set up */
    u32 n_seen;      /* that end a run, since signals_take() */
    u32 n_user;      /* SIGUSR1, not yet handled; counted down by who handles them */
    bool wants_user; /* set before signals_take(): else SIGUSR1 is left alone */
    sigset_t old_mask;
    struct sigaction old_actions[SIGNALS_N];
};

/* Nothing changed yet. */
void signals_init(struct signals *s);

/* Block the signals and open the descriptor. Dispositions become the default first: a shell starts
 * background jobs with SIGINT ignored. SIGHUP stays ignored where it is. Returns 0 or a negative
 * errno. */
int signals_take(struct signals *s);

/* In a child: mask and dispositions as they were before signals_take(), which a command expects.
 * Only async-signal-safe calls. */
void signals_child(const struct signals *s);

/* Take the signals that came; the number of those that end a run since signals_take(). Does not
 * block.
 */
u32 signals_poll(struct signals *s);

/* Put everything back as it was; signals that came are forgotten. May be called again. */
void signals_restore(struct signals *s);
