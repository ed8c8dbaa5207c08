/* args.NAME: a field of a tracepoint's record, or a parameter of a kernel function or of a raw
 * tracepoint. */
#include "stdlib/field.h"

/* One of what `args` has: the record's field, or the parameter at a place. */
struct member {
    struct str name;
    const struct tracepoint_field *field;
    const struct btf_parameter *param;
    u32 number; /* of the parameter: that of argN */
};

static u32 member_count(const struct attach_point *point)
{
    if (point->tracepoint)
        return point->tracepoint->n_fields;
    return point->function->n_params - point->first_param;
}

static struct member member_at(const struct attach_point *point, u32 i)
{
    const struct tracepoint_field *field = point->tracepoint ? &point->tracepoint->fields[i] : NULL;

    if (field)
        return (struct member){.name = field->name, .field = field};

    const struct btf_parameter *param = &point->function->params[point->first_param + i];

    return (struct member){.name = param->name, .param = param, .number = i};
}

static bool find_member(const struct attach_point *point, struct str name, struct member *out)
{
    for (u32 i = 0; i < member_count(point); i++) {
        *out = member_at(point, i);
        if (str_eq(out->name, name))
            return true;
    }
    return false;
}

static void report_unknown(struct vocab *v, const struct call *c)
{
    u32 n = member_count(c->point);
    const char **names = arena_array(v->arena, const char *, n + 1);
    struct diag *diag = diag_add(v->diags, E_UNKNOWN_FIELD, c->member_span,
                                 "'args' of %.*s has no field named '%.*s'",
                                 STR_ARG(c->point->name), STR_ARG(c->member));
    struct str list = {"", 0};

    for (u32 i = 0; i < n; i++) {
        names[i] = str_cstr(v->arena, member_at(c->point, i).name);
        list = str_printf(v->arena, "%.*s%s%s", STR_ARG(list), i ? ", " : "", names[i]);
    }

    int nearest = str_nearest(c->member, names, n);

    if (nearest >= 0) {
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
    } else if (n) {
        diag_hint(diag, "It has: %.*s.", STR_ARG(list));
    }
}

/* NULL: the language has no type for it. */
static const struct type *member_type(struct vocab *v, const struct attach_point *point,
                                      struct member m)
{
    /* system calls take addresses of user space */
    if (m.field) {
        return field_type(v, m.field,
                          point->probe->is_user || str_eq_c(point->text[0], "syscalls"));
    }
    if (!type_is_word(m.param->type))
        return NULL;
    /* few kernels say which addresses are of user space; structs of the kernel are not */
    if (m.param->type->kind == TYPE_POINTER && m.param->type->of->kind != TYPE_STRUCT)
        return type_pointer(v->types, m.param->type->of, SPACE_NONE);
    return m.param->type;
}

static struct str c_type_of(struct vocab *v, struct member m)
{
    return m.field ? m.field->type : type_name(v->arena, m.param->type);
}

static const struct type *check_args(struct vocab *v, struct call *c)
{
    struct member m;
    const struct type *t = NULL;

    if (!c->point || (!c->point->tracepoint && !c->point->function))
        return type_error(v->types); /* an unknown event was reported where it is named */
    if (c->member.n == 0) {
        diag_add(v->diags, E_ARGS_ALONE, c->span, "'args' is used with a field: args.NAME");
        return type_error(v->types);
    }
    if (!find_member(c->point, c->member, &m)) {
        report_unknown(v, c);
        return type_error(v->types);
    }
    t = member_type(v, c->point, m);
    if (t)
        return t;
    diag_add(v->diags, E_FIELD_TYPE, c->member_span, "Fields of type '%.*s' can not be read",
             STR_ARG(c_type_of(v, m)));
    return type_error(v->types);
}

static ir_val lower_args(struct lowering *lo, struct call *c)
{
    struct member m;

    if (!find_member(c->point, c->member, &m))
        ptl_bug("a field of args that was not found is lowered");

    const struct type *t = member_type(lo->v, c->point, m);

    if (m.field)
        return field_read(lo, c->point->tracepoint, m.field, t);
    return lower_word_of(lo, t, c->point->probe->arg(lo, m.number));
}

const struct func_desc fn_args = {
    .name = "args",
    .sig = "() -> ?",
    .doc =
        "args.NAME: a field of the tracepoint's record or a parameter of the function, of the type that the kernel's "
        "source gives it. Arrays of char are strings; pointers to strings are read with str().",
    .example = "tracepoint:syscalls:sys_enter_openat { @[str(args.filename)] = count(); }",
    .flags = FN_VARIABLE | FN_MEMBERS | FN_PER_POINT,
    .needs = CAP_FIELDS,
    .check = check_args,
    .lower = lower_args,
};
