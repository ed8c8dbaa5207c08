/* Look-up of words, and what is common to all of them: names near a misspelt one. The tables
 * come from funcs.def, abi/agg.def and abi/probe.def. */
#include "stdlib/vocab.h"

#include "stdlib/constants.h"

#define FUNC(name) extern const struct func_desc fn_##name;
#include "stdlib/funcs.def"
#undef FUNC

#define AGG(id, name, type_name) extern const struct agg_desc agg_##name;
#include "abi/agg.def"
#undef AGG

#define PROBE(id, name, short_name) extern const struct probe_desc probe_##id;
#include "abi/probe.def"
#undef PROBE

static const struct func_desc *const funcs[] = {
#define FUNC(name) &fn_##name,
#include "stdlib/funcs.def"
#undef FUNC
};

static const struct agg_desc *const aggs[] = {
#define AGG(id, name, type_name) [AGG_##id] = &agg_##name,
#include "abi/agg.def"
#undef AGG
};

static const struct probe_desc *const probes[] = {
#define PROBE(id, name, short_name) [PROBE_##id] = &probe_##id,
#include "abi/probe.def"
#undef PROBE
};

const struct func_desc *vocab_func(struct str name, u32 *number_out)
{
    u64 number = 0;

    for (u32 i = 0; i < ARRAY_SIZE(funcs); i++) {
        const struct func_desc *fn = funcs[i];
        bool found = str_eq_c(name, fn->name);

        if (fn->flags & FN_NUMBERED) {
            found = str_starts(name, fn->name) &&
                    str_number(str_sub(name, (u32)strlen(fn->name), name.n), &number) &&
                    number < 1000;
        }
        if (found) {
            if (number_out)
                *number_out = (u32)number;
            return fn;
        }
    }
    return NULL;
}

const struct func_desc *const *vocab_funcs(u32 *n_out)
{
    *n_out = ARRAY_SIZE(funcs);
    return funcs;
}

const struct agg_desc *vocab_agg(struct str name)
{
    for (u32 i = 0; i < ARRAY_SIZE(aggs); i++) {
        if (str_eq_c(name, agg_name(aggs[i]->id)))
            return aggs[i];
    }
    return NULL;
}

const struct agg_desc *vocab_agg_by_id(enum agg_id id)
{
    return aggs[id];
}

const struct probe_desc *vocab_probe(struct str name)
{
    enum probe_id id = PROBE_BEGIN;

    return probe_find(name, &id) ? probes[id] : NULL;
}

const struct probe_desc *vocab_probe_by_id(enum probe_id id)
{
    return probes[id];
}

static bool hint_nearest(struct vocab *v, struct diag *diag, struct str name, bool only_variables)
{
    const char **names = arena_array(v->arena, const char *,
                                     ARRAY_SIZE(funcs) + ARRAY_SIZE(aggs) + v->macro_names.n);
    u32 n = 0;

    for (u32 i = 0; i < ARRAY_SIZE(funcs); i++) {
        if (!only_variables || (funcs[i]->flags & (FN_VARIABLE | FN_NUMBERED | FN_MEMBERS)))
            names[n++] = funcs[i]->name;
    }
    for (u32 i = 0; i < ARRAY_SIZE(aggs) && !only_variables; i++)
        names[n++] = agg_name(aggs[i]->id);
    vec_foreach(macro, &v->macro_names)
        names[n++] = *macro;

    int nearest = str_nearest(name, names, n);

    if (nearest >= 0) {
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
    } else if (vocab_func(name, NULL) || vocab_agg(name)) {
        diag_hint(diag, "'%.*s' is a function: write %.*s(...).", STR_ARG(name), STR_ARG(name));
    } else {
        return false;
    }
    return true;
}

void vocab_report_unknown(struct vocab *v, struct str name, struct span span, bool is_call)
{
    struct diag *diag = NULL;

    if (is_call) {
        diag =
            diag_add(v->diags, E_UNKNOWN_FUNCTION, span, "Unknown function: '%.*s'", STR_ARG(name));
    } else {
        diag = diag_add(v->diags, E_UNKNOWN_IDENTIFIER, span, "Unknown identifier: '%.*s'",
                        STR_ARG(name));
    }
    if (hint_nearest(v, diag, name, !is_call) || is_call)
        return;

    const char *constant = constant_nearest(v->arena, name);

    if (constant) {
        diag_hint(diag, "Did you mean '%s'?", constant);
        return;
    }

    struct str near = btf_nearest(v->btf, BTF_NAMES_ENUMERATOR, name);

    if (near.n)
        diag_hint(diag, "Did you mean '%.*s'?", STR_ARG(near));
}

void vocab_hint_param(struct diag *diag, bool is_open)
{
    if (is_open)
        diag_hint(diag, "The program depends on it: give it to --aot, behind the script.");
}
