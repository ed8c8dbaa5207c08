/* Warnings at run time: what a program met with, and what was lost, at its place in the script. */
#pragma once

#include <stdio.h>

#include "abi/meta.h"
#include "abi/record.h"
#include "base/diag.h"
#include "runtime/runtime.h"

struct sink;

struct run_errors {
    const struct meta *meta;       /* borrowed */
    const struct sources *sources; /* borrowed */
    FILE *log;                     /* borrowed */
    struct sink *sink;             /* borrowed: formats may show messages themselves */
    enum ptl_warnings warnings;    /* set after run_errors_init() where it is not the default */
    bool has_color;                /* the same */
    u64 *n_shown;                  /* warnings in full, one for each site */
    u64 *n_cut;                    /* files that cat() cut, the same */
    struct buf text;
};

/* Prepare; all borrowed. Returns 0 or -ENOMEM. */
int run_errors_init(struct run_errors *e, const struct meta *meta, const struct sources *sources,
                    struct sink *sink, FILE *log);

/* Free. Accepts zeros. */
void run_errors_done(struct run_errors *e);

/* A SITE_ERROR record came. site: its index. retcode: what the helper gave. The first ones of a
 * site are shown in full, the others only counted, by the programs. */
void run_errors_show(struct run_errors *e, u32 site, s64 retcode);

/* A message about a site: of errorf() and warnf(), or of what could not be done for system() and
 * cat(). text: borrowed; a newline at its end is left out. */
void run_errors_message(struct run_errors *e, u32 site, struct str text);

/* A file was longer than cat(), at this site, shows. */
void run_errors_cut(struct run_errors *e, u32 site);

/* How many texts, lists or files were cut at a site. total: as for run_errors_book(). */
u64 run_errors_n_cut(const struct run_errors *e, u32 site, const struct ptl_book *total);

/* The end of a run: what the books of a site, summed over all CPUs, say that was not shown. */
void run_errors_book(struct run_errors *e, u32 site, const struct ptl_book *total);

/* The end of a run: n times an attach point's program was skipped. */
void run_errors_missed(struct run_errors *e, const struct meta_attach *row, u64 n);

/* The end of a run: n events of user probes found the program's memory in use by preempted tasks.
 */
void run_errors_preempted(struct run_errors *e, u64 n);
