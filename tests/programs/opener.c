/* opener N [THREADS]: each of THREADS threads (default 1) opens and closes /dev/null N times.
 *
 * The whole process makes exactly N * THREADS openat(2) calls and as many close(2) calls, which is
 * what tests count: linked statically it opens nothing while it starts. The main thread is one of
 * the THREADS; all of them wait for each other before the first call, so that they overlap.
 */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "args.h"

#define THREAD_MAX 256

struct work {
    pthread_barrier_t start;
    long count;
};

/* Returns NULL, or `arg` if a call failed. */
static void *open_all(void *arg)
{
    struct work *work = arg;

    (void)pthread_barrier_wait(&work->start); /* its result only tells which thread came last */
    for (long i = 0; i < work->count; i++) {
        const int fd = open("/dev/null", O_RDONLY | O_CLOEXEC);

        if (fd < 0 || close(fd) != 0)
            return arg;
    }
    return NULL;
}

int main(int argc, char **argv)
{
    pthread_t threads[THREAD_MAX];
    struct work work = {.count = 0};
    long thread_count = 1;

    if (argc < 2 || argc > 3 || !number_parse(argv[1], 1000000000, &work.count) ||
        (argc == 3 && !number_parse(argv[2], THREAD_MAX, &thread_count)) || thread_count == 0) {
        (void)fprintf(stderr, "usage: opener N [THREADS]\n");
        return 2;
    }
    if (pthread_barrier_init(&work.start, NULL, (unsigned int)thread_count) != 0)
        return 1;
    for (long i = 1; i < thread_count; i++)
        if (pthread_create(&threads[i], NULL, open_all, &work) != 0)
            return 1;

    bool is_ok = open_all(&work) == NULL;
    for (long i = 1; i < thread_count; i++) {
        void *failed = NULL;

        if (pthread_join(threads[i], &failed) != 0 || failed != NULL)
            is_ok = false;
    }
    return is_ok ? 0 : 1;
}
