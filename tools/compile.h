/* The compiler as one call: source text -> object, text of the stages, diagnostics. */
#pragma once

#include "abi/abi.h"
#include "semantic/semantic.h"

/* STAGE(id, name): what --emit can print, in the order in which it is printed. */
#define COMPILE_STAGES(STAGE) \
    STAGE(TOKENS, "tokens")   \
    STAGE(FMT, "fmt")         \
    STAGE(AST, "ast")         \
    STAGE(TYPES, "types")     \
    STAGE(PROBES, "probes")   \
    STAGE(IR, "ir")           \
    STAGE(BPF, "bpf")

enum compile_stage {
#define STAGE(id, name) STAGE_##id,
    COMPILE_STAGES(STAGE)
#undef STAGE
    STAGE_COUNT_
};

/* All borrowed. */
struct compile_opts {
    struct str name; /* of the source, as diagnostics show it */
    struct str text;
    struct script_args args;
    bool is_open; /* as in semantic_opts */
    const struct arch *arch;
    const char *tracefs; /* folder of the tracepoints; NULL: this machine's */
    const char *btf;     /* file or folder of the kernel's types; NULL: this machine's */
    const char *(*environment)(const char *name); /* as in semantic_opts */
    bool allows_unsafe;                           /* --unsafe */
    bool lacks_kprobes;                           /* as in semantic_opts */
    enum semantic_test test;
    u32 stages;        /* 1 << enum compile_stage, for `print` */
    bool wants_object; /* false: stop behind the last of the stages; with none of them, check all */
    bool has_color;
    bool hides_warnings;
    bool wants_details; /* of probes: what args has */
    /* Called at the end of each step ("parse", "types", "IR", "LLVM"); NULL: nobody asks. */
    void (*step)(void *data, const char *name);
    void *step_data;
    /* Tests: called once with the typed program and its IR, which live until it returns. */
    void (*observe)(void *data, const struct program *program, const struct ir_module *module);
    void *observe_data;
};

/* What a compilation gives; zeroed before, freed by compile_result_done(). */
struct compile_result {
    struct buf object;      /* ELF; empty if it was not wanted or there were errors */
    struct buf print;       /* of the stages; with several, each behind a line "--- NAME" */
    struct buf diagnostics; /* rendered */
};

/* Compile. Memory is bounded by COMPILE_MEMORY_MAX (LLVM's own aside); more is diagnostic E001.
 * Returns true, or false if there were errors: they are in out->diagnostics, as warnings are. */
bool ptl_compile(const struct compile_opts *opts, struct compile_result *out);

/* Append the probes that match to out, see vocab_list(). opts: arch, tracefs and btf count. */
void compile_list(const struct compile_opts *opts, struct str search, bool with_details,
                  struct buf *out);

/* Free its buffers. */
void compile_result_done(struct compile_result *r);

/* Name of a stage; static string. */
const char *compile_stage_name(enum compile_stage stage);
