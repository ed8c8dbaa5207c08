/* What all output formats share: collecting text, and noticing that nobody reads it any more. */
#include "runtime/sink.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "runtime/progress.h"
#include "runtime/signals.h"

enum {
    TEXT_MAX_BYTES = 1 << 16, /* collected before it is handed to the stream */
};

static const char *const format_names[] = {
#define SINK(id, name) #name,
#include "runtime/sinks.def"
#undef SINK
};

static const struct sink_ops *const format_ops[] = {
#define SINK(id, name) &sink_##name##_ops,
#include "runtime/sinks.def"
#undef SINK
};

bool ptl_format_find(const char *name, enum ptl_format *out)
{
    for (u32 i = 0; i < ARRAY_SIZE(format_names); i++) {
        if (strcmp(format_names[i], name) == 0) {
            *out = (enum ptl_format)i;
            return true;
        }
    }
    return false;
}

void sink_init(struct sink *sink, enum ptl_format format, const struct value_env *env, FILE *out,
               FILE *log, struct signals *signals)
{
    struct stat st;
    bool is_file = fstat(fileno(out), &st) != 0 || S_ISREG(st.st_mode);

    *sink = (struct sink){.ops = format_ops[format], .env = env, .out = out, .log = log};
    sink->signals = is_file ? NULL : signals; // a file takes everything at once
}

void sink_done(struct sink *sink)
{
    buf_done(&sink->text);
    buf_done(&sink->aside);
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

/* As warnings, it may have nobody to read it: the log's errors are not looked at. */
static void write_aside(struct sink *sink)
{
    if (sink->log != NULL && sink->aside.n != 0) {
        (void)fwrite(sink->aside.p, 1, sink->aside.n, sink->log);
        (void)fflush(sink->log);
    }
    buf_reset(&sink->aside);
}

/* Hand the text to the stream. */
static void write_text(struct sink *sink)
{
    size_t step = sink->signals != NULL ? PIPE_BUF : sink->text.n;

    if ((sink->text.failed || sink->aside.failed) && sink->err == 0)
        sink->err = -ENOMEM;
    for (size_t at = 0; at < sink->text.n && sink->err == 0; at += step) {
        if (sink->signals != NULL)
            sink->err = wait_for_reader(sink);
        if (sink->err == 0)
            sink->err = write_chunk(sink, sink->text.p + at, MIN(step, sink->text.n - at));
    }
    buf_reset(&sink->text);
    if (!sink->is_test)
        write_aside(sink);
}

static void swap_texts(struct sink *sink)
{
    struct buf text = sink->text;

    sink->text = sink->aside;
    sink->aside = text;
}

/* Before something is shown. has_form: the format knows to. Returns who does it; the text format
 * writes to what is aside. */
static const struct sink_ops *begin_show(struct sink *sink, bool has_form)
{
    if (has_form && !sink->is_test)
        return sink->ops;
    swap_texts(sink);
    sink->is_aside = true;
    return &sink_text_ops;
}

static void after_show(struct sink *sink)
{
    if (sink->buffering == PTL_BUFFER_NONE) {
        (void)sink_flush(sink); // it remembers failures
    } else if (sink->text.n >= TEXT_MAX_BYTES ||
               (!sink->is_test && sink->aside.n >= TEXT_MAX_BYTES)) {
        write_text(sink);
    }
}

/* After it, with the same has_form. */
static void end_show(struct sink *sink, bool has_form)
{
    if (!has_form || sink->is_test)
        swap_texts(sink);
    sink->is_aside = false;
    after_show(sink);
}

void sink_printf(struct sink *sink, const struct meta_site *site, const u8 *payload)
{
    bool has_form = sink->ops->printf != NULL;

    begin_show(sink, has_form)->printf(sink, site, payload);
    end_show(sink, has_form);
}

void sink_value(struct sink *sink, const struct meta_site *site, const u8 *payload)
{
    bool has_form = sink->ops->value != NULL;

    begin_show(sink, has_form)->value(sink, site, payload);
    end_show(sink, has_form);
}

void sink_output(struct sink *sink, const struct meta_site *site, struct str text)
{
    bool has_form = sink->ops->output != NULL;

    begin_show(sink, has_form)->output(sink, site, text);
    end_show(sink, has_form);
}

void sink_time(struct sink *sink, const struct meta_site *site, s64 now)
{
    bool has_form = sink->ops->time != NULL;

    begin_show(sink, has_form)->time(sink, site, now);
    end_show(sink, has_form);
}

void sink_map(struct sink *sink, const struct table *table)
{
    bool has_form = sink->ops->map != NULL;

    if (!begin_show(sink, has_form)->map(sink, table)) {
        has_form = false;
        (void)begin_show(sink, has_form)->map(sink, table); // the text format shows any
    }
    end_show(sink, has_form);
}

bool sink_row(struct sink *sink, const struct table *table, u32 i)
{
    progress_rows(sink->progress, table->map->name, i - table->first + 1, table->n - table->first);
    if (!sink->is_aside && sink->text.n >= TEXT_MAX_BYTES)
        write_text(sink);
    return sink->err == 0;
}

void sink_end(struct sink *sink)
{
    if (sink->ops->end != NULL)
        sink->ops->end(sink);
    after_show(sink);
}

void sink_test(struct sink *sink)
{
    sink->is_test = sink->ops->has_output_in_result;
}

void sink_result(struct sink *sink, const struct sink_result *result)
{
    bool has_form = sink->ops->result != NULL;

    sink->is_test = false;
    begin_show(sink, has_form)->result(sink, result);
    if (sink->ops->has_output_in_result)
        buf_reset(&sink->aside);
    end_show(sink, has_form);
}

void sink_tally(struct sink *sink, u32 n_passed, u32 n_failed)
{
    bool has_form = sink->ops->tally != NULL;

    begin_show(sink, has_form)->tally(sink, n_passed, n_failed);
    end_show(sink, has_form);
}

bool sink_attached(struct sink *sink, u32 n)
{
    if (sink->ops->attached == NULL)
        return false;
    sink->ops->attached(sink, n);
    after_show(sink);
    return true;
}

bool sink_summary(struct sink *sink, const struct sink_summary *summary)
{
    if (sink->ops->summary == NULL)
        return false;
    sink->ops->summary(sink, summary);
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

int sink_pause(struct sink *sink)
{
    return sink->buffering == PTL_BUFFER_FULL ? sink->err : sink_flush(sink);
}

int sink_flush(struct sink *sink)
{
    write_text(sink);
    errno = 0;
    if (sink->err == 0 && fflush(sink->out) != 0)
        sink->err = errno != 0 ? -errno : -EIO;
    return sink->err;
}
