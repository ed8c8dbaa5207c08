/* syscall:NAME and sysret:NAME: a system call by the name that programs know, and its end. What the
 * kernel has for one is a tracepoint of the category "syscalls". A pattern is attached to that of
 * all system calls: to attach hundreds takes seconds. Its programs look the number up among those
 * that it means, which are known when it is compiled. */
#include <errno.h>

#include <linux/bpf.h>

#include "abi/names.h"
#include "abi/record.h"
#include "abi/syscall_event.h"
#include "stdlib/lower.h"

#define CATEGORY "syscalls"

/* Of the records of raw_syscalls:sys_enter and sys_exit; the second is that of
 * syscalls:sys_exit_NAME, too. */
#define NUMBER_OFFSET 8
#define RETVAL_OFFSET 16

/* NULL: no system call that we know has the number. */
static const char *name_of(const struct vocab *v, u32 number)
{
    const char *name = names_text(NAMES_SYSCALL, v->arch, number);

    return name == names_text(NAMES_SYSCALL, v->arch, UINT64_MAX) ? NULL : name;
}

static bool matches_any(struct vocab *v, struct str pattern)
{
    const char *text = str_cstr(v->arena, pattern);

    for (u32 i = 0; i < names_count(NAMES_SYSCALL); i++) {
        const char *name = name_of(v, i);

        if (name && str_matches(text, name))
            return true;
    }
    return false;
}

static bool parse_syscall(struct vocab *v, struct attach_point *point, const struct str *parts,
                          u32 n)
{
    if (n != 1)
        return probe_report_count(v, point, "1", n);
    if (!probe_is_pattern(parts[0])) {
        probe_report_name(v, point, parts[0], "a system call");
        return false;
    }
    point->text[0] = parts[0];
    point->is_pattern = str_is_pattern(parts[0]);
    if (!point->is_pattern || matches_any(v, parts[0]))
        return true;
    diag_add(v->diags, E_NO_MATCHES, point->span, "No matches for %s %.*s.",
             probe_name(point->probe->id), STR_ARG(parts[0]));
    return false;
}

/* Names of the system calls that have events for a provider. */
static u32 names_of(struct vocab *v, enum probe_id provider, const char *const **names_out)
{
    const char *prefix = syscall_event_prefix(provider);
    const char *const *events = NULL;
    u32 n = kernel_tracepoint_names(v->kernel, &events);
    const char **names = arena_array(v->arena, const char *, n + 1);
    u32 n_names = 0;

    for (u32 i = 0; i < n; i++) {
        bool is_syscall = str_starts(str_of(events[i]), CATEGORY ":");
        const char *name =
            is_syscall ? syscall_of_event(prefix, events[i] + strlen(CATEGORY ":")) : NULL;

        if (name)
            names[n_names++] = name;
    }
    *names_out = names;
    return n_names;
}

static u32 syscall_names(struct vocab *v, const char *const **names_out)
{
    return names_of(v, PROBE_SYSCALL, names_out);
}

static u32 sysret_names(struct vocab *v, const char *const **names_out)
{
    return names_of(v, PROBE_SYSRET, names_out);
}

static int find_event(struct vocab *v, const struct attach_point *point,
                      const struct tracepoint **out)
{
    const char *prefix = syscall_event_prefix(point->probe->id);
    struct str event = str_printf(v->arena, "%s%.*s", prefix, STR_ARG(point->text[0]));
    struct str other = syscall_other_name(point->text[0]);
    int err = kernel_tracepoint(v->kernel, STR(CATEGORY), event, out);

    if (err != -ENOENT || other.n == 0)
        return err;
    event = str_printf(v->arena, "%s%.*s", prefix, STR_ARG(other));
    return kernel_tracepoint(v->kernel, STR(CATEGORY), event, out);
}

static bool resolve_syscall(struct vocab *v, struct attach_point *point)
{
    const struct tracepoint *tp = NULL;
    int err = find_event(v, point, &tp);

    if (err == 0) {
        point->tracepoint = tp;
        return true;
    }
    return probe_report_tracepoint(v, point, err, point->text[0]);
}

static ir_val sysret_retval(struct lowering *lo)
{
    return ir_ctx_load(&lo->b, RETVAL_OFFSET, 8, false);
}

/* ---- patterns ---- */

/* A new system call, whose name we do not know, is only meant by `*`. */
static bool is_number_meant(struct vocab *v, const struct attach_point *point, u32 number)
{
    const char *name = name_of(v, number);

    if (!name)
        return str_eq_c(point->text[0], "*");
    return str_matches(str_cstr(v->arena, point->text[0]), name) && !probe_is_other(v, point, name);
}

/* The numbers of 32-bit system calls are others: the kernel has no events with names for them. */
static ir_val is_compat(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    const struct arch *arch = lo->v->arch;
    struct ir_step *steps = arena_array(lo->v->arena, struct ir_step, 2);
    struct ir_access *access = arena_new(lo->v->arena, struct ir_access);
    ir_val task = ir_call_ptr(b, BPF_FUNC_get_current_task_btf, NULL, 0);
    ir_val word = NULL;
    u32 bits = arch->compat_bytes * 8;

    steps[0] = (struct ir_step){.name = STR("thread_info"), .kind = "s", .bit_size = bits};
    steps[1] = (struct ir_step){.name = str_of(arch->compat_field), .kind = "u", .bit_size = bits};
    *access = (struct ir_access){.root = STR("task_struct"), .steps = steps, .n_steps = 2};
    word = ir_load(b, ir_ptr_add(b, task, ir_core(b, IR_CORE_OFFSET, access)), 0,
                   arch->compat_bytes, false);
    return ir_binary(b, IR_AND, ir_binary(b, IR_LSHR, word, ir_const(b, arch->compat_bit)),
                     ir_const(b, 1));
}

static ir_val syscall_is_meant(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    u32 n = names_count(NAMES_SYSCALL);
    char *is_meant = arena_array(lo->v->arena, char, n);
    ir_val number = ir_ctx_load(b, NUMBER_OFFSET, 8, false);
    ir_val out = ir_slot_addr(b, ir_slot_new(b, "meant", 8));
    ir_val byte = NULL;
    struct branch br;

    for (u32 i = 0; i < n; i++)
        is_meant[i] = is_number_meant(lo->v, lo->point, i) ? 'y' : 'n';
    ir_store64(b, out, 0, ir_const(b, 0));
    br = lower_if(lo, ir_binary(b, IR_ULT, number, ir_const(b, n)));
    byte = ir_load(
        b,
        ir_ptr_add(b, ir_string(b, (struct str){is_meant, n}, n), lower_clamp(lo, number, n - 1)),
        0, 1, false);
    ir_store64(b, out, 0,
               ir_binary(b, IR_AND, ir_binary(b, IR_EQ, byte, ir_const(b, 'y')),
                         ir_binary(b, IR_XOR, is_compat(lo), ir_const(b, 1))));
    lower_end_if(lo, &br);
    return ir_load64(b, out, 0);
}

/* "syscall:NAME" */
static ir_val syscall_match_name(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    const char *prefix = probe_name(lo->point->probe->id);
    u32 at = (u32)strlen(prefix) + 1;
    ir_val out = ir_slot_addr(b, ir_slot_new(b, "probe", PTL_NAME_BYTES));
    ir_val number =
        lower_clamp(lo, ir_ctx_load(b, NUMBER_OFFSET, 8, false), names_count(NAMES_SYSCALL) - 1);
    ir_val name = ir_ptr_add(b, ir_table(b, NAMES_SYSCALL),
                             ir_binary(b, IR_MUL, number, ir_const(b, NAMES_TEXT_SIZE)));

    ir_fill_zero(b, out, 0, PTL_NAME_BYTES);
    for (u32 i = 0; i < at; i++)
        ir_store(b, out, i, 1, ir_const(b, i + 1 < at ? prefix[i] : ':'));
    for (u32 i = 0; i < NAMES_TEXT_SIZE; i++)
        ir_store(b, out, at + i, 1, ir_load(b, name, i, 1, false));
    return out;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_SYSCALL = {
    .id = PROBE_SYSCALL,
    .forms = "syscall:NAME",
    .doc =
        "A system call begins. Its arguments are in args.NAME, by the names that the kernel's source gives them. "
        "syscall:* is every system call that no other syscall probe of the script names: an empty clause for a name "
        "leaves that out. System calls of 32-bit programs are not seen.",
    .example = "syscall:openat { @[str(args.filename)] = count(); }",
    .caps = CAP_FIELDS,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .is_user = true,
    .ctx = IR_CTX_TRACEPOINT,
    .section = "tracepoint",
    .method = METHOD_TRACEPOINT,
    .star_is_rest = true,
    .is_meant = syscall_is_meant,
    .match_name = syscall_match_name,
    .parse = parse_syscall,
    .names = syscall_names,
    .resolve = resolve_syscall,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_SYSRET = {
    .id = PROBE_SYSRET,
    .forms = "sysret:NAME",
    .doc =
        "A system call ends. What it returns is in retval, and in args.ret: a negative number of an error if it failed. "
        "sysret:* is every system call that no other sysret probe of the script names.",
    .example = "sysret:openat / retval < 0 / { @[strerror(-retval)] = count(); }",
    .caps = CAP_FIELDS | CAP_RETVAL,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .is_user = true,
    .ctx = IR_CTX_TRACEPOINT,
    .section = "tracepoint",
    .method = METHOD_TRACEPOINT,
    .star_is_rest = true,
    .is_meant = syscall_is_meant,
    .match_name = syscall_match_name,
    .is_retval_signed = true,
    .retval = sysret_retval,
    .parse = parse_syscall,
    .names = sysret_names,
    .resolve = resolve_syscall,
};
