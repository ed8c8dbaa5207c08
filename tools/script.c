/* Source loading. The file is read here and not by ptlc: who may read what is decided with the
 * user's rights, while ptlc runs with fewer. */
#include "tools/script.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "tools/file.h"
#include "tools/message.h"

static bool text_is_blank(const struct buf *text)
{
    for (size_t i = 0; i < text->n; i++) {
        if (!text->p[i] || !strchr(" \t\r\n\v\f", text->p[i]))
            return false;
    }
    return true;
}

static bool is_object(const struct buf *text)
{
    return text->n >= SELFMAG && memcmp(text->p, ELFMAG, SELFMAG) == 0;
}

/* Is what is to be written the file that is read here? Says so. option: that named it. */
static bool is_overwritten(int fd, const char *path, const char *option)
{
    struct stat mine, other;

    if (!path || fstat(fd, &mine) < 0 || !S_ISREG(mine.st_mode) || stat(path, &other) < 0 ||
        mine.st_dev != other.st_dev || mine.st_ino != other.st_ino)
        return false;
    message_error("%s %s would overwrite the program: it is the file that is read", option, path);
    return true;
}

static bool file_load(const struct options *o, struct buf *out)
{
    const char *path = o->file;
    bool is_stdin = strcmp(path, "-") == 0;
    _cleanup_close_ int opened = -1;
    int fd = -1, err = 0;

    if (!is_stdin) {
        opened = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
        if (opened < 0) {
            err = -errno;
            message_error("cannot open %s: %s", path, message_errno(err));
            if (err == -ENOENT) {
                message_hint(
                    "a program text has a block in it: 'PROBE { ... }' or 'PROBE < ... >'");
            }
            return false;
        }
    }
    fd = is_stdin ? STDIN_FILENO : opened;
    if (is_overwritten(fd, o->output, "-o") || is_overwritten(fd, o->aot, "--aot"))
        return false;
    err = file_read_all(fd, SCRIPT_SIZE_MAX, out);
    if (err == -EFBIG && is_object(out))
        err = file_read_all(fd, SCRIPT_OBJECT_MAX - out->n, out);
    if (err == 0)
        return true;
    if (err == -EFBIG) {
        message_error("%s is too large: a program may have 1 MiB", is_stdin ? "the program" : path);
    } else {
        message_error("cannot read %s: %s", is_stdin ? "standard input" : path, message_errno(err));
    }
    return false;
}

static bool text_load(const char *text, struct buf *out)
{
    size_t n = strlen(text);

    if (n > SCRIPT_SIZE_MAX) {
        message_error("the program is too large: it may have 1 MiB");
        return false;
    }
    buf_add(out, text, n);
    return true;
}

bool script_load(struct script *out, const struct options *o)
{
    _cleanup_buf_ struct buf text = {0};
    _cleanup_close_ int fd = -1;
    bool is_file = o->file && strcmp(o->file, "-") != 0;
    bool is_loaded = o->text ? text_load(o->text, &text) : o->file && file_load(o, &text);
    int err = 0;

    if (!is_loaded)
        return false;
    if (!text.failed && text_is_blank(&text)) {
        message_error("the program%s%s is empty", is_file ? " in " : "", is_file ? o->file : "");
        return false;
    }
    if (o->file && !is_file && !text.failed && is_object(&text)) {
        message_error("standard input is an object: those are given by the names of their files");
        return false;
    }
    if (is_file && !text.failed && is_object(&text)) {
        *out = (struct script){.fd = -1, .name = o->file, .object = text};
        text = (struct buf){0};
        return true;
    }
    fd = text.failed ? -ENOMEM : file_memory_new("script");
    err = fd < 0 ? fd : file_write_all(fd, text.p, text.n);
    if (err == 0)
        err = file_rewind(fd);
    if (err < 0) {
        message_error("cannot keep the program in memory: %s", message_errno(err));
        return false;
    }
    *out = (struct script){.fd = take_fd(&fd), .name = is_file ? o->file : "stdin"};
    return true;
}

void script_done(struct script *s)
{
    if (s->fd >= 0)
        (void)close(s->fd); /* in memory: nothing can get lost */
    s->fd = -1;
    buf_done(&s->object);
}
