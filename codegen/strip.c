/* Dropping DWARF from an object. LLVM makes BTF only together with DWARF, which is half of the
 * object's bytes and which nothing of ours reads. What is dropped: sections .debug_*, their
 * relocations, and the section symbols that those need.
 *
 * The object is written anew: headers, then the kept sections one behind the other in their old
 * order. Sections and symbols are renumbered, in the section headers' links, in the symbols and in
 * the relocations. BTF goes unchanged: it names things by strings and offsets inside sections. The
 * input is LLVM's, but all of it is checked all the same. */
#include <elf.h>
#include <errno.h>

#include "codegen/gen.h"

#define DROPPED (~(u32)0)

struct strip {
    const u8 *bytes;
    size_t size;
    const Elf64_Ehdr *head;
    const Elf64_Shdr *sections;
    u32 n_sections;
    u32 *section_map; /* old number -> new, or DROPPED */
    u32 *symbol_map;
    u32 n_symbols;
    Elf64_Shdr *headers; /* new ones */
};

static bool in_file(const struct strip *s, u64 offset, u64 size)
{
    return offset <= s->size && size <= s->size - offset;
}

static bool open_object(struct strip *s)
{
    const Elf64_Ehdr *head = (const void *)s->bytes;

    if (s->size < sizeof(*head) || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 ||
        head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_ident[EI_DATA] != ELFDATA2LSB ||
        head->e_shentsize != sizeof(Elf64_Shdr) || head->e_shoff % 8 != 0 ||
        !in_file(s, head->e_shoff, (u64)head->e_shnum * sizeof(Elf64_Shdr)) ||
        head->e_shstrndx >= head->e_shnum)
        return false;
    s->head = head;
    s->sections = (const void *)(s->bytes + head->e_shoff);
    s->n_sections = head->e_shnum;
    for (u32 i = 0; i < s->n_sections; i++) {
        const Elf64_Shdr *section = &s->sections[i];

        if (section->sh_type != SHT_NOBITS && !in_file(s, section->sh_offset, section->sh_size))
            return false;
    }
    return true;
}

static const char *section_name(const struct strip *s, const Elf64_Shdr *section)
{
    const Elf64_Shdr *names = &s->sections[s->head->e_shstrndx];
    const char *p = (const char *)s->bytes + names->sh_offset;

    if (names->sh_size == 0 || p[names->sh_size - 1] != '\0' || section->sh_name >= names->sh_size)
        return "";
    return p + section->sh_name;
}

/* By its name: DWARF, or what only a linker of DWARF and BTF needs. The relocations of BTF add
 * section addresses, which are 0 in an object file; libbpf does not read them. */
static bool is_unread(const char *name)
{
    return strncmp(name, ".debug_", 7) == 0 || strncmp(name, ".rel.debug_", 11) == 0 ||
           strcmp(name, ".rel.BTF") == 0 || strcmp(name, ".rel.BTF.ext") == 0 ||
           strcmp(name, ".llvm_addrsig") == 0;
}

/* Number the sections anew. */
static void map_sections(struct strip *s)
{
    u32 n = 0;

    for (u32 i = 0; i < s->n_sections; i++) {
        const Elf64_Shdr *section = &s->sections[i];
        bool is_dropped = is_unread(section_name(s, section));

        s->section_map[i] = is_dropped ? DROPPED : n++;
    }
}

static const Elf64_Shdr *find_symbols(const struct strip *s)
{
    for (u32 i = 0; i < s->n_sections; i++) {
        const Elf64_Shdr *section = &s->sections[i];

        if (section->sh_type == SHT_SYMTAB && section->sh_entsize == sizeof(Elf64_Sym) &&
            section->sh_offset % 8 == 0)
            return section;
    }
    return NULL;
}

static bool is_real_section(const struct strip *s, u16 number)
{
    return number != SHN_UNDEF && number < s->n_sections;
}

/* Number the symbols anew: those of dropped sections go. */
static void map_symbols(struct strip *s, const Elf64_Sym *symbols)
{
    u32 n = 0;

    for (u32 i = 0; i < s->n_symbols; i++) {
        u16 section = symbols[i].st_shndx;
        bool is_dropped = is_real_section(s, section) && s->section_map[section] == DROPPED;

        s->symbol_map[i] = is_dropped ? DROPPED : n++;
    }
}

static void write_symbols(const struct strip *s, const Elf64_Sym *symbols, struct buf *out)
{
    for (u32 i = 0; i < s->n_symbols; i++) {
        Elf64_Sym symbol = symbols[i];

        if (s->symbol_map[i] == DROPPED)
            continue;
        if (is_real_section(s, symbol.st_shndx))
            symbol.st_shndx = (u16)s->section_map[symbol.st_shndx];
        buf_add(out, &symbol, sizeof(symbol));
    }
}

static bool write_relocations(const struct strip *s, const Elf64_Shdr *section, struct buf *out)
{
    const Elf64_Rel *rels = (const void *)(s->bytes + section->sh_offset);

    if (section->sh_offset % 8 != 0 || section->sh_entsize != sizeof(*rels))
        return false;
    for (u64 i = 0; i < section->sh_size / sizeof(*rels); i++) {
        Elf64_Rel rel = rels[i];
        u64 symbol = ELF64_R_SYM(rel.r_info);

        if (symbol >= s->n_symbols || s->symbol_map[symbol] == DROPPED)
            return false;
        rel.r_info = ELF64_R_INFO((u64)s->symbol_map[symbol], ELF64_R_TYPE(rel.r_info));
        buf_add(out, &rel, sizeof(rel));
    }
    return true;
}

/* Number of local symbols that are kept: the sh_info of a symbol table. */
static u32 count_locals(const struct strip *s, u32 n_old)
{
    u32 n = 0;

    for (u32 i = 0; i < MIN(n_old, s->n_symbols); i++)
        n += s->symbol_map[i] != DROPPED;
    return n;
}

/* Write the bytes of a section, and its new header to *header. */
static bool write_section(const struct strip *s, const Elf64_Shdr *section, size_t start,
                          struct buf *out, Elf64_Shdr *header)
{
    const u8 *bytes = s->bytes + section->sh_offset;
    size_t align = MAX(section->sh_addralign, (u64)1), before = 0;

    *header = *section;
    if (section->sh_type == SHT_NULL)
        return true;
    buf_pad(out, '\0', (align - (out->n - start) % align) % align);
    before = out->n;
    header->sh_offset = before - start;
    if (section->sh_link < s->n_sections && s->section_map[section->sh_link] != DROPPED)
        header->sh_link = s->section_map[section->sh_link];
    if (section->sh_type == SHT_NOBITS)
        return true;
    if (section->sh_type == SHT_REL) {
        if (section->sh_info >= s->n_sections || s->section_map[section->sh_info] == DROPPED ||
            !write_relocations(s, section, out))
            return false;
        header->sh_info = s->section_map[section->sh_info];
    } else if (section->sh_type == SHT_SYMTAB) {
        write_symbols(s, (const void *)bytes, out);
        header->sh_info = count_locals(s, section->sh_info);
    } else {
        buf_add(out, bytes, section->sh_size);
    }
    header->sh_size = out->n - before;
    return true;
}

static bool write_object(const struct strip *s, struct buf *out)
{
    size_t start = out->n;
    Elf64_Ehdr head = *s->head;
    u32 n = 0;

    buf_add(out, &head, sizeof(head));
    for (u32 i = 0; i < s->n_sections; i++) {
        if (s->section_map[i] == DROPPED)
            continue;
        if (!write_section(s, &s->sections[i], start, out, &s->headers[n++]))
            return false;
    }
    buf_pad(out, '\0', (8 - (out->n - start) % 8) % 8);
    head.e_shoff = out->n - start;
    head.e_shnum = (u16)n;
    head.e_shstrndx = (u16)s->section_map[s->head->e_shstrndx];
    buf_add(out, s->headers, n * sizeof(*s->headers));
    if (!out->failed)
        memcpy(out->p + start, &head, sizeof(head));
    return true;
}

int object_strip(const void *elf, size_t size, struct buf *out)
{
    struct strip s = {.bytes = elf, .size = size};
    _cleanup_free_ u32 *section_map = NULL, *symbol_map = NULL;
    _cleanup_free_ Elf64_Shdr *headers = NULL;
    const Elf64_Shdr *symbols = NULL;

    if ((uintptr_t)elf % 8 != 0 || !open_object(&s))
        return -EPROTO;
    section_map = s.section_map = calloc(s.n_sections, sizeof(u32));
    headers = s.headers = calloc(s.n_sections, sizeof(Elf64_Shdr));
    if (!section_map || !headers)
        return -ENOMEM;
    map_sections(&s);
    symbols = find_symbols(&s);
    if (!symbols || s.section_map[s.head->e_shstrndx] == DROPPED)
        return -EPROTO;
    s.n_symbols = (u32)(symbols->sh_size / sizeof(Elf64_Sym));
    symbol_map = s.symbol_map = calloc(s.n_symbols + 1, sizeof(u32));
    if (!symbol_map)
        return -ENOMEM;
    map_symbols(&s, (const void *)(s.bytes + symbols->sh_offset));
    if (!write_object(&s, out))
        return -EPROTO;
    return out->failed ? -ENOMEM : 0;
}
