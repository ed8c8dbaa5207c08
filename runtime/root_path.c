/* From a path in the root of a process to ours. */
#include "runtime/root_path.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/openat2.h>

enum {
    OPEN_TRIES = 64,
};

/* One mount belongs to one mount namespace: the same folder of it has the same below it. */
static bool is_our_root(const char *root)
{
    unsigned wanted = STATX_INO | STATX_MNT_ID;
    struct statx ours, its;

    return statx(AT_FDCWD, "/", 0, wanted, &ours) == 0 &&
           statx(AT_FDCWD, root, 0, wanted, &its) == 0 && (ours.stx_mask & wanted) == wanted &&
           (its.stx_mask & wanted) == wanted && ours.stx_mnt_id == its.stx_mnt_id &&
           ours.stx_ino == its.stx_ino && ours.stx_dev_major == its.stx_dev_major &&
           ours.stx_dev_minor == its.stx_dev_minor;
}

void root_of(int pid, char *root)
{
    root[0] = '\0';
    if (pid == 0)
        return;
    (void)snprintf(root, ROOT_BYTES, "/proc/%d/root", pid); // a number fits
    if (is_our_root(root))
        root[0] = '\0';
}

int path_print(char *path, size_t size, const char *fmt, ...)
{
    va_list args;
    int n = 0;

    va_start(args, fmt);
    n = vsnprintf(path, size, fmt, args);
    va_end(args);
    return n < 0 || (size_t)n >= size ? -ENAMETOOLONG : 0;
}

/* A file descriptor or -errno. The kernel gives up (EAGAIN) where something was renamed while it
 * followed a "..". */
static int open_below(int root, const char *inside)
{
    struct open_how how = {.flags = O_PATH | O_CLOEXEC, .resolve = RESOLVE_IN_ROOT};
    long fd = -1;

    for (int i = 0; i < OPEN_TRIES; i++) {
        fd = syscall(SYS_openat2, root, inside, &how, sizeof(how));
        if (fd >= 0)
            return (int)fd;
        if (errno != EAGAIN)
            break;
    }
    return errno == EXDEV ? -ENOENT : -errno;
}

static bool is_file(const char *path, int fd)
{
    struct stat there, opened;

    return stat(path, &there) == 0 && fstat(fd, &opened) == 0 && there.st_dev == opened.st_dev &&
           there.st_ino == opened.st_ino;
}

/* The path of an open file, without links. It begins at our root, or, if the file is not below
 * that, at the topmost folder of its mount namespace. */
static int path_of(int fd, char *path, size_t size)
{
    char link[32];
    ssize_t n = 0;

    (void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd); // a number fits
    n = readlink(link, path, size);
    if (n < 0 || (size_t)n >= size)
        return n < 0 ? -errno : -ENAMETOOLONG;
    path[n] = '\0';
    return 0;
}

/* As path_of() tells it, with the root's own path taken away and our name of the root in front. */
static int path_below(const char *root, int root_fd, int fd, char *path, size_t size)
{
    char above[PATH_MAX], whole[PATH_MAX];
    size_t n = 0;
    int err = path_of(root_fd, above, sizeof(above));

    if (err == 0)
        err = path_of(fd, whole, sizeof(whole));
    if (err != 0)
        return err;
    n = strcmp(above, "/") == 0 ? 0 : strlen(above);
    if (strncmp(whole, above, n) != 0 || whole[n] != '/')
        return -ENOENT;
    return path_print(path, size, "%s%s", root, whole + n);
}

int root_path(const char *root, const char *inside, char *path, size_t size)
{
    _cleanup_close_ int root_fd = -1;
    _cleanup_close_ int fd = -1;
    int err = path_print(path, size, "%s%s", root, inside);

    if (err != 0 || root[0] == '\0')
        return err;
    root_fd = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (root_fd < 0)
        return errno == EACCES ? -EPERM : -errno;
    fd = open_below(root_fd, inside);
    if (fd < 0)
        return fd;
    if (is_file(path, fd)) // no link led anywhere else
        return 0;
    err = path_below(root, root_fd, fd, path, size);
    return err != 0 || is_file(path, fd) ? err : -ENOENT;
}
