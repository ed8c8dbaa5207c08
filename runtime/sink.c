/* What all output formats share: collecting text, and noticing that nobody reads it any more. */
#include "runtime/sink.h"

#include <errno.h>

enum {
    TEXT_MAX_BYTES = 1 << 16, /* collected before it is handed to the stream */
};

void sink_init(struct sink *sink, const struct sink_ops *ops, const struct value_env *env,
               FILE *out)
{
    *sink = (struct sink){.ops = ops, .env = env, .out = out};
}

void sink_done(struct sink *sink)
{
    buf_done(&sink->text);
}

/* Hand the text to the stream. */
static void write_text(struct sink *sink)
{
    if (sink->text.failed && sink->err == 0)
        sink->err = -ENOMEM;
    errno = 0;
    if (sink->err == 0 && sink->text.n > 0 &&
        fwrite(sink->text.p, 1, sink->text.n, sink->out) != sink->text.n)
        sink->err = errno != 0 ? -errno : -EIO;
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

int sink_flush(struct sink *sink)
{
    write_text(sink);
    errno = 0;
    if (sink->err == 0 && fflush(sink->out) != 0)
        sink->err = errno != 0 ? -errno : -EIO;
    return sink->err;
}
