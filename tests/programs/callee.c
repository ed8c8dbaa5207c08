/* callee N [THREADS [MS]]: each of THREADS threads (default 1) calls, N times each,
 *
 *   callee_add(i, "text", &point)   i from 0; returns i + 1
 *   callee_down(3)                  which calls itself down to callee_down(0), and returns 3
 *
 * callee_last, an int, is the last i.
 * All are in .symtab, and the functions are not inlined. At the end it sleeps MS milliseconds
 * (default 0).
 */
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "args.h"

enum {
    THREAD_MAX = 64,
    LINGER_MAX_MS = 60000,
    DEPTH = 3,
};

struct point {
    int x;
    short y;
    const char *name;
};

extern int callee_last; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): the same
int callee_last; // NOLINT(cppcoreguidelines-avoid-non-const-global-variables): what tests look for

long callee_add(long i, const char *text, const struct point *point);
int callee_down(int n);

__attribute__((noinline)) long callee_add(long i, const char *text, const struct point *point)
{
    __atomic_store_n(&callee_last, (int)i, __ATOMIC_RELAXED);
    __asm__ volatile("" : : "r"(text), "r"(point) : "memory");
    return i + 1;
}

__attribute__((noinline)) int callee_down(int n) // NOLINT(misc-no-recursion): what tests look for
{
    int deeper = n == 0 ? -1 : callee_down(n - 1);

    __asm__ volatile("" : "+r"(deeper)); /* no tail call */
    return deeper + 1;
}

/* Returns NULL, or `arg` if a call returned something wrong. */
static void *call_all(void *arg)
{
    const struct point point = {7, -3, "origin"};
    const long *count = arg;

    for (long i = 0; i < *count; i++)
        if (callee_add(i, "text", &point) != i + 1 || callee_down(DEPTH) != DEPTH)
            return arg;
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREAD_MAX];
    long count = 0;
    long thread_count = 1;
    long linger_ms = 0;
    bool is_ok = true;

    if (argc < 2 || argc > 4 || !number_parse(argv[1], 1000000000, &count) ||
        (argc >= 3 && !number_parse(argv[2], THREAD_MAX, &thread_count)) || thread_count == 0 ||
        (argc == 4 && !number_parse(argv[3], LINGER_MAX_MS, &linger_ms))) {
        (void)fprintf(stderr, "usage: callee N [THREADS [MS]]\n");
        return 2;
    }
    for (long i = 1; i < thread_count; i++)
        if (pthread_create(&threads[i], NULL, call_all, &count) != 0)
            return 1;
    is_ok = call_all(&count) == NULL;
    for (long i = 1; i < thread_count; i++) {
        void *failed = NULL;

        if (pthread_join(threads[i], &failed) != 0 || failed != NULL)
            is_ok = false;
    }
    if (linger_ms > 0)
        (void)usleep((useconds_t)linger_ms * 1000); // nothing interrupts it
    return is_ok ? 0 : 1;
}
