/* getopt(): options of the script itself, given behind `--` on the command line. What the script
 * asks for is noted in the vocabulary, so that what nobody asks for can be refused. An object that
 * is compiled ahead of time finds the value of an option that was not given when it runs. */
#include "stdlib/lower.h"

/* Take the value of the command line, else the default; false after reporting that it is none of
 * the kind. */
static bool take_value(struct vocab *v, struct script_option *o)
{
    int given = script_option_value(&o->row, &v->args, v->diags, &o->num, &o->text);

    o->row.is_bound = given > 0 || !v->is_open;
    if (given == 0) {
        o->num = o->row.default_num;
        o->text = o->row.default_text;
    }
    return given >= 0;
}

static bool is_same(const struct script_option *a, const struct script_option *b)
{
    return a->row.kind == b->row.kind && a->row.default_num == b->row.default_num &&
           str_eq(a->row.default_text, b->row.default_text);
}

static struct script_option *find(struct vocab *v, struct str name)
{
    vec_foreach(o, &v->script_options) {
        if (str_eq(o->row.name, name))
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
    out->row = (struct meta_option){
        .name = name->text,
        .span_begin = c->span.begin,
        .span_end = c->span.end,
    };
    if (!script_option_name_ok(out->row.name)) {
        diag_hint(diag_add(v->diags, E_ARG_RANGE, c->args[0].span,
                           "getopt(): '%.*s' is no name of an option", STR_ARG(out->row.name)),
                  "A name has letters, digits, - and _, and at most %d of them.",
                  SCRIPT_OPTION_NAME_MAX);
        return false;
    }
    if (value && !type_is_known(t))
        return false;
    if (value && (!value->is_const || !(t->kind == TYPE_STRING || type_is_numeric(t)))) {
        vocab_hint_param(
            diag_add(v->diags, E_ARG_TYPE, value->span,
                     "getopt() expects a bool, an integer or a string that is known at compile "
                     "time"),
            value->is_open);
        return false;
    }
    if (c->n_args > 2)
        out->row.description = c->args[2].text;
    if (t && t->kind == TYPE_STRING) {
        out->row.kind = OPTION_STRING;
        out->row.default_text = value->text;
    } else if (t) {
        out->row.kind = t->kind == TYPE_BOOL ? OPTION_BOOL : OPTION_INT;
        out->row.default_num = value->num;
    }
    return true;
}

static const struct type *type_of_option(struct vocab *v, const struct script_option *o)
{
    if (o->row.kind == OPTION_BOOL)
        return type_bool(v->types);
    if (o->row.kind == OPTION_INT)
        return type_int(v->types, 8, true);
    return o->row.is_bound ? type_own_string(v->types, o->text.n + 1)
                           : type_string(v->types, PTL_PARAM_TEXT_MAX);
}

static const struct type *check_getopt(struct vocab *v, struct call *c)
{
    struct script_option option = {0};
    struct script_option *known = NULL;

    if (!read_call(v, c, &option))
        return type_error(v->types);
    known = find(v, option.row.name);
    if (known && !is_same(known, &option)) {
        diag_note(diag_add(v->diags, E_OPTION_REDEFINED, c->span, "--%.*s has another default here",
                           STR_ARG(option.row.name)),
                  (struct span){(u32)known->row.span_begin, (u32)known->row.span_end},
                  "This is the original definition.");
        return type_error(v->types);
    }
    if (!known && v->script_options.n == SCRIPT_OPTIONS_MAX) {
        diag_add(v->diags, E_OUT_OF_MEMORY, c->span, "The script has more than %d options",
                 SCRIPT_OPTIONS_MAX);
        return type_error(v->types);
    }
    if (!take_value(v, &option))
        return type_error(v->types);
    if (!known) {
        *vec_push(v->arena, &v->script_options) = option;
    } else if (!known->row.description.n) {
        known->row.description = option.row.description;
    }
    return type_of_option(v, &option);
}

static bool fold_getopt(struct vocab *v, const struct call *c, struct folded *out)
{
    const struct script_option *o = find(v, c->args[0].text);

    if (!o || !o->row.is_bound)
        return false;
    out->num = o->num;
    out->text = o->text;
    return true;
}

/* What was given to the compiler is a constant: see fold_getopt(). */
static ir_val lower_getopt(struct lowering *lo, struct call *c)
{
    const struct script_option *o = find(lo->v, c->args[0].text);

    return lower_option(lo, (u64)(o - lo->v->script_options.items), o->row.kind);
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
    .lower = lower_getopt,
};
