/* Groups of kprobes: which points may have one link, and what it is for. */
#include <errno.h>

#include <linux/perf_event.h>

#include "runtime/kernel_address.h"
#include "runtime/kprobe_link.h"
#include "runtime/perf.h"

static bool is_wildcard(char c)
{
    return c == '*' || c == '?' || c == '[';
}

/* May the two be at the same function? Patterns may that begin alike. */
static bool may_meet(const struct attach_point *a, const struct attach_point *b)
{
    struct str x = a->row->text0, y = b->row->text0;
    u32 n = 0;

    while (n < x.n && n < y.n && x.p[n] == y.p[n] && !is_wildcard(x.p[n]))
        n++;
    if (n == x.n || n == y.n)
        return x.n == y.n || (n < x.n ? is_wildcard(x.p[n]) : is_wildcard(y.p[n]));
    return is_wildcard(x.p[n]) || is_wildcard(y.p[n]);
}

/* Functions by name, or the matches of a pattern for entry and return: the others have a link
 * already. No other clause may be at these. A module that is named can be unloaded while events
 * look at it, but not while a link does. */
bool kprobe_may_join(const struct attach_group *group)
{
    const struct attach_point *first = group->points[0];

    for (u32 i = 0; i < group->n; i++) {
        const struct attach_point *point = group->points[i];

        if (point->row->num0 != 0 ||
            (attach_is_pattern(point) ? group->n != 1 : !kprobe_is_core(point)))
            return false;
        for (u32 k = 0; k < group->n_all; k++) {
            const struct attach_point *other = &group->all[k];
            bool is_same_kind = other->ops == first->ops ||
                                (group->is_session && other->ops == first->ops->on_return);

            if (is_same_kind && !group_has(group, other) && other->row->num0 == 0 &&
                may_meet(point, other))
                return false;
        }
    }
    return true;
}

/* Has exactly one function this name? The kernel tells before it finds that a return probe cannot
 * be inside of a function. Returns 0, -ENOTUNIQ, or why it cannot be probed. */
static int check_unique(const char *name)
{
    struct perf_event_attr attr;
    _cleanup_close_ int fd = -1;
    int err = perf_probe_attr("kprobe", true, &attr);

    if (err != 0)
        return err;
    attr.probe_offset = 1;
    attr.kprobe_func = (u64)(uintptr_t)name;
    fd = perf_event_open(&attr, 0);
    if (fd == -EINVAL)
        return 0;
    if (fd >= 0)
        return -EBUSY; // so it told nothing
    return fd == -EADDRNOTAVAIL ? -ENOTUNIQ : fd;
}

/* The names of both programs are the same functions. */
static int name_returns(struct attach_group *group)
{
    const struct attach_point *entry = group->points[0];
    struct attach_point *back = group->points[1];

    for (u32 i = 0; i < entry->n_names; i++) {
        u32 index = 0;
        int err = probe_names_add(entry->env->names, &index, "%s:%s",
                                  probe_name((enum probe_id)back->row->provider),
                                  kprobe_match_name(entry, entry->first_name + i));

        if (err != 0)
            return err;
        if (back->n_names++ == 0)
            back->first_name = index;
    }
    return 0;
}

static int join_pattern(struct attach_group *group, struct diags *diags)
{
    struct attach_point *entry = group->points[0];
    int err = kprobe_open_pattern(entry, diags);

    if (err == 0)
        err = name_returns(group);
    return err != 0 ? err : kprobe_link_matches(entry);
}

int kprobe_join(struct attach_group *group, struct diags *diags)
{
    _cleanup_free_ u64 *addresses = calloc(group->n, sizeof(*addresses));
    _cleanup_(name_list_done) struct name_list names = {0};
    int err = addresses == NULL ? -ENOMEM : 0;

    if (attach_is_pattern(group->points[0]))
        return join_pattern(group, diags);
    for (u32 i = 0; err == 0 && i < group->n; i++) {
        err = name_list_add(&names, group->points[i]->row->text0);
        if (err == 0)
            err = check_unique(names.items[i]);
    }
    if (err == 0)
        err = kernel_addresses((const char *const *)names.items, group->n, addresses);
    return err != 0 ? err : kprobe_link_list(group, addresses);
}
