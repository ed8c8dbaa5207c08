/* The line about a long dump. What cannot be written has nobody to read it: errors of the log are
 * not looked at. */
#include "runtime/progress.h"

#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"

enum {
    DELAY_NS = NS_PER_S,        /* before the first line */
    INTERVAL_NS = NS_PER_S / 5, /* between two */
    CALLS_PER_LOOK = 64,
    NAME_MAX_BYTES = 30, /* a line that wraps could not be removed */
    LINE_BYTES = 128,
};

/* Are both the same terminal? */
static bool is_same(int a, int b)
{
    struct stat x, y;

    return isatty(b) && fstat(a, &x) == 0 && fstat(b, &y) == 0 && x.st_rdev == y.st_rdev;
}

void progress_init(struct progress *p, FILE *log, FILE *out)
{
    bool is_seen = log != NULL && isatty(fileno(log)) && !is_same(fileno(log), fileno(out));

    *p = (struct progress){.log = is_seen ? log : NULL};
}

void progress_begin(struct progress *p)
{
    if (p != NULL && p->log != NULL)
        p->begin_ns = clock_ns(CLOCK_MONOTONIC);
}

static void remove_line(struct progress *p)
{
    if (p->n_shown == 0)
        return;
    (void)fprintf(p->log, "\r%*s\r", (int)p->n_shown, "");
    p->n_shown = 0;
}

void progress_end(struct progress *p)
{
    if (p == NULL)
        return;
    p->begin_ns = 0;
    if (p->n_shown == 0)
        return;
    remove_line(p);
    (void)fflush(p->log);
}

void progress_rows_at(struct progress *p, struct str map, u64 done, u64 total, u64 now_ns)
{
    char line[LINE_BYTES];
    int n = 0;

    if (now_ns < p->begin_ns + DELAY_NS || now_ns < p->shown_ns + INTERVAL_NS)
        return;
    map.n = MIN(map.n, NAME_MAX_BYTES);
    if (total == 0) {
        n = snprintf(line, sizeof(line), "%.*s: %" PRIu64 " keys read", STR_ARG(map), done);
    } else {
        n = snprintf(line, sizeof(line), "%.*s: %" PRIu64 " of %" PRIu64 " keys written (%u %%)",
                     STR_ARG(map), done, total, (u32)(done * 100 / total));
    }
    remove_line(p);
    (void)fwrite(line, 1, (size_t)n, p->log);
    (void)fflush(p->log);
    p->n_shown = (size_t)n; // it fits
    p->shown_ns = now_ns;
}

void progress_rows(struct progress *p, struct str map, u64 done, u64 total)
{
    if (p == NULL || p->begin_ns == 0 || ++p->n_calls % CALLS_PER_LOOK != 0)
        return;
    progress_rows_at(p, map, done, total, clock_ns(CLOCK_MONOTONIC));
}
