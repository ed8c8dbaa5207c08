/* Where a script's output goes. One file sink_<format>.c for each output format (sinks.def).
 *
 * Text is collected for a batch of records and written at once; a write that fails is remembered
 * and told by sink_flush(). What a format has no form for is shown as text on the log. */
#pragma once

#include <stdio.h>

#include "runtime/attach.h"
#include "runtime/runtime.h"
#include "runtime/table.h"
#include "runtime/value.h"

struct progress;
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

/* How a test or a benchmark went. */
struct sink_result {
    struct str name; /* of the probe */
    bool is_bench, has_failed;
    u64 ns;     /* that the test took, or a run of the benchmark on average */
    u64 n_runs; /* of the benchmark */
};

/* A probe at the end of a run. */
struct sink_probe {
    struct str name;
    struct attach_book book;
};

/* The end of a run in which not all was well. */
struct sink_summary {
    const struct sink_probe *probes;
    u32 n_probes;
    u64 n_missed; /* events, as far as known */
    u64 n_lost;   /* records */
    u64 n_failed; /* operations in programs */
    u64 n_cut;    /* texts */
};

/* What a format knows to show. Each appends to sink->text; payloads are borrowed. NULL: the text
 * format shows it, on the log. */
struct sink_ops {
    void (*printf)(struct sink *sink, const struct meta_site *site, const u8 *payload);
    void (*value)(struct sink *sink, const struct meta_site *site, const u8 *payload);
    void (*output)(struct sink *sink, const struct meta_site *site, struct str text);
    void (*time)(struct sink *sink, const struct meta_site *site, s64 now);
    bool (*map)(struct sink *sink, const struct table *table); /* false: as if it were NULL */
    void (*result)(struct sink *sink, const struct sink_result *result);
    void (*tally)(struct sink *sink, u32 n_passed, u32 n_failed);
    bool has_output_in_result; /* what a test prints is in sink->aside when its result is shown */
    /* The run is over, the maps follow. NULL: nothing. */
    void (*end)(struct sink *sink);
    /* NULL: the caller has them for the log. */
    void (*attached)(struct sink *sink, u32 n);
    void (*message)(struct sink *sink, const struct sink_message *message);
    void (*summary)(struct sink *sink, const struct sink_summary *summary);
};

struct sink {
    const struct sink_ops *ops;
    const struct value_env *env;  /* borrowed */
    FILE *out;                    /* borrowed */
    struct signals *signals;      /* borrowed; NULL: writing waits for its reader whatever comes */
    FILE *log;                    /* borrowed; NULL: what `out` does not get is dropped */
    struct buf text;              /* for out */
    struct buf aside;             /* for the log, or a result */
    enum ptl_buffering buffering; /* set after sink_init() where it is not the default */
    struct progress *progress;    /* the same, borrowed; NULL: none is shown */
    bool is_test;                 /* aside is for the next result */
    bool is_aside;                /* what is being shown goes to the log, or to a result */
    int err;                      /* first failure, negative errno */
};

/* The operations of the formats: sink_text_ops, ... */
#define SINK(id, name) extern const struct sink_ops sink_##name##_ops;
#include "runtime/sinks.def"
#undef SINK

/* Prepare. All borrowed for the life of the sink; log and signals may be NULL. */
void sink_init(struct sink *sink, enum ptl_format format, const struct value_env *env, FILE *out,
               FILE *log, struct signals *signals);

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

/* For struct sink_ops.map: the table's i-th row in order was added. What is long is written in
 * pieces. False: the output has failed, there is no use in more. */
bool sink_row(struct sink *sink, const struct table *table, u32 i);

/* A test begins; how it went; how many did so. */
void sink_test(struct sink *sink);
void sink_result(struct sink *sink, const struct sink_result *result);
void sink_tally(struct sink *sink, u32 n_passed, u32 n_failed);

/* So many probes are attached; a message; the summary. False: the format leaves that to the log. */
bool sink_attached(struct sink *sink, u32 n);
bool sink_summary(struct sink *sink, const struct sink_summary *summary);
bool sink_message(struct sink *sink, const struct sink_message *message);

/* There is nothing more to show for now. Returns what sink_flush() does. */
int sink_pause(struct sink *sink);

/* Write all that was collected. Returns 0, or the first failure since the beginning: -EPIPE,
 * -ENOSPC, -EIO, -EBADF, -ENOMEM; -EINTR: nobody read it, and signals said not to wait. */
int sink_flush(struct sink *sink);
