/* A cgroup's id is its kernfs node's, which is what a file handle in that file system holds: so the
 * kernel finds the folder, and nothing walks a tree. */
#include "runtime/cgroups.h"

#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <limits.h>
#include <mntent.h>
#include <stdio.h>

#define MOUNTS_FILE   "/proc/self/mounts"
#define FILEID_KERNFS 0xfe /* LAYOUT: include/linux/exportfs.h */

enum {
    HIERARCHIES_MAX = 32,
    FILTER_BYTES = 256,
};

struct hierarchy {
    int fd;      /* of the mount point */
    char *mount; /* its path */
    bool is_unified;
};

struct cgroups {
    struct hierarchy list[HIERARCHIES_MAX];
    u32 n;
};

static void add(struct cgroups *c, const char *mount, bool is_unified)
{
    struct hierarchy h = {open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC), strdup(mount),
                          is_unified};

    if (h.fd >= 0 && h.mount != NULL && c->n < HIERARCHIES_MAX) {
        c->list[c->n++] = h;
        return;
    }
    close_fd(&h.fd);
    free(h.mount);
}

int cgroups_new(struct cgroups **out)
{
    _cleanup_(cgroups_free) struct cgroups *c = calloc(1, sizeof(*c));
    char line[PATH_MAX * 2];
    struct mntent entry;
    FILE *file = NULL;

    if (c == NULL)
        return -ENOMEM;
    file = setmntent(MOUNTS_FILE, "re");
    if (file == NULL)
        return -errno;
    while (getmntent_r(file, &entry, line, sizeof(line)) != NULL) {
        bool is_unified = str_eq_c(str_of(entry.mnt_type), "cgroup2");

        if (is_unified || str_eq_c(str_of(entry.mnt_type), "cgroup"))
            add(c, entry.mnt_dir, is_unified);
    }
    (void)endmntent(file); // only read
    *out = take_ptr(c);
    return 0;
}

void cgroups_free(struct cgroups **cgroups)
{
    struct cgroups *c = *cgroups;

    if (c == NULL)
        return;
    *cgroups = NULL;
    for (u32 i = 0; i < c->n; i++) {
        close_fd(&c->list[i].fd);
        free(c->list[i].mount);
    }
    free(c);
}

static const char *hierarchy_name(const struct hierarchy *h)
{
    const char *slash = strrchr(h->mount, '/');

    return h->is_unified ? "unified" : slash != NULL ? slash + 1 : h->mount;
}

/* The folder's path; false if the hierarchy has no such cgroup. */
static bool folder_of(const struct hierarchy *h, u64 id, char *path, size_t size)
{
    union {
        struct file_handle handle;
        u8 bytes[sizeof(struct file_handle) + sizeof(id)];
    } at = {.handle = {.handle_bytes = sizeof(id), .handle_type = FILEID_KERNFS}};

    _cleanup_close_ int fd = -1;
    char link[64];
    ssize_t n = 0;

    memcpy(at.handle.f_handle, &id, sizeof(id));
    fd = open_by_handle_at(h->fd, &at.handle, O_PATH | O_CLOEXEC);
    if (fd < 0)
        return false;
    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd); // fits
    n = readlink(link, path, size - 1);
    path[MAX(n, 0)] = '\0';
    return n > 0 && strncmp(path, h->mount, strlen(h->mount)) == 0;
}

void cgroups_path(struct cgroups *c, u64 id, struct str filter, struct buf *out)
{
    char pattern[FILTER_BYTES] = "*";
    char path[PATH_MAX];
    bool is_first = true;

    if (filter.n != 0)
        (void)snprintf(pattern, sizeof(pattern), "%.*s", STR_ARG(filter)); // names are shorter
    for (u32 i = 0; i < c->n; i++) {
        const struct hierarchy *h = &c->list[i];
        const char *name = hierarchy_name(h);

        if (fnmatch(pattern, name, 0) != 0 || !folder_of(h, id, path, sizeof(path)))
            continue;
        buf_printf(out, "%s%s:%s", is_first ? "" : ",", name,
                   path[strlen(h->mount)] != '\0' ? path + strlen(h->mount) : "/");
        is_first = false;
    }
}
