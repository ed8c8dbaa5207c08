/* watchpoint:ADDRESS:LENGTH:MODE: an access to memory, by the CPU's debug registers. */
#include <linux/hw_breakpoint.h>

#include "stdlib/vocab.h"

/* "rw" to HW_BREAKPOINT_* bits; 0: not understood. */
static u32 parse_mode(struct str text)
{
    u32 mode = 0;

    for (u32 i = 0; i < text.n; i++) {
        u32 bit = text.p[i] == 'r'   ? HW_BREAKPOINT_R
                  : text.p[i] == 'w' ? HW_BREAKPOINT_W
                  : text.p[i] == 'x' ? HW_BREAKPOINT_X
                                     : 0;

        if (!bit || (mode & bit))
            return 0;
        mode |= bit;
    }
    return mode;
}

static bool is_length(u64 length)
{
    return length == 1 || length == 2 || length == 4 || length == 8;
}

static bool report(struct vocab *v, const struct attach_point *point, const char *what)
{
    diag_hint(diag_add(v->diags, E_PROBE_SPEC, point->span, "%s", what), "It is written %s.",
              point->probe->forms);
    return false;
}

static bool parse_watch(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    u64 length = 0;
    u32 mode = n == 3 ? parse_mode(parts[2]) : 0;

    if (n != 3)
        return probe_report_count(v, point, "3", n);
    if (!probe_number(v, parts[0], &point->num[0]) || point->num[0] == 0)
        return report(v, point, "A watchpoint needs an address");
    if (!probe_number(v, parts[1], &length) || !is_length(length))
        return report(v, point, "A watchpoint has a length of 1, 2, 4 or 8 bytes");
    if (mode == 0)
        return report(v, point, "The mode of a watchpoint is of r, w and x");
    if ((mode & HW_BREAKPOINT_X) && mode != HW_BREAKPOINT_X)
        return report(v, point, "A watchpoint is for data (r, w) or for an instruction (x)");
    if (str_eq_c(str_of(v->arch->name), "x86_64") && mode == HW_BREAKPOINT_R)
        return report(v, point, "This CPU cannot watch reads alone: rw, w or x");
    point->num[1] = length | (u64)mode << 8;
    return true;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_WATCHPOINT = {
    .id = PROBE_WATCHPOINT,
    .forms = "watchpoint:ADDRESS:LENGTH:MODE",
    .doc =
        "Access to memory of the kernel or of programs: LENGTH 1, 2, 4 or 8 bytes; MODE of r, w, x. The CPU has few of "
        "them. An address of a program is watched in all programs: filter by pid, or use -p.",
    .example = "watchpoint:0x10000000:8:w { @[comm] = count(); }",
    .caps = CAP_REGS,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PERF_EVENT,
    .section = "perf_event",
    .method = METHOD_PERF_CPUS,
    .parse = parse_watch,
};
