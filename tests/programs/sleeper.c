/* sleeper MS [NAME]: sleeps MS milliseconds, 0 for until it is killed, under the thread name NAME
 * (at most 15 bytes). The name is set before it sleeps.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <time.h>
#include <unistd.h>

#include "args.h"

#define NAME_SIZE 16 /* TASK_COMM_LEN, with the NUL */

int main(int argc, char **argv)
{
    long sleep_ms = 0;

    if (argc < 2 || argc > 3 || !number_parse(argv[1], 3600000, &sleep_ms) ||
        (argc == 3 && strlen(argv[2]) >= NAME_SIZE)) {
        (void)fprintf(stderr, "usage: sleeper MS [NAME]\n");
        return 2;
    }
    if (argc == 3 && prctl(PR_SET_NAME, argv[2]) != 0)
        return 1;
    while (sleep_ms == 0)
        (void)pause(); /* only ever returns after a handled signal */

    struct timespec left = {.tv_sec = sleep_ms / 1000, .tv_nsec = sleep_ms % 1000 * 1000000};
    while (nanosleep(&left, &left) != 0)
        if (errno != EINTR)
            return 1;
    return 0;
}
