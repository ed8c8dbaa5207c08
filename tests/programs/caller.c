/* caller SYSCALL N [MS]: makes one system call exactly N times.
 *
 *   getppid    getppid()
 *   kill0      kill(getpid(), 0); one getpid() in all
 *   nanosleep  nanosleep() of MS milliseconds (default 1); not clock_nanosleep, as glibc would do
 *   write      one byte to /dev/null (1 openat before the first call)
 *   read       one byte from /dev/zero (1 openat before the first call)
 *
 * Linked statically it makes none of these calls while it starts or ends. Beware: `caller` is a
 * builtin of bash; the guest switches that off, elsewhere use a path.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "args.h"

struct target {
    int fd;
    pid_t pid;
    struct timespec pause;
};

struct call {
    const char *name;
    const char *path; /* opened before the first call */
    int flags;
    bool (*run)(const struct target *target);
};

static bool run_getppid(const struct target *target)
{
    (void)target;
    return syscall(SYS_getppid) >= 0;
}

static bool run_kill0(const struct target *target)
{
    return syscall(SYS_kill, target->pid, 0) == 0;
}

static bool run_nanosleep(const struct target *target)
{
    return syscall(SYS_nanosleep, &target->pause, NULL) == 0;
}

static bool run_write(const struct target *target)
{
    return syscall(SYS_write, target->fd, "x", 1UL) == 1;
}

static bool run_read(const struct target *target)
{
    char byte = 0;

    return syscall(SYS_read, target->fd, &byte, sizeof(byte)) == 1;
}

static const struct call calls[] = {
    {.name = "getppid", .run = run_getppid},
    {.name = "kill0", .run = run_kill0},
    {.name = "nanosleep", .run = run_nanosleep},
    {.name = "write", .path = "/dev/null", .flags = O_WRONLY, .run = run_write},
    {.name = "read", .path = "/dev/zero", .flags = O_RDONLY, .run = run_read},
};

static const struct call *call_find(const char *name)
{
    for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
        if (strcmp(calls[i].name, name) == 0)
            return &calls[i];
    return NULL;
}

int main(int argc, char **argv)
{
    struct target target = {.fd = -1};
    const struct call *call = argc >= 3 ? call_find(argv[1]) : NULL;
    long count = 0;
    long pause_ms = 1;

    if (call == NULL || argc > 4 || !number_parse(argv[2], 1000000000, &count) ||
        (argc == 4 && !number_parse(argv[3], 3600000, &pause_ms))) {
        (void)fprintf(stderr, "usage: caller getppid|kill0|nanosleep|write|read N [MS]\n");
        return 2;
    }
    target.pause.tv_sec = pause_ms / 1000;
    target.pause.tv_nsec = pause_ms % 1000 * 1000000;
    if (call->run == run_kill0)
        target.pid = getpid();
    if (call->path != NULL) {
        target.fd = open(call->path, call->flags | O_CLOEXEC);
        if (target.fd < 0)
            return 1;
    }
    for (long i = 0; i < count; i++)
        if (!call->run(&target))
            return 1;
    return 0;
}
