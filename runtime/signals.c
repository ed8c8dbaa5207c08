/* Signals of a run. They are blocked while a run lasts, so there are no handlers and no globals. */
#include "runtime/signals.h"

#include <errno.h>
#include <sys/signalfd.h>

/* The first three end a run, SIGPIPE is ignored. */
static const int numbers[SIGNALS_N] = {SIGINT, SIGTERM, SIGHUP, SIGPIPE, SIGUSR1};

/* nohup(1) has SIGHUP ignored, so that what it starts outlives the terminal. A blocked signal comes
 * even if it is ignored: this one must not be blocked. */
static bool is_unwanted(int number)
{
    struct sigaction action;

    return number == SIGHUP && sigaction(number, NULL, &action) == 0 &&
           action.sa_handler == SIG_IGN;
}

void signals_init(struct signals *s)
{
    *s = (struct signals){.fd = -1};
}

/* Those that are left as they are come last. */
static u32 count(const struct signals *s)
{
    return s->wants_user ? SIGNALS_N : SIGNALS_N - 1;
}

int signals_take(struct signals *s)
{
    sigset_t set;

    (void)sigemptyset(&set); // these cannot fail with valid numbers
    for (u32 i = 0; i < count(s); i++) {
        if (numbers[i] != SIGPIPE && !is_unwanted(numbers[i]))
            (void)sigaddset(&set, numbers[i]);
    }
    s->fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
    if (s->fd < 0)
        return -errno;
    (void)pthread_sigmask(SIG_BLOCK, &set, &s->old_mask);
    for (u32 i = 0; i < count(s); i++) {
        bool is_ignored = numbers[i] == SIGPIPE || is_unwanted(numbers[i]);
        struct sigaction action = {.sa_handler = is_ignored ? SIG_IGN : SIG_DFL};

        (void)sigaction(numbers[i], &action, &s->old_actions[i]);
    }
    return 0;
}

u32 signals_poll(struct signals *s)
{
    struct signalfd_siginfo info;

    while (s->fd >= 0 && read(s->fd, &info, sizeof(info)) == (ssize_t)sizeof(info)) {
        bool is_user = info.ssi_signo == SIGUSR1;

        s->n_user += is_user;
        s->n_seen += !is_user;
    }
    return s->n_seen;
}

void signals_child(const struct signals *s)
{
    if (s->fd < 0)
        return;
    for (u32 i = 0; i < count(s); i++)
        (void)sigaction(numbers[i], &s->old_actions[i], NULL);
    (void)pthread_sigmask(SIG_SETMASK, &s->old_mask, NULL);
}

void signals_restore(struct signals *s)
{
    if (s->fd < 0)
        return;
    (void)signals_poll(s); // else they would end the process when they are let through
    signals_child(s);
    close_fd(&s->fd);
    s->fd = -1;
}
