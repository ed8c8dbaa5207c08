/* Words about the machine and the current task that the kernel gives as they are. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/btf.h"
#include "stdlib/lower.h"

static ir_val ask(struct lowering *lo, u32 helper)
{
    return ir_call(&lo->b, helper, NULL, 0);
}

static ir_val lower_cgroup(struct lowering *lo, struct call *c)
{
    (void)c;
    return ask(lo, BPF_FUNC_get_current_cgroup_id);
}

const struct func_desc fn_cgroup = {
    .name = "cgroup",
    .sig = "() -> uint64",
    .doc = "ID of the current task's control group, version 2.",
    .example = "kprobe:vfs_open { @[cgroup] = count(); }",
    .flags = FN_VARIABLE,
    .lower = lower_cgroup,
};

static ir_val lower_numaid(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_extend(&lo->b, ask(lo, BPF_FUNC_get_numa_node_id), 4, false);
}

const struct func_desc fn_numaid = {
    .name = "numaid",
    .sig = "() -> uint32",
    .doc = "Number of the NUMA node that the probe runs on.",
    .example = "BEGIN { print(numaid); }",
    .flags = FN_VARIABLE,
    .lower = lower_numaid,
};

static ir_val lower_jiffies(struct lowering *lo, struct call *c)
{
    (void)c;
    return ask(lo, BPF_FUNC_jiffies64);
}

const struct func_desc fn_jiffies = {
    .name = "jiffies",
    .sig = "() -> uint64",
    .doc = "The kernel's count of timer ticks.",
    .example = "BEGIN { print(jiffies > 0); }",
    .flags = FN_VARIABLE,
    .lower = lower_jiffies,
};

static ir_val lower_ncpus(struct lowering *lo, struct call *c)
{
    (void)c;
    return ir_config(&lo->b, offsetof(struct ptl_config, n_cpus));
}

const struct func_desc fn_ncpus = {
    .name = "ncpus",
    .sig = "() -> uint64",
    .doc = "Number of CPUs that the machine may have: those that can be plugged in, too.",
    .example = "BEGIN { print(ncpus >= 1); }",
    .flags = FN_VARIABLE,
    .lower = lower_ncpus,
};

/* ---- the current task ---- */

static const struct type *check_curtask(struct vocab *v, struct call *c)
{
    const struct type *task = btf_struct(v->btf, STR("task_struct"), false);

    (void)c;
    return type_pointer(v->types, task ? task : type_void(v->types), SPACE_KERNEL);
}

static ir_val lower_curtask(struct lowering *lo, struct call *c)
{
    (void)c;
    return ask(lo, BPF_FUNC_get_current_task);
}

const struct func_desc fn_curtask = {
    .name = "curtask",
    .sig = "() -> ?",
    .doc = "The current task's `struct task_struct`, as a pointer.",
    .example = "kprobe:do_nanosleep { @[curtask->real_parent->tgid] = count(); }",
    .flags = FN_VARIABLE,
    .check = check_curtask,
    .lower = lower_curtask,
};

/* ---- control groups by path ---- */

static const struct type *check_cgroupid(struct vocab *v, struct call *c)
{
    if (c->args[0].text.n > 0)
        return NULL;
    diag_add(v->diags, E_ARG_RANGE, c->args[0].span, "cgroupid() needs a path");
    return type_error(v->types);
}

static ir_val lower_cgroupid(struct lowering *lo, struct call *c)
{
    return lower_resolved(lo, RESOLVED_CGROUP, c->args[0].text);
}

const struct func_desc fn_cgroupid = {
    .name = "cgroupid",
    .sig = "(literal) -> uint64",
    .doc =
        "cgroupid(\"/sys/fs/cgroup/x\"): ID of a control group of version 2, of the machine where the "
        "script runs.",
    .example = "kprobe:vfs_open / cgroup == cgroupid(\"/sys/fs/cgroup\") / { @ = count(); }",
    .check = check_cgroupid,
    .lower = lower_cgroupid,
};
