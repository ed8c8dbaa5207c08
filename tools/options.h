/* The command line of ptrace-lite. Every option is a row of options.def. */
#pragma once

#include <stdio.h>
#include <sys/types.h>

#include "base/util.h"
#include "runtime/runtime.h"

#define OPTIONS_FEATURES_MAX 32

struct option_row; /* of options.c */

/* Strings are views into argv where nothing else is said. */
struct options {
    const char *text;          /* -e TEXT, or the program as first argument; else NULL */
    const char *file;          /* path or "-"; NULL if there is a text */
    const char **operands;     /* what is no option; owned */
    const char *const *params; /* $1 .. */
    u32 n_params;
    const char **script_options; /* behind `--`, without their dashes: "pid=5"; owned */
    u32 n_script_options;
    const char *command; /* -c */
    const char *output;  /* -o */
    const char *emit;
    const char *completions; /* --completions: the shell */
    const char *aot;         /* --aot: where to write the object */
    const char *btf;         /* --btf; NULL: of this kernel */
    const char *tracefs;     /* --tracefs; the same */
    const char *test_switch;
    const struct option_row *not_for_aot;    /* the first given that --aot excludes; NULL: none */
    pid_t pid;                               /* -p; 0: none */
    char *no_features[OPTIONS_FEATURES_MAX]; /* owned */
    u32 n_no_features;
    const char *notify_socket;    /* no option: of the environment; NULL: none */
    bool lacks_kprobes;           /* no option: of the kernel, or by --no-feature */
    u64 max_map_memory_bytes;     /* 0: not given */
    enum ptl_format format;       /* -f */
    enum ptl_buffering buffering; /* -B */
    enum ptl_warnings warnings;   /* -k */
    bool has_no_warnings;         /* --no-warnings */
    bool is_quiet, is_verbose, is_dry_run, is_raw_output, is_unsafe, keeps_privileges;
    bool is_info;           /* --info */
    bool is_list;           /* -l: file is what to search, NULL for all */
    bool has_no_cache;      /* --no-cache */
    bool is_cache_stats;    /* --cache-stats */
    bool is_test, is_bench; /* --test, --bench */
    bool is_in_place;       /* --fmt-in-place */
    bool wants_help, wants_version;
};

/* Read the command line. Says on standard error what is wrong with it. Returns whether it is right.
 * Call options_done() in both cases. May be called once in a process (getopt). */
bool options_parse(struct options *o, int argc, char **argv);

/* Tests: is the program to be compiled as --aot does, and the object run with the parameters? */
bool options_run_object(const struct options *o);

/* Free what it owns; a zeroed one is fine. */
void options_done(struct options *o);

/* The text of --help. */
void options_usage(FILE *out);
