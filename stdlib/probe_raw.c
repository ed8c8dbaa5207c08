/* rawtracepoint:EVENT: a tracepoint's own arguments, before its record is made. */
#include "stdlib/lower.h"

#define MAX_ARGS 12 /* of a tracepoint: MAX_BPF_FUNC_ARGS in include/linux/bpf.h */

static bool parse_raw(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    if (n == 0 || n > 2)
        return probe_report_count(v, point, "1 or 2", n);
    /* the module of the event: the kernel has one event of a name, wherever it is */
    point->text[0] = parts[n - 1];
    point->is_pattern = str_is_pattern(point->text[0]);
    if (probe_is_pattern(point->text[0]))
        return true;
    probe_report_name(v, point, point->text[0], "a tracepoint");
    return false;
}

/* The kernel calls __traceiter_EVENT(void *, ...) where the event happens; it is in BTF with the
 * names that the event's authors gave. */
static bool resolve_raw(struct vocab *v, struct attach_point *point)
{
    struct str iterator = str_printf(v->arena, "__traceiter_%.*s", STR_ARG(point->text[0]));

    point->function = btf_func(v->btf, iterator);
    point->first_param = 1;
    if (point->function && point->function->n_params > 0)
        return true;
    point->function = NULL;
    probe_report_no_function(v, point, iterator, "__traceiter_");
    return false;
}

static u32 raw_names(struct vocab *v, const char *const **names_out)
{
    return btf_names(v->btf, BTF_NAMES_FUNC, "__traceiter_", names_out);
}

static ir_val raw_arg(struct lowering *lo, u32 n)
{
    return ir_ctx_load(&lo->b, n * 8, 8, false);
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_RAWTRACEPOINT = {
    .id = PROBE_RAWTRACEPOINT,
    .forms = "rawtracepoint:EVENT or rawtracepoint:MODULE:EVENT",
    .doc =
        "A tracepoint, with the arguments that the kernel's code gives it in place of a record: args.NAME, arg0, ...",
    .example = "rawtracepoint:sched_process_exit { @[args.p.comm] = count(); }",
    .caps = CAP_ARGN | CAP_FIELDS,
    .exec = EXEC_OPEN,
    .has_task = true,
    .ctx = IR_CTX_RAW_TP,
    .section = "raw_tp",
    .method = METHOD_RAW_TRACEPOINT,
    .is_per_point = true,
    .n_args = MAX_ARGS,
    .arg = raw_arg,
    .parse = parse_raw,
    .names = raw_names,
    .resolve = resolve_raw,
};
