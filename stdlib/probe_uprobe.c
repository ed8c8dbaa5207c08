/* uprobe:BINARY:FUNCTION and uretprobe:BINARY:FUNCTION: entry of a function of a program or
 * library, and return from it. The binary is searched, and its symbols are read, where the script
 * runs. */
#include "stdlib/lower.h"

/* FUNCTION, FUNCTION+OFFSET or an address of the binary. */
static bool parse_target(struct vocab *v, struct attach_point *point, struct str part)
{
    bool is_number = part.n > 0 && part.p[0] >= '0' && part.p[0] <= '9';

    point->num[1] = is_number;
    if (is_number)
        return probe_number(v, part, &point->num[0]);
    point->is_pattern = str_is_pattern(part);
    return probe_split_offset(v, part, &point->text[1], &point->num[0]) && point->text[1].n > 0;
}

/* uprobe:BINARY:cpp:NAME, where NAME may have colons of its own: several functions can be called
 * so. */
static bool parse_cpp(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    struct str name = str_printf(v->arena, PTL_CPP_PREFIX "%.*s", STR_ARG(parts[2]));

    for (u32 i = 3; i < n; i++)
        name = str_printf(v->arena, "%.*s:%.*s", STR_ARG(name), STR_ARG(parts[i]));
    point->text[0] = parts[0];
    point->text[1] = name;
    point->is_pattern = true;
    return true;
}

static bool parse_uprobe(struct vocab *v, struct attach_point *point, const struct str *parts,
                         u32 n)
{
    struct str target = n ? parts[n - 1] : (struct str){"", 0};

    if (n > 2 && str_eq_c(parts[1], "cpp"))
        return parse_cpp(v, point, parts, n);
    if (n == 0 || n > 2 || target.n == 0)
        return probe_report_count(v, point, "1 or 2", n);
    point->text[0] = n == 2 ? parts[0] : (struct str){"", 0};
    if (!parse_target(v, point, target)) {
        probe_report_name(v, point, target, "a function, nor an address");
        return false;
    }
    if (point->probe->id == PROBE_URETPROBE && point->num[0] != 0 && !point->num[1]) {
        diag_add(v->diags, E_PROBE_SPEC, point->span, "uretprobe takes no offset");
        return false;
    }
    return true;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_UPROBE = {
    .id = PROBE_UPROBE,
    .forms =
        "uprobe:BINARY:FUNCTION, uprobe:BINARY:FUNCTION+OFFSET, uprobe:BINARY:ADDRESS or uprobe:BINARY:cpp:NAME",
    .doc =
        "Entry of a function of a program or library: a path, a name that is looked up in $PATH, or a library as "
        "in libc. With -p it is looked for below the root of that process, and may be "
        "left out. cpp: takes the NAME that a function has in C++ or Rust: cpp:ns::f "
        "all of that name, cpp:\"ns::f(int)\" one.",
    .example = "uprobe:libc:getaddrinfo { @[comm, str(arg0)] = count(); }",
    .caps = CAP_ARGN | CAP_REGS | CAP_BINARY,
    .exec = EXEC_PREEMPTIBLE,
    .has_task = true,
    .is_user = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "uprobe",
    .method = METHOD_UPROBE,
    .method_many = METHOD_UPROBE_MULTI,
    .arg = probe_register_arg,
    .parse = parse_uprobe,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_URETPROBE = {
    .id = PROBE_URETPROBE,
    .forms = "uretprobe:BINARY:FUNCTION or uretprobe:BINARY:cpp:NAME",
    .doc = "Return from a function of a program or library.",
    .example = "uretprobe:libc:getaddrinfo { @[comm, (int32)retval] = count(); }",
    .caps = CAP_RETVAL | CAP_REGS | CAP_BINARY,
    .exec = EXEC_PREEMPTIBLE,
    .has_task = true,
    .is_user = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "uretprobe",
    .method = METHOD_URETPROBE,
    .method_many = METHOD_URETPROBE_MULTI,
    .retval = probe_register_retval,
    .parse = parse_uprobe,
};
