/* Words about the probe that fired: its arguments, return value, function and name. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

static const struct type *check_arg(struct vocab *v, struct call *c)
{
    u32 n = v->arch->n_arg_regs;

    if (c->point && c->point->probe->n_args)
        n = c->point->probe->n_args;
    if (c->number < n && c->point && c->point->probe->check_arg &&
        !c->point->probe->check_arg(v, c))
        return type_error(v->types);
    if (c->number < n)
        return NULL;

    diag_add(v->diags, E_ARG_NUMBER, c->span, "%s doesn't support arg%u: it has arg0 to arg%u",
             n == v->arch->n_arg_regs ? v->arch->name : probe_name(c->point->probe->id), c->number,
             n - 1);
    return type_error(v->types);
}

static ir_val lower_arg(struct lowering *lo, struct call *c)
{
    return c->point->probe->arg(lo, c->number);
}

const struct func_desc fn_arg = {
    .name = "arg",
    .sig = "() -> uint64",
    .doc =
        "arg0, arg1, ...: the arguments of the traced function that are passed in registers (six on x86_64, "
        "eight on aarch64), as integers; of a raw tracepoint, all it has.",
    .example = "kprobe:do_nanosleep { @[arg1] = count(); }",
    .flags = FN_VARIABLE | FN_NUMBERED,
    .needs = CAP_ARGN,
    .check = check_arg,
    .lower = lower_arg,
};

/* The function's own type where it is known: what stands in for a kprobe has an integer, as that
 * does. */
static const struct type *check_retval(struct vocab *v, struct call *c)
{
    if (!c->point || !c->point->probe->is_per_point || !c->point->probe->resolve)
        return type_int(v->types, 8, c->point && c->point->probe->is_retval_signed);
    if (!c->point->function)
        return type_error(v->types); /* reported where it is named */

    const struct type *t = c->point->function->result;

    if (type_is_word(t))
        return t;
    diag_add(v->diags, E_FIELD_TYPE, c->span, "%.*s returns nothing that can be read",
             STR_ARG(c->point->text[0]));
    return type_error(v->types);
}

static ir_val lower_retval(struct lowering *lo, struct call *c)
{
    ir_val word = c->point->probe->retval(lo);
    const struct btf_function *function = c->point->function;

    return function ? lower_word_of(lo, function->result, word) : word;
}

const struct func_desc fn_retval = {
    .name = "retval",
    .sig = "() -> ?",
    .doc =
        "Return value of the traced function or system call: an integer, in fexit of the type that the function has.",
    .example = "kretprobe:vfs_read { @bytes = hist(retval); }",
    .flags = FN_VARIABLE,
    .needs = CAP_RETVAL,
    .check = check_retval,
    .lower = lower_retval,
};

static const struct type *check_reg(struct vocab *v, struct call *c)
{
    struct str name = c->args[0].text;

    if (!c->args[0].type || arch_reg_find(v->arch, name.p, name.n))
        return NULL;
    diag_add(v->diags, E_REGISTER, c->span,
             "'%.*s' is not a valid register on this architecture (%s)", STR_ARG(name),
             v->arch->name);
    return type_error(v->types);
}

static ir_val lower_reg(struct lowering *lo, struct call *c)
{
    struct str name = c->args[0].text;

    return ir_ctx_load(&lo->b, arch_reg_find(lo->v->arch, name.p, name.n)->offset, 8, false);
}

const struct func_desc fn_reg = {
    .name = "reg",
    .sig = "(literal) -> uint64",
    .doc =
        "A register as the traced function finds it, by the CPU's name for it: ax, di, ip, flags of x86_64, r0, "
        "r30, pstate of aarch64. pc and sp are understood everywhere.",
    .example = "kprobe:do_nanosleep { printf(\"%x\\n\", reg(\"sp\")); exit(); }",
    .needs = CAP_REGS,
    .check = check_reg,
    .lower = lower_reg,
};

static const struct type *check_ctx(struct vocab *v, struct call *c)
{
    if (c->point && !probe_stand_in_has(v, c))
        return type_error(v->types);
    if (c->point && c->point->probe->caps & CAP_FIELDS) {
        diag_add(v->diags, E_NOT_IN_PROBE, c->span, "Use args instead of ctx in %s",
                 probe_name(c->point->probe->id));
        return type_error(v->types);
    }

    const struct type *t = type_void(v->types);

    if (c->point && c->point->probe->context)
        t = c->point->probe->context(v, c->point);
    return t ? type_pointer(v->types, t, SPACE_KERNEL) : type_error(v->types);
}

static ir_val lower_ctx(struct lowering *lo, struct call *c)
{
    (void)c;
    return lower_context_address(lo, ir_unary(&lo->b, IR_PTR_TO_INT, ir_ctx(&lo->b)));
}

const struct func_desc fn_ctx = {
    .name = "ctx",
    .sig = "() -> ?",
    .doc = "Address of the program's context: the registers of a kprobe.",
    .example = "kprobe:do_nanosleep { printf(\"%p\\n\", ctx); exit(); }",
    .flags = FN_VARIABLE,
    .check = check_ctx,
    .lower = lower_ctx,
};

/* The mode that the CPU was in: the lowest bits of x86_64's cs (3: user), or of arm64's pstate (0).
 */
static ir_val lower_usermode(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    const struct arch_reg *cs = arch_reg_find(lo->v->arch, "cs", 2);
    const struct arch_reg *pstate = arch_reg_find(lo->v->arch, "pstate", 6);
    ir_val reg = ir_ctx_load(b, (cs ? cs : pstate)->offset, 8, false);

    (void)c;
    return ir_binary(b, IR_EQ, ir_binary(b, IR_AND, reg, ir_const(b, cs ? 3 : 15)),
                     ir_const(b, cs ? 3 : 0));
}

const struct func_desc fn_usermode = {
    .name = "usermode",
    .sig = "() -> bool",
    .doc = "Was the CPU in user mode when the probe fired?",
    .example = "kprobe:do_nanosleep { print(usermode); exit(); }",
    .flags = FN_VARIABLE,
    .needs = CAP_REGS,
    .lower = lower_usermode,
};

/* bpf_get_func_ip (5.15) gives the function's first address for entry and return probes alike. */
static ir_val lower_func(struct lowering *lo, struct call *c)
{
    ir_val args[] = {ir_ctx(&lo->b)};

    (void)c;
    return ir_call(&lo->b, BPF_FUNC_get_func_ip, args, ARRAY_SIZE(args));
}

const struct func_desc fn_func = {
    .name = "func",
    .sig = "() -> ksym",
    .doc = "Name of the traced function.",
    .example = "kprobe:vfs_read, kprobe:vfs_write { @[func] = count(); }",
    .flags = FN_VARIABLE,
    .needs = CAP_FUNC,
    .lower = lower_func,
};

static const struct type *check_probe(struct vocab *v, struct call *c)
{
    if (!c->point)
        return type_error(v->types);
    return type_own_string(v->types, c->point->is_pattern ? PTL_NAME_BYTES : c->point->name.n + 1);
}

/* Of a pattern's matches the runtime writes the names. */
static ir_val name_of_match(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    ir_val name = ir_slot_addr(b, ir_slot_new(b, "probe", PTL_NAME_BYTES));
    ir_val found = NULL;
    struct branch br;

    ir_fill_zero(b, name, 0, PTL_NAME_BYTES);
    found = lower_match(lo, &lo->v->names, PTL_MAP_NAMES, PTL_NAME_BYTES);
    br = lower_if_found(lo, found);
    ir_copy(b, name, found, PTL_NAME_BYTES);
    lower_end_if(lo, &br);
    return name;
}

static ir_val lower_probe(struct lowering *lo, struct call *c)
{
    const struct type *t = type_own_string(lo->v->types, c->point->name.n + 1);

    if (c->point->is_pattern)
        return c->point->probe->match_name ? c->point->probe->match_name(lo) : name_of_match(lo);
    return ir_string(&lo->b, c->point->name, type_mem_size(t));
}

const struct func_desc fn_probe = {
    .name = "probe",
    .sig = "() -> ?",
    .doc = "Full name of the probe that fired.",
    .example = "BEGIN { print(probe); }",
    .flags = FN_VARIABLE | FN_PER_POINT,
    .check = check_probe,
    .lower = lower_probe,
};

static struct str probe_type(const struct call *c)
{
    enum probe_id id = c->point->probe->id;

    return str_of(id == PROBE_BEGIN || id == PROBE_END ? "special" : probe_name(id));
}

static const struct type *check_probetype(struct vocab *v, struct call *c)
{
    return c->point ? type_own_string(v->types, probe_type(c).n + 1) : type_error(v->types);
}

static ir_val lower_probetype(struct lowering *lo, struct call *c)
{
    struct str text = probe_type(c);

    return ir_string(&lo->b, text, type_mem_size(type_own_string(lo->v->types, text.n + 1)));
}

const struct func_desc fn_probetype = {
    .name = "probetype",
    .sig = "() -> ?",
    .doc = "Type of the probe that fired: \"kprobe\"; \"special\" for BEGIN and END.",
    .example = "BEGIN { print(probetype); }",
    .flags = FN_VARIABLE | FN_PER_POINT,
    .check = check_probetype,
    .lower = lower_probetype,
};
