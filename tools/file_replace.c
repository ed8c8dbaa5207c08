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

/* old: mode and owner of the file. */
static int replace(const char *target, const struct stat *old, const void *bytes, size_t n)
{
    char beside[PATH_MAX + sizeof(".XXXXXX")];
    int fd = -1, err = 0;

    (void)snprintf(beside, sizeof(beside), "%s.XXXXXX", target); /* has room for it */
    fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    err = fill(fd, old, bytes, n);
    if (!err && rename(beside, target) < 0)
        err = -errno;
    if (err)
        (void)unlink(beside); /* the first failure is the one to tell */
    return err;
}

int file_replace(const char *path, const void *bytes, size_t n)
{
    char target[PATH_MAX];
    struct stat old = {0};

    if (!realpath(path, target) || stat(target, &old) < 0)
        return -errno;
    return replace(target, &old, bytes, n);
}

int file_save(const char *path, const void *bytes, size_t n)
{
    struct stat st = {0};
    _cleanup_close_ int fd = -1;
    mode_t mask = 0;

    if (stat(path, &st) == 0 && S_ISREG(st.st_mode))
        return file_replace(path, bytes, n);
    if (st.st_mode) {
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
        return fd < 0 ? -errno : file_write_all(fd, bytes, n);
    }
    mask = umask(0); /* that is how it is asked for */
    (void)umask(mask);
    st = (struct stat){.st_mode = 0666 & ~mask, .st_uid = geteuid(), .st_gid = getegid()};
    if (strlen(path) >= PATH_MAX)
        return -ENAMETOOLONG;
    return replace(path, &st, bytes, n);
}
