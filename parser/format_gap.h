/* What stands between two tokens: comments, and lines that are no tokens of the language. Internal
 * to parser/. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

enum gap_kind {
    GAP_LINE_COMMENT,  /* to the end of its line */
    GAP_BLOCK_COMMENT, /* may have code before and behind it */
    GAP_RAW, /* a directive, or what it leaves out: a line as it is, blanks in front too */
};

struct gap_item {
    enum gap_kind kind;
    struct str text;
    u32 n_newlines; /* between what is before it and it */
};

struct gap {
    VEC(struct gap_item) items;
    u32 n_newlines; /* between the last of them and the token behind the gap */
};

/* Read the text between two tokens. */
struct gap gap_read(struct arena *arena, struct str text);

/* Is there an empty line in it? */
bool gap_has_blank(const struct gap *g);
