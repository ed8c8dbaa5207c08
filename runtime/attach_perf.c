/* Perf events on every online CPU or on the first one: profile and interval (the CPU's clock),
 * software, hardware and watchpoint (what is counted is part of the row). */
#include <errno.h>

#include <linux/perf_event.h>

#include "runtime/attach.h"
#include "runtime/perf.h"

/* LAYOUT: num1 of a watchpoint's row (abi/probe.def). */
#define WATCH_LENGTH_MASK 0xff
#define WATCH_MODE_SHIFT  8

static void event_of_row(const struct meta_attach *row, struct perf_event_attr *attr)
{
    switch ((enum probe_id)row->provider) {
    case PROBE_SOFTWARE:
    case PROBE_HARDWARE:
        attr->type = row->provider == PROBE_SOFTWARE ? PERF_TYPE_SOFTWARE : PERF_TYPE_HARDWARE;
        attr->config = row->num1;
        attr->sample_period = row->num0;
        return;
    case PROBE_WATCHPOINT:
        attr->type = PERF_TYPE_BREAKPOINT;
        attr->bp_addr = row->num0;
        attr->bp_len = row->num1 & WATCH_LENGTH_MASK;
        attr->bp_type = (u32)(row->num1 >> WATCH_MODE_SHIFT);
        attr->sample_period = 1;
        return;
    default:
        attr->type = PERF_TYPE_SOFTWARE;
        attr->config = PERF_COUNT_SW_CPU_CLOCK;
        attr->freq = row->num0 == 0;
        attr->sample_period = attr->freq ? row->num1 : row->num0; // a union with sample_freq
        return;
    }
}

static int open_on(struct attach_point *point, u32 cpu)
{
    struct perf_event_attr attr = {.size = sizeof(attr), .disabled = 1};
    int fd = -1;

    event_of_row(point->row, &attr);
    fd = perf_event_open(&attr, (int)cpu);
    return fd < 0 ? fd : attach_add_event(point, fd);
}

/* A counter that the CPU does not have, or that its virtual machine does not pass on. */
static int report_no_counter(const struct attach_point *point, struct diags *diags, int err)
{
    (void)diag_add(diags, E_ATTACH_NO_COUNTER, attach_span(point),
                   "This machine does not count this: %.*s.", STR_ARG(point->row->name));
    return err;
}

static int perf_open(struct attach_point *point, struct diags *diags)
{
    _cleanup_free_ u32 *cpus = NULL;
    u32 n_cpus = 0;
    int err = perf_online_cpus(&cpus, &n_cpus);

    if (err == 0 && point->method == METHOD_PERF_ONE)
        n_cpus = 1;
    for (u32 i = 0; err == 0 && i < n_cpus; i++)
        err = open_on(point, cpus[i]);
    if (err == -ENOENT || err == -EOPNOTSUPP || err == -ENODEV)
        return report_no_counter(point, diags, err);
    return err != 0 ? attach_report(point, diags, err) : 0;
}

const struct attach_ops attach_ops_perf = {
    .when = ATTACH_EVENTS,
    .methods = 1u << METHOD_PERF_CPUS | 1u << METHOD_PERF_ONE,
    .open = perf_open,
};
