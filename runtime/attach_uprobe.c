/* uprobe, uretprobe and usdt, by place in a file: events of the uprobe PMU, or one link for all
 * that a pattern stands for. */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include <linux/perf_event.h>

#include "runtime/binary.h"
#include "runtime/demangle.h"
#include "runtime/link.h"
#include "runtime/perf.h"
#include "runtime/uprobe.h"
#include "runtime/usdt.h"

/* LAYOUT: the uprobe PMU's format/ref_ctr_offset: config:32-63. */
#define SEMAPHORE_SHIFT 32

/* Are the places for one link, so that there is nothing to open for each? */
static bool is_multi(const struct attach_point *point)
{
    return point->method == METHOD_UPROBE_MULTI || point->method == METHOD_URETPROBE_MULTI ||
           point->method == METHOD_USDT_MULTI;
}

/* semaphore: offset in the file of a counter that the kernel raises while the event is open; 0:
 * none.
 */
static int open_event(const struct attach_point *point, const char *path, u64 offset, u64 semaphore)
{
    struct perf_event_attr attr;
    int err = perf_probe_attr("uprobe", uprobe_is_return(point), &attr);

    if (err != 0)
        return err;
    attr.config |= semaphore << SEMAPHORE_SHIFT;
    attr.uprobe_path = (u64)(uintptr_t)path;
    attr.probe_offset = offset;
    return perf_event_open_for(&attr, point->env->pid);
}

/* Add a place, whose name has this index. */
static int add_place(struct attach_point *point, const char *path, u64 offset, u64 semaphore,
                     u32 index)
{
    int fd = is_multi(point) ? -1 : open_event(point, path, offset, semaphore);
    int err = fd < 0 && !is_multi(point) ? fd : attach_add_match(point, fd, index);

    if (err != 0)
        return err;
    point->events[point->n_events - 1].place = offset;
    point->events[point->n_events - 1].semaphore = semaphore;
    point->n_names++;
    return 0;
}

/* The matches of a pattern, while the symbols are gone through. */
struct matching {
    struct attach_point *point;
    const char *path;
    char *pattern;
};

/* Has the pattern this place already: the symbol is in both tables, or an alias? */
static bool is_known(const struct attach_point *point, u64 offset)
{
    for (u32 i = 0; i < point->n_events; i++) {
        if (point->events[i].place == offset)
            return true;
    }
    return false;
}

static int on_symbol(void *data, const struct binary_symbol *symbol)
{
    const struct matching *m = data;
    struct attach_point *point = m->point;
    const struct meta_attach *row = point->row;
    _cleanup_buf_ struct buf name = {0};
    u32 index = 0;
    int err = 0;

    if (!demangle_matches(m->pattern, symbol->name.p, &name) || is_known(point, symbol->offset))
        return name.failed ? -ENOMEM : 0;
    err = probe_names_add(point->env->names, &index, "%s:%.*s:%.*s",
                          probe_name((enum probe_id)row->provider), STR_ARG(row->text0),
                          (int)name.n, name.p);
    if (err == 0)
        err = probe_names_place(point->env->names, index, symbol->address);
    return err != 0 ? err : add_place(point, m->path, symbol->offset, 0, index);
}

static int open_pattern(struct attach_point *point, struct binary *binary, const char *path,
                        struct diags *diags)
{
    struct str pattern = point->row->text1;
    struct matching m = {point, path, strndup(pattern.p, pattern.n)};
    int err = m.pattern == NULL ? -ENOMEM : binary_each(binary, on_symbol, &m);

    free(m.pattern);
    if (err == 0 && point->n_names == 0)
        err = -ENOENT;
    return err != 0 ? attach_report_matches(point, diags, err) : 0;
}

/* The places of a usdt probe. */
struct placing {
    struct attach_point *point;
    struct binary *binary;
    const char *path;
    char *pattern; /* "NAMESPACE:NAME" */
    struct diags *diags;
};

static bool is_matched(const struct placing *p, const struct usdt_place *place)
{
    _cleanup_buf_ struct buf name = {0};

    buf_printf(&name, "%.*s:%.*s%c", STR_ARG(place->space), STR_ARG(place->name), '\0');
    return !name.failed && str_matches(p->pattern, name.p);
}

/* An argument that is written in an unknown way is no reason to do without the probe: it is 0. */
static int name_place(const struct placing *p, const struct usdt_place *place,
                      const struct ptl_usdt *args)
{
    struct attach_point *point = p->point;
    u32 index = 0;
    int err =
        probe_names_add(point->env->names, &index, "usdt:%.*s:%.*s:%.*s",
                        STR_ARG(point->row->text0), STR_ARG(place->space), STR_ARG(place->name));

    if (err == 0)
        err = probe_names_usdt(point->env->names, index, args);
    if (err == 0)
        err = probe_names_place(point->env->names, index, place->address);
    if (err == 0)
        err = add_place(point, p->path, place->offset, place->semaphore, index);
    return err;
}

static int on_place(void *data, const struct usdt_place *place)
{
    const struct placing *p = data;
    struct ptl_usdt args;
    int err = 0;

    if (!is_matched(p, place))
        return 0;
    err = usdt_args(p->binary, place, &args);
    if (err == -EINVAL) {
        (void)diag_add(p->diags, W_USDT_ARGS, attach_span(p->point),
                       "The arguments of %.*s:%.*s are written in a way that is not known: %.*s",
                       STR_ARG(place->space), STR_ARG(place->name), STR_ARG(place->args));
    }
    return name_place(p, place, &args);
}

static int open_places(struct attach_point *point, struct binary *binary, const char *path,
                       struct diags *diags)
{
    struct str pattern = point->row->text1;
    struct placing p = {point, binary, path, strndup(pattern.p, pattern.n), diags};
    int err = p.pattern == NULL ? -ENOMEM : usdt_each(binary, on_place, &p);

    free(p.pattern);
    if (err != 0)
        return attach_report_matches(point, diags, err);
    if (point->n_names != 0)
        return 0;
    diag_hint(diag_add(diags, E_ATTACH_NO_USDT, attach_span(point),
                       "No matches for usdt %.*s:%.*s.", STR_ARG(point->row->text0),
                       STR_ARG(pattern)),
              "ptrace-lite -l 'usdt:%.*s' lists those that there are.", STR_ARG(point->row->text0));
    return -ENOENT;
}

/* One that is no pattern needs a cookie only for its place. */
static int open_target(struct attach_point *point, struct binary *binary, const char *path,
                       struct diags *diags)
{
    struct probe_names *names = point->env->names;
    u64 address = 0, offset = 0;
    u32 index = 0;
    int fd = -1;
    int err = uprobe_find(point, binary, diags, &address, &offset);

    if (err != 0)
        return err;
    if (point->env->wants_places) {
        err = probe_names_add(names, &index, "%.*s", STR_ARG(point->row->name));
        if (err == 0)
            err = probe_names_place(names, index, address);
        if (err != 0)
            return attach_report_matches(point, diags, err);
    }
    fd = open_event(point, path, offset, 0);
    if (fd < 0)
        return attach_report(point, diags, fd);
    err =
        point->env->wants_places ? attach_add_match(point, fd, index) : attach_add_event(point, fd);
    return err != 0 ? attach_report(point, diags, err) : 0;
}

static int uprobe_open(struct attach_point *point, struct diags *diags)
{
    _cleanup_(binary_close) struct binary *binary = NULL;
    char path[PATH_MAX];
    int err = 0;

    if (point->group != NULL)
        return 0; // it was looked up when the group was made
    err = uprobe_open_binary(point, diags, path, &binary);
    if (err != 0)
        return err;
    if (is_multi(point)) {
        point->path = strdup(path);
        if (point->path == NULL)
            return attach_report(point, diags, -ENOMEM);
    }
    if (point->row->provider == PROBE_USDT)
        return open_places(point, binary, path, diags);
    if (uprobe_is_pattern(point))
        return open_pattern(point, binary, path, diags);
    return open_target(point, binary, path, diags);
}

static int uprobe_enable(struct attach_point *point)
{
    return is_multi(point) ? uprobe_link_places(point) : attach_enable_events(point);
}

const struct attach_ops attach_ops_uprobe = {
    .when = ATTACH_EVENTS,
    .is_lifo = true,
    .methods = 1u << METHOD_UPROBE | 1u << METHOD_URETPROBE | 1u << METHOD_USDT |
               1u << METHOD_UPROBE_MULTI | 1u << METHOD_URETPROBE_MULTI | 1u << METHOD_USDT_MULTI,
    .list_link = LINK_UPROBE_MULTI,
    .list_feature = FEATURE_UPROBE_MULTI,
    .may_join = uprobe_may_join,
    .join = uprobe_join,
    .open = uprobe_open,
    .enable = uprobe_enable,
};
