/* What only scripts with events have: members of the kernel's structs, fields of tracepoints, words
 * of the prelude. */
#include "tests/fuzz/gen.h"

struct way {
    const char *text;
    enum shape_kind kind;
};

/* Members that the tests' BTF and all kernels have: offsets differ, CO-RE finds them. */
static const struct way ways[] = {
    {"curtask->pid", SHAPE_INT},
    {"curtask->tgid", SHAPE_INT},
    {"curtask->flags", SHAPE_INT},
    {"curtask->utime", SHAPE_INT},
    {"curtask->mm->total_vm", SHAPE_INT},
    {"curtask->mm->arg_start", SHAPE_INT},
    {"curtask->real_parent->tgid", SHAPE_INT},
    {"curtask->group_leader->parent->pid", SHAPE_INT},
    {"curtask->sched_reset_on_fork", SHAPE_INT},
    {"curtask->sched_contributes_to_load", SHAPE_INT},
    {"curtask->cred->uid.val", SHAPE_INT},
    {"(uint64)curtask->children.next", SHAPE_INT},
    {"(int32)curtask->in_execve", SHAPE_INT},
    {"((struct file *)arg0)->f_flags", SHAPE_INT},
    {"((struct file *)arg0)->f_inode->i_ino", SHAPE_INT},
    {"((struct file *)arg0)->f_inode->i_sb->s_magic", SHAPE_INT},
    {"((struct file *)arg0)->f_path.dentry->d_name.len", SHAPE_INT},
    {"((struct sk_buff *)arg0)->len", SHAPE_INT},
    {"((struct sk_buff *)arg1)->pkt_type", SHAPE_INT},
    {"((struct sock *)arg0)->__sk_common.skc_daddr", SHAPE_INT},
    {"((struct sock *)arg0)->__sk_common.skc_state", SHAPE_INT},
    {"((struct dentry *)arg1)->d_name.hash_len", SHAPE_INT},
    {"ppid", SHAPE_INT},
    {"leader_tid", SHAPE_INT},
    {"leader_tid(curtask->real_parent)", SHAPE_INT},
    {"sizeof(struct task_struct)", SHAPE_INT},
    {"offsetof(struct task_struct, comm)", SHAPE_INT},
    {"sizeof(*curtask->mm)", SHAPE_INT},
    {"container_of(curtask->children.next, struct task_struct, children)->pid", SHAPE_INT},
    {"curtask->comm", SHAPE_STRING},
    {"curtask->parent->comm", SHAPE_STRING},
    {"str(curtask->comm, 4)", SHAPE_STRING},
    {"pcomm", SHAPE_STRING},
    {"leader_comm", SHAPE_STRING},
    {"str(((struct file *)arg0)->f_path.dentry->d_name.name)", SHAPE_STRING},
    {"((struct dentry *)arg0)->d_parent->d_inode->i_sb->s_id", SHAPE_STRING},
};

/* A random field of the clause's tracepoint; false if it is not known. */
bool gen_field(struct gen *g)
{
    const struct tracepoint *tp = NULL;
    struct str rest = g->spec;
    int first = str_index(rest, ':');
    int second = 0;

    rest = str_sub(rest, (u32)(first + 1), rest.n);
    second = str_index(rest, ':');
    if (first < 0 || second < 0 ||
        kernel_tracepoint(g->kernel, str_sub(rest, 0, (u32)second),
                          str_sub(rest, (u32)second + 1, rest.n), &tp) != 0 ||
        tp->n_fields == 0)
        return false;

    struct str name = tp->fields[gen_below(g, tp->n_fields)].name;

    gen_put(g, "args.%.*s", STR_ARG(name));
    return true;
}

bool gen_kernel_value(struct gen *g, enum shape_kind kind)
{
    const struct way *picked = NULL;
    u32 n = 0;

    if (g->mode != SCRIPT_EVENTS || !g->probe)
        return false;
    if (kind == SHAPE_INT && (g->probe->caps & CAP_FIELDS) && gen_one_in(g, 2))
        return gen_field(g);
    for (u32 i = 0; i < ARRAY_SIZE(ways); i++) {
        bool has_arguments = g->probe->caps & CAP_ARGN || !strstr(ways[i].text, "arg");

        if (ways[i].kind == kind && has_arguments && gen_one_in(g, ++n))
            picked = &ways[i];
    }
    if (picked)
        gen_put(g, "%s", picked->text);
    return picked != NULL;
}
