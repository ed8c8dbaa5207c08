/* Options of scripts: values, and the texts about them. */
#include "abi/option.h"

#include <errno.h>
#include <stdlib.h>

enum {
    HELP_COLUMN = 22, /* where descriptions begin */
    NAMES_SHOWN = 20, /* where all are told */
};

bool script_option_name_ok(struct str name)
{
    for (u32 i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (i > 0 && (c == '-' || c == '_'))))
            return false;
    }
    return name.n > 0 && name.n <= SCRIPT_OPTION_NAME_MAX;
}

// --- values --------------------------------------------------------------------------------------

static bool is_number(struct str text)
{
    u32 sign = text.n > 0 && text.p[0] == '-';

    return text.n > sign && text.p[sign] >= '0' && text.p[sign] <= '9';
}

bool param_number(struct str text, u64 *num_out, bool *is_negative_out)
{
    char copy[72]; /* 64 digits of 0b..., as strtoull() may read them */
    char *end = NULL;

    if (!is_number(text) || text.n >= sizeof(copy))
        return false;
    memcpy(copy, text.p, text.n);
    copy[text.n] = '\0';
    *is_negative_out = copy[0] == '-';
    errno = 0;
    *num_out = *is_negative_out ? (u64)strtoll(copy, &end, 0) : strtoull(copy, &end, 0);
    return errno == 0 && *end == '\0';
}

static bool parse_bool(struct str text, bool has_value, u64 *out)
{
    *out = !has_value || str_eq_c(text, "true") || str_eq_c(text, "1");
    return *out || str_eq_c(text, "false") || str_eq_c(text, "0");
}

static bool parse(const struct meta_option *o, struct str text, bool has_value, u64 *num_out)
{
    bool is_negative = false;

    if (o->kind == OPTION_BOOL)
        return parse_bool(text, has_value, num_out);
    return o->kind == OPTION_INT ? param_number(text, num_out, &is_negative) : has_value;
}

static struct str name_of(struct str given)
{
    int end = str_index(given, '=');

    return end < 0 ? given : str_sub(given, 0, (u32)end);
}

/* The last one of this name; NULL: it was not given. */
static const struct str *find_given(const struct script_args *args, struct str name)
{
    for (u32 i = args->n_options; i-- > 0;) {
        if (str_eq(name_of(args->options[i]), name))
            return &args->options[i];
    }
    return NULL;
}

int script_option_value(const struct meta_option *o, const struct script_args *args,
                        struct diags *diags, u64 *num_out, struct str *text_out)
{
    static const char *const kinds[] = {"true or false", "an integer", "a text: --NAME=TEXT"};
    const struct str *given = find_given(args, o->name);
    bool has_value = false;

    if (!given)
        return 0;
    has_value = given->n > o->name.n;
    *text_out = has_value ? str_sub(*given, o->name.n + 1, given->n) : STR("");
    if (parse(o, *text_out, has_value, num_out))
        return 1;
    (void)diag_add(diags, E_OPTION_VALUE, (struct span){(u32)o->span_begin, (u32)o->span_end},
                   "--%.*s takes %s, not '%.*s'", STR_ARG(o->name), kinds[o->kind],
                   STR_ARG(*text_out));
    return -EINVAL;
}

// --- all of them ---------------------------------------------------------------------------------

static bool has_option(struct script_options options, struct str name)
{
    for (u32 i = 0; i < options.n; i++) {
        if (str_eq(options.rows[i].name, name))
            return true;
    }
    return false;
}

/* Without those that were given to the compiler: they cannot be given any more. */
static void names_of(struct script_options options, struct buf *out)
{
    u32 n = 0;

    for (u32 i = 0; i < options.n && n <= NAMES_SHOWN; i++) {
        if (options.rows[i].is_bound)
            continue;
        buf_add_cstr(out, n > 0 ? ", " : "");
        if (n++ < NAMES_SHOWN) {
            buf_printf(out, "--%.*s", STR_ARG(options.rows[i].name));
        } else {
            buf_add_cstr(out, "...");
        }
    }
}

/* The nearest name among those that may be given; NULL: none is near. */
static const char *nearest_name(struct script_options options, struct str name, struct arena *arena)
{
    const char **names = arena_array(arena, const char *, options.n + 1);
    u32 n = 0;
    int nearest = 0;

    for (u32 i = 0; i < options.n; i++) {
        if (!options.rows[i].is_bound)
            names[n++] = str_cstr(arena, options.rows[i].name);
    }
    nearest = str_nearest(name, names, n);
    return nearest < 0 ? NULL : names[nearest];
}

static void report_unknown(struct script_options options, struct str name, struct diags *diags)
{
    _cleanup_buf_ struct buf names = {0};
    struct diag *diag =
        diag_add(diags, E_UNKNOWN_OPTION, NO_SPAN, "Unknown option: --%.*s", STR_ARG(name));
    const char *nearest = nearest_name(options, name, diags->arena);

    if (nearest)
        diag_hint(diag, "Did you mean '--%s'?", nearest);
    names_of(options, &names);
    if (names.n) {
        diag_hint(diag, "The options of the script are %s.", names.p);
    } else if (options.n) {
        diag_hint(diag, "All options of the script were given when the object was compiled.");
    } else {
        diag_hint(diag, "The script has no options.");
    }
}

void script_options_check(struct script_options options, const struct script_args *args,
                          struct diags *diags)
{
    for (u32 i = 0; i < args->n_options; i++) {
        struct str name = name_of(args->options[i]);

        if (!has_option(options, name))
            report_unknown(options, name, diags);
    }
}

bool script_option_is_help(struct str given)
{
    return str_eq_c(name_of(given), "help");
}

bool script_options_want_help(struct script_options options, const struct script_args *args)
{
    for (u32 i = 0; i < args->n_options; i++) {
        if (script_option_is_help(args->options[i]))
            return !has_option(options, STR("help"));
    }
    return false;
}

// --- help ----------------------------------------------------------------------------------------

static void help_line(struct buf *out, const struct meta_option *o)
{
    static const char *const values[] = {"", "=INT", "=STRING"};
    size_t begin = out->n;

    buf_printf(out, "  --%.*s%s", STR_ARG(o->name), values[o->kind]);
    if (o->description.n || o->kind != OPTION_BOOL || o->default_num)
        buf_pad(out, ' ', out->n - begin < HELP_COLUMN ? HELP_COLUMN - (out->n - begin) : 0);
    if (o->description.n) {
        buf_add_cstr(out, "  ");
        buf_add_harmless(out, o->description);
    }
    if (o->kind == OPTION_INT) {
        buf_printf(out, "  (default: %lld)", (long long)o->default_num);
    } else if (o->kind == OPTION_STRING && o->default_text.n) {
        buf_add_cstr(out, "  (default: ");
        buf_add_harmless(out, o->default_text);
        buf_add_char(out, ')');
    } else if (o->kind == OPTION_BOOL && o->default_num) {
        buf_add_cstr(out, "  (default: true)");
    }
    buf_add_char(out, '\n');
}

void script_options_help(struct script_options options, struct str script, struct buf *out)
{
    struct meta_option help = {.name = STR("help"), .description = STR("print this text")};

    buf_add_cstr(out, "usage: ptrace-lite ");
    buf_add_harmless(out, script);
    buf_add_cstr(out, " -- [OPTIONS]\n\n");
    for (u32 i = 0; i < options.n; i++) {
        if (!options.rows[i].is_bound)
            help_line(out, &options.rows[i]);
    }
    help_line(out, &help);
}
