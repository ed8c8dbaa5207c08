/* One link for many places of a binary: those of a pattern, or of a group, which is the list of one
 * clause. */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/link.h"
#include "runtime/uprobe.h"

int uprobe_link_places(struct attach_point *point)
{
    u32 n = point->n_events;
    _cleanup_free_ u64 *words = calloc(3 * (size_t)n, sizeof(*words));
    struct link_request request = {0};
    u64 *offsets = words, *semaphores = words + n, *cookies = words + 2 * (size_t)n;

    if (words == NULL)
        return -ENOMEM;
    for (u32 i = 0; i < n; i++) {
        offsets[i] = point->events[i].place;
        semaphores[i] = point->events[i].semaphore;
        cookies[i] = point->events[i].cookie;
    }
    request.uprobes.path = (u64)(uintptr_t)point->path;
    request.uprobes.offsets = (u64)(uintptr_t)offsets;
    request.uprobes.ref_ctr_offsets = (u64)(uintptr_t)semaphores;
    request.uprobes.cookies = (u64)(uintptr_t)cookies;
    request.uprobes.cnt = n;
    if (uprobe_is_return(point))
        request.uprobes.flags = LINK_MULTI_RETURN;
    return attach_link(point, &request);
}

/* Exact places of what is called by one name. With -p each has an event: those are for one process
 * (see docs/architecture.md). */
bool uprobe_may_join(const struct attach_group *group)
{
    const struct attach_point *first = group->points[0];

    for (u32 i = 0; i < group->n; i++) {
        const struct attach_point *point = group->points[i];

        if (uprobe_is_pattern(point) || !str_eq(point->row->text0, first->row->text0))
            return false;
    }
    return first->env->pid == 0;
}

/* A group's binary while its places are looked up. */
struct joining {
    struct attach_group *group;
    struct binary *binary;
    struct stat file;
    struct diags *diags;
};

/* The first point has the places of all, as a pattern has. Their program asks for no cookie: what
 * differs by place makes a program each. */
static int add_place(const struct joining *j, const struct attach_point *point)
{
    struct attach_point *first = j->group->points[0];
    u64 address = 0, offset = 0;
    int err = uprobe_find(point, j->binary, j->diags, &address, &offset);

    if (err == 0)
        err = attach_add_match(first, -1, 0);
    if (err == 0)
        first->events[first->n_events - 1].place = offset;
    return err;
}

static bool is_in_binary(const struct joining *j, const struct attach_point *point)
{
    const struct attach_env *env = point->env;
    char path[PATH_MAX];
    struct stat file;

    return binary_path(point->row->text0, env->search_path, env->pid, path, sizeof(path)) == 0 &&
           stat(path, &file) == 0 && file.st_dev == j->file.st_dev && file.st_ino == j->file.st_ino;
}

/* May a point of another clause be at one of the places? Functions have several names, so only its
 * place tells. Returns 0, -EEXIST, or why it is not known. */
static int check_other(const struct joining *j, const struct attach_point *other)
{
    const struct attach_point *first = j->group->points[0];
    u64 address = 0, offset = 0;
    int err = 0;

    if (group_has(j->group, other) || other->ops != first->ops || other->unfit != 0 ||
        uprobe_is_return(other) != uprobe_is_return(first) || !is_in_binary(j, other))
        return 0;
    if (uprobe_is_pattern(other))
        return -EEXIST;
    err = uprobe_find(other, j->binary, j->diags, &address, &offset);
    for (u32 i = 0; err == 0 && i < first->n_events; i++) {
        if (first->events[i].place == offset)
            err = -EEXIST;
    }
    return err;
}

int uprobe_join(struct attach_group *group, struct diags *diags)
{
    struct attach_point *first = group->points[0];
    _cleanup_(binary_close) struct binary *binary = NULL;
    char path[PATH_MAX];
    struct joining j = {.group = group, .diags = diags};
    int err = uprobe_open_binary(first, diags, path, &binary);

    if (err != 0)
        return err;
    first->path = strdup(path);
    if (first->path == NULL)
        return -ENOMEM;
    j.binary = binary;
    if (stat(path, &j.file) != 0)
        return -errno;
    for (u32 i = 0; err == 0 && i < group->n; i++)
        err = add_place(&j, group->points[i]);
    for (u32 i = 0; err == 0 && i < group->n_all; i++)
        err = check_other(&j, &group->all[i]);
    return err != 0 ? err : uprobe_link_places(first);
}
