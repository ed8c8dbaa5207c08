/* What stands in for kprobes where the kernel has none: the trampolines of fentry and fexit. A
 * plain probe of a function stays what it was; what a trampoline cannot tell is refused. */
#include "stdlib/lower.h"

bool probe_is_stand_in(const struct attach_point *point)
{
    return vocab_probe_by_id(point->probe->id) != point->probe;
}

static void hint(const struct attach_point *point, struct diag *diag)
{
    if (probe_is_stand_in(point)) {
        diag_hint(diag, "This kernel has no kprobes: %.*s is attached as %s.", STR_ARG(point->name),
                  point->probe->section);
    }
}

bool probe_lacks(struct vocab *v, const struct call *c)
{
    hint(c->point, diag_add(v->diags, E_NOT_IN_PROBE, c->span,
                            "The %.*s builtin can not be used with '%s' probes", STR_ARG(c->name),
                            probe_name(c->point->probe->id)));
    return false;
}

bool probe_stand_in_has(struct vocab *v, const struct call *c)
{
    return !probe_is_stand_in(c->point) || probe_lacks(v, c);
}

bool probe_take_stand_in(struct vocab *v, struct attach_point *point)
{
    if (point->is_pattern) // one link for all of them needs no kprobes
        return true;
    if (point->num[0] == 0) {
        point->probe = point->probe->stand_in;
        return true;
    }
    diag_hint(diag_add(v->diags, E_STAND_IN, point->span,
                       "This kernel has no kprobes, and what stands in for them takes no offset"),
              "Probe the function's entry: %s:%.*s.", probe_name(point->probe->id),
              STR_ARG(point->text[0]));
    return false;
}

static bool report_arg(struct vocab *v, const struct call *c, const char *why)
{
    struct diag *diag = diag_add(v->diags, E_STAND_IN, c->span, "%.*s of %.*s is not known: %s",
                                 STR_ARG(c->name), STR_ARG(c->point->name), why);

    hint(c->point, diag);
    return false;
}

/* Parameter n is argument n if none before it takes more than a register. */
static bool check_arg(struct vocab *v, const struct call *c)
{
    const struct btf_function *function = btf_func(v->btf, c->point->text[0]);

    if (!function)
        return report_arg(v, c, "the kernel's types do not have the function");
    if (c->number >= function->n_params)
        return report_arg(v, c, "the function has fewer parameters");
    for (u32 i = 0; i <= c->number; i++) {
        if (!type_is_word(function->params[i].type))
            return report_arg(v, c, "a parameter takes more than a register");
    }
    return true;
}

/* The trampoline keeps as many bytes as the parameter has (before 6.6), and what is above them is
 * whatever was there. A register has zeros there as a rule. */
static ir_val stand_in_arg(struct lowering *lo, u32 n)
{
    const struct btf_function *function = btf_func(lo->v->btf, lo->point->text[0]);
    u32 size = type_raw_size(function->params[n].type);

    return ir_extend(&lo->b, probe_trampoline_arg(lo, n), size, false);
}

const struct probe_desc probe_kprobe_stand_in = {
    .id = PROBE_KPROBE,
    .forms = "kprobe:FUNCTION",
    .caps = CAP_ARGN | CAP_FUNC,
    .exec = EXEC_OPEN,
    .has_task = true,
    .ctx = IR_CTX_TRAMPOLINE,
    .section = "fentry",
    .method = METHOD_FENTRY,
    .is_per_point = true,
    .n_args = PROBE_TRAMPOLINE_ARGS,
    .arg = stand_in_arg,
    .check_arg = check_arg,
};

const struct probe_desc probe_kretprobe_stand_in = {
    .id = PROBE_KRETPROBE,
    .forms = "kretprobe:FUNCTION",
    .caps = CAP_RETVAL | CAP_FUNC,
    .exec = EXEC_OPEN,
    .has_task = true,
    .ctx = IR_CTX_TRAMPOLINE,
    .section = "fexit",
    .method = METHOD_FEXIT,
    .is_per_point = true,
    .retval = probe_trampoline_retval,
};
