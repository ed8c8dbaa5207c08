/* Lines of the formatter: where they break, and how they are printed. See format_line.h.
 *
 * What a line has before its first break decides nothing but widths, so that a line that was broken
 * once is broken at the same places again. */
#include "parser/format_line.h"

#include "base/util.h"

void line_add(struct line *l, u32 level, struct line_piece piece)
{
    if (!l->pieces.n) {
        l->level = level;
        piece.has_space = false;
        piece.brk = BREAK_NEVER;
        piece.depth = 0;
    }
    *vec_push(l->arena, &l->pieces) = piece;
}

/* Columns of a text on one line: its characters. */
static u32 text_width(struct str text)
{
    u32 width = 0;

    for (u32 i = 0; i < text.n; i++)
        width += ((u8)text.p[i] & 0xc0) != 0x80;
    return width;
}

static u32 piece_width(const struct line_piece *piece)
{
    return piece->is_comment ? 0 : piece->has_space + text_width(piece->text);
}

/* Where the line that begins with piece `from` in column `column` ends: the number of the piece
 * behind it. Too long a line is broken at the cheapest place, the last of those. */
static u32 line_break_find(const struct line *l, u32 from, u32 column)
{
    const struct line_piece *pieces = l->pieces.items;
    u32 best = 0;

    column += piece_width(&pieces[from]);
    for (u32 i = from + 1; i < l->pieces.n; i++) {
        if (pieces[i].brk == BREAK_MUST || (pieces[i].brk == BREAK_MAY && column > FORMAT_WIDTH))
            return i; /* there was no place before it */
        if (pieces[i].brk == BREAK_MAY && (!best || pieces[i].cost <= pieces[best].cost))
            best = i;
        column += piece_width(&pieces[i]);
        if (column > FORMAT_WIDTH && best)
            return best;
    }
    return l->pieces.n;
}

/* A comment of several lines: those that begin with `*` follow the first one's indentation. */
static void comment_print(struct buf *out, struct str text, u32 indent)
{
    bool is_first = true;

    while (text.n) {
        int newline = str_index(text, '\n');
        struct str part = newline < 0 ? text : str_sub(text, 0, (u32)newline);
        struct str rest = {"", 0};

        text = newline < 0 ? (struct str){"", 0} : str_sub(text, (u32)newline + 1, text.n);
        while (part.n && strchr(" \t\r\v\f", part.p[part.n - 1]))
            part.n--;
        rest = part;
        while (rest.n && (rest.p[0] == ' ' || rest.p[0] == '\t'))
            rest = str_sub(rest, 1, rest.n);
        if (!is_first) {
            buf_add_char(out, '\n');
            if (str_starts(rest, "*")) {
                buf_pad(out, ' ', indent + 1);
                part = rest;
            }
        }
        buf_add_str(out, part);
        is_first = false;
    }
}

void line_end(struct line *l)
{
    u32 from = 0;

    while (from < l->pieces.n) {
        const struct line_piece *first = &l->pieces.items[from];
        u32 indent = first->is_raw ? 0 : (l->level + first->depth) * FORMAT_INDENT;
        u32 to = line_break_find(l, from, indent);

        buf_pad(l->out, ' ', indent);
        for (u32 i = from; i < to; i++) {
            const struct line_piece *piece = &l->pieces.items[i];

            if (piece->has_space && i > from)
                buf_add_char(l->out, ' ');
            if (piece->is_comment) {
                comment_print(l->out, piece->text, indent);
            } else {
                buf_add_str(l->out, piece->text);
            }
        }
        buf_add_char(l->out, '\n');
        from = to;
    }
    l->pieces.n = 0;
}
