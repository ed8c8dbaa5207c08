/* Words whose helpers want a pointer that the verifier knows the type of: path, socket_cookie. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

/* The struct that the argument is, or points to. */
static bool is_struct(const struct call_arg *arg, const char *name)
{
    const struct type *t = arg->type;

    if (t->kind == TYPE_POINTER)
        t = t->of;
    return t->kind == TYPE_STRUCT && str_eq_c(t->composite->name, name);
}

/* True, or false after reporting; also where the type is not known. */
static bool check_struct(struct vocab *v, const struct call *c, const char *name)
{
    const struct call_arg *arg = &c->args[0];

    if (!arg->type || arg->type->kind == TYPE_ERROR)
        return false;
    if (is_struct(arg, name))
        return true;

    struct str type = type_name(v->arena, arg->type);

    diag_add(v->diags, E_ARG_TYPE, arg->span, "%.*s() expects a 'struct %s' (%.*s provided)",
             STR_ARG(c->name), name, STR_ARG(type));
    return false;
}

static const struct type *check_path(struct vocab *v, struct call *c)
{
    const struct call_arg *size = c->n_args > 1 ? &c->args[1] : NULL;

    if (!check_struct(v, c, "path"))
        return type_error(v->types);
    if (!size)
        return type_string(v->types, v->max_strlen);
    if (size->num > 0 && size->num <= v->max_strlen)
        return type_string(v->types, (u32)size->num);
    diag_add(v->diags, E_ARG_RANGE, size->span, "path() gives 1 to %u bytes", v->max_strlen);
    return type_error(v->types);
}

/* The helper leaves bytes of its own behind the NUL. */
static ir_val lower_path(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    u32 size = c->n_args > 1 ? (u32)c->args[1].num : lo->v->max_strlen;
    const struct type *t = type_string(lo->v->types, size);
    ir_val path = lower_slot(lo, "path", t), raw = lower_slot(lo, "d_path", t);
    ir_val args[] = {c->args[0].val, raw, ir_const(b, size)};
    ir_val rc = NULL;
    struct branch failed;

    ir_fill_zero(b, path, 0, type_mem_size(t));
    ir_fill_zero(b, raw, 0, type_mem_size(t));
    rc = ir_call(b, BPF_FUNC_d_path, args, ARRAY_SIZE(args));
    failed = lower_if(lo, ir_binary(b, IR_SLT, rc, ir_const(b, 0)));
    lower_helper_error(lo, RUN_ERROR_HELPER, rc, BPF_FUNC_d_path);
    lower_else(lo, &failed);
    lower_copy_string(lo, path, ir_const(b, size), raw);
    lower_end_if(lo, &failed);
    return path;
}

const struct func_desc fn_path = {
    .name = "path",
    .sig = "(typed, number?) -> ?",
    .doc =
        "path(args.path), path(args.file->f_path): the full path of a struct path, or of a pointer to one, in what "
        "a parameter of the traced function points to; at most as many bytes as the second argument says. The "
        "kernel allows it in few functions: filp_close, vfs_truncate, vfs_fallocate, dentry_open, "
        "vfs_getattr, and those of security modules (security_file_open). A path that is too long is empty, with "
        "a run-time warning.",
    .example = "fentry:security_file_open { @[path(args.file->f_path)] = count(); }",
    .flags = FN_PER_POINT,
    .needs = CAP_TYPED,
    .check = check_path,
    .lower = lower_path,
};

static const struct type *check_socket_cookie(struct vocab *v, struct call *c)
{
    return check_struct(v, c, "sock") ? NULL : type_error(v->types);
}

static ir_val lower_socket_cookie(struct lowering *lo, struct call *c)
{
    ir_val args[] = {c->args[0].val};

    return ir_call(&lo->b, BPF_FUNC_get_socket_cookie, args, ARRAY_SIZE(args));
}

const struct func_desc fn_socket_cookie = {
    .name = "socket_cookie",
    .sig = "(typed) -> uint64",
    .doc =
        "A number that a socket has as long as the machine runs, as getsockopt(SO_COOKIE) gives it: of a struct "
        "sock that a parameter of the traced function points to.",
    .example = "fentry:tcp_rcv_established { @[socket_cookie(args.sk)] = count(); }",
    .flags = FN_PER_POINT,
    .needs = CAP_TYPED,
    .check = check_socket_cookie,
    .lower = lower_socket_cookie,
};
