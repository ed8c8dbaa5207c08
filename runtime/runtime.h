/* The run half: ELF object -> loaded and attached programs -> records and maps -> output. No LLVM,
 * no AST.
 *
 * A session goes through its states in one direction: open -> loaded -> attached -> stopped; calls
 * out of order are bugs of the caller. Nothing here prints but the sink, which writes to the stream
 * it is given, and the warning callback's owner. */
#pragma once

#include <stdio.h>

#include "abi/meta.h"
#include "abi/option.h"
#include "base/diag.h"

/* What went wrong with the machine: one plain sentence, what to do, and the detail for -v. */
struct ptl_error {
    int err;         /* negative errno */
    int exit_status; /* that the tool should give: 1, or 255 for load and attach failures */
    char text[512];  /* empty: the diagnostics (ptl_diags) say it all */
    char hint[512];  /* empty: none */
};

enum feature_state {
    FEATURE_UNKNOWN,
    FEATURE_YES,
    FEATURE_NO
};

/* What of a script runs. */
enum ptl_mode {
    PTL_MODE_RUN,   /* all but tests and benchmarks */
    PTL_MODE_TEST,  /* begin clauses and tests */
    PTL_MODE_BENCH, /* begin clauses and benchmarks */
};

/* Output formats. */
enum ptl_format {
#define SINK(id, name) PTL_FORMAT_##id,
#include "runtime/sinks.def"
#undef SINK
    PTL_FORMAT_COUNT_
};

/* The format of this name. False: there is none. */
bool ptl_format_find(const char *name, enum ptl_format *out);

/* When output is written. */
enum ptl_buffering {
    PTL_BUFFER_PAUSE, /* when there is nothing more to show for now */
    PTL_BUFFER_FULL,  /* when a block is full, and at the end */
    PTL_BUFFER_NONE,  /* each record at once */
};

/* Which warnings at run time are told. What was lost always is. */
enum ptl_warnings {
    PTL_WARNINGS_FIRST, /* the first ones of a place in full, the others counted */
    PTL_WARNINGS_ALL,   /* all that the programs report */
    PTL_WARNINGS_NONE,
};

/* One run's options. All borrowed; must outlive the session. */
struct ptl_opts {
    const char *const *no_features; /* from --no-feature: treated as missing in this kernel */
    u32 n_no_features;
    pid_t filter_pid;         /* -p, 0: none. Checked by ptl_open: -ESRCH if it is dead */
    const char *command;      /* -c, NULL: none; words are split as in a shell, nothing expanded */
    const char *search_path;  /* PATH, to find the command in; NULL: the system's default */
    u64 max_map_memory_bytes; /* bound for all maps together; 0: the default of 1 GiB */
    u64 ring_bytes;           /* of the ring buffer; 0: by the machine's memory, up to 16 MiB */
    struct script_args args;  /* parameters and options of the run, if is_object */
    bool is_object;           /* compiled ahead of time: what its script left open is in args */
    enum ptl_mode mode;
    enum ptl_format format;
    enum ptl_buffering buffering;
    enum ptl_warnings warnings;
    const char *notify_socket; /* of a service manager (sd_notify(3)); NULL: none */
    bool is_verbose;           /* steps, timings and the kernel's log go to `log` */
    bool is_quiet;             /* no banner */
    bool has_color;            /* warnings are coloured */
    bool is_raw_output;        /* strings of traced programs are not escaped */
    bool keeps_privileges;     /* while events are drained, too: see runtime/privileges.h */
    bool allows_unsafe;        /* the object may run commands and change traced programs */
    bool is_dry_run;           /* begin clauses do not run; ptl_run must not be called */
    FILE *out;                 /* program output and maps */
    FILE *log;                 /* banner, warnings, -v: standard error */
};

struct ptl_session;

/* Decode and check the object (elf: size bytes, borrowed until free), open what needs privileges,
 * and prepare the maps. Returns 0, or a negative errno with *err filled: -EPROTO not our object or
 * malformed, -EPROTONOSUPPORT another version or CPU, -EPERM an unsafe one, -ESRCH no such -p
 * process, -ENOENT the -c command does not exist, -EINVAL args are not what the script wants, which
 * is located (then there is a session), -ENOMEM, -E2BIG maps above the bound. */
int ptl_open(struct ptl_session **out, const void *elf, size_t size, const struct ptl_opts *opts,
             struct ptl_error *err);

/* Print what the script's own --help says, if that is among args and the script has no such option.
 * name: of the object, for the text. Returns whether it was printed; false too for what is no
 * object. */
bool ptl_script_help(const void *elf, size_t size, const struct script_args *args, const char *name,
                     FILE *out);

/* Was an object made of its script alone, which reads no other files? False too for what is no
 * object. */
bool ptl_is_self_contained(const void *elf, size_t size);

/* Print the probes of an object, a line each: patterns as they are, for they are resolved when it
 * runs. Returns 0, or a negative errno with *err: -EPROTO, -EPROTONOSUPPORT as ptl_open(). */
int ptl_object_probes(const void *elf, size_t size, FILE *out, struct ptl_error *err);

/* Find out what the programs want to know of this kernel, and load maps and programs into it.
 * Returns 0, -ENOENT where it has no symbol or control group that is wanted, or -EACCES/-EPERM/...
 * with *err; what is missing and a verifier's refusal are located: see ptl_diags. */
int ptl_load(struct ptl_session *s, struct ptl_error *err);

/* Resolve every attach point, run the begin clauses, then attach the rest. From then until
 * ptl_run ends, SIGINT, SIGTERM and SIGHUP are blocked. Returns 0, or a negative errno with *err
 * and located diagnostics; then nothing stays attached. */
int ptl_attach(struct ptl_session *s, struct ptl_error *err);

/* Banner, start the -c command, drain until exit(), a signal, the end of the command or of the -p
 * process, or a failing output. Then detach, run the end clauses, drain, print the maps and the
 * books. With tests or benchmarks: run these instead, with a line for each. status_out: code of
 * exit(N), else 0; 1 if a test failed. Returns 0, or -EPIPE/-ENOSPC/... when the output
 * failed (*err filled). */
int ptl_run(struct ptl_session *s, int *status_out, struct ptl_error *err);

/* Located diagnostics of the last failure (may be empty). Valid until ptl_free. */
const struct diags *ptl_diags(const struct ptl_session *s);

/* Detach everything, stop the child, free. NULL-safe; sets *s to NULL. */
void ptl_free(struct ptl_session **s);

/* Tell the log how many probes are attached, unless is_quiet. For a dry run: ptl_run() does so too.
 */
void ptl_banner(const struct ptl_session *s);

/* Is a search for probes one that ptl_list() answers: for functions of programs and libraries? */
bool ptl_lists(const char *search);

/* Print the probes that match "uprobe:BINARY:PATTERN", a line each. search_path, pid: as in struct
 * ptl_opts. Returns 0, or a negative errno with *err: no such binary, no ELF file, no match. */
int ptl_list(const char *search, const char *search_path, pid_t pid, FILE *out,
             struct ptl_error *err);

/* Has this kernel kprobes? Where it has not, scripts are compiled for what stands in. no_features:
 * as in struct ptl_opts, n of them; a name that is none is ignored, ptl_open() reports it.
 * is_elsewhere: the script will run on another kernel, which has what no_features does not name. */
bool ptl_has_kprobes(const char *const *no_features, u32 n, bool is_elsewhere);

/* Print what this machine and its kernel can do, as a table: each feature with what does not work
 * without it. no_features: as in struct ptl_opts, n of them. Returns 0, or -EINVAL with *err for a
 * name that is none. */
int ptl_info(const char *const *no_features, u32 n, FILE *out, struct ptl_error *err);
