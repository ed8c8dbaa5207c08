/* Sections and symbols of an ELF object in memory, bounds-checked. Headers are copied out byte by
 * byte before they are read: the image may lie at any address. */
#include "runtime/elf.h"

#include <elf.h>
#include <errno.h>

/* Is [offset, offset + n) inside of size bytes? */
static bool range_fits(u64 offset, u64 n, u64 size)
{
    return offset <= size && n <= size - offset;
}

/* The NUL-terminated string at offset of a string table. */
static bool string_at(struct str table, u64 offset, struct str *out)
{
    const char *end = NULL;

    if (offset >= table.n)
        return false;
    end = memchr(table.p + offset, '\0', table.n - offset);
    if (end == NULL)
        return false;
    *out = (struct str){table.p + offset, (u32)(end - (table.p + offset))};
    return true;
}

int elf_view_init(struct elf_view *view, const void *bytes, size_t size)
{
    Elf64_Ehdr header;

    if (size < sizeof(header) || size > INT32_MAX) // no string exceeds what "%.*s" takes
        return -EPROTO;
    memcpy(&header, bytes, sizeof(header));
    if (memcmp(header.e_ident, ELFMAG, SELFMAG) != 0 || header.e_ident[EI_CLASS] != ELFCLASS64 ||
        header.e_ident[EI_DATA] != ELFDATA2LSB || header.e_machine != EM_BPF ||
        header.e_type != ET_REL || header.e_shentsize != sizeof(Elf64_Shdr))
        return -EPROTO;
    if (!range_fits(header.e_shoff, (u64)header.e_shnum * sizeof(Elf64_Shdr), size) ||
        header.e_shstrndx >= header.e_shnum)
        return -EPROTO;
    *view = (struct elf_view){
        .bytes = bytes,
        .size = size,
        .section_offset = header.e_shoff,
        .n_sections = header.e_shnum,
        .names_section = header.e_shstrndx,
    };
    return 0;
}

/* Everything of a section but its name. */
static int section_raw(const struct elf_view *view, u32 index, Elf64_Shdr *header,
                       struct elf_section *out)
{
    if (index >= view->n_sections)
        return -EPROTO;
    memcpy(header, view->bytes + view->section_offset + (u64)index * sizeof(*header),
           sizeof(*header));
    *out = (struct elf_section){.index = index,
                                .type = header->sh_type,
                                .link = header->sh_link,
                                .is_code = (header->sh_flags & SHF_EXECINSTR) != 0};
    if (header->sh_type == SHT_NOBITS || header->sh_type == SHT_NULL)
        return 0;
    if (!range_fits(header->sh_offset, header->sh_size, view->size))
        return -EPROTO;
    out->data = (struct str){(const char *)view->bytes + header->sh_offset, (u32)header->sh_size};
    return 0;
}

int elf_section_at(const struct elf_view *view, u32 index, struct elf_section *out)
{
    struct elf_section section;
    struct elf_section names;
    Elf64_Shdr names_header;
    Elf64_Shdr header;

    if (section_raw(view, index, &header, &section) != 0 ||
        section_raw(view, view->names_section, &names_header, &names) != 0)
        return -EPROTO;
    if (!string_at(names.data, header.sh_name, &section.name))
        return -EPROTO;
    *out = section;
    return 0;
}

int elf_section_find(const struct elf_view *view, const char *name, struct elf_section *out)
{
    struct elf_section section;

    for (u32 i = 1; i < view->n_sections; i++) {
        if (elf_section_at(view, i, &section) != 0)
            return -EPROTO;
        if (str_eq_c(section.name, name)) {
            *out = section;
            return 0;
        }
    }
    return -ENOENT;
}

/* The table of symbols and that of their names. */
static int symbol_tables(const struct elf_view *view, struct str *symbols, struct str *names)
{
    struct elf_section section;
    struct elf_section strings;

    for (u32 i = 1; i < view->n_sections; i++) {
        if (elf_section_at(view, i, &section) != 0)
            return -EPROTO;
        if (section.type != SHT_SYMTAB)
            continue;
        if (elf_section_at(view, section.link, &strings) != 0)
            return -EPROTO;
        *symbols = section.data;
        *names = strings.data;
        return 0;
    }
    return -ENOENT;
}

int elf_symbol_find(const struct elf_view *view, struct str name, struct elf_symbol *out)
{
    struct str symbols = {0};
    struct str names = {0};
    struct str symbol_name;
    Elf64_Sym symbol;
    int err = symbol_tables(view, &symbols, &names);

    if (err != 0)
        return err;
    for (u64 at = 0; at + sizeof(symbol) <= symbols.n; at += sizeof(symbol)) {
        memcpy(&symbol, symbols.p + at, sizeof(symbol));
        if (ELF64_ST_TYPE(symbol.st_info) != STT_FUNC ||
            !string_at(names, symbol.st_name, &symbol_name) || !str_eq(symbol_name, name))
            continue;
        *out = (struct elf_symbol){symbol.st_shndx, symbol.st_value, symbol.st_size};
        return 0;
    }
    return -ENOENT;
}

bool elf_wants_symbols(const struct elf_view *view)
{
    struct str symbols = {0};
    struct str names = {0};
    Elf64_Sym symbol;
    int err = symbol_tables(view, &symbols, &names);

    for (u64 at = sizeof(symbol); at + sizeof(symbol) <= symbols.n; at += sizeof(symbol)) {
        memcpy(&symbol, symbols.p + at, sizeof(symbol));
        if (symbol.st_shndx == SHN_UNDEF)
            return true;
    }
    return err != 0 && err != -ENOENT;
}
