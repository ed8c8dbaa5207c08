/* Diagnostics about the user's script: collected, sorted, rendered by one renderer.
 *
 * A stage reports all it finds with diag_add() and goes on; the caller asks diags_errors() between
 * stages. Nothing in a library prints. The codes are rows of diag.def and never change their
 * meaning. */
#pragma once

#include "base/source.h"

enum diag_code {
#define D(name, number, severity, title, explanation) name = number,
#include "base/diag.def"
#undef D
};

enum severity {
    SEV_ERROR,
    SEV_WARNING,
    SEV_COUNT_
};

struct diag_note {
    struct span span; /* NO_SPAN: a HINT line; else a located line of its own */
    struct str text;
};

struct diag {
    enum diag_code code;
    enum severity severity;
    struct span span;
    struct str text;
    VEC(struct diag_note) notes;
    struct arena *arena; /* that the texts live in */
    u32 place;           /* first sorting key, filled by the renderer */
    u32 order;           /* of arrival, the last sorting key */
};

struct diags {
    struct arena *arena;
    struct sources *sources;
    VEC(struct diag *) list;
    u32 n_errors;        /* the ones not kept in the list are counted too */
    struct diag dropped; /* what diag_add() returns for a report that it does not keep */
};

/* Prepare an empty list. Borrows both: they must outlive it. */
void diags_init(struct diags *d, struct arena *arena, struct sources *sources);

/* Report code at span (NO_SPAN where there is no place). The severity is the code's. A second
 * report of the same code at the same span is dropped (without a place: of the same code and text),
 * and so is, but counted, what comes after the first 1000. The returned diag is never NULL, so
 * notes can be added; those of a dropped one vanish. */
struct diag *diag_add(struct diags *d, enum diag_code code, struct span span, const char *fmt, ...)
    PRINTF_LIKE(4, 5);
/* Append "HINT: text" to a diagnostic. */
void diag_hint(struct diag *d, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* Append a located line of the same severity, with its source line: "This is the original
 * definition." */
void diag_note(struct diag *d, struct span span, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Number of errors (warnings not counted) so far. */
u32 diags_errors(const struct diags *d);

/* Forget all that came after the first n_keep diagnostics: what a repeated pass reported. */
void diags_truncate(struct diags *d, u32 n_keep);

/* Forget all warnings. */
void diags_drop_warnings(struct diags *d);

/* Write all of them: errors first, then warnings, each sorted by position; at most 20 errors, then
 * a line that says how many more there are. Form (bpftrace's, with our code at the end of the first
 * line):
 *
 *   stdin:1:9-16: ERROR: Unknown function: 'cuont' [E201]
 *   begin { cuont(); }
 *           ~~~~~~~
 *   HINT: Did you mean 'count'?
 *
 * A span of several lines prints FILE:L1-L2 and no underline below the first line's text. Tabs
 * print as 4 spaces, control characters and invalid UTF-8 of the source line as \xNN; the underline
 * follows. A line with a NUL byte is not shown. A diag without place: "ERROR: text [E001]". */
void diags_render(const struct diags *d, struct buf *out, bool color);

/* One diagnostic in the same form: what the runtime uses for warnings at run time. */
void diag_render(const struct diag *diag, const struct sources *sources, struct buf *out,
                 bool color);

/* Title, explanation and name ("E201") of a code, for documentation; NULL title for an unknown
 * number. */
const char *diag_title(enum diag_code code);
const char *diag_explanation(enum diag_code code);
/* 'E' or 'W' by severity. */
char diag_letter(enum diag_code code);
/* All codes in order of number. n_out: their count. */
const enum diag_code *diag_codes(u32 *n_out);
