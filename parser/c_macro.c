/* The table of macros, and the time that orders them against the text. See c_reader.h. */
#include "parser/c_reader.h"

static u32 bucket_of(struct str name)
{
    u32 hash = 0;

    for (u32 i = 0; i < name.n; i++)
        hash = hash * 31 + (u8)name.p[i];
    return hash % C_BUCKETS;
}

u32 c_time_at(const struct c_reader *r, u32 position)
{
    vec_foreach(file, &r->files) {
        u32 low = 0, high = (*file)->marks.n;

        if (position < (*file)->base || position - (*file)->base > (*file)->size)
            continue;
        while (low < high) { /* the first mark behind the position */
            u32 middle = low + (high - low) / 2;

            if ((*file)->marks.items[middle].position <= position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low ? (*file)->marks.items[low - 1].time : (*file)->begin;
    }
    return r->now;
}

const struct c_macro *c_macro_find(const struct c_reader *r, struct str name, u32 time)
{
    for (const struct c_macro *m = r->buckets[bucket_of(name)]; m; m = m->next) {
        if (m->from <= time && time < m->to && str_eq(m->name, name))
            return m;
    }
    return NULL;
}

void c_macro_undefine(struct c_reader *r, struct str name)
{
    for (struct c_macro *m = r->buckets[bucket_of(name)]; m; m = m->next) {
        if (m->to > r->now && str_eq(m->name, name))
            m->to = r->now;
    }
}

struct c_macro *c_macro_define(struct c_reader *r, struct str name, struct span span,
                               struct source body)
{
    struct c_macro *macro = arena_new(r->arena, struct c_macro);
    struct c_macro **bucket = &r->buckets[bucket_of(name)];

    c_macro_undefine(r, name);
    *macro = (struct c_macro){.name = name,
                              .span = span,
                              .body = body,
                              .from = r->now,
                              .to = UINT32_MAX,
                              .next = *bucket};
    *bucket = macro;
    return macro;
}

bool c_macro_is_self(const struct c_macro *macro)
{
    return str_eq(macro->name, macro->body.text);
}

static void note_definition(struct diag *diag, const struct c_macro *macro)
{
    if (!span_is_none(macro->span))
        diag_note(diag, macro->span, "This is its definition.");
}

void c_macro_report_function(struct diags *diags, const struct c_macro *macro, struct span use)
{
    note_definition(diag_add(diags, E_MACRO_FUNCTION, use,
                             "Macros with parameters are not supported: '%.*s'",
                             STR_ARG(macro->name)),
                    macro);
}

void c_macro_report_recursion(struct diags *diags, const struct c_macro *macro, struct span use)
{
    note_definition(diag_add(diags, E_MACRO_RECURSION, use, "Macro '%.*s' expands to itself",
                             STR_ARG(macro->name)),
                    macro);
}
