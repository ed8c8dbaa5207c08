/* Collecting diagnostics, and the table of their codes.
 *
 * The table is diag.def; it is kept in order of number by whoever adds a row, and the unit test
 * looks. What is reported twice is kept once. The list is bounded: a megabyte of garbage may make a
 * million errors, of which nobody reads more than the first. */
#include "base/diag.h"

enum {
    DIAGS_KEPT = 1000,
};

struct diag_row {
    enum severity severity;
    const char *title, *explanation;
};

static const enum diag_code codes[] = {

#define D(name, number, severity, title, explanation) name,
#include "base/diag.def"
#undef D
};

static const struct diag_row rows[] = {
#define D(name, number, severity, title, explanation) {severity, title, explanation},
#include "base/diag.def"
#undef D
};

static const struct diag_row *diag_row(enum diag_code code)
{
    for (u32 i = 0; i < ARRAY_SIZE(codes); i++) {
        if (codes[i] == code)
            return &rows[i];
    }
    return NULL;
}

const char *diag_title(enum diag_code code)
{
    const struct diag_row *row = diag_row(code);

    return row ? row->title : NULL;
}

const char *diag_explanation(enum diag_code code)
{
    const struct diag_row *row = diag_row(code);

    return row ? row->explanation : NULL;
}

char diag_letter(enum diag_code code)
{
    const struct diag_row *row = diag_row(code);

    return row && row->severity == SEV_WARNING ? 'W' : 'E';
}

const enum diag_code *diag_codes(u32 *n_out)
{
    *n_out = ARRAY_SIZE(codes);
    return codes;
}

void diags_init(struct diags *d, struct arena *arena, struct sources *sources)
{
    *d = (struct diags){.arena = arena, .sources = sources};
}

static bool diags_has(const struct diags *d, enum diag_code code, struct span span, struct str text)
{
    vec_foreach(it, &d->list) {
        const struct diag *diag = *it;

        if (diag->code != code || diag->span.begin != span.begin || diag->span.end != span.end)
            continue;
        if (!span_is_none(span) || str_eq(diag->text, text))
            return true;
    }
    return false;
}

struct diag *diag_add(struct diags *d, enum diag_code code, struct span span, const char *fmt, ...)
{
    const struct diag_row *row = diag_row(code);
    struct diag *diag = NULL;
    struct str text = {"", 0};
    va_list args;

    if (!row)
        ptl_bug("diagnostic without a row in diag.def");
    if (d->list.n >= DIAGS_KEPT) {
        d->n_errors += row->severity == SEV_ERROR;
        return &d->dropped;
    }
    va_start(args, fmt);
    text = str_vprintf(d->arena, fmt, args);
    va_end(args);
    if (diags_has(d, code, span, text))
        return &d->dropped;
    diag = arena_new(d->arena, struct diag);
    diag->code = code;
    diag->severity = row->severity;
    diag->span = span;
    diag->text = text;
    diag->arena = d->arena;
    diag->order = d->list.n;
    /* NOLINTNEXTLINE(bugprone-sizeof-expression): a list of pointers, and meant so */
    *vec_push(d->arena, &d->list) = diag;
    d->n_errors += row->severity == SEV_ERROR;
    return diag;
}

PRINTF_LIKE(3, 0)

static void note_add(struct diag *d, struct span span, const char *fmt, va_list args)
{
    struct diag_note *note = NULL;

    if (!d->arena) /* a dropped one: it has no list to grow */
        return;
    note = vec_push(d->arena, &d->notes);
    note->span = span;
    note->text = str_vprintf(d->arena, fmt, args);
}

void diag_hint(struct diag *d, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    note_add(d, NO_SPAN, fmt, args);
    va_end(args);
}

void diag_note(struct diag *d, struct span span, const char *fmt, ...)
{
    va_list args;

    va_start(args, fmt);
    note_add(d, span, fmt, args);
    va_end(args);
}

u32 diags_errors(const struct diags *d)
{
    return d->n_errors;
}

void diags_drop_warnings(struct diags *d)
{
    u32 n_kept = 0;

    for (u32 i = 0; i < d->list.n; i++) {
        if (d->list.items[i]->severity == SEV_ERROR)
            d->list.items[n_kept++] = d->list.items[i];
    }
    d->list.n = n_kept;
}

void diags_truncate(struct diags *d, u32 n_keep)
{
    if (n_keep >= d->list.n)
        return;
    d->list.n = n_keep;
    d->n_errors = 0;
    vec_foreach(it, &d->list)
        d->n_errors += (*it)->severity == SEV_ERROR;
}
