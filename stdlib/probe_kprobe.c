/* kprobe:FUNCTION and kretprobe:FUNCTION: entry of a kernel function, and return from it. */
#include "stdlib/vocab.h"

static bool is_symbol_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '.' || c == '$';
}

static bool is_symbol(struct str name)
{
    for (u32 i = 0; i < name.n; i++) {
        if (!is_symbol_char(name.p[i]))
            return false;
    }
    return name.n > 0;
}

static bool parse_kprobe(struct vocab *v, struct attach_point *point, const struct str *parts,
                         u32 n)
{
    const char *provider = probe_name(point->probe->id);

    if (n != 1) {
        struct diag *diag = diag_add(v->diags, E_PROBE_SPEC, point->span,
                                     "%s probe type requires 1 argument, found %u", provider, n);

        diag_hint(diag, "It is written %s.", point->probe->forms);
        return false;
    }
    if (!is_symbol(parts[0])) {
        struct diag *diag =
            diag_add(v->diags, E_PROBE_SPEC, point->span,
                     "'%.*s' is not the name of a kernel function", STR_ARG(parts[0]));

        if (str_index(parts[0], '*') >= 0)
            diag_hint(diag, "Wildcards are not supported yet: write a list, kprobe:f, kprobe:g.");
        return false;
    }
    point->text[0] = parts[0];
    return true;
}

const struct probe_desc probe_KPROBE = {
    .id = PROBE_KPROBE,
    .forms = "kprobe:FUNCTION",
    .doc = "Entry of a kernel function.",
    .example = "kprobe:do_sys_openat2 < @[comm] = count(); >",
    .caps = CAP_ARGN | CAP_FUNC,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "kprobe",
    .method = METHOD_KPROBE,
    .parse = parse_kprobe,
};

const struct probe_desc probe_KRETPROBE = {
    .id = PROBE_KRETPROBE,
    .forms = "kretprobe:FUNCTION",
    .doc = "Return from a kernel function.",
    .example = "kretprobe:vfs_read { @bytes = hist(retval); }",
    .caps = CAP_RETVAL | CAP_FUNC,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "kretprobe",
    .method = METHOD_KRETPROBE,
    .parse = parse_kprobe,
};
