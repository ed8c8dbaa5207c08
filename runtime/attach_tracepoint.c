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

static int open_event(s64 id)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_TRACEPOINT,
        .size = sizeof(attr),
        .config = (u64)id,
        .sample_period = 1,
        .disabled = 1,
    };

    return perf_event_open(&attr, 0);
}

static int on_match(void *data, const char *category, const char *event)
{
    struct attach_point *point = data;
    s64 id = tracefs_event_id(str_of(category), str_of(event));
    int fd = -1;
    u32 index = 0;
    int err = 0;

    /* ftrace's own events have no program */
    if (id < 0)
        return 0;
    fd = open_event(id);
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
    s64 id = 0;
    int fd = -1;

    if (attach_is_pattern(point))
        return open_pattern(point, diags);
    id = tracefs_event_id(point->row->text0, point->row->text1);
    if (id == -ENOENT || id == -EINVAL) {
        report_no_match(point, diags);
        return -ENOENT;
    }
    fd = id < 0 ? (int)id : open_event(id);
    return fd < 0 ? attach_report(point, diags, fd) : attach_add_event(point, fd);
}

const struct attach_ops attach_ops_tracepoint = {
    .when = ATTACH_EVENTS,
    .methods = 1u << METHOD_TRACEPOINT,
    .open = tracepoint_open,
};
