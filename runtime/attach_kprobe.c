/* kprobe and kretprobe: events of the kprobe PMU, by name of the function.
 *
 * Opening the (disabled) event makes the kernel look the name up: no list of symbols is read as
 * long as everything is well. Where several functions share a name the kernel refuses to choose;
 * then each of them gets an event, by address. */
#include <errno.h>
#include <stdio.h>

#include <linux/perf_event.h>

#include "runtime/attach.h"
#include "runtime/perf.h"
#include "runtime/symbols.h"

enum {
    NAME_BYTES = 512,    /* the kernel's longest symbol name */
    SAME_NAME_MAX = 256, /* functions of one name */
};

static struct span point_span(const struct attach_point *point)
{
    return (struct span){(u32)point->row->span_begin, (u32)point->row->span_end};
}

/* Open one event: of function `name`, or of the address if name is NULL. */
static int open_event(const struct attach_point *point, const char *name, u64 address)
{
    struct perf_event_attr attr = {.size = sizeof(attr), .disabled = 1};
    int type = perf_pmu_type("kprobe");

    if (type < 0)
        return type;
    attr.type = (u32)type;
    if (point->method == METHOD_KRETPROBE) {
        int bit = perf_kretprobe_bit();

        if (bit < 0)
            return bit;
        attr.config = (u64)1 << bit;
    }
    attr.kprobe_func = (u64)(uintptr_t)name;
    if (name != NULL) {
        attr.probe_offset = point->row->num0;
    } else {
        attr.kprobe_addr = address + point->row->num0;
    }
    return perf_event_open(&attr, 0);
}

/* The kernel knows no such function: say so as bpftrace does, and look for what was meant. */
static void report_no_match(const struct attach_point *point, struct diags *diags)
{
    struct str name = point->row->text0;
    struct span span = point_span(point);
    struct symbols *symbols = NULL;
    struct diag *diag = diag_add(diags, E_ATTACH_NO_MATCH, span, "No matches for %s %.*s.",
                                 probe_name((enum probe_id)point->row->provider), STR_ARG(name));

    (void)diag_add(
        diags, W_NOT_TRACEABLE, span,
        "%.*s is not traceable (either non-existing, inlined, or marked as \"notrace\"); "
        "attaching to it will likely fail",
        STR_ARG(name));
    if (symbols_open(&symbols) != 0)
        return; // no list, no suggestion
    struct str nearest = symbols_nearest(symbols, name);

    if (nearest.n != 0 && !str_eq(nearest, name))
        diag_hint(diag, "Did you mean '%.*s'?", STR_ARG(nearest));
    symbols_free(&symbols);
}

static int report_refused(const struct attach_point *point, struct diags *diags, int err)
{
    struct diag *diag =
        diag_add(diags, E_ATTACH_REFUSED, point_span(point),
                 "The kernel allows no probe here: %.*s.", STR_ARG(point->row->name));

    if (point->row->num0 != 0) {
        diag_hint(diag, "The offset must be that of an instruction of the function.");
    } else {
        diag_hint(diag, "The function is marked \"notrace\" or blacklisted (see "
                        "/sys/kernel/debug/kprobes/blacklist); probe one of its callers.");
    }
    return err;
}

/* One event for each function of this name. */
static int open_all(struct attach_point *point)
{
    struct symbols *symbols = NULL;
    u64 addresses[SAME_NAME_MAX];
    int err = symbols_open(&symbols);
    u32 n = 0;

    if (err != 0)
        return err;
    n = symbols_addresses(symbols, point->row->text0, addresses, SAME_NAME_MAX);
    symbols_free(&symbols);
    if (n == 0)
        return -ENOENT;
    if (n > SAME_NAME_MAX)
        return -E2BIG;
    for (u32 i = 0; i < n; i++) {
        int fd = open_event(point, NULL, addresses[i]);

        if (fd < 0)
            return fd;
        err = attach_add_event(point, fd);
        if (err != 0)
            return err;
    }
    return 0;
}

static int kprobe_open(struct attach_point *point, struct diags *diags)
{
    char name[NAME_BYTES];
    int err = 0;

    if (snprintf(name, sizeof(name), "%.*s", STR_ARG(point->row->text0)) >= (int)sizeof(name)) {
        err = -ENOENT;
    } else {
        err = open_event(point, name, 0);
    }
    if (err == -EADDRNOTAVAIL) {
        err = open_all(point);
    } else if (err >= 0) {
        err = attach_add_event(point, err);
    }
    if (err == 0)
        return 0;
    if (err == -ENOENT) {
        report_no_match(point, diags);
    } else if (err == -EINVAL || err == -EILSEQ || err == -ERANGE) {
        return report_refused(point, diags, err);
    } else {
        return attach_report(point, diags, err);
    }
    return err;
}

const struct attach_ops attach_ops_kprobe = {
    .when = ATTACH_EVENTS,
    .methods = 1u << METHOD_KPROBE | 1u << METHOD_KRETPROBE,
    .open = kprobe_open,
};
