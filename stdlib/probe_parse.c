/* A probe as it is written, "provider:part:part": its provider, and its parts, in which the
 * script's parameters may stand. What the parts mean is the provider's to say. */
#include <ctype.h>
#include <string.h>

#include "stdlib/vocab.h"

#define MAX_PARTS 32

/* A parameter at the beginning of the text: its length with the `$`. 0: there is none, as in names
 * that Rust made (`$u7d$17h...`). */
static u32 param_length(struct str text)
{
    u32 n = 1;

    if (text.n == 0 || text.p[0] != '$')
        return 0;
    while (n < text.n && isdigit((unsigned char)text.p[n]))
        n++;
    if (n == 1)
        return 0;
    return n < text.n && (isalpha((unsigned char)text.p[n]) || strchr("_$", text.p[n])) ? 0 : n;
}

/* The text of the parameter `$N`. False after reporting that it was not given. */
static bool param_text(struct vocab *v, struct str param, struct span span, struct str *out)
{
    u64 number = 0;

    if (str_number(str_sub(param, 1, param.n), &number) && number != 0 &&
        number <= v->args.n_params) {
        *out = v->args.params[number - 1];
        return true;
    }
    vocab_hint_param(diag_add(v->diags, E_PROBE_PARAM, span,
                              "The probe needs parameter %.*s, which was not given",
                              STR_ARG(param)),
                     v->is_open && number != 0);
    return false;
}

/* A spec's parts, which grow in a text. */
struct parts {
    struct str *list;
    u32 n;
    char *end;
};

static void part_add(struct parts *p, struct str text)
{
    if (text.n != 0)
        memcpy(p->end, text.p, text.n);
    p->end += text.n;
    p->list[p->n - 1].n += text.n;
}

/* Bytes that the spec can take at most. */
static u32 spec_room(const struct vocab *v, struct str spec)
{
    u32 longest = 0, n_params = 0;

    for (u32 i = 0; i < v->args.n_params; i++)
        longest = MAX(longest, v->args.params[i].n);
    for (u32 i = 0; i < spec.n; i++)
        n_params += spec.p[i] == '$';
    return spec.n + n_params * longest;
}

/* Split at colons outside of quotes, and remove the quotes. `$1` outside of quotes stands for the
 * parameter's text, colons in which split nothing. Returns the number of parts, 0 after reporting.
 */
static u32 split_spec(struct vocab *v, struct str spec, struct span span, struct str *list)
{
    struct parts parts = {list, 1, arena_array(v->arena, char, spec_room(v, spec) + 1)};
    bool in_quotes = false;

    list[0] = (struct str){parts.end, 0};
    for (u32 i = 0; i < spec.n; i++) {
        struct str param = str_sub(spec, i, i + param_length(str_sub(spec, i, spec.n)));

        if (spec.p[i] == '"') {
            in_quotes = !in_quotes;
        } else if (spec.p[i] == ':' && !in_quotes) {
            if (parts.n == MAX_PARTS) {
                diag_add(v->diags, E_PROBE_SPEC, span, "The probe has too many parts");
                return 0;
            }
            list[parts.n++] = (struct str){parts.end, 0};
        } else if (param.n != 0 && !in_quotes) {
            i += param.n - 1;
            if (!param_text(v, param, span, &param))
                return 0;
            part_add(&parts, param);
        } else {
            part_add(&parts, str_sub(spec, i, i + 1));
        }
    }
    return parts.n;
}

static void report_unknown_probe(struct vocab *v, struct str name, struct span span)
{
    const char *names[PROBE_COUNT_];
    struct diag *diag =
        diag_add(v->diags, E_UNKNOWN_PROBE, span, "Invalid probe type: %.*s", STR_ARG(name));

    for (u32 i = 0; i < PROBE_COUNT_; i++)
        names[i] = probe_name((enum probe_id)i);

    int nearest = str_nearest(name, names, PROBE_COUNT_);

    if (nearest >= 0)
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
}

bool vocab_parse_spec(struct vocab *v, struct str spec, struct span span, struct attach_point *out)
{
    struct str parts[MAX_PARTS];
    u32 n = split_spec(v, spec, span, parts);

    if (n == 0)
        return false;

    const struct probe_desc *probe = vocab_probe(parts[0]);

    if (!probe) {
        report_unknown_probe(v, parts[0], span);
        return false;
    }

    struct str name = str_of(probe_name(probe->id));

    for (u32 i = 1; i < n; i++)
        name = str_printf(v->arena, "%.*s:%.*s", STR_ARG(name), STR_ARG(parts[i]));
    *out = (struct attach_point){.probe = probe, .name = name, .span = span};
    if (!probe->parse(v, out, parts + 1, n - 1))
        return false;
    if (v->lacks_kprobes && probe->stand_in && !probe_take_stand_in(v, out))
        return false;
    v->has_open_exec |= out->probe->exec > EXEC_GUARDED;
    return true;
}
