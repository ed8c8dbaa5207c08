/* fentry:FUNCTION and fexit:FUNCTION: entry of a kernel function and return from it, with the types
 * that it has in BTF. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

/* bpf:NAME or bpf:ID:NAME: a function of another program, which is looked up where the script runs.
 */
static bool parse_program(struct vocab *v, struct attach_point *point, const struct str *parts,
                          u32 n)
{
    if (n > 3)
        return probe_report_count(v, point, "1 to 3", n);
    point->text[0] = parts[n - 1];
    point->text[1] = parts[0];
    if (n == 3 && (!probe_number(v, parts[1], &point->num[0]) || point->num[0] == 0 ||
                   point->num[0] > UINT32_MAX)) {
        diag_add(v->diags, E_PROBE_SPEC, point->span, "'%.*s' is not the number of a BPF program",
                 STR_ARG(parts[1]));
        return false;
    }
    if (probe_is_pattern(point->text[0]) && !str_is_pattern(point->text[0]))
        return true;
    probe_report_name(v, point, point->text[0], "a function of a BPF program");
    return false;
}

static bool parse_fentry(struct vocab *v, struct attach_point *point, const struct str *parts,
                         u32 n)
{
    if (n > 1 && str_eq_c(parts[0], PTL_BPF_MODULE))
        return parse_program(v, point, parts, n);
    if (n == 0 || n > 2)
        return probe_report_count(v, point, "1 or 2", n);
    point->text[0] = parts[n - 1];
    point->text[1] = n == 2 ? parts[0] : (struct str){"", 0};
    point->is_pattern = str_is_pattern(point->text[0]);
    if (probe_is_pattern(point->text[0]))
        return true;
    probe_report_name(v, point, point->text[0], "a kernel function");
    return false;
}

/* The types of other programs are not for everybody to see: what is known of all is that they
 * return a number. */
static const struct btf_function *program_function(struct vocab *v)
{
    struct btf_function *function = arena_new(v->arena, struct btf_function);

    function->result = type_int(v->types, 8, true);
    return function;
}

static bool resolve_fentry(struct vocab *v, struct attach_point *point)
{
    if (str_eq_c(point->text[1], PTL_BPF_MODULE)) {
        point->function = program_function(v);
        return true;
    }
    point->function = btf_func(v->btf, point->text[0]);
    if (point->function)
        return true;
    probe_report_no_function(v, point, point->text[0], "");
    return false;
}

/* The helpers (5.17) give words, where a load from the context would give pointers that the
 * verifier keeps apart. */
static ir_val helper_word(struct lowering *lo, u32 helper, const ir_val *args, u32 n_args)
{
    ir_val word = ir_slot_addr(&lo->b, ir_slot_new(&lo->b, "word", 8));
    ir_val all[3];

    for (u32 i = 0; i < n_args; i++)
        all[i] = args[i];
    all[n_args] = word;
    ir_store64(&lo->b, word, 0, ir_const(&lo->b, 0));
    (void)ir_call(&lo->b, helper, all, n_args + 1); /* else: 0 */
    return ir_load64(&lo->b, word, 0);
}

ir_val probe_trampoline_arg(struct lowering *lo, u32 n)
{
    ir_val args[] = {ir_ctx(&lo->b), ir_const(&lo->b, n)};

    if (lo->wants_typed)
        return ir_ctx_load(&lo->b, n * 8, 8, false);
    return helper_word(lo, BPF_FUNC_get_func_arg, args, ARRAY_SIZE(args));
}

ir_val probe_trampoline_retval(struct lowering *lo)
{
    ir_val args[] = {ir_ctx(&lo->b)};

    return helper_word(lo, BPF_FUNC_get_func_ret, args, ARRAY_SIZE(args));
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_FENTRY = {
    .id = PROBE_FENTRY,
    .forms = "fentry:FUNCTION, fentry:MODULE:FUNCTION, fentry:bpf:NAME or fentry:bpf:ID:NAME",
    .doc =
        "Entry of a kernel function; cheaper than kprobe. Its parameters are in args.NAME. bpf:NAME is a "
        "function of another BPF program, with arg0 and so on.",
    .example = "fentry:vfs_open { @[str(args.path.dentry.d_name.name)] = count(); }",
    .caps = CAP_ARGN | CAP_FIELDS | CAP_FUNC | CAP_TYPED,
    .exec = EXEC_OPEN,
    .has_task = true,
    .ctx = IR_CTX_TRAMPOLINE,
    .section = "fentry",
    .method = METHOD_FENTRY,
    .is_per_point = true,
    .n_args = PROBE_TRAMPOLINE_ARGS,
    .arg = probe_trampoline_arg,
    .parse = parse_fentry,
    .names = probe_function_names,
    .resolve = resolve_fentry,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_FEXIT = {
    .id = PROBE_FEXIT,
    .forms = "fexit:FUNCTION, fexit:MODULE:FUNCTION, fexit:bpf:NAME or fexit:bpf:ID:NAME",
    .doc =
        "Return from a kernel function: its parameters are in args.NAME, what it returned in retval; or "
        "from one of another BPF program.",
    .example = "fexit:vfs_read / retval > 0 / { @bytes = sum(retval); }",
    .caps = CAP_ARGN | CAP_FIELDS | CAP_FUNC | CAP_TYPED | CAP_RETVAL,
    .exec = EXEC_OPEN,
    .has_task = true,
    .ctx = IR_CTX_TRAMPOLINE,
    .section = "fexit",
    .method = METHOD_FEXIT,
    .is_per_point = true,
    .n_args = PROBE_TRAMPOLINE_ARGS,
    .arg = probe_trampoline_arg,
    .retval = probe_trampoline_retval,
    .parse = parse_fentry,
    .names = probe_function_names,
    .resolve = resolve_fentry,
};
