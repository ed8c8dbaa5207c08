/* Sources and spans. All sources of a compilation share one space of byte positions, one behind the
 * other, so that a span is 8 bytes and still tells its source. Lines and columns are computed only
 * when something is printed.
 *
 * The upper half of the space belongs to expansions: copies of a part of a source, a macro's body,
 * for a place that calls for it. So a span tells also which call it was expanded for. */
#pragma once

#include "base/str.h"

/* Half-open range of positions in the space of a `struct sources`. {0, 0} is "no place": position 0
 * is never used. */
struct span {
    u32 begin, end;
};

#define NO_SPAN ((struct span){0, 0})

static inline bool span_is_none(struct span s)
{
    return s.end == 0;
}

/* From the begin of a to the end of b; either may be NO_SPAN. */
static inline struct span span_join(struct span a, struct span b)
{
    if (span_is_none(a))
        return b;
    return span_is_none(b) ? a : (struct span){a.begin, b.end};
}

/* More sources than this nobody has: files with those that they include and import. */
#define SOURCES_MAX 1000

struct source {
    struct str name; /* as shown in diagnostics: "stdin" or the path */
    struct str text; /* borrowed; must outlive the sources */
    u32 base;        /* position of its first byte */
};

/* A copy of the text under `of`, made for the text under `call`. */
struct expansion {
    u32 base; /* position of its first byte */
    struct span of, call;
};

/* Reads a whole file into the arena. Returns 0, -EFBIG, or another negative errno. */
typedef int source_read_fn(struct arena *arena, struct str path, struct str *text_out);

/* What a script finds under a name that it imports. */
struct source_import {
    struct str identity;   /* the same for the same file, whatever name leads there */
    struct str text;       /* of a file */
    VEC(struct str) files; /* of a folder: names of the scripts in it, sorted */
    bool is_folder;
    bool is_open_to_all; /* everybody may write to it, or to the folder that it is in */
    bool is_built_in;    /* its macros are there without an import */
};

/* Look it up; only_known: among what comes with the program, not in the file system. All of the
 * result is in the arena. Returns 0, -EFBIG, or another negative errno. */
typedef int source_import_fn(struct arena *arena, struct str path, bool only_known,
                             struct source_import *out);

struct sources {
    struct arena *arena;
    VEC(struct source) list;
    VEC(struct expansion) expansions;
    u32 next_base, next_expansion;
    source_read_fn *read;     /* NULL: no other files can be had */
    source_import_fn *import; /* NULL: the same */
};

/* Line and column count from 1; columns count bytes. */
struct place {
    const struct source *source; /* NULL: no place */
    u32 line, column;
    u32 end_line, end_column; /* of the first position behind the span: bpftrace's "1:9-16" */
    struct span call;         /* that it was expanded for; NO_SPAN: none */
};

/* Prepare an empty list; borrows the arena. */
void sources_init(struct sources *s, struct arena *arena);
/* Add a source; name and text are borrowed. Returns a pointer that is valid until the next add. */
const struct source *sources_add(struct sources *s, struct str name, struct str text);
/* A path that a source writes: relative to the folder of that source, whose name is `from`. */
struct str sources_path(struct sources *s, struct str from, struct str path);
/* Read the file that a source calls `path`, relative to the folder of that source, and add it.
 * from: name of that source. source_out: as of sources_add(). Returns 0 or a negative errno. */
int sources_load(struct sources *s, struct str from, struct str path,
                 const struct source **source_out);
/* Add an expansion of a span of a source. call: may lie in an expansion that was added before.
 * Returns what is to be added to positions in `of` (the one behind its end is one of them) to get
 * those of the copy: 0, so that they stay what they are, where the spans make no sense or there
 * are no positions left. */
u32 sources_expand(struct sources *s, struct span of, struct span call);
/* A span of an expansion as one of the source; others as they are. */
struct span sources_origin(const struct sources *s, struct span span);
/* The source that holds a position; NULL if there is none. */
const struct source *sources_find(const struct sources *s, u32 position);
/* The place of a span; all zero for NO_SPAN or a span outside of every source. */
struct place sources_place(const struct sources *s, struct span span);
/* The text of line `line` (from 1) without its newline; empty if there is none. */
struct str source_line(const struct source *src, u32 line);
/* The bytes under a span; empty for NO_SPAN. */
struct str sources_text(const struct sources *s, struct span span);
