/* Replacing a file's content at once. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tools/file.h"

/* Write the new file; closes fd. */
static int fill(int fd, const struct stat *old, const void *bytes, size_t n)
{
    _cleanup_close_ int owned = fd;
    struct stat now = {0};
    int err = file_write_all(fd, bytes, n);

    if (!err && fstat(fd, &now) < 0)
        err = -errno;
    if (!err && (now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) < 0)
        err = -errno;
    if (!err && fchmod(fd, old->st_mode & 07777) < 0)
        err = -errno;
    if (!err && fsync(fd) < 0) /* before the name points to it */
        err = -errno;
    if (close(take_fd(&owned)) < 0 && !err)
        err = -errno;
    return err;
}

int file_replace(const char *path, const void *bytes, size_t n)
{
    char target[PATH_MAX], beside[PATH_MAX + sizeof(".XXXXXX")];
    struct stat old = {0};
    int fd = -1, err = 0;

    if (!realpath(path, target) || stat(target, &old) < 0)
        return -errno;
    (void)snprintf(beside, sizeof(beside), "%s.XXXXXX", target); /* has room for it */
    fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    err = fill(fd, &old, bytes, n);
    if (!err && rename(beside, target) < 0)
        err = -errno;
    if (err)
        (void)unlink(beside); /* the first failure is the one to tell */
    return err;
}
