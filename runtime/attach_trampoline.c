/* fentry and fexit: BPF trampolines. The program is loaded for its function, which libbpf looks up
 * in the kernel's types, or in those of another program. */
#include <errno.h>
#include <stdio.h>

#include <bpf/bpf.h>

#include "runtime/attach.h"
#include "runtime/bpf_target.h"
#include "runtime/symbols.h"

#define NAME_BYTES 512 /* the kernel's longest symbol name */

static enum bpf_attach_type attach_type(const struct attach_point *point)
{
    return point->method == METHOD_FEXIT ? BPF_TRACE_FEXIT : BPF_TRACE_FENTRY;
}

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

/* The program whose function is traced, which stays open until ours is loaded for it. */
static int find_program(struct attach_point *point, const char *name, struct diags *diags,
                        int *fd_out)
{
    int fd = bpf_target_find(name, (u32)point->row->num0);
    struct diag *diag = NULL;

    if (fd >= 0) {
        *fd_out = fd;
        return attach_add_match(point, fd, 0);
    }
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

static int trampoline_aim(struct attach_point *point, struct diags *diags)
{
    char name[NAME_BYTES];
    int err = attach_is_stand_in(point) ? check_single(point, diags) : 0;
    bool is_kernel = !str_eq_c(point->row->text1, PTL_BPF_MODULE);
    int program = 0;

    if (err != 0)
        return err;
    if (snprintf(name, sizeof(name), "%.*s", STR_ARG(point->row->text0)) >= (int)sizeof(name)) {
        err = -ENOENT;
    } else {
        if (!is_kernel)
            err = find_program(point, name, diags, &program);
        if (err != 0)
            return err;
        (void)bpf_program__set_expected_attach_type(point->program,
                                                    attach_type(point)); // fails only once loaded
        err = bpf_program__set_attach_target(point->program, program, name);
    }
    if (err == 0)
        return 0;
    if (err != -ENOENT && err != -ESRCH)
        return attach_report(point, diags, err);
    (void)diag_add(diags, E_ATTACH_NO_MATCH, attach_span(point), "No matches for %s %.*s.",
                   probe_name((enum probe_id)point->row->provider), STR_ARG(point->row->text0));
    return -ENOENT;
}

static int trampoline_enable(struct attach_point *point)
{
    int link = bpf_link_create(bpf_program__fd(point->program), 0, attach_type(point), NULL);

    if (link < 0 || point->n_events == 0)
        return link < 0 ? link : attach_add_link(point, link);
    point->events[0].link_fd = link;
    return 0;
}

const struct attach_ops attach_ops_trampoline = {
    .when = ATTACH_EVENTS,
    .is_lifo = true,
    .methods = 1u << METHOD_FENTRY | 1u << METHOD_FEXIT,
    .aim = trampoline_aim,
    .enable = trampoline_enable,
};
