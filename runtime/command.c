/* The commands of system() and the files of cat(). */
#include "runtime/command.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include "runtime/signals.h"

enum {
    CHUNK_BYTES = 1 << 14,
    EXIT_NOT_STARTED = 127, /* as sh has it */
};

/* The child. Only async-signal-safe calls. */
static NORETURN void child_main(const struct signals *signals, int out_fd, const char *command)
{
    signals_child(signals);
    if (dup2(out_fd, STDOUT_FILENO) >= 0)
        (void)execl("/bin/sh", "sh", "-c", command, (char *)NULL); // returns only when it fails
    _exit(EXIT_NOT_STARTED);
}

/* Wait for output. False: the user has lost patience. */
static bool wait_for(struct signals *signals, int fd)
{
    struct pollfd fds[] = {{.fd = fd, .events = POLLIN}, {.fd = signals->fd, .events = POLLIN}};

    while (signals_poll(signals) < SIGNALS_IMPATIENT) {
        if (poll(fds, ARRAY_SIZE(fds), -1) > 0 && fds[0].revents != 0)
            return true;
    }
    return false;
}

/* Show what comes out of fd until its end. False if that was not awaited. */
static bool copy_output(struct sink *sink, struct signals *signals, const struct meta_site *site,
                        int fd)
{
    char chunk[CHUNK_BYTES];

    while (wait_for(signals, fd)) {
        ssize_t n = read(fd, chunk, sizeof(chunk));

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return true;
        sink_output(sink, site, (struct str){chunk, (u32)n});
    }
    return false;
}

int command_run(struct sink *sink, struct signals *signals, const struct meta_site *site,
                const char *command)
{
    int out[2] = {-1, -1};
    pid_t child = 0;
    int err = 0;

    if (pipe2(out, O_CLOEXEC) != 0)
        return -errno;
    child = fork();
    if (child == 0)
        child_main(signals, out[1], command);
    err = child < 0 ? -errno : 0;
    close_fd(&out[1]);
    if (err == 0 && !copy_output(sink, signals, site, out[0]))
        (void)kill(child, SIGTERM); // it is ours and not reaped
    close_fd(&out[0]);
    while (child > 0 && waitpid(child, NULL, 0) < 0 && errno == EINTR) {
        /* again: the status is of no interest, but nothing shall be left behind */
    }
    return err;
}

int command_cat(struct sink *sink, const struct meta_site *site, const char *path)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    char chunk[CHUNK_BYTES];
    u64 left = site->num0;

    if (fd < 0)
        return -errno;
    while (left > 0) {
        ssize_t n = read(fd, chunk, MIN(sizeof(chunk), left));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return 0;
        sink_output(sink, site, (struct str){chunk, (u32)n});
        left -= (u64)n;
    }
    return read(fd, chunk, 1) > 0;
}
