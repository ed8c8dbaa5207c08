/* Scanner of the IR's text form, for ir/read.c: words between spaces in lines, numbers, texts in
 * quotes, types.
 *
 * The first problem of a line is reported; after it, until scan_next_line(), words are empty and no
 * more is reported. */
#pragma once

#include "base/diag.h"
#include "ir/type.h"

struct scan {
    const struct source *src;
    u32 at; /* next byte of the text */
    struct arena *arena;
    struct types *types;
    struct diags *diags;
    u32 n_problems;
    bool line_failed;
};

/* Span from the byte `from` of the text to the place of reading. */
struct span scan_span(const struct scan *s, u32 from);
/* Report a problem at the bytes from `from` to the place of reading; scan_syntax reports
 * E_IR_SYNTAX. */
void scan_problem(struct scan *s, enum diag_code code, u32 from, const char *what);
void scan_syntax(struct scan *s, u32 from, const char *what);
/* True behind the last word of the line (comments are skipped). */
bool scan_at_line_end(struct scan *s);
void scan_next_line(struct scan *s);
/* The next word; empty at the end of the line or after a problem. */
struct str scan_next_word(struct scan *s);
/* The next word must be this one. */
void scan_expect(struct scan *s, const char *wanted);
/* The next word as a number. */
s64 scan_number(struct scan *s);
u32 scan_u32(struct scan *s);
/* The word w, which was just read, as a number from min to max; reports and gives min if it is
 * none. */
s64 scan_to_number(struct scan *s, struct str w, s64 min, s64 max);
/* The number behind the first n bytes of w: of `:16`, `zero:16`. */
u32 scan_number_behind(struct scan *s, struct str w, u32 n);
/* Name and number of a word `name.3`; false if it is not of that form. */
bool scan_split_name(struct str w, struct str *name_out, u32 *number_out);
/* The text in quotes that comes next, escapes resolved, in the arena. */
struct str scan_quoted(struct scan *s);
/* The next word as a type, or NULL for `-` and after a problem. */
const struct type *scan_type(struct scan *s);
