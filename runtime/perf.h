/* Perf events with a BPF program: opened disabled, then given the program, then enabled. */
#pragma once

#include <sys/types.h>

#include "base/util.h"

struct perf_event_attr;

/* Open an event for all processes on one CPU, close-on-exec. Returns the fd or a negative errno. */
int perf_event_open(const struct perf_event_attr *attr, int cpu);

/* The same for the tasks that share the memory of process pid, on all CPUs, where the event is one
 * of places in a program: no other process is stopped there. pid 0: for all processes. */
int perf_event_open_for(const struct perf_event_attr *attr, pid_t pid);

/* Type number of the PMU with this name, -ENOENT if the kernel has none, or -EIO. */
int perf_pmu_type(const char *name);

/* Prepare an event of the PMU ("kprobe", "uprobe"), disabled; is_return: of the function's return.
 * The place is left to the caller. Returns 0; -ENOENT if the kernel has none; or -EIO. */
int perf_probe_attr(const char *pmu, bool is_return, struct perf_event_attr *out);

/* Numbers of the online CPUs, ascending: an array that the caller frees, n_out of them.
 * Returns 0, -ENOMEM, or -EIO. */
int perf_online_cpus(u32 **out, u32 *n_out);

/* Parse a list of CPUs as sysfs gives it, "0-3,7". The same results as perf_online_cpus(). */
int perf_cpu_list(const char *text, u32 **out, u32 *n_out);
