/* Words about the current task and CPU. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

#define TASK_NAME_SIZE 16

/* pid(init), pid(curr_ns): in the initial PID namespace, or in the tracer's. */
static const struct type *check_namespace(struct vocab *v, struct call *c)
{
    if (c->n_args == 0 || str_eq_c(c->args[0].text, "init") || str_eq_c(c->args[0].text, "curr_ns"))
        return NULL;
    diag_hint(diag_add(v->diags, E_ARG_RANGE, c->args[0].span, "%.*s(): unknown namespace '%.*s'",
                       STR_ARG(c->name), STR_ARG(c->args[0].text)),
              "The namespaces are init and curr_ns.");
    return type_error(v->types);
}

static ir_val pid_tgid(struct lowering *lo, const struct call *c)
{
    if (c->n_args && str_eq_c(c->args[0].text, "init"))
        return ir_call(&lo->b, BPF_FUNC_get_current_pid_tgid, NULL, 0);
    return lower_pid_tgid(lo);
}

static ir_val lower_pid(struct lowering *lo, struct call *c)
{
    return ir_binary(&lo->b, IR_LSHR, pid_tgid(lo, c), ir_const(&lo->b, 32));
}

const struct func_desc fn_pid = {
    .name = "pid",
    .sig = "(word?) -> uint32",
    .doc = "Process ID of the current task, in the PID namespace of the tracer. pid(init): in the "
           "initial one.",
    .example = "BEGIN { if (pid > 0) { print(\"ok\"); } }",
    .flags = FN_VARIABLE,
    .check = check_namespace,
    .lower = lower_pid,
};

static ir_val lower_tid(struct lowering *lo, struct call *c)
{
    return ir_extend(&lo->b, pid_tgid(lo, c), 4, false);
}

const struct func_desc fn_tid = {
    .name = "tid",
    .sig = "(word?) -> uint32",
    .doc = "Thread ID of the current task, in the PID namespace of the tracer. tid(init): in the "
           "initial one.",
    .example = "BEGIN { if (tid > 0) { print(\"ok\"); } }",
    .flags = FN_VARIABLE,
    .check = check_namespace,
    .lower = lower_tid,
};

static ir_val uid_gid(struct lowering *lo)
{
    ir_val known = known_value(lo, KNOWN_UID_GID);

    if (known)
        return known;
    return known_add_value(lo, KNOWN_UID_GID,
                           ir_call(&lo->b, BPF_FUNC_get_current_uid_gid, NULL, 0));
}

static ir_val lower_uid(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_extend(&lo->b, uid_gid(lo), 4, false);
}

const struct func_desc fn_uid = {
    .name = "uid",
    .sig = "() -> uint64",
    .doc = "Real user ID of the current task, in the initial user namespace.",
    .example = "BEGIN { print(uid); }",
    .flags = FN_VARIABLE,
    .lower = lower_uid,
};

static ir_val lower_gid(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_binary(&lo->b, IR_LSHR, uid_gid(lo), ir_const(&lo->b, 32));
}

const struct func_desc fn_gid = {
    .name = "gid",
    .sig = "() -> uint64",
    .doc = "Real group ID of the current task, in the initial user namespace.",
    .example = "BEGIN { print(gid); }",
    .flags = FN_VARIABLE,
    .lower = lower_gid,
};

/* The name of the running task by a helper. Strings in memory are zero to their end; the helper
 * pads them so on newer kernels only: on 6.1 it leaves the bytes behind the NUL as they are
 * (kernel/bpf/helpers.c), and equal names would be different keys. */
static void ask_for_name(struct lowering *lo, ir_val name)
{
    ir_val args[] = {name, ir_const(&lo->b, TASK_NAME_SIZE)};

    ir_fill_zero(&lo->b, name, 0, TASK_NAME_SIZE);
    (void)ir_call(&lo->b, BPF_FUNC_get_current_comm, args, ARRAY_SIZE(args)); /* fails never */
}

/* The same out of its task_struct. The kernel knows the type of what bpf_get_current_task_btf()
 * (5.11) gives, and lets a program read it. */
static void read_name(struct lowering *lo, ir_val name, ir_val offset)
{
    struct ir_builder *b = &lo->b;
    ir_val task = ir_call_ptr(b, BPF_FUNC_get_current_task_btf, NULL, 0);
    ir_val from = ir_ptr_add(b, task, offset);

    for (u32 at = 0; at < TASK_NAME_SIZE; at += 8)
        ir_store64(b, name, at, ir_load64(b, from, at));
}

static const struct type *check_comm(struct vocab *v, struct call *c)
{
    if (c->n_args > 0)
        return type_shape(v->types, SHAPE_TASK_NAME, STR(""));
    return type_string(v->types, TASK_NAME_SIZE);
}

static ir_val lower_other_comm(struct lowering *lo, const struct call *c)
{
    ir_val slot = ir_slot_addr(
        &lo->b, ir_slot_new(&lo->b, shape_name(SHAPE_TASK_NAME), shape_size(SHAPE_TASK_NAME)));

    ir_store64(&lo->b, slot, 0, c->args[0].val);
    return slot;
}

static ir_val lower_comm(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    ir_val known = known_value(lo, KNOWN_COMM);

    if (c->n_args > 0)
        return lower_other_comm(lo, c);
    if (known)
        return known;
    lo->v->meta_flags |= META_FLAG_TASK_NAME;

    ir_val name = lower_slot(lo, "comm", type_string(lo->v->types, TASK_NAME_SIZE));
    ir_val offset = ir_config(b, offsetof(struct ptl_config, task_name));
    struct branch br = lower_if(lo, ir_binary(b, IR_NE, offset, ir_const(b, 0)));

    read_name(lo, name, offset);
    lower_else(lo, &br);
    ask_for_name(lo, name);
    lower_end_if(lo, &br);
    return known_add_value(lo, KNOWN_COMM, name);
}

const struct func_desc fn_comm = {
    .name = "comm",
    .sig = "(int?) -> ?",
    .doc =
        "Name of the current task (its thread name: at most 15 bytes). comm(id): that of another task, by process or "
        "thread ID in the PID namespace of the tracer; it is read from /proc when it is shown, and is empty "
        "where there is no such task then.",
    .example = "BEGIN { print(comm); }",
    .flags = FN_VARIABLE,
    .check = check_comm,
    .lower = lower_comm,
};

static ir_val lower_cpu(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_call(&lo->b, BPF_FUNC_get_smp_processor_id, NULL, 0);
}

const struct func_desc fn_cpu = {
    .name = "cpu",
    .sig = "() -> uint32",
    .doc = "Number of the CPU that the probe runs on.",
    .example = "BEGIN { if (cpu < 4096) { print(\"ok\"); } }",
    .flags = FN_VARIABLE,
    .lower = lower_cpu,
};

static ir_val lower_cpid(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_config(&lo->b, offsetof(struct ptl_config, cpid));
}

const struct func_desc fn_cpid = {
    .name = "cpid",
    .sig = "() -> uint32",
    .doc = "Process ID of the command that -c started; 0 without -c.",
    .example = "BEGIN { print(cpid); }",
    .flags = FN_VARIABLE,
    .lower = lower_cpid,
};

static ir_val lower_has_cpid(struct lowering *lo, struct call *c)
{
    return ir_binary(&lo->b, IR_NE, lower_cpid(lo, c), ir_const(&lo->b, 0));
}

const struct func_desc fn_has_cpid = {
    .name = "has_cpid",
    .sig = "() -> bool",
    .doc = "Was a command started by -c?",
    .example = "BEGIN { print(has_cpid); }",
    .flags = FN_VARIABLE,
    .lower = lower_has_cpid,
};

static ir_val lower_rand(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_extend(&lo->b, ir_call(&lo->b, BPF_FUNC_get_prandom_u32, NULL, 0), 4, false);
}

const struct func_desc fn_rand = {
    .name = "rand",
    .sig = "() -> uint32",
    .doc = "A pseudo-random number.",
    .example = "BEGIN { if (rand <= 0xffffffff) { print(\"ok\"); } }",
    .flags = FN_VARIABLE,
    .lower = lower_rand,
};
