/* `config = { max_map_keys = 10000; }`: settings of a script, by one table. */
#include "abi/record.h"
#include "semantic/context.h"

enum config_kind {
    CONFIG_INT,
    CONFIG_BOOL,
};

struct config_row {
    const char *name;
    enum config_kind kind;
    u64 min, max;
};

static const struct config_row rows[] = {
#define CONFIG(name, kind, min, max) {#name, CONFIG_##kind, min, max},
#include "semantic/config.def"
#undef CONFIG
};

/* What bpftrace has besides. */
static const char *const later[] = {
    "cache_user_symbols", "cpp_demangle",      "lazy_symbolication", "license",
    "log_size",           "max_bpf_progs",     "max_cat_bytes",      "max_probes",
    "missing_probes",     "on_stack_limit",    "perf_rb_pages",      "show_debug_info",
    "stack_mode",         "str_trunc_trailer", "use_blazesym",
};

static const struct config_row *find_row(struct sema *s, const struct config_item *item)
{
    const char *names[ARRAY_SIZE(rows)];
    struct diag *diag = NULL;
    int nearest = 0;

    for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
        if (str_eq_c(item->name, rows[i].name))
            return &rows[i];
        names[i] = rows[i].name;
    }
    for (u32 i = 0; i < ARRAY_SIZE(later); i++) {
        if (str_eq_c(item->name, later[i])) {
            diag_add(s->v.diags, E_UNSUPPORTED, item->span, "'%s' is not supported yet", later[i]);
            return NULL;
        }
    }
    diag = diag_add(s->v.diags, E_CONFIG_NAME, item->span, "%.*s: not a known configuration option",
                    STR_ARG(item->name));
    nearest = str_nearest(item->name, names, ARRAY_SIZE(rows));
    if (nearest >= 0)
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
    return NULL;
}

/* false and true are 0 and 1, as in bpftrace's environment. */
static bool value_of(struct sema *s, const struct config_item *item, const struct config_row *row,
                     u64 *value_out)
{
    const struct expr *value = item->value;
    bool is_number =
        value->kind == EXPR_INT || (row->kind == CONFIG_BOOL && value->kind == EXPR_BOOL);

    if (is_number && value->num >= row->min && value->num <= row->max) {
        *value_out = value->num;
        return true;
    }
    if (row->kind == CONFIG_BOOL) {
        diag_add(s->v.diags, E_CONFIG_VALUE, value->span, "Invalid value for %s: true or false",
                 row->name);
    } else {
        diag_add(s->v.diags, E_CONFIG_VALUE, value->span,
                 "Invalid value for %s: an integer from %llu to %llu", row->name,
                 (unsigned long long)row->min, (unsigned long long)row->max);
    }
    return false;
}

static void apply(struct sema *s, const struct config_row *row, u64 value)
{
    if (strcmp(row->name, "max_map_keys") == 0) {
        s->v.max_map_keys = (u32)value;
    } else if (strcmp(row->name, "max_strlen") == 0) {
        s->v.max_strlen = (u32)value;
    } else if (!value) {
        s->v.meta_flags |= META_FLAG_QUIET_MAPS;
    }
}

void apply_config(struct sema *s, const struct program *program)
{
    s->v.max_map_keys = 4096;
    s->v.max_strlen = PTL_STRING_MAX;
    for (const struct config_item *item = program->config.first; item; item = item->next) {
        const struct config_row *row = find_row(s, item);
        u64 value = 0;

        if (row && value_of(s, item, row, &value))
            apply(s, row, value);
    }
}
