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

/* "f+0x10" to name and offset in bytes; no offset: 0. False if what follows the + is no number. */
static bool split_offset(struct vocab *v, struct str part, struct str *name_out, u64 *offset_out)
{
    int plus = str_index(part, '+');
    char *end = NULL;

    *name_out = part;
    *offset_out = 0;
    if (plus < 0)
        return true;

    const char *digits = str_cstr(v->arena, str_sub(part, (u32)plus + 1, part.n));

    *name_out = str_sub(part, 0, (u32)plus);
    *offset_out = strtoull(digits, &end, 0);
    return *digits >= '0' && *digits <= '9' && *end == '\0' && *offset_out <= UINT32_MAX;
}

static bool report_name(struct vocab *v, const struct attach_point *point, struct str name)
{
    struct diag *diag = diag_add(v->diags, E_PROBE_SPEC, point->span,
                                 "'%.*s' is not the name of a kernel function", STR_ARG(name));

    if (str_index(name, '*') >= 0)
        diag_hint(diag, "Wildcards are not supported yet: write a list, kprobe:f, kprobe:g.");
    return false;
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
    if (!split_offset(v, parts[0], &point->text[0], &point->num[0]) || !is_symbol(point->text[0]))
        return report_name(v, point, parts[0]);
    if (point->num[0] != 0 && point->probe->id == PROBE_KRETPROBE) {
        diag_add(v->diags, E_PROBE_SPEC, point->span, "kretprobe takes no offset");
        return false;
    }
    return true;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_KPROBE = {
    .id = PROBE_KPROBE,
    .forms = "kprobe:FUNCTION or kprobe:FUNCTION+OFFSET",
    .doc = "Entry of a kernel function, or the instruction at an offset (bytes) in it.",
    .example = "kprobe:do_sys_openat2 < @[comm] = count(); >",
    .caps = CAP_ARGN | CAP_FUNC | CAP_REGS | CAP_OVERRIDE,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "kprobe",
    .method = METHOD_KPROBE,
    .parse = parse_kprobe,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_KRETPROBE = {
    .id = PROBE_KRETPROBE,
    .forms = "kretprobe:FUNCTION",
    .doc = "Return from a kernel function.",
    .example = "kretprobe:vfs_read { @bytes = hist(retval); }",
    .caps = CAP_RETVAL | CAP_FUNC | CAP_REGS,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PT_REGS,
    .section = "kretprobe",
    .method = METHOD_KRETPROBE,
    .parse = parse_kprobe,
};
