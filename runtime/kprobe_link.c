/* One link for many kernel functions.
 *
 * They are linked by address: the kernel looks names up by going through all symbols, and would
 * take the first of several with one name. */
#include "runtime/kprobe_link.h"

#include <errno.h>
#include <string.h>

#include "runtime/kernel_address.h"

enum {
    RETURN_PLACES = 1024, /* calls of a link's functions that have not returned, at least */
};

bool kprobe_is_multi(const struct attach_point *point)
{
    return point->group != NULL || point->method == METHOD_KPROBE_MULTI ||
           point->method == METHOD_KRETPROBE_MULTI;
}

const char *kprobe_match_name(const struct attach_point *point, u32 index)
{
    return strrchr(point->env->names->list.items[index], ':') + 1;
}

/* Functions of one link, with the cookie of each. */
struct targets {
    struct attach_point *point; /* the first, of a group */
    u64 *addresses, *cookies;   /* owned, as are the names; NULL: the names tell */
    const char **names;
    u32 n;
};

static void targets_done(struct targets *t)
{
    free(t->addresses);
    free(t->cookies);
    free(t->names);
}

/* Room for max functions. */
static int targets_init(struct targets *t, struct attach_point *point, u32 max)
{
    size_t n = MAX(max, (u32)RETURN_PLACES);

    *t = (struct targets){.point = point,
                          .addresses = calloc(n, sizeof(*t->addresses)),
                          .cookies = calloc(n, sizeof(*t->cookies)),
                          .names = calloc(n, sizeof(*t->names))};
    return t->addresses == NULL || t->cookies == NULL || t->names == NULL ? -ENOMEM : 0;
}

static bool is_session(const struct targets *t)
{
    return t->point->group != NULL && t->point->group->is_session;
}

/* Make sure that calls that take long do not use up the kernel's places for returns: a function
 * that is there again adds some, and is traced once all the same. Returns whether there are enough.
 */
static bool add_places(struct targets *t, bool by_name)
{
    bool is_return = is_session(t) || t->point->row->provider == PROBE_KRETPROBE;
    u32 n_each = 2 * (u32)MAX(libbpf_num_possible_cpus(), 1);
    bool has_pool = false;

    if (!is_return || t->n * n_each >= RETURN_PLACES)
        return true;
    has_pool = is_session(t) ? t->point->group->gate.has_pool : gate_has_pool();
    if (!has_pool || by_name)
        return !has_pool;
    for (; t->n * n_each < RETURN_PLACES; t->n++) {
        t->addresses[t->n] = t->addresses[0];
        t->cookies[t->n] = t->cookies[0];
    }
    return true;
}

static int targets_link(struct targets *t, bool by_name)
{
    struct attach_point *point = t->point;
    struct link_request request = {0};

    if (t->n == 0)
        return 0;
    if (!add_places(t, by_name) && is_session(t))
        return -ENOBUFS;
    request.kprobes.cnt = t->n;
    request.kprobes.syms = by_name ? (u64)(uintptr_t)t->names : 0;
    request.kprobes.addrs = by_name ? 0 : (u64)(uintptr_t)t->addresses;
    request.kprobes.cookies = (u64)(uintptr_t)t->cookies;
    if (point->row->provider == PROBE_KRETPROBE)
        request.kprobes.flags = LINK_MULTI_RETURN;
    return attach_link(point, &request);
}

/* Of a session's entry and return: the names of both are in the same order. */
static u64 match_cookie(const struct targets *t, u32 index)
{
    u32 on_return = index;

    if (is_session(t))
        on_return = index - t->point->first_name + t->point->group->points[1]->first_name;
    return attach_cookie(index, on_return);
}

/* Take the functions whose addresses were found when the pattern was opened. */
static void add_twins(struct targets *t)
{
    for (u32 i = 0; i < t->point->n_events; i++) {
        t->addresses[t->n] = t->point->events[i].place;
        t->cookies[t->n++] = match_cookie(t, t->point->events[i].cookie);
    }
}

/* Take the names, of all or of the others. */
static int add_names(struct targets *t, bool all)
{
    const struct attach_point *point = t->point;
    _cleanup_free_ bool *is_known = calloc(point->n_names, sizeof(*is_known));

    if (is_known == NULL)
        return -ENOMEM;
    for (u32 i = 0; i < point->n_events && !all; i++)
        is_known[point->events[i].cookie - point->first_name] = true;
    for (u32 i = 0; i < point->n_names; i++) {
        if (is_known[i])
            continue;
        t->names[t->n] = kprobe_match_name(point, point->first_name + i);
        t->cookies[t->n++] = match_cookie(t, point->first_name + i);
    }
    return 0;
}

static int link_by_address(struct targets *t)
{
    u32 n_twins = 0;
    int err = 0;

    add_twins(t);
    n_twins = t->n;
    err = add_names(t, false);
    if (err == 0)
        err = kernel_addresses(t->names + n_twins, t->n - n_twins, t->addresses + n_twins);
    return err != 0 ? err : targets_link(t, false);
}

/* One link for those that have addresses, and one for the names that the kernel would find once.
 * Where it is not known which addresses ftrace can trace, one that it cannot makes the kernel
 * refuse them all: then the first of each name must do. */
static int link_by_name(struct targets *t)
{
    int err = 0;

    t->n = 0;
    add_twins(t);
    err = targets_link(t, false);
    if (err != 0 && err != -EINVAL)
        return err;
    t->n = 0;
    err = add_names(t, err != 0);
    return err != 0 ? err : targets_link(t, true);
}

int kprobe_link_matches(struct attach_point *point)
{
    _cleanup_(targets_done) struct targets t = {0};
    int err = targets_init(&t, point, point->n_names + point->n_events);

    if (err != 0)
        return err;
    return link_by_address(&t) == 0 ? 0 : link_by_name(&t);
}

int kprobe_link_list(struct attach_group *group, const u64 *addresses)
{
    _cleanup_(targets_done) struct targets t = {0};
    int err = targets_init(&t, group->points[0], group->n);

    if (err != 0)
        return err;
    memcpy(t.addresses, addresses, group->n * sizeof(*addresses));
    t.n = group->n;
    return targets_link(&t, false);
}
