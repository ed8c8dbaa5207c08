/* test: and bench: probes.
 *
 * A benchmark's program is run by one system call each time, which takes longer than most programs:
 * the time is what the kernel's own statistics say of the program. */
#include <errno.h>

#include <bpf/bpf.h>

#include "base/clock.h"
#include "runtime/error.h"
#include "runtime/run.h"

enum {
    BENCH_MIN_NS = NS_PER_MS, /* until then the number of runs is doubled */
    BENCH_MAX_RUNS = 1 << 20,
};

/* Run the point once, and show what it printed. Whether it called exit() with a code but 0 is then
 * in the events. */
static int run_point(struct run *run, const struct attach_point *point)
{
    int err = attach_run_once(point, &run->s->diags);

    return err != 0 ? error_set(run->err, err, EXIT_MACHINE, "%s", "") : run_drain(run);
}

static int flush(struct run *run)
{
    int err = sink_flush(&run->sink);

    if (err == 0)
        return 0;
    return error_set(run->err, err, EXIT_USER, "Cannot write the output: %s.", error_text(err));
}

static bool has_failed(const struct run *run)
{
    return run->events.is_exiting && run->events.exit_code != 0;
}

static void begin_point(struct run *run)
{
    run->events.is_exiting = run->events.is_cut = false;
    run->events.exit_code = 0;
}

static int run_test(struct run *run, const struct attach_point *point)
{
    struct sink_result result = {.name = point->row->name};
    u64 begin_ns = clock_ns(CLOCK_MONOTONIC);
    int err = 0;

    sink_test(&run->sink);
    err = run_point(run, point);
    if (err != 0)
        return err;
    result.ns = clock_ns(CLOCK_MONOTONIC) - begin_ns;
    result.has_failed = has_failed(run);
    sink_result(&run->sink, &result);
    return flush(run);
}

/* Nanoseconds and runs of a program so far. */
static int read_stats(const struct attach_point *point, u64 *ns_out, u64 *runs_out)
{
    struct bpf_prog_info info = {0};
    u32 size = sizeof(info);
    int err = bpf_obj_get_info_by_fd(bpf_program__fd(point->program), &info, &size);

    *ns_out = info.run_time_ns;
    *runs_out = info.run_cnt;
    return err;
}

static int run_bench(struct run *run, const struct attach_point *point)
{
    u64 ns = 0, runs = 0;
    int err = 0;

    for (u32 n = 1; n <= BENCH_MAX_RUNS && ns < BENCH_MIN_NS && !has_failed(run); n *= 2) {
        for (u32 i = 0; i < n && err == 0 && !run->events.is_exiting; i++)
            err = attach_run_once(point, &run->s->diags);
        if (err != 0)
            return error_set(run->err, err, EXIT_MACHINE, "%s", "");
        err = run_drain(run);
        if (err == 0)
            err = read_stats(point, &ns, &runs);
        if (err != 0)
            return err;
    }
    sink_result(&run->sink, &(struct sink_result){
                                .name = point->row->name,
                                .is_bench = true,
                                .has_failed = has_failed(run) || runs == 0,
                                .ns = ns / MAX(runs, 1),
                                .n_runs = runs,
                            });
    return flush(run);
}

/* Run all points of a kind. */
static int run_all(struct run *run, enum attach_when when, u32 *n_run, u32 *n_failed)
{
    const struct ptl_session *s = run->s;

    for (u32 i = 0; i < s->n_points; i++) {
        const struct attach_point *point = &s->points[i];
        int err = 0;

        if (point->ops->when != when)
            continue;
        begin_point(run);
        err = when == ATTACH_TEST ? run_test(run, point) : run_bench(run, point);
        if (err != 0)
            return err;
        ++*n_run;
        *n_failed += has_failed(run);
    }
    return 0;
}

int run_tests(struct run *run, u32 *n_failed_out)
{
    bool is_bench = run->s->opts->mode == PTL_MODE_BENCH;
    _cleanup_close_ int stats_fd = is_bench ? bpf_enable_stats(BPF_STATS_RUN_TIME) : -1;
    u32 n_run = 0, n_failed = 0;
    int err = run_drain(run); /* what the begin clauses printed */

    if (is_bench && stats_fd < 0) {
        return error_set(run->err, -errno, EXIT_MACHINE,
                         "The kernel does not measure programs: %s.", error_text(-errno));
    }
    if (err == 0 && has_failed(run)) {
        n_failed = 1;
    } else if (err == 0) {
        err = run_all(run, is_bench ? ATTACH_BENCH : ATTACH_TEST, &n_run, &n_failed);
    }
    if (err != 0)
        return err;
    if (!is_bench)
        sink_tally(&run->sink, n_run - MIN(n_failed, n_run), n_failed);
    *n_failed_out = n_failed;
    return flush(run);
}
