/* Reading what stands between two tokens. See format_gap.h. */
#include "parser/format_gap.h"

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

static struct str trim_end(struct str s)
{
    while (s.n && is_blank(s.p[s.n - 1]))
        s.n--;
    return s;
}

/* Offset behind the line at `at`, a continued one (`\` at the end) with what follows. */
static u32 line_behind(struct str text, u32 at, bool is_continued)
{
    while (at < text.n && text.p[at] != '\n') {
        if (is_continued && text.p[at] == '\\' && at + 1 < text.n)
            at++;
        at++;
    }
    return MIN(at, text.n);
}

/* Offset behind the comment at `at`; 0 if there is none that ends. */
static u32 comment_behind(struct str text, u32 at)
{
    if (!str_starts(str_sub(text, at, text.n), "/*"))
        return 0;
    for (at += 2; at + 1 < text.n; at++) {
        if (text.p[at] == '*' && text.p[at + 1] == '/')
            return at + 2;
    }
    return 0;
}

/* Begin of the line of `at`; `at` itself if that is not behind `from`. */
static u32 line_begin(struct str text, u32 from, u32 at)
{
    u32 begin = at;

    while (begin > from && text.p[begin - 1] != '\n')
        begin--;
    return begin > from ? begin : at;
}

/* The item at `at`, where something is; moves *at behind it. from: where the item before ended. */
static struct gap_item item_read(struct str text, u32 from, u32 *at)
{
    u32 begin = *at, behind = comment_behind(text, begin);
    struct gap_item item = {.kind = GAP_LINE_COMMENT};

    if (str_starts(str_sub(text, begin, text.n), "//")) {
        *at = line_behind(text, begin, false);
    } else if (behind) {
        item.kind = GAP_BLOCK_COMMENT;
        *at = behind;
    } else {
        item.kind = GAP_RAW;
        *at = line_behind(text, begin, true);
        begin = line_begin(text, from, begin);
    }
    item.text = trim_end(str_sub(text, begin, *at));
    return item;
}

struct gap gap_read(struct arena *arena, struct str text)
{
    struct gap g = {0};
    u32 n_newlines = 0, from = 0;

    for (u32 at = 0; at < text.n;) {
        struct gap_item item;

        if (is_blank(text.p[at])) {
            n_newlines += text.p[at++] == '\n';
            continue;
        }
        item = item_read(text, from, &at);
        item.n_newlines = n_newlines;
        *vec_push(arena, &g.items) = item;
        n_newlines = 0;
        from = at;
    }
    g.n_newlines = n_newlines;
    return g;
}

bool gap_has_blank(const struct gap *g)
{
    for (u32 i = 0; i < g->items.n; i++) {
        if (g->items.items[i].n_newlines > 1)
            return true;
    }
    return g->n_newlines > 1;
}
