/* ticks RUNS COMMAND ARGS...: of RUNS runs of the command after one to warm up, the fewest time
 * stamp counter ticks from start to end, the least CPU time in microseconds, and the peak memory in
 * KiB of the largest process. With QEMU's -icount shift=0 a tick is an executed instruction, or a
 * nanosecond of waiting. The system's clocks are no use there: they are corrected while a guest is
 * young. The command's output goes to /dev/null. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include <x86intrin.h>

struct cost {
    unsigned long long ticks, cpu_us;
};

static unsigned long long us_of(struct timeval t)
{
    return (unsigned long long)t.tv_sec * 1000000 + (unsigned long long)t.tv_usec;
}

/* The kernel frees what a run had when it has ended. One that begins before gets other memory,
 * which can cost twice as much. */
static void rest(void)
{
    (void)nanosleep(&(struct timespec){.tv_nsec = 200000000}, NULL);
}

static struct cost run(char **words)
{
    unsigned long long begin = 0;
    struct rusage usage;
    struct cost cost;
    pid_t pid = -1;

    rest();
    begin = __rdtsc();
    pid = fork();
    if (pid == 0) {
        int null = open("/dev/null", O_RDWR | O_CLOEXEC);

        for (int fd = 0; fd < 3; fd++)
            (void)dup2(null, fd);
        (void)execvp(words[0], words);
        _exit(127);
    }
    (void)wait4(pid, NULL, 0, &usage); /* with its children */
    cost.ticks = __rdtsc() - begin;
    cost.cpu_us = us_of(usage.ru_utime) + us_of(usage.ru_stime);
    return cost;
}

int main(int argc, char **argv)
{
    struct cost least = {~0ULL, ~0ULL};
    struct rusage usage;

    if (argc < 3)
        return 2;
    (void)run(argv + 2);
    for (int n = atoi(argv[1]); n > 0; n--) {
        struct cost cost = run(argv + 2);

        least.ticks = cost.ticks < least.ticks ? cost.ticks : least.ticks;
        least.cpu_us = cost.cpu_us < least.cpu_us ? cost.cpu_us : least.cpu_us;
    }
    (void)getrusage(RUSAGE_CHILDREN, &usage);
    printf("%llu %llu %ld\n", least.ticks, least.cpu_us, usage.ru_maxrss);
    return 0;
}
