/* Signatures of functions and aggregations, written in the descriptors as text, and the checks that
 * follow from them: number and kinds of arguments, type of the result. */
#include "stdlib/vocab.h"

enum kind {
    KIND_INT,
    KIND_STRING,
    KIND_LITERAL,
    KIND_TEXT,
    KIND_NUMBER,
    KIND_WORD,
    KIND_OPTION,
    KIND_MAP,
    KIND_VARIABLE,
    KIND_ANY,
    KIND_PRINTABLE,
    KIND_TYPED,
};

static const char *const kind_names[] = {
    [KIND_INT] = "int",           [KIND_STRING] = "string", [KIND_LITERAL] = "literal",
    [KIND_TEXT] = "text",         [KIND_NUMBER] = "number", [KIND_WORD] = "word",
    [KIND_MAP] = "map",           [KIND_ANY] = "any",       [KIND_PRINTABLE] = "printable",
    [KIND_VARIABLE] = "variable", [KIND_OPTION] = "option", [KIND_TYPED] = "typed",
};

#define MAX_PARAMS 8

struct signature {
    enum kind kinds[MAX_PARAMS];
    u32 n_min, n_max;
    bool is_variadic;
    struct str result;
};

static enum kind kind_of(struct str word)
{
    for (u32 i = 0; i < ARRAY_SIZE(kind_names); i++) {
        if (str_eq_c(word, kind_names[i]))
            return (enum kind)i;
    }
    ptl_bug("a signature with an unknown kind of parameter");
}

/* The text is ours: a mistake in it is our bug, and every descriptor is checked by a unit test. */
static struct signature signature_parse(const char *text)
{
    struct signature sig = {.n_min = 0};
    const char *p = text + 1;

    while (*p != ')') {
        size_t n = strcspn(p, ",?) ");
        struct str word = {p, (u32)n};

        p += n;
        if (str_eq_c(word, "...")) {
            sig.is_variadic = true;
        } else {
            if (sig.n_max == MAX_PARAMS)
                ptl_bug("a signature with too many parameters");
            sig.kinds[sig.n_max++] = kind_of(word);
            if (*p == '?') {
                p++;
            } else {
                sig.n_min = sig.n_max;
            }
        }
        p += strspn(p, ", ");
    }
    p++;
    p += strspn(p, " ->");
    sig.result = str_of(p);
    return sig;
}

static const char *plural(u32 n)
{
    return n == 1 ? "" : "s";
}

static bool check_count(struct vocab *v, const struct call *c, const struct signature *sig)
{
    int name_n = (int)c->name.n;
    const char *name = c->name.p;
    u32 n = c->n_args;

    if (n >= sig->n_min && (sig->is_variadic || n <= sig->n_max))
        return true;
    if (sig->n_min == sig->n_max && !sig->is_variadic) {
        if (sig->n_min == 0) {
            diag_add(v->diags, E_ARG_COUNT, c->span, "%.*s() requires no arguments (%u provided)",
                     name_n, name, n);
        } else {
            diag_add(v->diags, E_ARG_COUNT, c->span, "%.*s() requires %u argument%s (%u provided)",
                     name_n, name, sig->n_min, plural(sig->n_min), n);
        }
    } else if (n < sig->n_min) {
        diag_add(v->diags, E_ARG_COUNT, c->span,
                 "%.*s() requires at least %u argument%s (%u provided)", name_n, name, sig->n_min,
                 plural(sig->n_min), n);
    } else {
        diag_add(v->diags, E_ARG_COUNT, c->span, "%.*s() takes up to %u argument%s (%u provided)",
                 name_n, name, sig->n_max, plural(sig->n_max), n);
    }
    return false;
}

/* A string, or the same as C has it. */
static bool is_text(const struct type *t)
{
    return t->kind == TYPE_STRING || (t->kind == TYPE_ARRAY && type_raw_size(t->of) == 1);
}

/* A string, or integer, that is known at compile time. */
static bool is_known(const struct call_arg *arg, bool is_string)
{
    const struct type *t = arg->type;

    return arg->is_const && (is_string ? t->kind == TYPE_STRING : type_is_integer(t));
}

/* What is wrong with the argument, as "expects a ..."; NULL if nothing is. */
static const char *kind_problem(enum kind kind, const struct call_arg *arg)
{
    const struct type *t = arg->type;

    if (kind == KIND_MAP)
        return arg->map ? NULL : "a map";
    if (kind == KIND_VARIABLE)
        return arg->is_out ? NULL : "a variable";
    if (!type_is_known(t))
        return NULL;
    switch (kind) {
    case KIND_INT:
        return type_is_numeric(t) ? NULL : "an integer";
    case KIND_STRING:
        return t->kind == TYPE_STRING ? NULL : "a string";
    case KIND_TEXT:
        return is_text(t) ? NULL : "a string";
    case KIND_WORD:
        return is_known(arg, true) ? NULL : "a name";
    case KIND_OPTION:
        return arg->is_const ? NULL : "a name or an integer literal";
    case KIND_LITERAL:
        return is_known(arg, true) ? NULL : "a string literal";
    case KIND_NUMBER:
        return is_known(arg, false) ? NULL : "an integer literal";
    case KIND_ANY:
    case KIND_TYPED:
    case KIND_PRINTABLE:
    case KIND_MAP:
    case KIND_VARIABLE:
        return t->kind == TYPE_VOID ? "a value" : NULL;
    }
    ptl_bug("a kind without a rule");
}

static bool check_kinds(struct vocab *v, const struct call *c, const struct signature *sig)
{
    bool ok = true;

    for (u32 i = 0; i < c->n_args; i++) {
        const struct call_arg *arg = &c->args[i];
        enum kind kind = i < sig->n_max ? sig->kinds[i] : KIND_ANY;
        const char *expected = kind_problem(kind, arg);

        if (expected && arg->type) {
            struct str type = type_name(v->arena, arg->type);
            struct diag *diag = diag_add(v->diags, E_ARG_TYPE, arg->span,
                                         "%.*s() expects %s as argument %u (%.*s provided)",
                                         STR_ARG(c->name), expected, i + 1, STR_ARG(type));

            vocab_hint_param(diag, arg->is_open);
            ok = false;
        } else if (expected) {
            diag_add(v->diags, E_ARG_TYPE, arg->span, "%.*s() expects %s as argument %u",
                     STR_ARG(c->name), expected, i + 1);
            ok = false;
        }
    }
    return ok;
}

/* "int32", "uint64": the size in bytes, or 0. */
static u32 int_size(struct str name, bool *is_signed_out)
{
    u64 bits = 0;

    *is_signed_out = str_starts(name, "int");
    if (!*is_signed_out && !str_starts(name, "uint"))
        return 0;
    return str_number(str_sub(name, *is_signed_out ? 3 : 4, name.n), &bits) ? (u32)bits / 8 : 0;
}

static const struct type *result_type(struct vocab *v, struct str name)
{
    bool is_signed = false;
    u32 size = int_size(name, &is_signed);
    u64 capacity = 0;

    if (size)
        return type_int(v->types, size, is_signed);
    if (str_eq_c(name, "void"))
        return type_void(v->types);
    if (str_eq_c(name, "bool"))
        return type_bool(v->types);
    if (str_eq_c(name, "ksym"))
        return type_ksym(v->types);
    if (str_starts(name, "string[") && str_number(str_sub(name, 7, name.n - 1), &capacity))
        return type_string(v->types, (u32)capacity);
    ptl_bug("a signature with an unknown result");
}

/* What the provider must offer. */
static bool check_needs(struct vocab *v, const struct call *c)
{
    const struct probe_desc *probe = c->point ? c->point->probe : NULL;

    return !probe || (probe->caps & c->fn->needs) == c->fn->needs || probe_lacks(v, c);
}

static bool check_unsafe(struct vocab *v, const struct call *c)
{
    struct diag *diag = NULL;

    if (!(c->fn->flags & FN_UNSAFE))
        return true;
    if (v->allows_unsafe) {
        v->meta_flags |= META_FLAG_UNSAFE;
        return true;
    }
    diag = diag_add(v->diags, E_UNSAFE, c->span,
                    "%.*s() is an unsafe function being used in safe mode", STR_ARG(c->name));
    diag_hint(diag, "--unsafe allows it.");
    return false;
}

const struct type *vocab_check(struct vocab *v, struct call *c)
{
    struct signature sig = signature_parse(c->fn->sig);

    if (!check_unsafe(v, c) || !check_needs(v, c) || !check_count(v, c, &sig) ||
        !check_kinds(v, c, &sig))
        return type_error(v->types);

    const struct type *t = c->fn->check ? c->fn->check(v, c) : NULL;

    return t ? t : result_type(v, sig.result);
}

bool vocab_param_is_map(const struct func_desc *fn, u32 i)
{
    struct signature sig = signature_parse(fn->sig);

    return i < sig.n_max && sig.kinds[i] == KIND_MAP;
}

bool vocab_param_is_int(const struct func_desc *fn, u32 i)
{
    struct signature sig = signature_parse(fn->sig);

    return i < sig.n_max && sig.kinds[i] == KIND_INT;
}

bool vocab_param_is_variable(const struct func_desc *fn, u32 i)
{
    struct signature sig = signature_parse(fn->sig);

    return i < sig.n_max && sig.kinds[i] == KIND_VARIABLE;
}

bool vocab_param_is_typed(const struct func_desc *fn, u32 i)
{
    struct signature sig = signature_parse(fn->sig);

    return i < sig.n_max && sig.kinds[i] == KIND_TYPED;
}

bool vocab_param_is_word(const struct func_desc *fn, u32 i)
{
    struct signature sig = signature_parse(fn->sig);

    return i < sig.n_max && (sig.kinds[i] == KIND_WORD || sig.kinds[i] == KIND_OPTION);
}

bool vocab_param_takes_map(const struct func_desc *fn, u32 i)
{
    struct signature sig = signature_parse(fn->sig);

    return i < sig.n_max && (sig.kinds[i] == KIND_MAP || sig.kinds[i] == KIND_PRINTABLE);
}

const struct type *vocab_check_agg(struct vocab *v, const struct agg_desc *agg, struct call *c)
{
    struct signature sig = signature_parse(agg->sig);
    s64 params[3] = {0};

    if (!check_count(v, c, &sig) || !check_kinds(v, c, &sig))
        return type_error(v->types);
    if (agg->check && !agg->check(v, c, params))
        return type_error(v->types);

    const struct type *arg = c->n_args ? c->args[0].type : NULL;

    return type_agg(v->types, agg->id, arg && arg->is_signed, params);
}
