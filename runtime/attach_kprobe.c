/* kprobe and kretprobe: events of the kprobe PMU, by name of the function.
 *
 * Opening the (disabled) event makes the kernel look the name up: no list of symbols is read as
 * long as everything is well. Where several functions share a name the kernel refuses to choose;
 * then each of them gets an event, by address. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/perf_event.h>

#include "runtime/attach_group.h"
#include "runtime/kprobe_link.h"
#include "runtime/perf.h"
#include "runtime/symbols.h"
#include "runtime/traceable.h"

enum {
    NAME_BYTES = 512,    /* the kernel's longest symbol name */
    SAME_NAME_MAX = 256, /* functions of one name */
};

/* Open one event: of function `name`, or of the address if name is NULL. */
static int open_event(const struct attach_point *point, const char *name, u64 address)
{
    struct perf_event_attr attr;
    int err = perf_probe_attr("kprobe", point->method == METHOD_KRETPROBE, &attr);

    if (err != 0)
        return err;
    attr.kprobe_func = (u64)(uintptr_t)name;
    if (name != NULL) {
        attr.probe_offset = point->row->num0;
    } else {
        attr.kprobe_addr = address + point->row->num0;
    }
    return perf_event_open(&attr, 0);
}

/* Hint at the module that the probe names, if it is not loaded. Returns whether it does. */
static bool hint_module(const struct attach_point *point, struct diag *diag)
{
    struct str module = point->row->text1;
    char path[128];

    if (module.n == 0 || str_eq_c(module, "vmlinux") || str_is_pattern(module) ||
        snprintf(path, sizeof(path), "/sys/module/%.*s", STR_ARG(module)) >= (int)sizeof(path) ||
        access(path, F_OK) == 0)
        return false;
    diag_hint(diag, "The module %.*s is not loaded.", STR_ARG(module));
    return true;
}

/* The kernel knows no such function: say so as bpftrace does, and look for what was meant. */
static void report_no_match(const struct attach_point *point, struct diags *diags)
{
    struct str name = point->row->text0;
    struct span span = attach_span(point);
    struct symbols *symbols = NULL;
    struct diag *diag = diag_add(diags, E_ATTACH_NO_MATCH, span, "No matches for %s %.*s.",
                                 probe_name((enum probe_id)point->row->provider), STR_ARG(name));

    (void)diag_add(
        diags, W_NOT_TRACEABLE, span,
        "%.*s is not traceable (either non-existing, inlined, or marked as \"notrace\"); "
        "attaching to it will likely fail",
        STR_ARG(name));
    if (hint_module(point, diag) || attach_symbols(point, &symbols) != 0)
        return; // no list, no suggestion
    struct str nearest = symbols_nearest(symbols, name);

    if (nearest.n != 0 && !str_eq(nearest, name))
        diag_hint(diag, "Did you mean '%.*s'?", STR_ARG(nearest));
}

static int report_refused(const struct attach_point *point, struct diags *diags, int err)
{
    struct diag *diag =
        diag_add(diags, E_ATTACH_REFUSED, attach_span(point),
                 "The kernel allows no probe here: %.*s.", STR_ARG(point->row->name));

    if (point->row->num0 != 0) {
        diag_hint(diag, "The offset must be that of an instruction of the function.");
    } else {
        diag_hint(diag, "The function is marked \"notrace\" or blacklisted (see "
                        "/sys/kernel/debug/kprobes/blacklist); probe one of its callers.");
    }
    return err;
}

/* One event for each function of this name, which has this index in a pattern. */
static int open_all(struct attach_point *point, struct str name, u32 index)
{
    struct symbols *symbols = NULL;
    u64 addresses[SAME_NAME_MAX];
    int err = attach_symbols(point, &symbols);
    u32 n = 0;

    if (err != 0)
        return err;
    n = symbols_addresses(symbols, name, addresses, SAME_NAME_MAX);
    if (n == 0)
        return -ENOENT;
    if (n > SAME_NAME_MAX)
        return -E2BIG;
    for (u32 i = 0; i < n; i++) {
        int fd = open_event(point, NULL, addresses[i]);

        if (fd < 0)
            return fd;
        err = attach_add_match(point, fd, index);
        if (err != 0)
            return err;
    }
    return 0;
}

/* What a pattern matches, while it is opened. */
struct matching {
    struct attach_point *point;
    u32 *twins;       /* indexes of the names that several functions have; owned, as are the next */
    u32 *n_functions; /* how many of each match; 0: not known */
    u32 n_twins;
};

static int add_twin(struct matching *m, u32 index, u32 n_functions)
{
    size_t size = (m->n_twins + 1) * sizeof(u32);
    u32 *twins = realloc(m->twins, size);
    u32 *numbers = realloc(m->n_functions, size);

    m->twins = twins != NULL ? twins : m->twins;
    m->n_functions = numbers != NULL ? numbers : m->n_functions;
    if (twins == NULL || numbers == NULL)
        return -ENOMEM;
    twins[m->n_twins] = index;
    numbers[m->n_twins++] = n_functions;
    return 0;
}

static bool is_twin(const struct matching *m, u32 index)
{
    for (u32 i = 0; i < m->n_twins; i++) {
        if (m->twins[i] == index)
            return true;
    }
    return false;
}

static int on_function(void *data, const struct traceable *function)
{
    struct matching *m = data;
    struct attach_point *point = m->point;
    u32 index = 0;
    int err = probe_names_add(point->env->names, &index, "%s:%s",
                              probe_name((enum probe_id)point->row->provider), function->name);

    if (err != 0)
        return err;
    if (point->n_names++ == 0)
        point->first_name = index;
    return function->is_unique ? 0 : add_twin(m, index, function->n);
}

/* One that the kernel does not allow is no match. */
static int open_place(struct attach_point *point, const struct traceable_place *place, u32 index)
{
    int fd = open_event(point, NULL, place->address);

    if (fd == -EINVAL || fd == -ENOENT || fd == -EILSEQ)
        return 0;
    return fd < 0 ? fd : attach_add_match(point, fd, index);
}

/* Find the functions of the twins by address: for the one link, or for an event each, of which the
 * kernel refuses what it cannot trace. */
static int open_twins(const struct matching *m)
{
    struct attach_point *point = m->point;
    _cleanup_free_ const char **names = calloc(MAX(m->n_twins, 1), sizeof(*names));
    _cleanup_free_ struct traceable_place *places = NULL;
    struct traceable_wanted wanted = {.module = point->row->text1,
                                      .names = names,
                                      .n_functions = kprobe_is_multi(point) ? m->n_functions : NULL,
                                      .n_names = m->n_twins};
    struct symbols *symbols = NULL;
    u32 n = 0;
    int err = names == NULL ? -ENOMEM : 0;

    if (m->n_twins == 0 || err != 0)
        return err;
    err = attach_symbols(point, &symbols);
    if (err != 0)
        return err;
    for (u32 i = 0; i < m->n_twins; i++)
        names[i] = kprobe_match_name(point, m->twins[i]);
    err = traceable_places(symbols, &wanted, &places, &n);
    for (u32 i = 0; err == 0 && i < n; i++) {
        u32 index = m->twins[places[i].index];

        if (!kprobe_is_multi(point)) {
            err = open_place(point, &places[i], index);
            continue;
        }
        err = attach_add_match(point, -1, index);
        if (err == 0)
            point->events[point->n_events - 1].place = places[i].address;
    }
    return err;
}

/* Open an event for each function; those that the kernel does not allow are left out. */
static int open_matches(struct matching *m)
{
    struct attach_point *point = m->point;

    for (u32 i = 0; i < point->n_names; i++) {
        u32 index = point->first_name + i;
        int fd =
            is_twin(m, index) ? -EEXIST : open_event(point, kprobe_match_name(point, index), 0);
        int err = 0;

        if (fd == -EADDRNOTAVAIL) {
            err = add_twin(m, index, 0);
        } else if (fd >= 0) {
            err = attach_add_match(point, fd, index);
        } else if (fd != -EEXIST && fd != -EINVAL && fd != -ENOENT && fd != -EILSEQ) {
            err = fd;
        }
        if (err != 0)
            return err;
    }
    return open_twins(m);
}

static int report_no_pattern(const struct attach_point *point, struct diags *diags)
{
    u32 n = diags->list.n;
    int err = attach_report_matches(point, diags, -ENOENT);

    if (diags->list.n > n)
        (void)hint_module(point, diags->list.items[n]);
    return err;
}

int kprobe_open_pattern(struct attach_point *point, struct diags *diags)
{
    struct matching m = {.point = point};
    int err = traceable_each(point->row->text1, point->row->text0, on_function, &m);

    if (err == 0 && point->n_names == 0)
        err = -ENOENT;
    if (err == 0)
        err = kprobe_is_multi(point) ? open_twins(&m) : open_matches(&m);
    free(m.twins);
    free(m.n_functions);
    if (err == -ENOENT)
        return report_no_pattern(point, diags);
    return err != 0 ? attach_report_matches(point, diags, err) : 0;
}

static int kprobe_enable(struct attach_point *point)
{
    return kprobe_is_multi(point) ? kprobe_link_matches(point) : attach_enable_events(point);
}

bool kprobe_is_core(const struct attach_point *point)
{
    struct str module = point->row->text1;

    return module.n == 0 || str_eq_c(module, "vmlinux");
}

/* The function as the kernel finds it: with its module, if one is given. */
static int function_name(const struct attach_point *point, char *name, size_t size)
{
    struct str module = point->row->text1;
    int n = kprobe_is_core(point)
                ? snprintf(name, size, "%.*s", STR_ARG(point->row->text0))
                : snprintf(name, size, "%.*s:%.*s", STR_ARG(module), STR_ARG(point->row->text0));

    return n >= (int)size ? -ENOENT : 0;
}

static int kprobe_open(struct attach_point *point, struct diags *diags)
{
    char name[NAME_BYTES];
    int err = 0;

    if (point->group != NULL)
        return 0; // it was looked up when the group was made
    if (attach_is_pattern(point))
        return kprobe_open_pattern(point, diags);
    err = function_name(point, name, sizeof(name));
    if (err == 0)
        err = open_event(point, name, 0);
    if (err == -EADDRNOTAVAIL) {
        err = open_all(point, point->row->text0, 0);
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
    .is_lifo = true,
    .stand_in = &attach_ops_trampoline,
    .on_return = &attach_ops_kretprobe,
    .methods = 1u << METHOD_KPROBE | 1u << METHOD_KPROBE_MULTI,
    .list_link = BPF_TRACE_KPROBE_MULTI,
    .list_feature = FEATURE_KPROBE_MULTI,
    .may_join = kprobe_may_join,
    .join = kprobe_join,
    .open = kprobe_open,
    .enable = kprobe_enable,
};

/* The last one attached is the first at the entry, and so the last on the way back. */
const struct attach_ops attach_ops_kretprobe = {
    .when = ATTACH_EVENTS,
    .stand_in = &attach_ops_trampoline,
    .methods = 1u << METHOD_KRETPROBE | 1u << METHOD_KRETPROBE_MULTI,
    .list_link = BPF_TRACE_KPROBE_MULTI,
    .list_feature = FEATURE_KPROBE_MULTI,
    .may_join = kprobe_may_join,
    .join = kprobe_join,
    .open = kprobe_open,
    .enable = kprobe_enable,
};
