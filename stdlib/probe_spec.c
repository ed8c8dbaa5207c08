/* What the parsers of probe specs share. */
#include "abi/record.h"
#include "stdlib/lower.h"

bool probe_is_pattern(struct str name)
{
    for (u32 i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!is_letter && !(c >= '0' && c <= '9') && !strchr("_.$-*?[]!", c))
            return false;
    }
    return name.n > 0;
}

bool probe_report_count(struct vocab *v, const struct attach_point *point, const char *takes, u32 n)
{
    diag_hint(diag_add(v->diags, E_PROBE_SPEC, point->span,
                       "%s probe type requires %s arguments, found %u",
                       probe_name(point->probe->id), takes, n),
              "It is written %s.", point->probe->forms);
    return false;
}

void probe_report_name(struct vocab *v, const struct attach_point *point, struct str name,
                       const char *what)
{
    diag_add(v->diags, E_PROBE_SPEC, point->span, "'%.*s' is not the name of %s", STR_ARG(name),
             what);
}

/* What stands behind the provider in the point's name. */
static struct str spec_tail(const struct attach_point *point)
{
    return str_sub(point->name, (u32)strlen(probe_name(point->probe->id)) + 1, point->name.n);
}

static bool report_too_many(struct vocab *v, const struct attach_point *point)
{
    diag_hint(diag_add(v->diags, E_TOO_MANY_PROBES, point->span, "%.*s matches more than %u probes",
                       STR_ARG(point->name), v->max_probes),
              "A program is made for each of them: use a narrower pattern.");
    return false;
}

bool probe_is_other(struct vocab *v, const struct attach_point *point, const char *name)
{
    struct str rest = point->others;

    while (rest.n > 0) {
        int space = str_index(rest, ' ');
        struct str pattern = space < 0 ? rest : str_sub(rest, 0, (u32)space);

        if (str_matches(str_cstr(v->arena, pattern), name))
            return true;
        rest = str_sub(rest, pattern.n + 1, rest.n);
    }
    return false;
}

bool probe_expand(struct vocab *v, const struct attach_point *point, struct attach_points *out)
{
    const char *const *names = NULL;
    u32 n = point->probe->names(v, &names);
    const char *pattern = str_cstr(v->arena, spec_tail(point));
    u32 n_found = 0;

    for (u32 i = 0; i < n; i++) {
        if (!str_matches(pattern, names[i]) || probe_is_other(v, point, names[i]) ||
            ++n_found > v->max_probes)
            continue;

        struct str spec = str_printf(v->arena, "%s:%s", probe_name(point->probe->id), names[i]);

        if (!vocab_parse_spec(v, spec, point->span, vec_push(v->arena, &out->list)))
            return false;
    }
    if (n_found > v->max_probes)
        return report_too_many(v, point);
    if (n_found == 0) {
        diag_add(v->diags, E_NO_MATCHES, point->span, "No matches for %s %s.",
                 probe_name(point->probe->id), pattern);
    }
    return n_found > 0;
}

void probe_report_no_function(struct vocab *v, const struct attach_point *point, struct str name,
                              const char *prefix)
{
    u32 n_prefix = (u32)strlen(prefix);
    struct str fault = btf_fault(v->btf);
    struct diag *diag =
        diag_add(v->diags, E_NO_BTF_FUNCTION, point->span, "The types of %.*s are not known%s%.*s",
                 STR_ARG(point->name), fault.n ? ": " : "", STR_ARG(fault));
    struct str near = fault.n ? (struct str){"", 0} : btf_nearest(v->btf, BTF_NAMES_FUNC, name);

    if (near.n > n_prefix && str_starts(near, prefix))
        diag_hint(diag, "Did you mean '%.*s'?", (int)(near.n - n_prefix), near.p + n_prefix);
}

u32 probe_function_names(struct vocab *v, const char *const **names_out)
{
    return kernel_function_names(v->kernel, names_out);
}

bool probe_number(struct vocab *v, struct str part, u64 *out)
{
    const char *digits = str_cstr(v->arena, part);
    char *end = NULL;

    *out = strtoull(digits, &end, 0);
    return *digits >= '0' && *digits <= '9' && *end == '\0';
}

bool probe_split_offset(struct vocab *v, struct str part, struct str *name_out, u64 *offset_out)
{
    int plus = str_index(part, '+');

    *name_out = part;
    *offset_out = 0;
    if (plus < 0)
        return true;
    *name_out = str_sub(part, 0, (u32)plus);
    return probe_number(v, str_sub(part, (u32)plus + 1, part.n), offset_out) &&
           *offset_out <= UINT32_MAX;
}

ir_val probe_register_arg(struct lowering *lo, u32 n)
{
    return ir_arg(&lo->b, n);
}

ir_val probe_register_retval(struct lowering *lo)
{
    return ir_retval(&lo->b);
}
