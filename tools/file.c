/* Whole files, and files in memory.
 *
 * Only read(2) and write(2): a script may come from a pipe or a terminal, and neither can be
 * mapped.
 */
#include "tools/file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

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
        buf_add(out, chunk, (size_t)n);
        if (total > limit)
            return -EFBIG;
    }
}

/* No memory is asked for while the file is open: a full arena jumps away. */
int file_read_source(struct arena *arena, struct str path, struct str *text_out)
{
    _cleanup_close_ int fd = -1;
    const char *name = str_cstr(arena, path);
    struct stat st;
    char *p = NULL;
    size_t n = 0;

    if (stat(name, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode)) /* a FIFO or a terminal would have to be waited for */
        return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
    if ((size_t)st.st_size > SCRIPT_SIZE_MAX)
        return -EFBIG;
    p = arena_alloc(arena, (size_t)st.st_size + 1);
    fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0)
        return -errno;
    while (n < (size_t)st.st_size) {
        ssize_t got = read(fd, p + n, (size_t)st.st_size - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        n += (size_t)got;
    }
    *text_out = (struct str){p, (u32)n};
    return 0;
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
