/* syscall and sysret: the tracepoints that the kernel has for system calls; for a pattern, that of
 * all of them. */
#include <errno.h>

#include "abi/syscall_event.h"
#include "runtime/attach.h"
#include "runtime/tracefs.h"

static const struct str category = {"syscalls", sizeof("syscalls") - 1};

static int open_event(const struct attach_point *point, struct str name)
{
    _cleanup_buf_ struct buf event = {0};

    buf_printf(&event, "%s%.*s", syscall_event_prefix((enum probe_id)point->row->provider),
               STR_ARG(name));
    if (event.failed)
        return -ENOMEM;
    return attach_tracepoint_event(category, (struct str){event.p, (u32)event.n});
}

static int add_name(void *data, const char *of, const char *event)
{
    struct name_list *names = data;
    const char *name = syscall_of_event("sys_enter_", event);

    (void)of; // the one category
    return name != NULL ? name_list_add(names, str_of(name)) : 0;
}

static void report_no_match(const struct attach_point *point, struct diags *diags)
{
    _cleanup_(name_list_done) struct name_list names = {0};
    struct str name = point->row->text0;
    struct diag *diag =
        diag_add(diags, E_ATTACH_NO_MATCH, attach_span(point), "No matches for %s %.*s.",
                 probe_name((enum probe_id)point->row->provider), STR_ARG(name));
    int nearest = -1;

    /* without tracefs there is nothing to suggest */
    (void)tracefs_each_event(category, STR("sys_enter_*"), add_name, &names);
    if (names.n != 0)
        nearest = str_nearest(name, (const char *const *)names.items, names.n);
    if (nearest >= 0)
        diag_hint(diag, "Did you mean '%s'?", names.items[nearest]);
}

static int open_one(struct attach_point *point, struct diags *diags)
{
    struct str other = syscall_other_name(point->row->text0);
    int fd = open_event(point, point->row->text0);

    if (fd == -ENOENT && other.n != 0)
        fd = open_event(point, other);
    if (fd == -ENOENT || fd == -EINVAL) {
        report_no_match(point, diags);
        return -ENOENT;
    }
    return fd < 0 ? attach_report(point, diags, fd) : attach_add_event(point, fd);
}

static int syscall_open(struct attach_point *point, struct diags *diags)
{
    bool is_entry = point->row->provider == PROBE_SYSCALL;
    int fd = -1;

    if (!str_is_pattern(point->row->text0))
        return open_one(point, diags);
    fd =
        attach_tracepoint_event(STR("raw_syscalls"), is_entry ? STR("sys_enter") : STR("sys_exit"));
    return fd < 0 ? attach_report(point, diags, fd) : attach_add_event(point, fd);
}

const struct attach_ops attach_ops_syscall = {
    .when = ATTACH_EVENTS,
    .methods = 1u << METHOD_TRACEPOINT,
    .open = syscall_open,
};
