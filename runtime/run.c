/* A run: attach, drain, detach, show the maps and the books.
 *
 * One epoll instance waits for everything: records, signals, the -c command, the -p process, and an
 * output that nobody reads any more. There are no signal handlers and no threads. */
#include "runtime/run.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/epoll.h>
#include <time.h>

#include <bpf/bpf.h>

#include "abi/record.h"
#include "base/clock.h"
#include "runtime/books.h"
#include "runtime/error.h"
#include "runtime/privileges.h"
#include "runtime/usym.h"

enum {
    BATCH_RECORDS = 4096, /* then the output is flushed and signals are looked at */
    DRAIN_ENDED = 1,      /* the ring is empty */
    BUSY_NS = NS_PER_MS,  /* records that come as close together are waited for so long, */
                          /* and shown at once: waking up for each would cost more than they do */
    EXIT_FAILED_TESTS = 1,
};

/* What epoll tells; the data of each registration. */
enum wake {
    WAKE_RING,
    WAKE_SIGNALS,
    WAKE_CHILD,
    WAKE_TARGET,
    WAKE_OUTPUT
};

static void run_done(struct run *run)
{
    maps_show_progress(run->s->maps, NULL);
    ring_buffer__free(run->ring);
    close_fd(&run->epoll_fd);
    sink_done(&run->sink);
    run_errors_done(&run->errors);
}

static int on_record(void *data, void *bytes, size_t size)
{
    struct run *run = data;

    return events_record(&run->events, bytes, size);
}

static int watch(const struct run *run, int fd, enum wake wake, u32 events)
{
    struct epoll_event event = {.events = events, .data.u32 = wake};

    if (fd < 0)
        return 0;
    return epoll_ctl(run->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

static int watch_all(struct run *run)
{
    const struct ptl_session *s = run->s;
    int err = watch(run, ring_buffer__epoll_fd(run->ring), WAKE_RING, EPOLLIN);

    if (err == 0)
        err = watch(run, s->signals.fd, WAKE_SIGNALS, EPOLLIN);
    if (err == 0)
        err = watch(run, s->child.fd, WAKE_CHILD, EPOLLIN);
    if (err == 0)
        err = watch(run, s->target_fd, WAKE_TARGET, EPOLLIN);
    /* No events asked for: EPOLLERR comes anyway when the reader of a pipe has gone. Files cannot
     * be watched, and need not. */
    (void)watch(run, fileno(s->opts->out), WAKE_OUTPUT, 0);
    return err;
}

static int run_init(struct run *run, struct ptl_session *s, struct ptl_error *err)
{
    int failed = 0;
    int ring_fd = bpf_object__find_map_fd_by_name(s->object, PTL_MAP_RING);

    *run = (struct run){.s = s, .err = err, .epoll_fd = -1};
    sink_init(&run->sink, s->opts->format, &s->value_env, s->opts->out, s->opts->log, &s->signals);
    failed = run_errors_init(&run->errors, &s->meta, &s->sources, &run->sink, s->opts->log);
    run->sink.buffering = s->opts->buffering;
    progress_init(&run->progress, s->opts->is_quiet ? NULL : s->opts->log, s->opts->out);
    run->sink.progress = &run->progress;
    maps_show_progress(s->maps, &run->progress);
    run->errors.warnings = s->opts->warnings;
    run->errors.has_color = s->opts->has_color;
    run->events = (struct events){
        .meta = &s->meta,
        .maps = s->maps,
        .sink = &run->sink,
        .errors = &run->errors,
        .signals = &s->signals,
    };
    run->ring = ring_buffer__new(ring_fd, on_record, run, NULL);
    if (failed == 0 && run->ring == NULL)
        failed = -errno;
    run->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (failed == 0 && run->epoll_fd < 0)
        failed = -errno;
    if (failed == 0)
        failed = watch_all(run);
    if (failed != 0) {
        return error_set(err, failed, EXIT_MACHINE, "Cannot read the programs' records: %s.",
                         error_text(failed));
    }
    return 0;
}

/* Say why the run ends early. Returns the negative errno. */
static int run_failed(const struct run *run, int failed)
{
    if (failed == -EINTR) {
        return error_set(run->err, failed, EXIT_USER,
                         "Nobody reads the output, and a second signal came: the rest is lost.");
    }
    if (failed == run->sink.err) {
        return error_set(run->err, failed, EXIT_USER, "Cannot write the output: %s.",
                         error_text(failed));
    }
    if (failed == -EPROTO) {
        return error_set(run->err, failed, EXIT_MACHINE,
                         "A record does not fit to the metadata of the object.");
    }
    return error_set(run->err, failed, EXIT_MACHINE, "Cannot read a map: %s.", error_text(failed));
}

/* What is shown from here on was recorded before now. */
static void begin_round(const struct run *run)
{
    if (run->s->usyms != NULL)
        usyms_begin_round(run->s->usyms);
}

/* Handle one batch of records and flush. Returns 0 if there may be more, DRAIN_ENDED if not, or a
 * negative errno with *err: the run is over. */
static int drain_batch(struct run *run)
{
    int n = 0;
    int flushed = 0;

    run->events.budget = BATCH_RECORDS;
    begin_round(run);
    n = ring_buffer__consume(run->ring);
    flushed = sink_pause(&run->sink);
    if (flushed != 0)
        return run_failed(run, flushed);
    if (run->events.err != 0)
        return run_failed(run, run->events.err);
    return n == -EAGAIN || n == -ECANCELED ? 0 : DRAIN_ENDED;
}

int run_drain(struct run *run)
{
    int err = 0;

    while (err == 0 && signals_poll(&run->s->signals) < SIGNALS_IMPATIENT)
        err = drain_batch(run);
    return MIN(err, 0);
}

/* Run the clauses of one kind; what: such a one, for the message. */
static int run_clauses(const struct run *run, enum attach_when when, const char *what)
{
    int err = session_run_clauses(run->s, when);

    if (err == 0)
        return 0;
    return error_set(run->err, err, EXIT_MACHINE, "%s did not run: %s.", what, error_text(err));
}

/* Run the clauses that wait for SIGUSR1, once for each that came. */
static int run_signal_clauses(const struct run *run)
{
    int err = 0;

    for (u32 *n = &run->s->signals.n_user; *n > 0 && err == 0; --*n)
        err = run_clauses(run, ATTACH_SIGNAL, "A clause");
    return err;
}

static void on_event(struct run *run, enum wake wake)
{
    struct ptl_session *s = run->s;

    switch (wake) {
    case WAKE_RING:
        return; // drained in any case
    case WAKE_SIGNALS:
        (void)signals_poll(&s->signals); // counted there
        return;
    case WAKE_CHILD:
        child_reap(&s->child);
        run->must_stop = true;
        return;
    case WAKE_TARGET:
        run->must_stop = true;
        return;
    case WAKE_OUTPUT:
        run->sink.err = run->sink.err != 0 ? run->sink.err : -EPIPE;
        return;
    }
}

/* A record woke us up. Where they come fast, wait a little for more. */
static void gather(u64 *last_ns)
{
    static const struct timespec a_little = {.tv_nsec = BUSY_NS};
    u64 now = clock_ns(CLOCK_MONOTONIC);

    if (now - *last_ns < (u64)2 * BUSY_NS)
        (void)nanosleep(&a_little, NULL); // a signal may end it early
    *last_ns = now;
}

/* Wait and drain until something ends the run. Returns 0 or a negative errno with *err. */
static int loop(struct run *run)
{
    struct epoll_event events[8];
    bool is_empty = false;
    u64 last_ns = 0;

    /* n_seen too: writing may have taken the signal while it waited for the output's reader. */
    while (!run->must_stop && run->s->signals.n_seen == 0 && !run->events.is_exiting) {
        int n = epoll_wait(run->epoll_fd, events, ARRAY_SIZE(events), is_empty ? -1 : 0);
        int err = 0;

        if (n < 0 && errno != EINTR) {
            return error_set(run->err, -errno, EXIT_MACHINE, "Cannot wait for records: %s.",
                             error_text(-errno));
        }
        for (int i = 0; i < n; i++)
            on_event(run, (enum wake)events[i].data.u32);
        if (is_empty && n > 0 && !run->must_stop)
            gather(&last_ns);
        err = run_signal_clauses(run);
        if (err == 0)
            err = drain_batch(run);
        if (err < 0)
            return err;
        is_empty = err == DRAIN_ENDED;
    }
    return 0;
}

/* Does anything happen after the begin clauses? */
static bool has_events(const struct ptl_session *s)
{
    for (u32 i = 0; i < s->n_points; i++) {
        enum attach_when when = s->points[i].ops->when;

        if ((when == ATTACH_EVENTS || when == ATTACH_SIGNAL) && !s->points[i].is_skipped)
            return true;
    }
    return s->child.pid != 0;
}

/* Detach, taking down what was missed until then. May be called again. */
static void detach_all(struct ptl_session *s)
{
    for (u32 i = 0; i < s->n_points; i++) {
        struct attach_point *point = &s->points[i];

        if (point->n_events != 0 || point->group != NULL)
            point->book = attach_book(point);
        attach_detach(point);
    }
}

static int show_all_maps(struct run *run)
{
    struct maps *maps = run->s->maps;
    const u32 *order = maps_by_name(maps);
    bool is_quiet = run->s->meta.infos.items[0].flags & META_FLAG_QUIET_MAPS;
    u32 n_shown = is_quiet ? 0 : maps_count(maps);

    begin_round(run);
    sink_end(&run->sink);
    for (u32 i = 0; i < n_shown; i++) {
        const struct table *table = NULL;
        int err = maps_read(maps, order[i], FLIP_NONE, 0, 1, &table);

        if (err != 0) {
            (void)sink_flush(&run->sink); // what was read is shown; this error is told already
            return run_failed(run, err);
        }
        sink_map(&run->sink, table);
    }
    return sink_flush(&run->sink) != 0 ? run_failed(run, run->sink.err) : 0;
}

static int show_maps(struct run *run)
{
    int err = 0;

    progress_begin(&run->progress);
    err = show_all_maps(run);
    progress_end(&run->progress);
    return err;
}

static int finish(struct run *run)
{
    int err = 0;

    session_notify(run->s, "STOPPING=1");
    detach_all(run->s);
    err = run_drain(run);
    run->events.is_cut = false;
    if (err == 0)
        err = run_clauses(run, ATTACH_END, "The end clause");
    if (err == 0)
        err = run_drain(run);
    if (err == 0)
        err = show_maps(run);
    if (err == 0)
        books_show(run);
    return err == 0 && sink_flush(&run->sink) != 0 ? run_failed(run, run->sink.err) : err;
}

/* A pattern is as many probes as it has matches. */
static u32 count_probes(const struct ptl_session *s)
{
    u32 n = 0;

    for (u32 i = 0; i < s->n_points; i++) {
        if (!s->points[i].is_skipped)
            n += MAX(s->points[i].n_names, 1);
    }
    return n;
}

void ptl_banner(const struct ptl_session *s)
{
    u32 n = count_probes(s);
    u32 n_stand_ins = 0;

    if (s->opts->is_quiet)
        return;
    for (u32 i = 0; i < s->n_points; i++)
        n_stand_ins += attach_is_stand_in(&s->points[i]) && !s->points[i].is_skipped;
    (void)fprintf(s->opts->log, "Attached %u probe%s", n, n == 1 ? "" : "s");
    if (n_stand_ins != 0)
        (void)fprintf(s->opts->log, " (%u by fentry: this kernel has no kprobes)", n_stand_ins);
    (void)fputc('\n', s->opts->log);
    (void)fflush(s->opts->log); // a lost banner loses nothing
}

static int drop_privileges(struct run *run)
{
    int failed = privileges_drop(run->s);

    if (failed == 0)
        return 0;
    error_set(run->err, failed, EXIT_MACHINE, "Cannot drop privileges: %s.", error_text(failed));
    error_hint(run->err, "--keep-privileges does without.");
    return failed;
}

/* Let the -c command go, if there is one. */
static int start_command(const struct run *run)
{
    struct ptl_session *s = run->s;
    int err = s->child.pid != 0 ? child_start(&s->child, run->err) : 0;

    if (err == 0 && s->child.pid != 0 && s->usyms != NULL)
        usyms_note(s->usyms, (u64)s->child.pid); // it may be over soon
    return err;
}

/* The tests or benchmarks, with the books. Counts those that fail. */
static int measure(struct run *run, u32 *n_failed_out)
{
    int err = start_command(run);

    if (err == 0)
        err = run_tests(run, n_failed_out);
    if (err == 0)
        books_show(run);
    return err == 0 && sink_flush(&run->sink) != 0 ? run_failed(run, run->sink.err) : err;
}

/* All else of a script, from the banner to the books. */
static int trace(struct run *run)
{
    struct ptl_session *s = run->s;
    int err = 0;

    if (!sink_attached(&run->sink, count_probes(s)))
        ptl_banner(s);
    session_notify(s, "READY=1");
    if (has_events(s) && !s->opts->keeps_privileges)
        err = drop_privileges(run);
    if (err == 0)
        err = start_command(run);
    /* What they print is drained with the rest: where our own system calls are events, there is
     * always more until the probes are detached. */
    if (err == 0)
        err = run_clauses(run, ATTACH_ONCE, "A clause");
    if (err == 0 && has_events(s))
        err = loop(run);
    return err == 0 ? finish(run) : err;
}

int ptl_run(struct ptl_session *s, int *status_out, struct ptl_error *err)
{
    _cleanup_(run_done) struct run run;
    int failed = run_init(&run, s, err);
    u32 n_failed = 0;

    if (s->state != SESSION_ATTACHED)
        ptl_bug("ptl_run() of a session that is not attached");
    s->state = SESSION_STOPPED;
    if (failed == 0 && s->opts->mode == PTL_MODE_RUN) {
        failed = trace(&run);
    } else if (failed == 0) {
        failed = measure(&run, &n_failed);
    }
    detach_all(s);
    signals_restore(&s->signals);
    if (failed != 0)
        return failed;
    *status_out = n_failed != 0 ? EXIT_FAILED_TESTS : (int)run.events.exit_code;
    session_log(s, "done");
    return 0;
}
