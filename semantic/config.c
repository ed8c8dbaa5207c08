/* Settings: of the script's `config = { max_map_keys = 10000; }`, and of the environment, which
 * wins. The table is abi/config.def. */
#include "abi/config.h"

#include <ctype.h>
#include <errno.h>
#include <stdlib.h>

#include "abi/record.h"
#include "semantic/context.h"

/* bpftrace's names of old. */
struct old_name {
    const char *name, *now; /* now NULL: it does nothing any more */
};

static const struct old_name old_names[] = {
    {"strlen", "max_strlen"},
    {"map_keys_max", "max_map_keys"},
    {"cat_bytes_max", "max_cat_bytes"},
    {"no_cpp_demangle", "cpp_demangle"},
    {"symbol_source", NULL},
    {"max_type_res_iterations", NULL},
    {"unstable_addr", NULL},
    {"unstable_import", NULL},
    {"unstable_macro", NULL},
    {"unstable_map_decl", NULL},
};

/* ---- names ---- */

static bool find_setting(struct str name, enum config_id *id_out)
{
    for (u32 i = 0; i < CONFIG_COUNT_; i++) {
        if (!str_eq_c(name, config_row((enum config_id)i)->name))
            continue;
        *id_out = (enum config_id)i;
        return true;
    }
    return false;
}

static bool report_old_name(struct sema *s, struct str name, struct span span)
{
    for (u32 i = 0; i < ARRAY_SIZE(old_names); i++) {
        const struct old_name *old = &old_names[i];

        if (!str_eq_c(name, old->name))
            continue;
        if (old->now) {
            diag_hint(diag_add(s->v.diags, E_CONFIG_NAME, span, "%s: this is now called %s",
                               old->name, old->now),
                      "Did you mean '%s'?", old->now);
        } else {
            diag_add(s->v.diags, W_CONFIG_NO_EFFECT, span, "%s is deprecated and has no effect",
                     old->name);
        }
        return true;
    }
    return false;
}

static void report_unknown_setting(struct sema *s, struct str name, struct span span)
{
    const char *names[CONFIG_COUNT_];
    struct diag *diag = NULL;
    int nearest = 0;

    if (report_old_name(s, name, span))
        return;
    for (u32 i = 0; i < CONFIG_COUNT_; i++)
        names[i] = config_row((enum config_id)i)->name;
    diag = diag_add(s->v.diags, E_CONFIG_NAME, span, "%.*s: not a known configuration option",
                    STR_ARG(name));
    nearest = str_nearest(name, names, CONFIG_COUNT_);
    if (nearest >= 0)
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
}

/* ---- values ---- */

static bool word_value(const struct config_row *row, struct str text, u64 *out)
{
    struct str word = config_word(row, 0);

    for (*out = 0; word.n; word = config_word(row, ++*out)) {
        if (str_eq(word, text))
            return true;
    }
    return false;
}

/* What stands in the script; false: it is no value of this kind. */
static bool value_of_expr(const struct config_row *row, const struct expr *e,
                          struct config_value *out)
{
    bool is_text = e->kind == EXPR_STRING || e->kind == EXPR_IDENT;
    struct str text = e->kind == EXPR_IDENT ? e->name : e->text;

    *out = (struct config_value){e->num, STR("")};
    switch (row->kind) {
    case CONFIG_KIND_BOOL: /* 0 and 1 as in the environment */
        return (e->kind == EXPR_BOOL || e->kind == EXPR_INT) && e->num <= 1;
    case CONFIG_KIND_INT:
        return e->kind == EXPR_INT && e->num >= row->min && e->num <= row->max;
    case CONFIG_KIND_WORD:
        return is_text && word_value(row, text, &out->num);
    case CONFIG_KIND_TEXT:
        out->text = text;
        return is_text;
    }
    ptl_bug("a setting of no kind");
}

/* The same of the environment. */
static bool value_of_text(struct sema *s, const struct config_row *row, struct str text,
                          struct config_value *out)
{
    const char *p = str_cstr(s->arena, text);
    char *end = NULL;

    *out = (struct config_value){0, text};
    switch (row->kind) {
    case CONFIG_KIND_BOOL:
        out->num = str_eq_c(text, "1") || str_eq_c(text, "true");
        return out->num || str_eq_c(text, "0") || str_eq_c(text, "false");
    case CONFIG_KIND_INT:
        errno = 0;
        out->num = strtoull(p, &end, 0);
        return !errno && *p >= '0' && *p <= '9' && *end == '\0' && out->num >= row->min &&
               out->num <= row->max;
    case CONFIG_KIND_WORD:
        return word_value(row, text, &out->num);
    case CONFIG_KIND_TEXT:
        return true;
    }
    ptl_bug("a setting of no kind");
}

static struct str words_of(struct sema *s, const struct config_row *row)
{
    struct str text = {"", 0};
    struct str word = {"", 0};

    for (u64 i = 0; (word = config_word(row, i)).n; i++)
        text = str_printf(s->arena, "%.*s%s%.*s", STR_ARG(text), i ? ", " : "", STR_ARG(word));
    return text;
}

static void report_value(struct sema *s, const struct config_row *row, struct str found,
                         struct span span)
{
    struct str words = row->kind == CONFIG_KIND_WORD ? words_of(s, row) : STR("");

    switch (row->kind) {
    case CONFIG_KIND_BOOL:
        diag_add(s->v.diags, E_CONFIG_VALUE, span, "Invalid value for %s: true or false",
                 row->name);
        return;
    case CONFIG_KIND_INT:
        diag_add(s->v.diags, E_CONFIG_VALUE, span,
                 "Invalid value for %s: an integer from %llu to %llu", row->name,
                 (unsigned long long)row->min, (unsigned long long)row->max);
        return;
    case CONFIG_KIND_WORD:
        diag_add(s->v.diags, E_CONFIG_VALUE, span,
                 "Invalid value for %s. Found: %.*s. Valid values: %.*s", row->name, STR_ARG(found),
                 STR_ARG(words));
        return;
    case CONFIG_KIND_TEXT:
        diag_add(s->v.diags, E_CONFIG_VALUE, span, "Invalid value for %s: a string", row->name);
        return;
    }
}

/* ---- effect ---- */

static void set(struct sema *s, enum config_id id, struct config_value value, struct span span)
{
    const struct config_row *row = config_row(id);

    if (row->effect == CONFIG_EFFECT_LATER && value.num != row->preset) {
        diag_add(s->v.diags, E_UNSUPPORTED, span, "%s: this value is not supported yet", row->name);
        return;
    }
    s->config[id] = value;
}

static void apply_item(struct sema *s, const struct config_item *item)
{
    struct config_value value;
    enum config_id id = CONFIG_COUNT_;

    if (!find_setting(item->name, &id)) {
        report_unknown_setting(s, item->name, item->span);
        return;
    }
    if (value_of_expr(config_row(id), item->value, &value)) {
        set(s, id, value, item->span);
    } else {
        report_value(s, config_row(id), sources_text(s->v.diags->sources, item->value->span),
                     item->value->span);
    }
}

/* A variable of the environment becomes a source of its own where there is something wrong with
 * it. */
static void apply_variable(struct sema *s, enum config_id id, const char *prefix)
{
    const struct config_row *row = config_row(id);
    struct str name = str_printf(s->arena, "%s%s", prefix, row->name);
    char *upper = (char *)name.p;
    struct config_value value;
    const char *text = NULL;
    u32 base = 0;
    u32 n_before = s->v.diags->list.n;

    for (u32 i = 0; i < name.n; i++)
        upper[i] = (char)toupper((unsigned char)upper[i]);
    text = s->opts->environment(str_cstr(s->arena, name));
    if (!text)
        return;
    base = s->v.diags->sources->next_base;

    struct span span = {base, base + str_of(text).n};

    if (value_of_text(s, row, str_of(text), &value)) {
        set(s, id, value, span);
    } else {
        report_value(s, row, str_of(text), span);
    }
    if (s->v.diags->list.n > n_before)
        (void)sources_add(s->v.diags->sources, name, str_of(text));
}

void apply_config(struct sema *s, const struct program *program)
{
    for (u32 i = 0; i < CONFIG_COUNT_; i++)
        s->config[i] = config_preset((enum config_id)i);
    for (const struct config_item *item = program->config.first; item; item = item->next)
        apply_item(s, item);
    for (u32 i = 0; i < CONFIG_COUNT_ && s->opts->environment; i++) {
        apply_variable(s, (enum config_id)i, "BPFTRACE_");
        apply_variable(s, (enum config_id)i, "PTRACE_LITE_");
    }
    s->v.max_probes = (u32)s->config[CONFIG_max_probes].num;
    s->v.max_map_keys = (u32)s->config[CONFIG_max_map_keys].num;
    s->v.max_strlen = (u32)s->config[CONFIG_max_strlen].num;
    s->v.stack_mode = config_word(config_row(CONFIG_stack_mode), s->config[CONFIG_stack_mode].num);
    s->v.max_cat_bytes = (u32)s->config[CONFIG_max_cat_bytes].num;
    if (!s->config[CONFIG_print_maps_on_exit].num)
        s->v.meta_flags |= META_FLAG_QUIET_MAPS;
}

void settings_to_meta(struct sema *s, struct meta *meta)
{
    for (u32 i = 0; i < CONFIG_COUNT_; i++) {
        struct config_value value = s->config[i], preset = config_preset((enum config_id)i);
        const struct config_row *row = config_row((enum config_id)i);

        if (row->effect != CONFIG_EFFECT_RUN ||
            (value.num == preset.num && str_eq(value.text, preset.text)))
            continue;
        *vec_push(s->arena, &meta->settings) =
            (struct meta_setting){str_of(row->name), value.num, value.text};
    }
}

bool resolve_setting(struct sema *s, struct expr *e)
{
    enum config_id id = CONFIG_COUNT_;

    if (e->a->kind != EXPR_IDENT || !str_eq_c(e->a->name, "config"))
        return false;
    if (!find_setting(e->name, &id)) {
        report_unknown_setting(s, e->name, e->span);
        id = CONFIG_max_strlen;
    }

    enum config_kind kind = config_row(id)->kind;

    e->num = s->config[id].num;
    e->text = kind == CONFIG_KIND_WORD ? config_word(config_row(id), e->num) : s->config[id].text;
    e->kind = kind == CONFIG_KIND_INT    ? EXPR_INT
              : kind == CONFIG_KIND_BOOL ? EXPR_BOOL
                                         : EXPR_STRING;
    e->is_unsigned = kind == CONFIG_KIND_INT;
    e->is_const = true;
    e->a = NULL;
    return true;
}
