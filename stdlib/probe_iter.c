/* iter:KIND: all things of a kind that the kernel has: tasks, their open files, their memory. */
#include "stdlib/lower.h"

#define OBJECT_OFFSET  8 /* in every context: behind the pointer to struct bpf_iter_meta */
#define CONTEXT_PREFIX "bpf_iter__"

/* The kernel's context for a kind: struct bpf_iter__task; NULL: there is none. */
static const struct type *context_type(struct vocab *v, const struct attach_point *point)
{
    return btf_struct(v->btf, str_printf(v->arena, CONTEXT_PREFIX "%.*s", STR_ARG(point->text[0])),
                      false);
}

static bool parse_iter(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    struct str fault = {"", 0};

    if (n != 1)
        return probe_report_count(v, point, "1", n);
    point->text[0] = parts[0];
    if (context_type(v, point))
        return true;
    fault = btf_fault(v->btf);
    diag_hint(diag_add(v->diags, E_NO_MATCHES, point->span, "No matches for iter %.*s.%s%.*s",
                       STR_ARG(parts[0]), fault.n ? " " : "", STR_ARG(fault)),
              "Kernels have iter:task, iter:task_file, iter:task_vma, and more: see "
              "ptrace-lite -l 'iter:*'.");
    return false;
}

static u32 iter_names(struct vocab *v, const char *const **names_out)
{
    return btf_names(v->btf, BTF_NAMES_STRUCT, CONTEXT_PREFIX, names_out);
}

/* Behind the last one the program runs once more, with none. */
static ir_val is_end(struct lowering *lo)
{
    ir_val object = ir_ctx_load(&lo->b, OBJECT_OFFSET, 8, false);

    return ir_binary(&lo->b, IR_EQ, object, ir_const(&lo->b, 0));
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_ITER = {
    .id = PROBE_ITER,
    .forms = "iter:KIND",
    .doc =
        "Runs once for each thing of a kind that the kernel has, when all other probes are attached: iter:task, "
        "iter:task_file, iter:task_vma and others. ctx->task is the task, ctx->file its file, ctx->vma its "
        "mapping. A script with no probes but these ends when they have run.",
    .example = "iter:task { @[ctx->task->comm] = count(); }",
    .exec = EXEC_PREEMPTIBLE,
    .ctx = IR_CTX_TRAMPOLINE,
    .section = "iter",
    .method = METHOD_ITER,
    .is_per_point = true,
    .parse = parse_iter,
    .names = iter_names,
    .context = context_type,
    .leaves = is_end,
};
