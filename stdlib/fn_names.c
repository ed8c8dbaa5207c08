/* Words whose value is a number that is shown as a name: symbols, users, cgroups. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

static const struct str no_text = {"", 0};

/* A slot of a shape's size. */
static ir_val shape_slot(struct lowering *lo, enum shape_id id)
{
    return ir_slot_addr(&lo->b, ir_slot_new(&lo->b, shape_name(id), shape_size(id)));
}

static ir_val lower_ksym(struct lowering *lo, struct call *c)
{
    (void)lo;
    return c->args[0].val;
}

const struct func_desc fn_ksym = {
    .name = "ksym",
    .sig = "(int) -> ksym",
    .doc = "A kernel address that is shown as the name of its function; 0x... where there is none.",
    .example = "kprobe:do_nanosleep { print(ksym(reg(\"ip\"))); exit(); }",
    .lower = lower_ksym,
};

static const struct type *check_usym(struct vocab *v, struct call *c)
{
    (void)c;
    return type_shape(v->types, SHAPE_USYM, no_text);
}

/* The process is named by its number in the tracer's PID namespace, as its /proc has it. */
static ir_val lower_usym(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    ir_val slot = shape_slot(lo, SHAPE_USYM);

    ir_store64(b, slot, 0, c->args[0].val);
    ir_store64(b, slot, 8, lower_process(lo));
    return slot;
}

const struct func_desc fn_usym = {
    .name = "usym",
    .sig = "(int) -> ?",
    .doc =
        "An address of the current process that is shown as the name of its function, by the symbols of "
        "the program or library; 0x... where there is none, or where the process has ended before it is shown.",
    .example = "BEGIN { print(usym(0)); }",
    .check = check_usym,
    .lower = lower_usym,
};

static const struct type *check_username(struct vocab *v, struct call *c)
{
    (void)c;
    return type_shape(v->types, SHAPE_USERNAME, no_text);
}

static ir_val lower_username(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    ir_val slot = shape_slot(lo, SHAPE_USERNAME);
    ir_val uid_gid = ir_call(b, BPF_FUNC_get_current_uid_gid, NULL, 0);

    (void)c;
    ir_store64(b, slot, 0, ir_extend(b, uid_gid, 4, false));
    return slot;
}

const struct func_desc fn_username = {
    .name = "username",
    .sig = "() -> ?",
    .doc =
        "The user of the current task, shown by name as /etc/passwd has it; empty where it has none.",
    .example = "BEGIN { print(username); }",
    .flags = FN_VARIABLE,
    .check = check_username,
    .lower = lower_username,
};

static const struct type *check_cgroup_path(struct vocab *v, struct call *c)
{
    return type_shape(v->types, SHAPE_CGROUP_PATH, c->n_args > 1 ? c->args[1].text : no_text);
}

static ir_val lower_cgroup_path(struct lowering *lo, struct call *c)
{
    ir_val slot = shape_slot(lo, SHAPE_CGROUP_PATH);

    ir_store64(&lo->b, slot, 0, c->args[0].val);
    return slot;
}

const struct func_desc fn_cgroup_path = {
    .name = "cgroup_path",
    .sig = "(int, literal?) -> ?",
    .doc =
        "A cgroup's id that is shown as hierarchy:/path, found when it is shown; several, with commas, where "
        "several hierarchies have it. The second argument is a pattern for the hierarchy's name; that of "
        "version 2 is called unified.",
    .example = "BEGIN { print(cgroup_path(1, \"unified\")); }",
    .check = check_cgroup_path,
    .lower = lower_cgroup_path,
};
