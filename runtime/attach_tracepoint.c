/* tracepoint: a perf event of the tracepoint's number, which tracefs tells. */
#include <errno.h>

#include <linux/perf_event.h>

#include "runtime/attach.h"
#include "runtime/perf.h"
#include "runtime/tracefs.h"

static void report_no_match(const struct attach_point *point, struct diags *diags)
{
    const struct meta_attach *row = point->row;
    struct span span = {(u32)row->span_begin, (u32)row->span_end};
    _cleanup_buf_ struct buf nearest = {0};
    struct diag *diag =
        diag_add(diags, E_ATTACH_NO_MATCH, span, "No matches for tracepoint %.*s:%.*s.",
                 STR_ARG(row->text0), STR_ARG(row->text1));

    if (tracefs_nearest(row->text0, row->text1, &nearest))
        diag_hint(diag, "Did you mean '%.*s'?", (int)nearest.n, nearest.p);
}

static int tracepoint_open(struct attach_point *point, struct diags *diags)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_TRACEPOINT,
        .size = sizeof(attr),
        .sample_period = 1,
        .disabled = 1,
    };
    s64 id = tracefs_event_id(point->row->text0, point->row->text1);
    int fd = -1;

    if (id == -ENOENT || id == -EINVAL) {
        report_no_match(point, diags);
        return -ENOENT;
    }
    if (id < 0)
        return attach_report(point, diags, (int)id);
    attr.config = (u64)id;
    fd = perf_event_open(&attr, 0);
    if (fd < 0)
        return attach_report(point, diags, fd);
    return attach_add_event(point, fd);
}

const struct attach_ops attach_ops_tracepoint = {
    .when = ATTACH_EVENTS,
    .methods = 1u << METHOD_TRACEPOINT,
    .open = tracepoint_open,
};
