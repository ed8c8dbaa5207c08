/* tracepoint: a perf event of the tracepoint's number, which tracefs tells. */
#include <errno.h>

#include <linux/perf_event.h>

#include "runtime/attach.h"
#include "runtime/perf.h"
#include "runtime/tracefs.h"

static void report_no_match(const struct attach_point *point, struct diags *diags)
{
    const struct meta_attach *row = point->row;
    _cleanup_buf_ struct buf nearest = {0};
    struct diag *diag =
        diag_add(diags, E_ATTACH_NO_MATCH, attach_span(point),
                 "No matches for tracepoint %.*s:%.*s.", STR_ARG(row->text0), STR_ARG(row->text1));

    if (tracefs_nearest(row->text0, row->text1, &nearest))
        diag_hint(diag, "Did you mean '%.*s'?", (int)nearest.n, nearest.p);
}

int attach_tracepoint_event(struct str category, struct str event)
{
    s64 id = tracefs_event_id(category, event);
    struct perf_event_attr attr = {
        .type = PERF_TYPE_TRACEPOINT,
        .size = sizeof(attr),
        .config = (u64)id,
        .sample_period = 1,
        .disabled = 1,
    };

    return id < 0 ? (int)id : perf_event_open(&attr, 0);
}

static int on_match(void *data, const char *category, const char *event)
{
    struct attach_point *point = data;
    int fd = attach_tracepoint_event(str_of(category), str_of(event));
    u32 index = 0;
    int err = 0;

    /* ftrace's own events have no number: a program cannot be attached to them */
    if (fd == -ENOENT || fd == -EINVAL)
        return 0;
    if (fd < 0)
        return fd;
    err = probe_names_add(point->env->names, &index, "tracepoint:%s:%s", category, event);
    if (err != 0) {
        close_fd(&fd);
        return err;
    }
    point->n_names++;
    return attach_add_match(point, fd, index);
}

static int open_pattern(struct attach_point *point, struct diags *diags)
{
    int err = tracefs_each_event(point->row->text0, point->row->text1, on_match, point);

    if (err == 0 && point->n_names == 0)
        err = -ENOENT;
    return err != 0 ? attach_report_matches(point, diags, err) : 0;
}

static int tracepoint_open(struct attach_point *point, struct diags *diags)
{
    int fd = -1;

    if (attach_is_pattern(point))
        return open_pattern(point, diags);
    fd = attach_tracepoint_event(point->row->text0, point->row->text1);
    if (fd == -ENOENT || fd == -EINVAL) {
        report_no_match(point, diags);
        return -ENOENT;
    }
    return fd < 0 ? attach_report(point, diags, fd) : attach_add_event(point, fd);
}

const struct attach_ops attach_ops_tracepoint = {
    .when = ATTACH_EVENTS,
    .methods = 1u << METHOD_TRACEPOINT,
    .open = tracepoint_open,
};
