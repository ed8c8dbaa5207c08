/* Reading an ELF object: every offset is checked once, here. */
#include "codegen/elf_view.h"

#include <errno.h>

enum {
    INSN_SIZE = 8
};

static bool in_file(const struct elf_view *v, u64 offset, u64 size)
{
    return offset <= v->size && size <= v->size - offset;
}

static bool open_sections(struct elf_view *v)
{
    const Elf64_Ehdr *head = (const void *)v->bytes;

    if ((uintptr_t)v->bytes % 8 != 0 || v->size < sizeof(*head) ||
        memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_ident[EI_CLASS] != ELFCLASS64 ||
        head->e_ident[EI_DATA] != ELFDATA2LSB || head->e_shentsize != sizeof(Elf64_Shdr) ||
        head->e_shoff % 8 != 0 ||
        !in_file(v, head->e_shoff, (u64)head->e_shnum * sizeof(Elf64_Shdr)) ||
        head->e_shstrndx >= head->e_shnum)
        return false;
    v->sections = (const void *)(v->bytes + head->e_shoff);
    v->n_sections = head->e_shnum;
    v->section_names = &v->sections[head->e_shstrndx];
    for (u32 i = 0; i < v->n_sections; i++) {
        const Elf64_Shdr *section = &v->sections[i];

        if (section->sh_type != SHT_NOBITS && !in_file(v, section->sh_offset, section->sh_size))
            return false;
    }
    return true;
}

static bool open_symbols(struct elf_view *v)
{
    const Elf64_Shdr *table = NULL;

    for (u32 i = 0; i < v->n_sections && !table; i++)
        table = v->sections[i].sh_type == SHT_SYMTAB ? &v->sections[i] : NULL;
    if (!table || table->sh_entsize != sizeof(Elf64_Sym) || table->sh_offset % 8 != 0 ||
        table->sh_link >= v->n_sections)
        return false;
    v->symbol_names = &v->sections[table->sh_link];
    v->symbols = (const void *)(v->bytes + table->sh_offset);
    v->n_symbols = (u32)(table->sh_size / sizeof(Elf64_Sym));
    for (u32 i = 0; i < v->n_symbols; i++) {
        if (elf_view_is_defined(&v->symbols[i]) && v->symbols[i].st_shndx >= v->n_sections)
            return false;
    }
    return true;
}

int elf_view_open(struct elf_view *v, const void *elf, size_t size)
{
    *v = (struct elf_view){.bytes = elf, .size = size};
    return open_sections(v) && open_symbols(v) ? 0 : -EPROTO;
}

static const char *name_at(const struct elf_view *v, const Elf64_Shdr *names, u32 offset)
{
    const char *p = (const char *)v->bytes + names->sh_offset;

    if (names->sh_size == 0 || p[names->sh_size - 1] != '\0' || offset >= names->sh_size)
        return "";
    return p + offset;
}

const char *elf_view_section_name(const struct elf_view *v, u32 section)
{
    return name_at(v, v->section_names, v->sections[section].sh_name);
}

const char *elf_view_symbol_name(const struct elf_view *v, const Elf64_Sym *symbol)
{
    return name_at(v, v->symbol_names, symbol->st_name);
}

bool elf_view_is_defined(const Elf64_Sym *symbol)
{
    return symbol->st_shndx != SHN_UNDEF && symbol->st_shndx < SHN_LORESERVE;
}

struct str elf_view_content(const struct elf_view *v, u32 section)
{
    const Elf64_Shdr *header = &v->sections[section];

    if (header->sh_type == SHT_NOBITS)
        return STR("");
    return (struct str){(const char *)v->bytes + header->sh_offset, (u32)header->sh_size};
}

u32 elf_view_find(const struct elf_view *v, const char *name)
{
    for (u32 i = 1; i < v->n_sections; i++) {
        if (strcmp(elf_view_section_name(v, i), name) == 0)
            return i;
    }
    return 0;
}

bool elf_view_relocations(const struct elf_view *v, u32 section, const Elf64_Rel **rels_out,
                          u32 *n_out)
{
    const Elf64_Shdr *header = &v->sections[section];
    const Elf64_Rel *rels = (const void *)(v->bytes + header->sh_offset);
    u32 n = (u32)(header->sh_size / sizeof(*rels));

    if (header->sh_type != SHT_REL || header->sh_offset % 8 != 0 ||
        header->sh_entsize != sizeof(*rels) || header->sh_info >= v->n_sections)
        return false;
    for (u32 i = 0; i < n; i++) {
        u64 end = v->sections[header->sh_info].sh_size;

        if (ELF64_R_SYM(rels[i].r_info) >= v->n_symbols || rels[i].r_offset % INSN_SIZE != 0 ||
            end < INSN_SIZE || rels[i].r_offset > end - INSN_SIZE)
            return false;
    }
    *rels_out = rels;
    *n_out = n;
    return true;
}
