/* Making one object of several, and dropping what nobody reads.
 *
 * A script with many programs is given to LLVM in parts, so that neither memory nor the passes that
 * go over everything grow with the script. Sections of one name are put one behind the other; a
 * symbol that one part only uses is the one of that name that another part defines. BTF of the
 * parts is put one behind the other, too, and renumbered. DWARF, which LLVM makes together with
 * BTF, is dropped: it is half of the bytes, and nothing of ours reads it.
 *
 * A link lives in an arena; link_done() frees what does not. */
#pragma once

#include "codegen/elf_view.h"

/* The tables of .BTF.ext, in the order of its header. */
enum link_ext {
    LINK_FUNCS,
    LINK_LINES,
    LINK_CORE,
    LINK_EXT_COUNT_
};

struct link_rel {
    u64 offset; /* in the section */
    u32 type;   /* R_BPF_* */
    u32 symbol; /* number in struct link */
};

struct link_section {
    const char *name;
    u32 type;
    u64 flags, align;
    u64 size;
    struct buf bytes; /* none for SHT_NOBITS */
    u64 base;         /* where the part that is being added begins */
    VEC(struct link_rel) rels;
    u32 symbol; /* that stands for the section, or LINK_NONE */
    struct buf ext[LINK_EXT_COUNT_];
};

struct link_symbol {
    const char *name;
    u8 info;
    u32 section; /* or LINK_NONE: another part defines it */
    u64 value, size;
    u32 number; /* in the object; that of the definition for one that is used only */
};

#define LINK_NONE (~(u32)0)

struct link {
    struct arena *arena;
    VEC(struct link_section) sections;
    VEC(struct link_symbol) symbols;
    struct buf types, strings; /* of BTF */
    u32 n_types;
};

/* Free what is not in the arena. */
void link_done(struct link *l);
/* Add an object of LLVM's. Returns 0, -EPROTO (not an object as LLVM makes them from our modules)
 * or -ENOMEM; after a failure the link can only be freed. */
int link_add(struct link *l, const struct elf_view *part);
/* Append the ELF bytes. Returns 0, -EPROTO (a symbol that no part defines) or -ENOMEM. */
int link_write(struct link *l, struct buf *out);

/* ---- link_btf.c ---- */

/* Add the BTF of a part, whose sections have been added. The same errors. */
int link_btf_add(struct link *l, const struct elf_view *part);
/* Append the content of the sections .BTF and .BTF.ext. */
void link_btf_write(struct link *l, struct buf *btf_out, struct buf *ext_out);
