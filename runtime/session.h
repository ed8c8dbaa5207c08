/* Inside of a session: shared by the files that take it through its states. */
#pragma once

#include <bpf/libbpf.h>

#include "runtime/attach.h"
#include "runtime/child.h"
#include "runtime/elf.h"
#include "runtime/features.h"
#include "runtime/maps.h"
#include "runtime/runtime.h"
#include "runtime/signals.h"
#include "runtime/symbols.h"
#include "runtime/value.h"

enum session_state {
    SESSION_OPEN,
    SESSION_LOADED,
    SESSION_ATTACHED,
    SESSION_STOPPED
};

struct ptl_session {
    enum session_state state;
    const struct ptl_opts *opts; /* borrowed */
    struct arena arena;          /* metadata rows and diagnostics: nothing while draining */
    struct sources sources;
    struct diags diags;
    struct elf_view elf;
    struct meta meta;
    struct features features;
    struct bpf_object *object;
    struct attach_env attach_env;
    struct probe_names probe_names;
    struct attach_point *points; /* one for each attach row */
    u32 n_points, n_skipped;     /* skipped: those that could not be attached, which is allowed */
    struct maps *maps;
    struct symbols *symbols; /* NULL while nobody has asked for one */
    struct users *users;     /* NULL if the script shows none; the next two as well */
    struct cgroups *cgroups;
    struct usyms *usyms;
    struct value_env value_env;
    struct child child;
    struct signals signals;
    int notify_fd; /* connected to the service manager, or -1 */
    int target_fd; /* pidfd of -p, or -1 */
    u64 ring_bytes;
    u64 start_ns; /* CLOCK_BOOTTIME */
};

/* A line to the log, with the milliseconds since the start, if -v was given. */
void session_log(const struct ptl_session *s, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Tell the service manager, if there is one. */
void session_notify(const struct ptl_session *s, const char *message);

/* A point could not be aimed, opened or attached, which was reported behind the first n_before
 * diagnostics. Where the script allows that (missing_probes) the point is skipped, and the report
 * becomes a warning on the log, or nothing. Returns the failure that remains. */
int session_skip(struct ptl_session *s, struct attach_point *point, u32 n_before, int failed);

/* choices.c: is the point one of several alternatives (`a ?? b`)? */
bool session_is_choice(const struct ptl_session *s, const struct attach_point *point);

/* choices.c: open the first of alternatives that can be, of which the point is the first or one.
 * The others are skipped; where there is none, each is reported and dealt with as missing_probes
 * says. Returns the failure that remains. */
int session_open_choices(struct ptl_session *s, struct attach_point *point);

/* Run the clauses of one kind (ATTACH_BEGIN, ATTACH_ONCE, ATTACH_END, ATTACH_SIGNAL) once each, in
 * the order of the script. Returns 0, or the negative errno of the first that did not run, after
 * reporting. */
int session_run_clauses(struct ptl_session *s, enum attach_when when);

/* Span of an attach, map or site row. */
struct span session_span(u64 begin, u64 end);
