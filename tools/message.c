/* Messages of the programs, and the care for the three standard streams. */
#include "tools/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

void message_print(const char *kind, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    (void)fprintf(stderr, "%s: ", kind); /* nowhere to report a failing standard error */
    (void)vfprintf(stderr, fmt, args);   // NOLINT(clang-analyzer-valist.Uninitialized): it is not
    va_end(args);
    (void)fputc('\n', stderr);
}

void message_write(const struct buf *text, FILE *stream)
{
    if (text->n > 0) /* an empty one may have no memory */
        (void)fwrite(text->p, 1, text->n, stream);
}

const char *message_errno(int err)
{
    const char *text = strerrordesc_np(-err);

    return text ? text : "unknown error";
}

bool message_close(FILE *stream, const char *name)
{
    bool has_failed = ferror(stream) != 0; /* earlier: its reason is lost */
    int err = fclose(stream) == 0 ? 0 : -errno;

    if (err == 0 && !has_failed)
        return true;
    message_error("cannot write %s%s%s", name, err ? ": " : "", err ? message_errno(err) : "");
    return false;
}

unsigned message_guard_streams(void)
{
    unsigned closed = 0;

    for (int fd = 0; fd <= 2; fd++) {
        if (fcntl(fd, F_GETFD) >= 0 || errno != EBADF)
            continue;
        closed |= 1u << fd;
        /* The lowest free number is fd. Not close-on-exec: the programs that we start need it too.
         */
        if (open("/dev/null", O_RDWR) < 0)
            return closed;
    }
    return closed;
}
