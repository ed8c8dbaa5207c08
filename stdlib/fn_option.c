/* getopt(): options of the script itself, given behind `--` on the command line. What the script
 * asks for is noted in the vocabulary, so that what nobody asks for can be refused. */
#include <errno.h>
#include <stdlib.h>

#include "stdlib/option.h"

static bool is_name(struct str name)
{
    for (u32 i = 0; i < name.n; i++) {
        char c = name.p[i];

        if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
              (i > 0 && (c == '-' || c == '_'))))
            return false;
    }
    return name.n > 0;
}

/* Its first value where it was given several times, the last one. False: it was not given. */
static bool given_value(const struct vocab *v, struct str name, struct str *value_out,
                        bool *has_value_out)
{
    for (u32 i = v->n_options; i-- > 0;) {
        struct str given = v->options[i];
        int end = str_index(given, '=');

        if (!str_eq(end < 0 ? given : str_sub(given, 0, (u32)end), name))
            continue;
        *has_value_out = end >= 0;
        *value_out = end < 0 ? STR("") : str_sub(given, (u32)end + 1, given.n);
        return true;
    }
    return false;
}

static bool parse_bool(struct str text, bool has_value, u64 *out)
{
    *out = !has_value || str_eq_c(text, "true") || str_eq_c(text, "1");
    return *out || str_eq_c(text, "false") || str_eq_c(text, "0");
}

static bool parse_int(struct vocab *v, struct str text, u64 *out)
{
    const char *p = str_cstr(v->arena, text);
    char *end = NULL;
    bool is_negative = p[0] == '-';

    errno = 0;
    *out = is_negative ? (u64)strtoll(p, &end, 0) : strtoull(p, &end, 0);
    return !errno && p[is_negative] >= '0' && p[is_negative] <= '9' && *end == '\0';
}

/* Take the value of the command line; false after reporting that it is none of the kind. */
static bool take_value(struct vocab *v, const struct call *c, struct script_option *o)
{
    static const char *const kinds[] = {"true or false", "an integer", "a text: --NAME=TEXT"};
    struct str text = {"", 0};
    bool has_value = false, is_good = false;

    if (!given_value(v, o->name, &text, &has_value))
        return true;
    o->text = text;
    if (o->kind == OPTION_BOOL) {
        is_good = parse_bool(text, has_value, &o->num);
    } else if (o->kind == OPTION_INT) {
        is_good = parse_int(v, text, &o->num);
    } else {
        is_good = has_value;
    }
    if (!is_good) {
        diag_add(v->diags, E_OPTION_VALUE, c->span, "--%.*s takes %s, not '%.*s'", STR_ARG(o->name),
                 kinds[o->kind], STR_ARG(text));
    }
    return is_good;
}

static bool is_same(const struct script_option *a, const struct script_option *b)
{
    return a->kind == b->kind && a->default_num == b->default_num &&
           str_eq(a->default_text, b->default_text);
}

static struct script_option *find(struct vocab *v, struct str name)
{
    vec_foreach(o, &v->script_options) {
        if (str_eq(o->name, name))
            return o;
    }
    return NULL;
}

/* What the call says about its option; false after reporting. */
static bool read_call(struct vocab *v, const struct call *c, struct script_option *out)
{
    const struct call_arg *name = c->args;
    const struct call_arg *value = c->n_args > 1 ? &c->args[1] : NULL;
    const struct type *t = value ? value->type : NULL;

    if (!name) /* the signature demands it */
        return false;
    *out = (struct script_option){.name = name->text, .span = c->span};
    if (!is_name(out->name)) {
        diag_add(v->diags, E_ARG_RANGE, c->args[0].span, "getopt(): '%.*s' is no name of an option",
                 STR_ARG(out->name));
        return false;
    }
    if (value && (!t || t->kind == TYPE_ERROR))
        return false;
    if (value && (!value->is_const || !(t->kind == TYPE_STRING || type_is_numeric(t)))) {
        diag_add(v->diags, E_ARG_TYPE, value->span,
                 "getopt() expects a bool, an integer or a string that is known at compile time");
        return false;
    }
    if (c->n_args > 2)
        out->description = c->args[2].text;
    if (t && t->kind == TYPE_STRING) {
        out->kind = OPTION_STRING;
        out->default_text = out->text = value->text;
    } else if (t) {
        out->kind = t->kind == TYPE_BOOL ? OPTION_BOOL : OPTION_INT;
        out->default_num = out->num = value->num;
    }
    return true;
}

static const struct type *type_of_option(struct vocab *v, const struct script_option *o)
{
    if (o->kind == OPTION_BOOL)
        return type_bool(v->types);
    if (o->kind == OPTION_INT)
        return type_int(v->types, 8, true);
    return type_own_string(v->types, o->text.n + 1);
}

static const struct type *check_getopt(struct vocab *v, struct call *c)
{
    struct script_option option;
    struct script_option *known = NULL;

    if (!read_call(v, c, &option))
        return type_error(v->types);
    known = find(v, option.name);
    if (known && !is_same(known, &option)) {
        diag_note(diag_add(v->diags, E_OPTION_REDEFINED, c->span, "--%.*s has another default here",
                           STR_ARG(option.name)),
                  known->span, "This is the original definition.");
        return type_error(v->types);
    }
    if (!take_value(v, c, &option))
        return type_error(v->types);
    if (!known) {
        *vec_push(v->arena, &v->script_options) = option;
    } else if (!known->description.n) {
        known->description = option.description;
    }
    return type_of_option(v, &option);
}

static bool fold_getopt(struct vocab *v, const struct call *c, struct folded *out)
{
    const struct script_option *o = find(v, c->args[0].text);

    if (!o)
        return false;
    out->num = o->num;
    out->text = o->text;
    return true;
}

static ir_val lower_never(struct lowering *lo, struct call *c)
{
    (void)lo;
    (void)c;
    ptl_bug("an option of the script is lowered");
}

const struct func_desc fn_getopt = {
    .name = "getopt",
    .sig = "(literal, any?, literal?) -> ?",
    .doc =
        "Value of an option of the script, which is given behind `--`: `ptrace-lite x.pt -- --pid=5 --verbose`. The "
        "second argument is its default, and says whether it is a bool, an integer or a string; without one it is a "
        "bool that is false. The third is its line in `ptrace-lite x.pt -- --help`.",
    .example = "BEGIN { print(getopt(\"pid\", 0, \"process to trace\")); }",
    .check = check_getopt,
    .fold = fold_getopt,
    .lower = lower_never,
};

/* ---- all options of a script ---- */

enum {
    HELP_COLUMN = 22, /* where descriptions begin */
};

static struct str option_names(struct vocab *v)
{
    struct str text = {"", 0};

    vec_foreach(o, &v->script_options)
        text = str_printf(v->arena, "%.*s%s--%.*s", STR_ARG(text), text.n ? ", " : "",
                          STR_ARG(o->name));
    return text;
}

static void report_unknown(struct vocab *v, struct str name)
{
    struct diag *diag =
        diag_add(v->diags, E_UNKNOWN_OPTION, NO_SPAN, "Unknown option: --%.*s", STR_ARG(name));
    const char **names = arena_array(v->arena, const char *, v->script_options.n + 1);
    u32 n = 0;
    int nearest = 0;

    vec_foreach(o, &v->script_options)
        names[n++] = str_cstr(v->arena, o->name);
    nearest = str_nearest(name, names, n);
    if (nearest >= 0)
        diag_hint(diag, "Did you mean '--%s'?", names[nearest]);
    if (n) {
        diag_hint(diag, "The options of the script are %.*s.", STR_ARG(option_names(v)));
    } else {
        diag_hint(diag, "The script has no options.");
    }
}

void options_check(struct vocab *v)
{
    for (u32 i = 0; i < v->n_options; i++) {
        int end = str_index(v->options[i], '=');
        struct str name = end < 0 ? v->options[i] : str_sub(v->options[i], 0, (u32)end);

        if (!find(v, name))
            report_unknown(v, name);
    }
}

bool options_want_help(struct vocab *v)
{
    for (u32 i = 0; i < v->n_options; i++) {
        if (str_eq_c(v->options[i], "help") && !find(v, STR("help")))
            return true;
    }
    return false;
}

static void help_line(struct buf *out, const struct script_option *o)
{
    static const char *const values[] = {"", "=INT", "=STRING"};
    size_t begin = out->n;

    buf_printf(out, "  --%.*s%s", STR_ARG(o->name), values[o->kind]);
    if (o->description.n || o->kind != OPTION_BOOL || o->default_num)
        buf_pad(out, ' ', out->n - begin < HELP_COLUMN ? HELP_COLUMN - (out->n - begin) : 0);
    if (o->description.n)
        buf_printf(out, "  %.*s", STR_ARG(o->description));
    if (o->kind == OPTION_INT) {
        buf_printf(out, "  (default: %lld)", (long long)o->default_num);
    } else if (o->kind == OPTION_STRING && o->default_text.n) {
        buf_printf(out, "  (default: %.*s)", STR_ARG(o->default_text));
    } else if (o->kind == OPTION_BOOL && o->default_num) {
        buf_add_cstr(out, "  (default: true)");
    }
    buf_add_char(out, '\n');
}

void options_help(const struct vocab *v, struct str script, struct buf *out)
{
    struct script_option help = {.name = STR("help"), .description = STR("print this text")};

    buf_printf(out, "usage: ptrace-lite %.*s -- [OPTIONS]\n\n", STR_ARG(script));
    vec_foreach(o, &v->script_options)
        help_line(out, o);
    help_line(out, &help);
}
