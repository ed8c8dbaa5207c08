/* Where a script's output goes. One file sink_<format>.c for each output format.
 *
 * Text is collected for a batch of records and written at once; a write that fails is remembered
 * and told by sink_flush(). */
#pragma once

#include <stdio.h>

#include "runtime/table.h"
#include "runtime/value.h"

struct signals;
struct sink;

/* A warning, an error of the script's own, a loss. */
struct sink_message {
    const char *type; /* "helper_error", "runtime_error", "errorf", "warnf" */
    struct str text;
    struct str helper; /* of the kernel, that failed; empty: none */
    s32 retcode;       /* its */
    struct str file;   /* empty: it is about no place of the script */
    u32 line, column;
    u64 n_lost; /* not 0: so many records were lost, and nothing else is told */
};

/* What a format knows to show. Each appends to sink->text; payloads are borrowed. */
struct sink_ops {
    void (*printf)(struct sink *sink, const struct meta_site *site, const u8 *payload);
    void (*value)(struct sink *sink, const struct meta_site *site, const u8 *payload);
    void (*output)(struct sink *sink, const struct meta_site *site, struct str text);
    void (*time)(struct sink *sink, const struct meta_site *site, s64 now);
    void (*map)(struct sink *sink, const struct table *table);
    void (*end)(struct sink *sink); /* the run is over, the maps follow */
    /* NULL: these are for the log. */
    void (*attached)(struct sink *sink, u32 n);
    void (*message)(struct sink *sink, const struct sink_message *message);
};

struct sink {
    const struct sink_ops *ops;
    const struct value_env *env; /* borrowed */
    FILE *out;                   /* borrowed */
    struct signals *signals;     /* borrowed; NULL: writing waits for its reader whatever comes */
    struct buf text;
    int err; /* first failure, negative errno */
};

/* The operations of the formats. */
extern const struct sink_ops sink_text_ops;
extern const struct sink_ops sink_json_ops;

/* Prepare. All borrowed for the life of the sink; signals may be NULL. */
void sink_init(struct sink *sink, const struct sink_ops *ops, const struct value_env *env,
               FILE *out, struct signals *signals);

/* Free; what was not flushed is dropped. */
void sink_done(struct sink *sink);

/* Each shows one thing, see struct sink_ops; now is in seconds since 1970. sink_output() shows what
 * a record led to: of a command, of a file. */
void sink_printf(struct sink *sink, const struct meta_site *site, const u8 *payload);
void sink_value(struct sink *sink, const struct meta_site *site, const u8 *payload);
void sink_output(struct sink *sink, const struct meta_site *site, struct str text);
void sink_time(struct sink *sink, const struct meta_site *site, s64 now);
void sink_map(struct sink *sink, const struct table *table);
void sink_end(struct sink *sink);

/* So many probes are attached; a message. False: the format leaves that to the log. */
bool sink_attached(struct sink *sink, u32 n);
bool sink_message(struct sink *sink, const struct sink_message *message);

/* Write all that was collected. Returns 0, or the first failure since the beginning: -EPIPE,
 * -ENOSPC, -EIO, -EBADF, -ENOMEM; -EINTR: nobody read it, and signals said not to wait. */
int sink_flush(struct sink *sink);
