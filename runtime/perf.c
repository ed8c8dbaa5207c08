/* Perf events with a BPF program. */
#include "runtime/perf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/syscall.h>

#include <linux/perf_event.h>

enum {
    FILE_BYTES = 4096, /* of a file in sysfs: at most a page */
    CPUS_MAX = 1 << 16,
};

static int open_event(const struct perf_event_attr *attr, pid_t pid, int cpu)
{
    long fd = syscall(SYS_perf_event_open, attr, pid, cpu, -1, PERF_FLAG_FD_CLOEXEC);

    return fd < 0 ? -errno : (int)fd;
}

int perf_event_open(const struct perf_event_attr *attr, int cpu)
{
    return open_event(attr, -1, cpu);
}

int perf_event_open_for(const struct perf_event_attr *attr, pid_t pid)
{
    int fd = pid == 0 ? -ESRCH : open_event(attr, pid, -1);

    /* The first thread has ended, and the others go on: the kernel knows the process by that one.
     */
    return fd == -ESRCH ? open_event(attr, -1, 0) : fd;
}

/* Read a small file of sysfs as a string. Returns 0, -ENOENT or -EIO. */
static int file_text(const char *path, char *text, size_t size)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t n = 0;

    if (fd < 0)
        return errno == ENOENT ? -ENOENT : -EIO;
    n = read(fd, text, size - 1);
    if (n <= 0)
        return -EIO;
    text[n] = '\0';
    return 0;
}

int perf_pmu_type(const char *name)
{
    char path[128];
    char text[32];
    char *end = NULL;
    long type = 0;
    int err = 0;

    (void)snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/type",
                   name); // short names
    err = file_text(path, text, sizeof(text));
    if (err != 0)
        return err;
    type = strtol(text, &end, 10);
    return end == text || type < 0 || type > INT32_MAX ? -EIO : (int)type;
}

/* Bit of the attr's config that makes an event of the PMU one of the function's return. Returns
 * -ENOENT or -EIO if that is not known. */
static int retprobe_bit(const char *pmu)
{
    static const char prefix[] = "config:";
    char path[128];
    char text[64];
    char *end = NULL;
    long bit = 0;
    int err = 0;

    (void)snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s/format/retprobe",
                   pmu); // short names
    err = file_text(path, text, sizeof(text));
    if (err != 0)
        return err;
    for (u32 i = 0; i < sizeof(prefix) - 1; i++) {
        if (text[i] != prefix[i])
            return -EIO;
    }
    bit = strtol(text + sizeof(prefix) - 1, &end, 10);
    return end == text + sizeof(prefix) - 1 || bit < 0 || bit > 63 ? -EIO : (int)bit;
}

int perf_probe_attr(const char *pmu, bool is_return, struct perf_event_attr *out)
{
    int type = perf_pmu_type(pmu);
    int bit = is_return && type >= 0 ? retprobe_bit(pmu) : 0;

    if (type < 0 || bit < 0)
        return MIN(type, bit);
    *out = (struct perf_event_attr){.type = (u32)type, .size = sizeof(*out), .disabled = 1};
    if (is_return)
        out->config = (u64)1 << bit;
    return 0;
}

/* Add the CPUs first to last to the list. */
static int list_add(u32 **list, u32 *n, unsigned long first, unsigned long last)
{
    u32 *grown = NULL;

    if (last < first || last >= CPUS_MAX)
        return -EIO;
    grown = realloc(*list, (*n + last - first + 1) * sizeof(*grown));
    if (grown == NULL)
        return -ENOMEM;
    *list = grown;
    for (unsigned long cpu = first; cpu <= last; cpu++)
        grown[(*n)++] = (u32)cpu;
    return 0;
}

int perf_cpu_list(const char *text, u32 **out, u32 *n_out)
{
    _cleanup_free_ u32 *list = NULL;
    u32 n = 0;

    while (*text >= '0' && *text <= '9') {
        char *at = NULL;
        unsigned long first = strtoul(text, &at, 10);
        unsigned long last = *at == '-' ? strtoul(at + 1, &at, 10) : first;
        int err = list_add(&list, &n, first, last);

        if (err != 0)
            return err;
        text = *at == ',' ? at + 1 : at;
    }
    if (n == 0)
        return -EIO;
    *out = take_ptr(list);
    *n_out = n;
    return 0;
}

int perf_online_cpus(u32 **out, u32 *n_out)
{
    char text[FILE_BYTES];
    int err = file_text("/sys/devices/system/cpu/online", text, sizeof(text));

    return err != 0 ? -EIO : perf_cpu_list(text, out, n_out);
}
