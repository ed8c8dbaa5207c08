/* profile and interval: the cpu-clock event, on every online CPU or on the first one. */
#include <linux/perf_event.h>

#include "runtime/attach.h"
#include "runtime/perf.h"

static int open_on(struct attach_point *point, u32 cpu)
{
    const struct meta_attach *row = point->row;
    struct perf_event_attr attr = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof(attr),
        .config = PERF_COUNT_SW_CPU_CLOCK,
        .disabled = 1,
    };
    int fd = -1;

    if (row->num0 != 0) {
        attr.sample_period = row->num0;
    } else {
        attr.freq = 1;
        attr.sample_freq = row->num1;
    }
    fd = perf_event_open(&attr, (int)cpu);
    return fd < 0 ? fd : attach_add_event(point, fd);
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
    return err != 0 ? attach_report(point, diags, err) : 0;
}

const struct attach_ops attach_ops_perf = {
    .when = ATTACH_EVENTS,
    .methods = 1u << METHOD_PERF_CPUS | 1u << METHOD_PERF_ONE,
    .open = perf_open,
};
