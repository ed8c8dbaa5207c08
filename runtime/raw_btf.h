/* The kernel's type information as it lies in the file, for one look: it has some 150 000 types,
 * which libbpf's parser would index all. LAYOUT: Documentation/bpf/btf.rst of the kernel. */
#pragma once

#include <linux/btf.h>

#include "base/str.h"

struct raw_btf {
    struct str types, strings; /* borrowed */
};

/* Split the bytes of a file. Returns whether they are BTF; what is in it may still be broken. */
bool raw_btf_open(struct str bytes, struct raw_btf *out);

/* The offset of a name in the strings: a name is there once. Returns whether it is. */
bool raw_btf_name(const struct raw_btf *btf, const char *name, u32 *out);

/* The number of the first type of a kind (BTF_KIND_*) with the name at this offset, its header and
 * what follows that; 0: there is none, or the types are broken before it. */
u32 raw_btf_find(const struct raw_btf *btf, u32 kind, u32 name, struct btf_type *type,
                 struct str *tail);

/* Read that of the running kernel. Returns its bytes, which the caller frees; NULL: there is none.
 */
char *raw_btf_read(u32 *size);

/* Has a struct of the kernel a member of this name? Of a broken file: no. */
bool raw_btf_has_member(const struct raw_btf *btf, const char *of, const char *member);
