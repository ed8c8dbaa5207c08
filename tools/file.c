/* Whole files, and files in memory.
 *
 * Only read(2) and write(2): a script may come from a pipe or a terminal, and neither can be
 * mapped.
 */
#include "tools/file.h"

#include <errno.h>
#include <sys/mman.h>

int file_read_all(int fd, size_t limit, struct buf *out)
{
    char chunk[16384];
    size_t total = 0;

    for (;;) {
        ssize_t n = read(fd, chunk, sizeof(chunk));

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        if (n == 0)
            return out->failed ? -ENOMEM : 0;
        total += (size_t)n;
        if (total > limit)
            return -EFBIG;
        buf_add(out, chunk, (size_t)n);
    }
}

int file_write_all(int fd, const void *bytes, size_t n)
{
    const char *p = bytes;

    while (n > 0) {
        ssize_t written = write(fd, p, n);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return -errno;
        p += written;
        n -= (size_t)written;
    }
    return 0;
}

int file_memory_new(const char *name)
{
    int fd = memfd_create(name, MFD_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

int file_rewind(int fd)
{
    return lseek(fd, 0, SEEK_SET) < 0 ? -errno : 0;
}
