/* The space of byte positions, and the way back from a position to source, line and column.
 *
 * Each source takes its length and one more position, so that "at the end of the input" is a place
 * of its own. Lines are found by counting newlines, at the time of printing: there is no table. */
#include "base/source.h"

#include <errno.h>

enum {
    EXPANSIONS_BEGIN = 1u << 31,
};

void sources_init(struct sources *s, struct arena *arena)
{
    *s = (struct sources){.arena = arena, .next_base = 1, .next_expansion = EXPANSIONS_BEGIN};
}

const struct source *sources_add(struct sources *s, struct str name, struct str text)
{
    struct source *src = vec_push(s->arena, &s->list);

    *src = (struct source){.name = name, .text = text, .base = s->next_base};
    s->next_base += text.n + 1;
    return src;
}

struct str sources_path(struct sources *s, struct str from, struct str path)
{
    u32 folder = from.n;

    while (folder && from.p[folder - 1] != '/')
        folder--;
    if (str_starts(path, "/"))
        return path;
    return str_printf(s->arena, "%.*s%.*s", (int)folder, from.p, STR_ARG(path));
}

int sources_load(struct sources *s, struct str from, struct str path,
                 const struct source **source_out)
{
    struct str text = {"", 0};
    int err = 0;

    path = sources_path(s, from, path);
    err = s->read ? s->read(s->arena, path, &text) : -ENOENT;
    if (err == 0)
        *source_out = sources_add(s, path, text);
    return err;
}

u32 sources_expand(struct sources *s, struct span of, struct span call)
{
    u32 length = of.end - of.begin, base = s->next_expansion;

    if (of.end < of.begin || of.end >= EXPANSIONS_BEGIN || call.end < call.begin ||
        call.end > base || length >= UINT32_MAX - base)
        return 0;
    *vec_push(s->arena, &s->expansions) = (struct expansion){base, of, call};
    s->next_expansion = base + length + 1;
    return base - of.begin;
}

/* The expansion that holds a position: the last one that begins before it. */
static const struct expansion *expansion_find(const struct sources *s, u32 position)
{
    u32 low = 0, high = s->expansions.n;

    if (position < EXPANSIONS_BEGIN || position >= s->next_expansion)
        return NULL;
    while (high - low > 1) {
        u32 middle = low + (high - low) / 2;

        if (s->expansions.items[middle].base <= position) {
            low = middle;
        } else {
            high = middle;
        }
    }
    return &s->expansions.items[low];
}

struct span sources_origin(const struct sources *s, struct span span)
{
    const struct expansion *x = expansion_find(s, span.begin);
    u32 shift = x ? x->base - x->of.begin : 0;

    return (struct span){span.begin - shift, span.end - shift};
}

const struct source *sources_find(const struct sources *s, u32 position)
{
    position = sources_origin(s, (struct span){position, position}).begin;
    vec_foreach(src, &s->list) {
        if (position >= src->base && position - src->base <= src->text.n)
            return src;
    }
    return NULL;
}

static void place_count(struct str text, u32 offset, u32 *line_out, u32 *column_out)
{
    u32 line = 1, begin = 0;

    while (begin < offset) {
        int newline = str_index(str_sub(text, begin, offset), '\n');

        if (newline < 0)
            break;
        begin += (u32)newline + 1;
        line++;
    }
    *line_out = line;
    *column_out = offset - begin + 1;
}

struct place sources_place(const struct sources *s, struct span span)
{
    struct place place = {0};
    const struct expansion *x = expansion_find(s, span.begin);
    const struct source *src = span_is_none(span) ? NULL : sources_find(s, span.begin);
    u32 begin = 0, end = 0;

    if (!src)
        return place;
    place.call = x ? x->call : NO_SPAN;
    span = sources_origin(s, span);
    begin = span.begin - src->base;
    end = span.end < span.begin ? begin : MIN(span.end - src->base, src->text.n);
    place.source = src;
    place_count(src->text, begin, &place.line, &place.column);
    place_count(src->text, end, &place.end_line, &place.end_column);
    return place;
}

struct str source_line(const struct source *src, u32 line)
{
    struct str rest = src->text;
    int newline = 0;

    for (u32 i = 1; i < line; i++) {
        newline = str_index(rest, '\n');
        if (newline < 0)
            return (struct str){"", 0};
        rest = str_sub(rest, (u32)newline + 1, rest.n);
    }
    newline = str_index(rest, '\n');
    return newline < 0 ? rest : str_sub(rest, 0, (u32)newline);
}

struct str sources_text(const struct sources *s, struct span span)
{
    const struct source *src = span_is_none(span) ? NULL : sources_find(s, span.begin);

    span = sources_origin(s, span);
    if (!src || span.end < span.begin)
        return (struct str){"", 0};
    return str_sub(src->text, span.begin - src->base, span.end - src->base);
}
