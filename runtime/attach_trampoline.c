/* fentry and fexit: BPF trampolines. The program is loaded for its function, which libbpf looks up
 * in the kernel's types, or in those of another program. */
#include <errno.h>
#include <stdio.h>

#include "runtime/attach.h"
#include "runtime/bpf_target.h"
#include "runtime/symbols.h"

#define NAME_BYTES 512 /* the kernel's longest symbol name */

/* A kprobe would be on each of the functions of one name; of these there is one in the types. */
static int check_single(const struct attach_point *point, struct diags *diags)
{
    struct symbols *symbols = NULL;
    struct str name = point->row->text0;
    u64 address = 0;
    u32 n = 0;

    if (attach_symbols(point, &symbols) != 0)
        return 0; // then nothing is known against it
    n = symbols_addresses(symbols, name, &address, 1);
    if (n <= 1)
        return 0;
    (void)diag_add(
        diags, E_ATTACH_AMBIGUOUS, attach_span(point),
        "%.*s: the kernel has no kprobes, and %u functions of this name, of which fentry "
        "finds one.",
        STR_ARG(point->row->name), n);
    return -ENOTUNIQ;
}

/* Find the program whose function is traced. */
static int find_program(const struct attach_point *point, const char *name, struct diags *diags)
{
    int fd = bpf_target_find(name, (u32)point->row->num0);
    struct diag *diag = NULL;

    if (fd >= 0)
        return fd;
    if (fd == -ENOENT) {
        (void)diag_add(diags, E_ATTACH_NO_MATCH, attach_span(point),
                       "No BPF program that is loaded has a function %s", name);
    } else if (fd == -ENOTUNIQ) {
        diag = diag_add(diags, E_ATTACH_AMBIGUOUS, attach_span(point),
                        "Several BPF programs have a function %s", name);
        diag_hint(diag, "Give the number of one, as bpftool prog shows them: %s:bpf:ID:%s",
                  probe_name((enum probe_id)point->row->provider), name);
    } else {
        return attach_report(point, diags, fd);
    }
    return fd;
}

static int report_target(const struct attach_point *point, struct diags *diags, int err)
{
    if (err != -ENOENT && err != -ESRCH)
        return attach_report(point, diags, err);
    (void)diag_add(diags, E_ATTACH_NO_MATCH, attach_span(point), "No matches for %s %.*s.",
                   probe_name((enum probe_id)point->row->provider), STR_ARG(point->row->text0));
    return -ENOENT;
}

/* A program as target stays open until ours, which has its descriptor only, is loaded for it. */
static int trampoline_aim(struct attach_point *point, struct diags *diags)
{
    char name[NAME_BYTES];
    int n = snprintf(name, sizeof(name), "%.*s", STR_ARG(point->row->text0));
    bool is_program = str_eq_c(point->row->text1, PTL_BPF_MODULE);
    int err = attach_is_stand_in(point) ? check_single(point, diags) : 0;
    int target = 0;

    if (err != 0)
        return err;
    if (n >= (int)sizeof(name))
        return report_target(point, diags, -ENOENT);
    if (is_program) {
        target = find_program(point, name, diags);
        if (target < 0)
            return target;
        err = attach_add_event(point, target);
    }
    if (err == 0)
        err = bpf_program__set_attach_target(point->program, target, name);
    return err != 0 ? report_target(point, diags, err) : 0;
}

/* The program is loaded, and the kernel keeps its target now. */
static int trampoline_open(struct attach_point *point, struct diags *diags)
{
    (void)diags;
    attach_detach(point);
    return 0;
}

const struct attach_ops attach_ops_trampoline = {
    .when = ATTACH_EVENTS,
    .is_lifo = true,
    .methods = 1u << METHOD_FENTRY | 1u << METHOD_FEXIT,
    .aim = trampoline_aim,
    .open = trampoline_open,
    .enable = attach_enable_link,
};
