/* The kernel's type information, of which a piece at a time is read: it has some 150 000 types in
 * 5 MB, which libbpf's parser would index all, and what is looked for stands near the beginning.
 * LAYOUT: Documentation/bpf/btf.rst of the kernel. */
#pragma once

#include <linux/btf.h>

#include "base/str.h"

/* That of the running kernel. */
#define RAW_BTF_KERNEL "/sys/kernel/btf/vmlinux"

/* A part of the file. */
struct raw_btf_part {
    u64 at, n;
};

struct raw_btf {
    int fd;
    struct raw_btf_part types, strings;
    struct raw_btf_part piece; /* what of the file is in bytes */
    char *bytes;
    size_t room;
};

/* Open a file. Returns whether it is BTF; what is in it may still be broken. The caller gives it to
 * raw_btf_done() in both cases. */
bool raw_btf_open(const char *path, struct raw_btf *out);
void raw_btf_done(struct raw_btf *btf);

#define _cleanup_raw_btf_ _cleanup_(raw_btf_done)

/* The offset of a name of at most 38 bytes in the strings: a name is there once. Returns whether it
 * is.
 */
bool raw_btf_name(struct raw_btf *btf, const char *name, u32 *out);

/* The number of the first type of a kind (BTF_KIND_*) with the name at this offset, its header and
 * what follows that, borrowed until the next call; 0: there is none, or the types are broken before
 * it. */
u32 raw_btf_find(struct raw_btf *btf, u32 kind, u32 name, struct btf_type *type, struct str *tail);

/* Has a struct of the kernel a member of this name? Of a broken file: no. */
bool raw_btf_has_member(struct raw_btf *btf, const char *of, const char *member);
