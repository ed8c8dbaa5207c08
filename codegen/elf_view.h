/* A checked view of an ELF object of BPF that LLVM wrote: its sections, symbols and relocations.
 * The bytes are borrowed and aligned to 8. */
#pragma once

#include <elf.h>

#include "base/str.h"

struct elf_view {
    const u8 *bytes;
    size_t size;
    const Elf64_Shdr *sections;
    u32 n_sections;
    const Elf64_Shdr *section_names;
    const Elf64_Shdr *symbol_names;
    const Elf64_Sym *symbols;
    u32 n_symbols;
};

/* Look at an object. Afterwards the content of each section lies inside the bytes, and each symbol
 * that is in a section names one that is there. Returns 0 or -EPROTO. */
int elf_view_open(struct elf_view *v, const void *elf, size_t size);
/* Name of a section or a symbol; "" if it has none. */
const char *elf_view_section_name(const struct elf_view *v, u32 section);
const char *elf_view_symbol_name(const struct elf_view *v, const Elf64_Sym *symbol);
/* Is it in one of the sections? */
bool elf_view_is_defined(const Elf64_Sym *symbol);
/* Content of a section; nothing for one without bytes in the file. */
struct str elf_view_content(const struct elf_view *v, u32 section);
/* Number of the section of that name, 0 if there is none. */
u32 elf_view_find(const struct elf_view *v, const char *name);
/* The relocations of a section of relocations. False if they are none, name a symbol that is not
 * there or a place that is not an instruction of section sh_info. */
bool elf_view_relocations(const struct elf_view *v, u32 section, const Elf64_Rel **rels_out,
                          u32 *n_out);
