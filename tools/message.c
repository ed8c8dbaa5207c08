/* Messages of the programs, and the care for the three standard streams. */
#include "tools/message.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>

void message_print(const char *kind, const char *fmt, ...)
{
    _cleanup_free_ char *text = NULL;
    _cleanup_buf_ struct buf shown = {0};
    va_list args;

    va_start(args, fmt);
    // NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): it is not
    if (vasprintf(&text, fmt, args) < 0)
        text = NULL;
    if (text)
        buf_add_harmless(&shown, str_of(text));
    va_end(args);
    /* Without memory, the sentence without what it is about. There is nowhere to report a failing
     * standard error. */
    (void)fprintf(stderr, "%s: %s\n", kind, shown.p && !shown.failed ? shown.p : fmt);
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
