/* Links that are newer than libbpf 1.1 and the headers of 6.1. */
#pragma once

#include "base/util.h"

/* LAYOUT: enum bpf_attach_type (include/uapi/linux/bpf.h). */
enum {
    LINK_UPROBE_MULTI = 48,   /* since 6.6 */
    LINK_KPROBE_SESSION = 56, /* since 6.10 */
};

#define LINK_MULTI_RETURN 1u /* BPF_F_UPROBE_MULTI_RETURN, BPF_F_KPROBE_MULTI_RETURN */

/* LAYOUT: member link_create of union bpf_attr. Pointers are words; unused members are 0. */
struct link_request {
    u32 prog_fd, target_fd, attach_type, flags;

    union {
        struct {
            u32 flags, cnt;
            u64 syms, addrs, cookies;
        } kprobes;

        struct {
            u64 path, offsets, ref_ctr_offsets, cookies;
            u32 cnt, flags, pid;
        } uprobes;
    };
};

/* Create the link. Returns its fd, close-on-exec, or a negative errno. */
int link_create(const struct link_request *request);
