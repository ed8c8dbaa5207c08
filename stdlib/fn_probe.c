/* Words about the probe that fired: its arguments, return value, function and name. */
#include <linux/bpf.h>

#include "stdlib/field.h"

static const struct type *check_arg(struct vocab *v, struct call *c)
{
    if (c->number < v->arch->n_arg_regs)
        return NULL;

    diag_add(v->diags, E_ARG_NUMBER, c->span, "%s doesn't support arg%u: it has arg0 to arg%u",
             v->arch->name, c->number, v->arch->n_arg_regs - 1);
    return type_error(v->types);
}

static ir_val lower_arg(struct lowering *lo, struct call *c)
{
    return ir_arg(&lo->b, c->number);
}

const struct func_desc fn_arg = {
    .name = "arg",
    .sig = "() -> uint64",
    .doc =
        "arg0, arg1, ...: the arguments of the traced function that are passed in registers (six on x86_64, "
        "eight on aarch64), as integers.",
    .example = "kprobe:do_nanosleep { @[arg1] = count(); }",
    .flags = FN_VARIABLE | FN_NUMBERED,
    .needs = CAP_ARGN,
    .check = check_arg,
    .lower = lower_arg,
};

static ir_val lower_retval(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_retval(&lo->b);
}

const struct func_desc fn_retval = {
    .name = "retval",
    .sig = "() -> uint64",
    .doc = "Return value of the traced function.",
    .example = "kretprobe:vfs_read { @bytes = hist(retval); }",
    .flags = FN_VARIABLE,
    .needs = CAP_RETVAL,
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
    if (c->point && c->point->probe->caps & CAP_FIELDS) {
        diag_add(v->diags, E_NOT_IN_PROBE, c->span, "Use args instead of ctx in %s",
                 probe_name(c->point->probe->id));
        return type_error(v->types);
    }
    return type_pointer(v->types, type_void(v->types), SPACE_KERNEL);
}

static ir_val lower_ctx(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_unary(&lo->b, IR_PTR_TO_INT, ir_ctx(&lo->b));
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
    return c->point ? type_own_string(v->types, c->point->name.n + 1) : type_error(v->types);
}

static ir_val lower_probe(struct lowering *lo, struct call *c)
{
    const struct type *t = type_own_string(lo->v->types, c->point->name.n + 1);

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

/* ---- args.field of tracepoints ---- */

static const struct tracepoint_field *find_field(const struct tracepoint *tp, struct str name)
{
    for (u32 i = 0; i < tp->n_fields; i++) {
        if (str_eq(tp->fields[i].name, name))
            return &tp->fields[i];
    }
    return NULL;
}

static void report_unknown_field(struct vocab *v, const struct call *c)
{
    const struct tracepoint *tp = c->point->tracepoint;
    const char **names = arena_array(v->arena, const char *, tp->n_fields + 1);
    struct diag *diag = diag_add(v->diags, E_UNKNOWN_FIELD, c->member_span,
                                 "'args' of %.*s has no field named '%.*s'",
                                 STR_ARG(c->point->name), STR_ARG(c->member));
    struct str list = {"", 0};

    for (u32 i = 0; i < tp->n_fields; i++) {
        names[i] = str_cstr(v->arena, tp->fields[i].name);
        list = str_printf(v->arena, "%.*s%s%s", STR_ARG(list), i ? ", " : "", names[i]);
    }

    int nearest = str_nearest(c->member, names, tp->n_fields);

    if (nearest >= 0) {
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
    } else if (tp->n_fields) {
        diag_hint(diag, "It has: %.*s.", STR_ARG(list));
    }
}

/* System calls take addresses of user space. */
static const struct type *type_at(struct vocab *v, const struct attach_point *point,
                                  const struct tracepoint_field *field)
{
    return field_type(v, field, str_eq_c(point->text[0], "syscalls"));
}

static const struct type *check_args(struct vocab *v, struct call *c)
{
    if (!c->point || !c->point->tracepoint)
        return type_error(v->types); /* an unknown tracepoint was reported where it is named */
    if (c->member.n == 0) {
        diag_add(v->diags, E_ARGS_ALONE, c->span, "'args' is used with a field: args.NAME");
        return type_error(v->types);
    }

    const struct tracepoint_field *field = find_field(c->point->tracepoint, c->member);

    if (!field) {
        report_unknown_field(v, c);
        return type_error(v->types);
    }

    const struct type *t = type_at(v, c->point, field);

    if (!t) {
        diag_add(v->diags, E_FIELD_TYPE, c->member_span, "Fields of type '%.*s' can not be read",
                 STR_ARG(field->type));
        return type_error(v->types);
    }
    return t;
}

static ir_val lower_args(struct lowering *lo, struct call *c)
{
    const struct tracepoint_field *field = find_field(c->point->tracepoint, c->member);

    return field_read(lo, field, type_at(lo->v, c->point, field));
}

const struct func_desc fn_args = {
    .name = "args",
    .sig = "() -> ?",
    .doc =
        "args.NAME: a field of the tracepoint's record, of the type that the kernel's source gives it. Arrays of char "
        "are strings; pointers to strings are read with str().",
    .example = "tracepoint:syscalls:sys_enter_openat { @[str(args.filename)] = count(); }",
    .flags = FN_VARIABLE | FN_MEMBERS | FN_PER_POINT,
    .needs = CAP_FIELDS,
    .check = check_args,
    .lower = lower_args,
};
