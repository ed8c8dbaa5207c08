/* What all output formats share: collecting text, and noticing that nobody reads it any more. */
#include "runtime/sink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>

#include "runtime/signals.h"

enum {
    TEXT_MAX_BYTES = 1 << 16, /* collected before it is handed to the stream */
};

void sink_init(struct sink *sink, const struct sink_ops *ops, const struct value_env *env,
               FILE *out, struct signals *signals)
{
    struct stat st;
    bool is_file = fstat(fileno(out), &st) != 0 || S_ISREG(st.st_mode);

    *sink = (struct sink){.ops = ops, .env = env, .out = out};
    sink->signals = is_file ? NULL : signals; // a file takes everything at once
}

void sink_done(struct sink *sink)
{
    buf_done(&sink->text);
}

/* Wait until the reader of a pipe or terminal has room for PIPE_BUF bytes. Returns 0, or -EINTR
 * when so many signals came that the user will not wait for it. Without this a reader that sleeps
 * would make us deaf to signals. */
static int wait_for_reader(const struct sink *sink)
{
    struct pollfd fds[] = {{.fd = fileno(sink->out), .events = POLLOUT},
                           {.fd = sink->signals->fd, .events = POLLIN}};

    while (signals_poll(sink->signals) < SIGNALS_IMPATIENT) {
        if (poll(fds, ARRAY_SIZE(fds), -1) > 0 && fds[0].revents != 0)
            return 0;
    }
    return -EINTR;
}

static int write_chunk(const struct sink *sink, const char *bytes, size_t n)
{
    errno = 0;
    if (fwrite(bytes, 1, n, sink->out) == n && (sink->signals == NULL || fflush(sink->out) == 0))
        return 0;
    return errno != 0 ? -errno : -EIO;
}

/* Hand the text to the stream. */
static void write_text(struct sink *sink)
{
    size_t step = sink->signals != NULL ? PIPE_BUF : sink->text.n;

    if (sink->text.failed && sink->err == 0)
        sink->err = -ENOMEM;
    for (size_t at = 0; at < sink->text.n && sink->err == 0; at += step) {
        if (sink->signals != NULL)
            sink->err = wait_for_reader(sink);
        if (sink->err == 0)
            sink->err = write_chunk(sink, sink->text.p + at, MIN(step, sink->text.n - at));
    }
    buf_reset(&sink->text);
}

static void after_show(struct sink *sink)
{
    if (sink->text.n >= TEXT_MAX_BYTES)
        write_text(sink);
}

void sink_printf(struct sink *sink, const struct meta_site *site, const u8 *payload)
{
    sink->ops->printf(sink, site, payload);
    after_show(sink);
}

void sink_value(struct sink *sink, const struct meta_site *site, const u8 *payload)
{
    sink->ops->value(sink, site, payload);
    after_show(sink);
}

void sink_output(struct sink *sink, const struct meta_site *site, struct str text)
{
    sink->ops->output(sink, site, text);
    after_show(sink);
}

void sink_time(struct sink *sink, const struct meta_site *site, s64 now)
{
    sink->ops->time(sink, site, now);
    after_show(sink);
}

void sink_map(struct sink *sink, const struct table *table)
{
    sink->ops->map(sink, table);
    after_show(sink);
}

void sink_end(struct sink *sink)
{
    sink->ops->end(sink);
    after_show(sink);
}

bool sink_attached(struct sink *sink, u32 n)
{
    if (sink->ops->attached == NULL)
        return false;
    sink->ops->attached(sink, n);
    after_show(sink);
    return true;
}

bool sink_message(struct sink *sink, const struct sink_message *message)
{
    if (sink->ops->message == NULL)
        return false;
    sink->ops->message(sink, message);
    after_show(sink);
    return true;
}

int sink_flush(struct sink *sink)
{
    write_text(sink);
    errno = 0;
    if (sink->err == 0 && fflush(sink->out) != 0)
        sink->err = errno != 0 ? -errno : -EIO;
    return sink->err;
}
