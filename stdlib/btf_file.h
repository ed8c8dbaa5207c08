/* One file of BTF, as the kernel's Documentation/bpf/btf.rst describes it: checked when it is read,
 * so that every type found in it can be walked. For stdlib/btf*.c only. */
#pragma once

#include <linux/btf.h>

#include "ir/type.h"

struct btf_file {
    const struct btf_file *base; /* what a module's numbers and names continue; NULL: none */
    const char *strings;
    u32 n_string_bytes, first_string; /* the offset that strings[0] has */
    const char *types;
    const u32 *offsets; /* of each type, from `types` */
    u32 first_id, n_types;
    const struct type **made; /* of each type: what the language has for it; NULL: not asked yet */
};

/* Read a file of native byte order. base: of a module's file, that of vmlinux. Returns NULL, or why
 * it cannot be used: a sentence about the file. *out is written on success only. */
const char *btf_file_read(struct arena *arena, const char *path, const struct btf_file *base,
                          struct btf_file *out);

/* A type by its number, here or in the base. NULL: void, or there is none. */
const struct btf_type *btf_file_type(const struct btf_file *f, u32 id);
/* The file of the two that holds it. */
const struct btf_file *btf_file_of(const struct btf_file *f, u32 id);
/* A string by its offset, NUL-terminated; "" where there is none. */
const char *btf_file_string(const struct btf_file *f, u32 offset);

/* What stands behind a type's head, and how many there are. */
static inline const void *btf_behind(const struct btf_type *t)
{
    return t + 1;
}

static inline u32 btf_kind_of(const struct btf_type *t)
{
    return BTF_INFO_KIND(t->info);
}

static inline u32 btf_count_of(const struct btf_type *t)
{
    return BTF_INFO_VLEN(t->info);
}

/* btf_types.c: what the language has for a type by its number; TYPE_VOID where there is none. The
 * same object for the same number. */
const struct type *btf_type_of(struct types *ts, const struct btf_file *f, u32 id);
/* Name of enumerator i of a type of kind ENUM or ENUM64. */
const char *btf_enumerator_name(const struct btf_file *f, const struct btf_type *t, u32 i);
