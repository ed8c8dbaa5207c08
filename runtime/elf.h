/* Sections and symbols of an ELF object in memory.
 *
 * Objects are untrusted: nothing is copied, nothing is allocated, and every offset and length is
 * checked against the size of the image before it is used. */
#pragma once

#include "base/str.h"

struct elf_view {
    const u8 *bytes; /* borrowed */
    size_t size;
    u64 section_offset; /* of the section header table */
    u32 n_sections;
    u32 names_section; /* index of the section with the names */
};

struct elf_section {
    struct str name;
    struct str data; /* empty for a section without bytes in the file */
    u32 index;
    u32 type;
    u32 link;
    bool is_code;
};

/* A defined function symbol. */
struct elf_symbol {
    u32 section; /* index */
    u64 offset;  /* in the section, bytes */
    u64 size;
};

/* Look at size bytes as a little-endian ELF64 BPF object. bytes: borrowed for the life of the view.
 * Returns 0 or -EPROTO. */
int elf_view_init(struct elf_view *view, const void *bytes, size_t size);

/* The section with this index. Returns 0 or -EPROTO if its header or data lies outside of the file.
 */
int elf_section_at(const struct elf_view *view, u32 index, struct elf_section *out);

/* The first section of this name. Returns 0, -ENOENT, or -EPROTO. */
int elf_section_find(const struct elf_view *view, const char *name, struct elf_section *out);

/* Does it use symbols that it does not define, which libbpf would look for in the kernel? True too
 * for symbols that cannot be read. */
bool elf_wants_symbols(const struct elf_view *view);

/* The function symbol of this name. Returns 0, -ENOENT, or -EPROTO. */
int elf_symbol_find(const struct elf_view *view, struct str name, struct elf_symbol *out);
