/* The renderer of diagnostics: the only code that knows how an error looks on the terminal.
 *
 * Nothing from a script reaches the terminal raw: names, messages and source lines go through one
 * escape. Underlines are counted in what is shown, not in bytes: a tab is four columns, an escaped
 * byte four, a character of several bytes one. */
#include "base/diag.h"

enum {
    RENDER_MAX_ERRORS = 20,
    LINE_MAX_BYTES = 1000, /* of a longer line only a part is shown */
    LINE_LEAD_BYTES = 200, /* of that part, how much lies before the span */
};

struct paint {
    const char *word, *color;
};

static const struct paint paints[SEV_COUNT_] = {
    [SEV_ERROR] = {"ERROR", "\033[31m"},
    [SEV_WARNING] = {"WARNING", "\033[33m"},
};

/* The source line with, where the span lies within it, the underline. A line with a NUL byte is no
 * text: nothing of it is shown. */
static void add_source_line(struct buf *out, const struct place *place)
{
    struct str line = source_line(place->source, place->line);
    u32 begin = place->column - 1;
    u32 end = place->end_line == place->line ? place->end_column - 1 : begin;
    u32 lead = 0, width = 0;

    if (line.n && line.p[line.n - 1] == '\r')
        line.n--;
    if (line.n && memchr(line.p, '\0', line.n))
        return;
    if (line.n > LINE_MAX_BYTES) {
        u32 from = begin > LINE_LEAD_BYTES ? begin - LINE_LEAD_BYTES : 0;

        line = str_sub(line, from, from + LINE_MAX_BYTES);
        begin -= from;
        end -= from;
    }
    for (u32 i = 0; i < line.n;) {
        u32 columns = 0, at = i;

        i += buf_add_visible(out, line, i, &columns);
        if (at < begin) {
            lead += columns;
        } else if (at < end) {
            width += columns;
        }
    }
    buf_add_char(out, '\n');
    if (place->end_line != place->line)
        return;
    buf_pad(out, ' ', lead);
    buf_pad(out, '~', width);
    buf_add_char(out, '\n');
}

static void add_place(struct buf *out, const struct place *place)
{
    if (!place->source)
        return;
    buf_add_harmless(out, place->source->name);
    if (place->line == place->end_line) {
        buf_printf(out, ":%u:%u-%u: ", place->line, place->column, place->end_column);
    } else {
        buf_printf(out, ":%u-%u: ", place->line, place->end_line);
    }
}

static void add_message(struct buf *out, enum severity severity, struct str text, bool color)
{
    const struct paint *paint = &paints[severity];

    if (color)
        buf_add_cstr(out, paint->color);
    buf_add_cstr(out, paint->word);
    buf_add_cstr(out, ": ");
    buf_add_harmless(out, text);
    if (color)
        buf_add_cstr(out, "\033[0m");
}

/* Where the macros were called that the place was expanded from, innermost first. */
static void add_calls(struct buf *out, const struct sources *sources, struct place place,
                      enum severity severity, bool color)
{
    while (!span_is_none(place.call)) {
        place = sources_place(sources, place.call);
        if (!place.source)
            return;
        add_place(out, &place);
        add_message(out, severity, STR("expanded from"), color);
        buf_add_char(out, '\n');
        add_source_line(out, &place);
    }
}

void diag_render(const struct diag *diag, const struct sources *sources, struct buf *out,
                 bool color)
{
    struct place place = sources_place(sources, diag->span);

    add_place(out, &place);
    add_message(out, diag->severity, diag->text, color);
    buf_printf(out, " [%c%03d]\n", diag_letter(diag->code), (int)diag->code);
    if (place.source)
        add_source_line(out, &place);
    add_calls(out, sources, place, diag->severity, color);
    vec_foreach(note, &diag->notes) {
        struct place at = sources_place(sources, note->span);

        if (at.source) {
            add_place(out, &at);
            add_message(out, diag->severity, note->text, color);
            buf_add_char(out, '\n');
            add_source_line(out, &at);
        } else {
            buf_add_cstr(out, "HINT: ");
            buf_add_harmless(out, note->text);
            buf_add_char(out, '\n');
        }
    }
}

/* Where the script has it, through all macros. */
static u32 outermost(const struct sources *sources, struct span span)
{
    struct place place = sources_place(sources, span);

    while (!span_is_none(place.call)) {
        span = place.call;
        place = sources_place(sources, span);
    }
    return span.begin;
}

static int diag_order(const void *a, const void *b)
{
    const struct diag *x = *(struct diag *const *)a, *y = *(struct diag *const *)b;

    if (x->severity != y->severity)
        return x->severity < y->severity ? -1 : 1;
    if (x->place != y->place)
        return x->place < y->place ? -1 : 1;
    return x->order < y->order ? -1 : x->order > y->order;
}

void diags_render(const struct diags *d, struct buf *out, bool color)
{
    struct diag **sorted = arena_array(d->arena, struct diag *, d->list.n);
    u32 n_errors = 0;

    if (!d->list.n)
        return;
    vec_foreach(it, &d->list)
        (*it)->place = outermost(d->sources, (*it)->span);
    memcpy(sorted, d->list.items, d->list.n * sizeof(void *));
    qsort(sorted, d->list.n, sizeof(void *), diag_order);
    for (u32 i = 0; i < d->list.n; i++) {
        bool is_error = sorted[i]->severity == SEV_ERROR;

        if (is_error && n_errors++ >= RENDER_MAX_ERRORS)
            continue;
        if (!is_error && n_errors > RENDER_MAX_ERRORS)
            break; /* the errors come first: nobody acts on a warning then */
        diag_render(sorted[i], d->sources, out, color);
    }
    if (d->n_errors > RENDER_MAX_ERRORS)
        buf_printf(out, "... and %u more errors\n", d->n_errors - RENDER_MAX_ERRORS);
}
