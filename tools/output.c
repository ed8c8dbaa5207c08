/* The stream of the output. A run that does not happen must not cost the user what is in the file:
 * it is opened first of all, which tells whether it can be written, and emptied late. */
#include "tools/output.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "tools/message.h"

#define STDOUT_NAME "standard output"

FILE *output_open(const char *path, bool is_stdout_closed)
{
    FILE *out = NULL;
    int fd = -1;

    if (!path && is_stdout_closed) {
        message_error(STDOUT_NAME " is closed");
        return NULL;
    }
    if (!path)
        return stdout;
    fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
    out = fd < 0 ? NULL : fdopen(fd, "w"); /* which does not empty it */
    if (out)
        return out;
    message_error("cannot open %s for writing: %s", path, message_errno(-errno));
    close_fd(&fd);
    return NULL;
}

/* Cut the file, if it is one and longer, at n bytes. Returns 0 or a negative errno. */
static int cut(FILE *out, off_t n)
{
    struct stat st;

    if (fstat(fileno(out), &st) < 0)
        return -errno;
    return S_ISREG(st.st_mode) && st.st_size > n && ftruncate(fileno(out), n) < 0 ? -errno : 0;
}

bool output_empty(FILE *out, const char *path)
{
    int err = path ? cut(out, 0) : 0;

    /* From now on others may write to it, too: our own log, or what is traced. */
    if (path && !err && fcntl(fileno(out), F_SETFL, O_APPEND) < 0)
        err = -errno;
    if (!err)
        return true;
    message_error("cannot write %s: %s", path, message_errno(err));
    return false;
}

/* After a run there is nothing to cut. */
static bool is_emptied(FILE *out)
{
    int flags = fcntl(fileno(out), F_GETFL);

    return flags >= 0 && flags & O_APPEND;
}

bool output_close(FILE *out, const char *path, bool is_told)
{
    int err = 0;

    if (path && fflush(out) == 0 && !is_emptied(out)) { /* else it fails again below */
        off_t end = lseek(fileno(out), 0, SEEK_CUR);    /* of what the compiler wrote, too */

        err = end > 0 ? cut(out, end) : 0;
    }
    if (is_told)
        return fclose(out) == 0 && err == 0;
    if (err)
        message_error("cannot write %s: %s", path, message_errno(err));
    return message_close(out, path ? path : STDOUT_NAME) && err == 0;
}
