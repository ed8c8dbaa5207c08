/* kprobe:FUNCTION and kretprobe:FUNCTION: entry of a kernel function, and return from it. */
#include "stdlib/lower.h"

/* The last part is the function, the one before it the module. */
static bool parse_names(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    struct str function = parts[n - 1];

    point->text[1] = n == 2 ? parts[0] : (struct str){"", 0};
    if (!probe_split_offset(v, function, &point->text[0], &point->num[0]) ||
        !probe_is_pattern(point->text[0])) {
        probe_report_name(v, point, function, "a kernel function");
        return false;
    }
    if (point->text[1].n && !probe_is_pattern(point->text[1])) {
        probe_report_name(v, point, point->text[1], "a kernel module");
        return false;
    }
    point->is_pattern = str_is_pattern(point->text[0]) || str_is_pattern(point->text[1]);
    return true;
}

static bool parse_kprobe(struct vocab *v, struct attach_point *point, const struct str *parts,
                         u32 n)
{
    if (n == 0 || n > 2)
        return probe_report_count(v, point, "1 or 2", n);
    if (!parse_names(v, point, parts, n))
        return false;
    if (point->num[0] != 0 && point->probe->id == PROBE_KRETPROBE) {
        diag_add(v->diags, E_PROBE_SPEC, point->span, "kretprobe takes no offset");
        return false;
    }
    if (point->num[0] != 0 && point->is_pattern) {
        diag_add(v->diags, E_PROBE_SPEC, point->span, "a pattern takes no offset");
        return false;
    }
    return true;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_KPROBE = {
    .id = PROBE_KPROBE,
    .forms = "kprobe:FUNCTION, kprobe:MODULE:FUNCTION or kprobe:FUNCTION+OFFSET",
    .doc =
        "Entry of a kernel function, or the instruction at an offset (bytes) in it. Names may be patterns: vfs_*.",
    .example = "kprobe:do_sys_openat2 < @[comm] = count(); >",
    .caps = CAP_ARGN | CAP_FUNC | CAP_REGS | CAP_OVERRIDE,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "kprobe",
    .method = METHOD_KPROBE,
    .stand_in = &probe_kprobe_stand_in,
    .method_many = METHOD_KPROBE_MULTI,
    .arg = probe_register_arg,
    .parse = parse_kprobe,
    .names = probe_function_names,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_KRETPROBE = {
    .id = PROBE_KRETPROBE,
    .forms = "kretprobe:FUNCTION or kretprobe:MODULE:FUNCTION",
    .doc = "Return from a kernel function.",
    .example = "kretprobe:vfs_read { @bytes = hist(retval); }",
    .caps = CAP_RETVAL | CAP_FUNC | CAP_REGS,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "kretprobe",
    .method = METHOD_KRETPROBE,
    .stand_in = &probe_kretprobe_stand_in,
    .method_many = METHOD_KRETPROBE_MULTI,
    .retval = probe_register_retval,
    .parse = parse_kprobe,
    .names = probe_function_names,
};
