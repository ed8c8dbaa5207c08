/* spinner MS: burns CPU, nearly all of it in user space in the function spin(), until the process
 * has used MS milliseconds of CPU time; time for which it was not scheduled does not count.
 */
#include <stdio.h>
#include <time.h>

#include "args.h"

#define SPIN_ROUNDS 20000L

/* Not inlined: profiles and user stacks shall show it. */
static __attribute__((noinline)) void spin(long rounds)
{
    for (volatile long i = 0; i < rounds; i++)
        ;
}

int main(int argc, char **argv)
{
    struct timespec used = {0};
    long limit_ms = 0;

    if (argc != 2 || !number_parse(argv[1], 3600000, &limit_ms)) {
        (void)fprintf(stderr, "usage: spinner MS\n");
        return 2;
    }
    do {
        spin(SPIN_ROUNDS);
        if (clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used) != 0)
            return 1;
    } while (used.tv_sec * 1000 + used.tv_nsec / 1000000 < limit_ms);
    return 0;
}
