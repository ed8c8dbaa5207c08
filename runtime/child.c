/* The -c command. The child is forked before anything about signals is changed, so it has the mask
 * and dispositions that the tool was started with. It dies with the tool: while it waits because
 * the pipe closes, afterwards by the parent-death signal. */
#include "runtime/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "runtime/binary.h"
#include "runtime/error.h"

enum {
    EXIT_NOT_STARTED = 127,
};

void child_init(struct child *c)
{
    *c = (struct child){.fd = -1, .start_fd = -1, .error_fd = -1};
}

/* Copy one word to `to`, resolving quotes; advances *at behind it. False: a quote has no end. */
static bool word_copy(const char **at, char *to)
{
    char quote = '\0';
    const char *p = *at;

    for (; *p != '\0' && (quote != '\0' || strchr(" \t\n", *p) == NULL); p++) {
        if (quote == '\0' && (*p == '\'' || *p == '"')) {
            quote = *p;
        } else if (*p == quote) {
            quote = '\0';
        } else if (*p == '\\' && quote != '\'' && p[1] != '\0' &&
                   (quote == '\0' || p[1] == '"' || p[1] == '\\')) {
            *to++ = *++p;
        } else {
            *to++ = *p;
        }
    }
    *to = '\0';
    *at = p;
    return quote == '\0';
}

int child_split(const char *command, char ***words_out)
{
    size_t length = strlen(command);
    /* Every second character begins a word at most; a word is no longer than the command. */
    char **words = calloc(length / 2 + 2, sizeof(*words));
    _cleanup_free_ char *word = malloc(length + 1);
    int err = words == NULL || word == NULL ? -ENOMEM : 0;
    size_t n = 0;

    while (err == 0) {
        command += strspn(command, " \t\n");
        if (*command == '\0')
            break;
        if (!word_copy(&command, word)) {
            err = -EINVAL;
        } else if ((words[n] = strdup(word)) == NULL) {
            err = -ENOMEM;
        }
        n += err == 0;
    }
    if (err == 0 && n == 0)
        err = -EINVAL;
    if (err != 0) {
        child_free_words(words);
        return err;
    }
    *words_out = words;
    return 0;
}

void child_free_words(char **words)
{
    for (char **word = words; word != NULL && *word != NULL; word++)
        free(*word);
    free(words);
}

/* The child's life until it becomes the command. Only async-signal-safe calls. */
static NORETURN void child_main(const struct child *c, pid_t parent, int wait_fd, int tell_fd)
{
    char go = 0;
    int err = 0;

    (void)prctl(PR_SET_PDEATHSIG, SIGTERM); // cannot fail with a valid signal
    if (getppid() == parent && read(wait_fd, &go, 1) == 1) {
        (void)execv(c->path, c->words); // only returns when it fails
        err = errno;
        (void)!write(tell_fd, &err, sizeof(err)); // nobody else to tell
    }
    _exit(EXIT_NOT_STARTED);
}

static int fork_waiting(struct child *c)
{
    int start[2] = {-1, -1};
    int error[2] = {-1, -1};
    pid_t parent = getpid();
    int err = 0;

    if (pipe2(start, O_CLOEXEC) != 0)
        return -errno;
    if (pipe2(error, O_CLOEXEC) != 0) {
        err = -errno;
        close_fd(&start[0]);
        close_fd(&start[1]);
        return err;
    }
    c->pid = fork();
    if (c->pid == 0) {
        close_fd(&start[1]);
        child_main(c, parent, start[0], error[1]);
    }
    err = c->pid < 0 ? -errno : 0;
    close_fd(&start[0]);
    close_fd(&error[1]);
    c->start_fd = start[1];
    c->error_fd = error[0];
    if (c->pid < 0) {
        c->pid = 0;
        return err;
    }
    c->fd = (int)syscall(SYS_pidfd_open, c->pid, 0);
    return c->fd < 0 ? -errno : 0;
}

int child_fork(struct child *c, const char *command, const char *search_path, struct ptl_error *err)
{
    int failed = child_split(command, &c->words);

    if (failed == -EINVAL) {
        return error_set(err, failed, EXIT_USER, "The command is empty, or a quote has no end: %s",
                         command);
    }
    if (failed == 0)
        failed = program_find(c->words[0], search_path, &c->path);
    if (failed == -ENOENT)
        return error_set(err, failed, EXIT_USER, "Command not found: %s", c->words[0]);
    if (failed == -EACCES)
        return error_set(err, failed, EXIT_USER, "Command cannot be executed: %s", c->words[0]);
    if (failed == 0)
        failed = fork_waiting(c);
    if (failed != 0) {
        return error_set(err, failed, EXIT_USER, "Cannot prepare the command: %s",
                         error_text(failed));
    }
    return 0;
}

int child_start(struct child *c, struct ptl_error *err)
{
    int failed = 0;
    ssize_t n = 0;

    if (write(c->start_fd, "g", 1) != 1) {
        return error_set(err, -EPIPE, EXIT_USER, "The command ended before it could begin: %s",
                         c->words[0]);
    }
    close_fd(&c->start_fd);
    c->start_fd = -1;
    do {
        n = read(c->error_fd, &failed, sizeof(failed));
    } while (n < 0 && errno == EINTR);
    if (n == (ssize_t)sizeof(failed)) {
        return error_set(err, -failed, EXIT_USER, "Cannot execute %s: %s", c->path,
                         error_text(-failed));
    }
    return 0;
}

void child_reap(struct child *c)
{
    if (c->pid > 0 && waitpid(c->pid, NULL, WNOHANG) == c->pid)
        c->is_over = true;
}

void child_done(struct child *c)
{
    close_fd(&c->start_fd);
    close_fd(&c->error_fd);
    child_reap(c);
    /* By its pidfd: the pid may be another's if somebody made the kernel reap children itself. */
    if (c->fd >= 0 && !c->is_over)
        (void)syscall(SYS_pidfd_send_signal, c->fd, SIGTERM, NULL, 0); // it may just have ended
    close_fd(&c->fd);
    child_free_words(c->words);
    free(c->path);
    child_init(c);
}
