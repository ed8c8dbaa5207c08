/* rawtracepoint: the kernel finds it by name. */
#include <errno.h>
#include <stdio.h>

#include <linux/bpf.h>

#include <bpf/bpf.h>

#include "runtime/attach.h"

#define NAME_BYTES 128 /* what the kernel takes */

/* Is there such a tracepoint? The kernel tells it to those who attach, and the script's program
 * must not run yet: so another one is attached, which does nothing, and detached. */
static int try_name(const char *name)
{
    const struct bpf_insn nothing[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    _cleanup_close_ int prog = bpf_prog_load(BPF_PROG_TYPE_RAW_TRACEPOINT, "ptl_probe", "GPL",
                                             nothing, ARRAY_SIZE(nothing), NULL);
    _cleanup_close_ int link = prog < 0 ? prog : bpf_raw_tracepoint_open(name, prog);

    return MIN(link, 0);
}

static int target_name(const struct attach_point *point, char *name)
{
    int n = snprintf(name, NAME_BYTES, "%.*s", STR_ARG(point->row->text0));

    return n >= NAME_BYTES ? -ENOENT : 0;
}

static int raw_tracepoint_open(struct attach_point *point, struct diags *diags)
{
    char name[NAME_BYTES];
    int err = target_name(point, name);

    if (err == 0)
        err = try_name(name);
    if (err != -ENOENT)
        return err != 0 ? attach_report(point, diags, err) : 0;
    (void)diag_add(diags, E_ATTACH_NO_MATCH, attach_span(point),
                   "No matches for rawtracepoint %.*s.", STR_ARG(point->row->text0));
    return err;
}

static int raw_tracepoint_enable(struct attach_point *point)
{
    char name[NAME_BYTES];
    int err = target_name(point, name);
    int link = err != 0 ? err : bpf_raw_tracepoint_open(name, bpf_program__fd(point->program));

    return link < 0 ? link : attach_add_link(point, link);
}

const struct attach_ops attach_ops_raw_tracepoint = {
    .when = ATTACH_EVENTS,
    .methods = 1u << METHOD_RAW_TRACEPOINT,
    .open = raw_tracepoint_open,
    .enable = raw_tracepoint_enable,
};
