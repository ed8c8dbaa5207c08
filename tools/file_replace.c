/* Replacing a file's content at once. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <sys/stat.h>

#include "tools/file.h"

/* Write the new file; closes fd. old: what it replaces; NULL: nothing, and owner and group are what
 * the folder makes them. */
static int fill(int fd, const struct stat *old, mode_t mode, const void *bytes, size_t n)
{
    _cleanup_close_ int owned = fd;
    struct stat now = {0};
    int err = file_write_all(fd, bytes, n);

    if (!err && fstat(fd, &now) < 0)
        err = -errno;
    if (!err && old && (now.st_uid != old->st_uid || now.st_gid != old->st_gid) &&
        fchown(fd, old->st_uid, old->st_gid) < 0)
        err = -errno;
    if (!err && fchmod(fd, mode & 07777) < 0)
        err = -errno;
    if (!err && fsync(fd) < 0) /* before the name points to it */
        err = -errno;
    if (close(take_fd(&owned)) < 0 && !err)
        err = -errno;
    return err;
}

/* Write a file beside the target and give it that name. old, mode: as for fill(). */
static int replace(const char *target, const struct stat *old, mode_t mode, const void *bytes,
                   size_t n)
{
    static const char name[] = ".ptl.XXXXXX"; /* short, however long the target's is */
    char beside[PATH_MAX + sizeof(name)];
    const char *slash = strrchr(target, '/');
    int folder = slash ? (int)(slash + 1 - target) : 0;
    int fd = -1, err = 0;

    (void)snprintf(beside, sizeof(beside), "%.*s%s", folder, target, name); /* has room for it */
    fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0)
        return -errno;
    err = fill(fd, old, mode, bytes, n);
    if (!err && rename(beside, target) < 0)
        err = -errno;
    if (err)
        (void)unlink(beside); /* the first failure is the one to tell */
    return err;
}

/* Is it the folder that is in the way, or whose file it is, and not the file? Mounted files cannot
 * be renamed to, and one may be allowed to write to a file but not to its folder. */
static bool is_refused(int err)
{
    return err == -EBUSY || err == -EXDEV || err == -EACCES || err == -EPERM || err == -EROFS;
}

/* Where there is no other way: who reads it meanwhile sees a part, and a failure leaves one. */
static int overwrite(const char *target, const void *bytes, size_t n)
{
    _cleanup_close_ int fd = open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    int err = fd < 0 ? -errno : file_write_all(fd, bytes, n);

    if (!err && ftruncate(fd, (off_t)n) < 0)
        err = -errno;
    if (!err && fsync(fd) < 0)
        err = -errno;
    return err;
}

int file_replace(const char *path, const void *bytes, size_t n)
{
    char target[PATH_MAX];
    struct stat old = {0};
    int err = 0;

    if (!realpath(path, target) || stat(target, &old) < 0)
        return -errno;
    err = replace(target, &old, old.st_mode, bytes, n);
    return is_refused(err) ? overwrite(target, bytes, n) : err;
}

int file_save(const char *path, const void *bytes, size_t n)
{
    struct stat st = {0};
    _cleanup_close_ int fd = -1;
    bool is_there = stat(path, &st) == 0;
    mode_t mask = 0;

    if (is_there && S_ISREG(st.st_mode))
        return file_replace(path, bytes, n);
    if (is_there || lstat(path, &st) == 0) { /* a link to nothing makes what it points to */
        fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY | (is_there ? 0 : O_CREAT), 0666);
        return fd < 0 ? -errno : file_write_all(fd, bytes, n);
    }
    if (strlen(path) >= PATH_MAX)
        return -ENAMETOOLONG;
    mask = umask(0); /* that is how it is asked for */
    (void)umask(mask);
    return replace(path, NULL, 0666 & ~mask, bytes, n);
}
