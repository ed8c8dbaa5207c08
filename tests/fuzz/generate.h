/* Random well-typed scripts. The same seed gives the same script, as long as the vocabulary is the
 * same: functions, aggregations and providers come from their descriptors, so that a new one is
 * generated without a change here. */
#pragma once

#include "base/str.h"

enum script_mode {
    SCRIPT_BEGIN,  /* BEGIN and END only, with words whose values are known in advance */
    SCRIPT_EVENTS, /* any provider and any word: to be loaded, not to be run */
};

/* Folders with a kernel's tracepoints and types; NULL: this machine's. */
struct gen_kernel {
    const char *tracefs, *btf;
};

/* What scripts are given as $1 and $2. */
extern const struct str script_params[2];

struct generated {
    struct buf text;
    u32 n_tried, n_dropped; /* statements, and those that the compiler did not want */
};

/* Append a script to out->text. kernel: what it may use of one. A statement is
 * made to fit by what is known here of types; what a descriptor demands beyond its signature is
 * found out by asking the compiler, and a statement that it refuses is dropped. */
void script_generate(u64 seed, enum script_mode mode, const struct gen_kernel *kernel,
                     struct generated *out);

/* Free its buffer. */
void generated_done(struct generated *g);
