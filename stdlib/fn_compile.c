/* Words that act at compile time: static_assert, fail, kfunc_exist, kfunc_allowed. */
#include "stdlib/btf.h"
#include "stdlib/format.h"

static ir_val lower_nothing(struct lowering *lo, struct call *c)
{
    (void)lo;
    (void)c;
    return NULL;
}

static const struct type *check_static_assert(struct vocab *v, struct call *c)
{
    const struct call_arg *condition = &c->args[0];
    const struct type *t = condition->type;

    if (!type_is_known(t))
        return NULL;
    if (!condition->is_const || !type_is_word(t)) {
        vocab_hint_param(diag_add(v->diags, E_NOT_CONSTANT, condition->span,
                                  "This is not known at compile time"),
                         condition->is_open);
        return type_error(v->types);
    }
    if (condition->num)
        return NULL;
    diag_add(v->diags, E_STATIC_ASSERT, c->span, "%.*s", STR_ARG(c->args[1].text));
    return type_error(v->types);
}

const struct func_desc fn_static_assert = {
    .name = "static_assert",
    .sig = "(any, literal) -> void",
    .doc = "An error with this text, when the script is compiled, unless the condition holds.",
    .example = "BEGIN { static_assert(sizeof(uint64) == 8, \"odd\"); }",
    .check = check_static_assert,
    .lower = lower_nothing,
};

static const struct type *check_fail(struct vocab *v, struct call *c)
{
    struct str text = {"", 0};

    for (u32 i = 0; i < c->n_args; i++) {
        if (!c->args[i].type || c->args[i].type->kind == TYPE_ERROR)
            return type_error(v->types);
    }
    if (format_check(v, c))
        return type_error(v->types);
    if (format_fold(v, c, &text)) {
        diag_add(v->diags, E_FAIL, c->span, "%.*s", STR_ARG(text));
    } else {
        diag_add(v->diags, E_NOT_CONSTANT, c->span,
                 "fail() shows only what is known at compile time");
    }
    return type_error(v->types);
}

const struct func_desc fn_fail = {
    .name = "fail",
    .sig = "(literal, ...) -> void",
    .doc =
        "An error with this text, formatted as by printf(), when the script is compiled: for macros, in a branch of "
        "`comptime if`. Flags and widths of the format are not looked at.",
    .example = "macro f(e) { comptime if (is_str(e)) { fail(\"no strings: %s\", \"f\"); } }"
               " BEGIN { f(1); }",
    .check = check_fail,
    .lower = lower_nothing,
};

/* Kernels before 6.10 do not mark kfuncs in their types. */
static bool fold_kfunc_exist(struct vocab *v, const struct call *c, struct folded *out)
{
    out->num = btf_func(v->btf, c->args[0].text) != NULL;
    return true;
}

const struct func_desc fn_kfunc_exist = {
    .name = "kfunc_exist",
    .sig = "(literal) -> bool",
    .doc =
        "Has the kernel that the script is compiled for a function of this name, by its BTF? Few kernels say which of "
        "their functions are kfuncs: it is true for any other one, too.",
    .example =
        "BEGIN { comptime if (kfunc_exist(\"bpf_task_from_pid\")) { print(\"since 6.2\"); } }",
    .fold = fold_kfunc_exist,
    .lower = lower_nothing,
};

static bool fold_kfunc_allowed(struct vocab *v, const struct call *c, struct folded *out)
{
    (void)v;
    (void)c;
    out->num = false;
    return true;
}

const struct func_desc fn_kfunc_allowed = {
    .name = "kfunc_allowed",
    .sig = "(literal) -> bool",
    .doc =
        "May the probe call this function of the kernel? Never: scripts cannot call the kernel's functions. It is here "
        "so that a script that has another way takes that one.",
    .example =
        "BEGIN { comptime if (kfunc_allowed(\"bpf_task_from_pid\")) { print(1); } else { print(2); } }",
    .fold = fold_kfunc_allowed,
    .lower = lower_nothing,
};
