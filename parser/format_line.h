/* Lines of the formatter: pieces of text are put on a line, which is broken where it gets too long.
 * Internal to parser/. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

enum {
    FORMAT_INDENT = 4,
    FORMAT_WIDTH = 100,
};

enum line_break {
    BREAK_NEVER,
    BREAK_MAY,
    BREAK_MUST,
};

/* A token or comment, and what is before it. */
struct line_piece {
    struct str text;
    enum line_break brk;
    bool has_space;
    bool is_comment; /* does not count for the width; its lines are indented */
    bool is_raw;     /* begins in the first column */
    u32 depth;       /* how far a line that begins here is indented more */
    u32 cost;        /* of BREAK_MAY: the cheapest is taken */
};

/* The line that is being built. */
struct line {
    struct arena *arena;
    struct buf *out;
    u32 level; /* of indentation */
    VEC(struct line_piece) pieces;
};

/* Append a piece; the first of a line at this level of indentation. */
void line_add(struct line *l, u32 level, struct line_piece piece);

/* Print what was added, if anything, in one or more lines. */
void line_end(struct line *l);
