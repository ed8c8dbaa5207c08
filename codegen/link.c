/* ELF objects of BPF as one: sections, symbols and relocations. The addend of a relocation stands
 * in the instruction, so where a reference is to a section, that is what moves. */
#include "codegen/link.h"

#include <errno.h>

#include "abi/digest.h"

enum {
    INSN_SIZE = 8
};

void link_done(struct link *l)
{
    vec_foreach(section, &l->sections) {
        buf_done(&section->bytes);
        for (u32 i = 0; i < LINK_EXT_COUNT_; i++)
            buf_done(&section->ext[i]);
    }
    buf_done(&l->types);
    buf_done(&l->strings);
}

/* ---- a part ---- */

/* What of a part goes where. */
struct mapping {
    const struct elf_view *part;
    u32 *sections, *symbols; /* numbers in the link, or LINK_NONE */
};

static bool is_kept(const struct elf_view *part, u32 number)
{
    const char *name = elf_view_section_name(part, number);
    u32 type = part->sections[number].sh_type;

    return (type == SHT_PROGBITS || type == SHT_NOBITS) && strncmp(name, ".debug_", 7) != 0 &&
           strncmp(name, ".BTF", 4) != 0;
}

static u32 section_named(struct link *l, const char *name, const Elf64_Shdr *like)
{
    struct link_section *section = NULL;

    for (u32 i = 0; i < l->sections.n; i++) {
        if (strcmp(l->sections.items[i].name, name) == 0)
            return i;
    }
    section = vec_push(l->arena, &l->sections);
    *section = (struct link_section){.name = str_cstr(l->arena, str_of(name)),
                                     .type = like->sh_type,
                                     .flags = like->sh_flags,
                                     .symbol = LINK_NONE};
    return l->sections.n - 1;
}

static int add_section(struct link *l, const struct mapping *m, u32 number)
{
    const Elf64_Shdr *header = &m->part->sections[number];
    struct str content = elf_view_content(m->part, number);
    u64 align = MAX(header->sh_addralign, (u64)1);
    struct link_section *section = NULL;

    m->sections[number] = section_named(l, elf_view_section_name(m->part, number), header);
    section = &l->sections.items[m->sections[number]];
    if (section->type != header->sh_type || (align & (align - 1)))
        return -EPROTO;
    section->align = MAX(section->align, align);
    section->base = ROUND_UP(section->size, align);
    if (section->type != SHT_NOBITS) {
        buf_pad(&section->bytes, '\0', section->base - section->size);
        buf_add(&section->bytes, content.p, content.n);
    }
    section->size = section->base + header->sh_size;
    return section->bytes.failed ? -ENOMEM : 0;
}

static int add_sections(struct link *l, const struct mapping *m)
{
    int rc = 0;

    for (u32 i = 0; i < m->part->n_sections && rc == 0; i++) {
        m->sections[i] = LINK_NONE;
        if (is_kept(m->part, i))
            rc = add_section(l, m, i);
    }
    return rc;
}

static u32 add_symbol(struct link *l, const char *name, u8 info, u32 section)
{
    *vec_push(l->arena, &l->symbols) =
        (struct link_symbol){.name = name, .info = info, .section = section};
    return l->symbols.n - 1;
}

static u32 section_symbol(struct link *l, u32 number)
{
    struct link_section *section = &l->sections.items[number];

    if (section->symbol == LINK_NONE)
        section->symbol = add_symbol(l, "", ELF64_ST_INFO(STB_LOCAL, STT_SECTION), number);
    return section->symbol;
}

static void add_symbols(struct link *l, const struct mapping *m)
{
    for (u32 i = 0; i < m->part->n_symbols; i++) {
        const Elf64_Sym *symbol = &m->part->symbols[i];
        bool is_defined = elf_view_is_defined(symbol);
        u32 section = is_defined ? m->sections[symbol->st_shndx] : LINK_NONE;
        const char *name = elf_view_symbol_name(m->part, symbol);

        m->symbols[i] = LINK_NONE;
        if (i == 0 || (section == LINK_NONE && (is_defined || symbol->st_shndx != SHN_UNDEF)))
            continue;
        if (ELF64_ST_TYPE(symbol->st_info) == STT_SECTION) {
            m->symbols[i] = section_symbol(l, section);
            continue;
        }
        m->symbols[i] = add_symbol(l, str_cstr(l->arena, str_of(name)), symbol->st_info, section);
        l->symbols.items[m->symbols[i]].size = symbol->st_size;
        if (is_defined) {
            l->symbols.items[m->symbols[i]].value =
                symbol->st_value + l->sections.items[section].base;
        }
    }
}

/* A reference to a section counts from the begin of the part in it: move it to that of the whole.
 * Addresses (64_64) are in bytes, calls (64_32) in instructions. */
static bool move_addend(struct link *l, const struct link_section *section,
                        const struct link_rel *rel)
{
    const struct link_symbol *symbol = &l->symbols.items[rel->symbol];
    char *imm = section->bytes.p + rel->offset + INSN_SIZE / 2;
    s32 addend = 0;

    if (rel->type != R_BPF_64_64 && rel->type != R_BPF_64_32)
        return false;
    if (ELF64_ST_TYPE(symbol->info) != STT_SECTION)
        return true;
    memcpy(&addend, imm, sizeof(addend));
    addend +=
        (s32)(l->sections.items[symbol->section].base / (rel->type == R_BPF_64_32 ? INSN_SIZE : 1));
    memcpy(imm, &addend, sizeof(addend));
    return true;
}

static int add_relocations(struct link *l, const struct mapping *m, u32 number)
{
    u32 patched = m->part->sections[number].sh_info;
    const Elf64_Rel *rels = NULL;
    struct link_section *section = NULL;
    u32 n = 0;

    if (patched >= m->part->n_sections)
        return -EPROTO;
    if (m->sections[patched] == LINK_NONE)
        return 0; /* of DWARF; those of BTF add addresses of sections, which are 0 */
    section = &l->sections.items[m->sections[patched]];
    if (section->type == SHT_NOBITS || !elf_view_relocations(m->part, number, &rels, &n))
        return -EPROTO;
    for (u32 i = 0; i < n; i++) {
        struct link_rel rel = {rels[i].r_offset + section->base, (u32)ELF64_R_TYPE(rels[i].r_info),
                               m->symbols[ELF64_R_SYM(rels[i].r_info)]};

        if (rel.symbol == LINK_NONE || !move_addend(l, section, &rel))
            return -EPROTO;
        *vec_push(l->arena, &section->rels) = rel;
    }
    return 0;
}

int link_add(struct link *l, const struct elf_view *part)
{
    _cleanup_free_ u32 *sections = calloc(part->n_sections + 1, sizeof(u32));
    _cleanup_free_ u32 *symbols = calloc(part->n_symbols + 1, sizeof(u32));
    struct mapping m = {part, sections, symbols};
    int rc = 0;

    if (!sections || !symbols)
        return -ENOMEM;
    rc = add_sections(l, &m);
    if (rc == 0)
        add_symbols(l, &m);
    for (u32 i = 0; i < part->n_sections && rc == 0; i++) {
        if (part->sections[i].sh_type == SHT_REL)
            rc = add_relocations(l, &m, i);
    }
    return rc ? rc : link_btf_add(l, part);
}

/* ---- the whole ---- */

static bool is_local(const struct link_symbol *symbol)
{
    return ELF64_ST_BIND(symbol->info) == STB_LOCAL;
}

static int compare_names(const void *a, const void *b)
{
    const struct link_symbol *const *x = a, *const *y = b;

    return strcmp((*x)->name, (*y)->name);
}

/* Number the symbols that will be in the object, from 1: local ones, whose number is returned, then
 * the others; and give those that are used only the number of their definition. */
static int number_symbols(struct link *l, u32 *n_local_out)
{
    struct link_symbol **globals = arena_array(l->arena, struct link_symbol *, l->symbols.n);
    u32 n = 1, n_globals = 0;

    vec_foreach(symbol, &l->symbols) {
        if (symbol->section != LINK_NONE && is_local(symbol))
            symbol->number = n++;
    }
    *n_local_out = n;
    vec_foreach(symbol, &l->symbols) {
        if (symbol->section == LINK_NONE || is_local(symbol))
            continue;
        symbol->number = n++;
        globals[n_globals++] = symbol;
    }
    qsort(globals, n_globals, sizeof(struct link_symbol *), compare_names);
    vec_foreach(symbol, &l->symbols) {
        struct link_symbol **found = NULL;

        if (symbol->section != LINK_NONE)
            continue;
        found = bsearch(&(struct link_symbol *){symbol}, globals, n_globals,
                        sizeof(struct link_symbol *), compare_names);
        if (!found)
            return -EPROTO;
        symbol->number = (*found)->number;
    }
    return 0;
}

/* The object that is being written: its bytes begin at out->p + start. */
struct writer {
    struct link *link;
    struct buf *out;
    size_t start, digest_at; /* the latter counts from there */
    struct buf headers, names;
    u32 n_sections;
};

static u32 add_name(struct writer *w, const char *name)
{
    u32 at = (u32)w->names.n;

    buf_add(&w->names, name, strlen(name) + 1);
    return at;
}

/* Append the bytes of a section, and its header. bytes NULL: it has none. Returns its number. */
static u32 write_section(struct writer *w, const char *name, Elf64_Shdr header,
                         const struct buf *bytes)
{
    size_t align = MAX(header.sh_addralign, (u64)1);

    buf_pad(w->out, '\0', (align - (w->out->n - w->start) % align) % align);
    header.sh_name = add_name(w, name);
    header.sh_offset = w->out->n - w->start;
    if (bytes) {
        header.sh_size = bytes->n;
        buf_add(w->out, bytes->p, bytes->n);
    }
    buf_add(&w->headers, &header, sizeof(header));
    return w->n_sections++;
}

static void write_relocations(struct writer *w, const struct link_section *section, u32 number,
                              u32 symbol_table)
{
    _cleanup_buf_ struct buf bytes = {0}, name = {0};
    Elf64_Shdr header = {.sh_type = SHT_REL,
                         .sh_flags = SHF_INFO_LINK,
                         .sh_link = symbol_table,
                         .sh_info = number,
                         .sh_addralign = 8,
                         .sh_entsize = sizeof(Elf64_Rel)};

    vec_foreach(rel, &section->rels) {
        u64 symbol = w->link->symbols.items[rel->symbol].number;
        Elf64_Rel made = {rel->offset, ELF64_R_INFO(symbol, rel->type)};

        buf_add(&bytes, &made, sizeof(made));
    }
    buf_printf(&name, ".rel%s", section->name);
    buf_add_char(&name, '\0');
    w->out->failed |= bytes.failed || name.failed;
    if (!w->out->failed)
        (void)write_section(w, name.p, header, &bytes);
}

static void add_symbols_of(struct writer *w, bool local, struct buf *bytes)
{
    vec_foreach(symbol, &w->link->symbols) {
        Elf64_Sym made = {.st_info = symbol->info,
                          .st_shndx = (u16)(symbol->section + 1),
                          .st_value = symbol->value,
                          .st_size = symbol->size};

        if (symbol->section == LINK_NONE || is_local(symbol) != local)
            continue;
        made.st_name = *symbol->name ? add_name(w, symbol->name) : 0;
        buf_add(bytes, &made, sizeof(made));
    }
}

/* The table of symbols and that of all names, which is the last section. */
static void write_symbols(struct writer *w, u32 n_local)
{
    _cleanup_buf_ struct buf bytes = {0};
    Elf64_Shdr names = {.sh_type = SHT_STRTAB, .sh_addralign = 1};
    Elf64_Shdr header = {.sh_type = SHT_SYMTAB,
                         .sh_link = w->n_sections + 1,
                         .sh_info = n_local,
                         .sh_addralign = 8,
                         .sh_entsize = sizeof(Elf64_Sym)};

    buf_add(&bytes, &(Elf64_Sym){0}, sizeof(Elf64_Sym));
    add_symbols_of(w, true, &bytes);
    add_symbols_of(w, false, &bytes);
    w->out->failed |= bytes.failed;
    (void)write_section(w, ".symtab", header, &bytes);
    names.sh_name = add_name(w, ".strtab");
    names.sh_offset = w->out->n - w->start;
    names.sh_size = w->names.n;
    buf_add(w->out, w->names.p, w->names.n);
    buf_add(&w->headers, &names, sizeof(names));
    w->n_sections++;
}

static void write_btf(struct writer *w)
{
    _cleanup_buf_ struct buf btf = {0}, ext = {0};
    Elf64_Shdr header = {.sh_type = SHT_PROGBITS, .sh_addralign = 4};

    link_btf_write(w->link, &btf, &ext);
    w->out->failed |= btf.failed || ext.failed || w->link->strings.failed;
    (void)write_section(w, ".BTF", header, &btf);
    (void)write_section(w, ".BTF.ext", header, &ext);
}

/* The digest itself comes when all the rest is there. */
static void write_digest(struct writer *w)
{
    _cleanup_buf_ struct buf zeros = {0};
    Elf64_Shdr header = {.sh_type = SHT_PROGBITS, .sh_addralign = PTL_DIGEST_BYTES};

    buf_pad(&zeros, '\0', PTL_DIGEST_BYTES);
    w->out->failed |= zeros.failed;
    (void)write_section(w, PTL_SECTION_DIGEST, header, &zeros);
    w->digest_at = w->out->n - w->start - PTL_DIGEST_BYTES;
}

static u32 count_relocated(const struct link *l)
{
    u32 n = 0;

    vec_foreach(section, &l->sections)
        n += section->rels.n > 0;
    return n;
}

static void write_sections(struct writer *w, u32 n_local)
{
    struct link *l = w->link;
    /* behind the null section, ours, BTF's two, the digest, and relocations */
    u32 symbol_table = 1 + l->sections.n + 3 + count_relocated(l);

    (void)add_name(w, "");
    buf_add(&w->headers, &(Elf64_Shdr){0}, sizeof(Elf64_Shdr));
    w->n_sections = 1;
    vec_foreach(section, &l->sections) {
        Elf64_Shdr header = {.sh_type = section->type,
                             .sh_flags = section->flags,
                             .sh_size = section->size,
                             .sh_addralign = section->align};

        w->out->failed |= section->bytes.failed;
        (void)write_section(w, section->name, header,
                            section->type == SHT_NOBITS ? NULL : &section->bytes);
    }
    write_btf(w);
    write_digest(w);
    for (u32 i = 0; i < l->sections.n; i++) {
        if (l->sections.items[i].rels.n)
            write_relocations(w, &l->sections.items[i], i + 1, symbol_table);
    }
    write_symbols(w, n_local);
}

static const Elf64_Ehdr elf_head = {
    .e_ident = {ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
    .e_type = ET_REL,
    .e_machine = EM_BPF,
    .e_version = EV_CURRENT,
    .e_ehsize = sizeof(Elf64_Ehdr),
    .e_shentsize = sizeof(Elf64_Shdr),
};

int link_write(struct link *l, struct buf *out)
{
    struct writer w = {.link = l, .out = out, .start = out->n};
    Elf64_Ehdr head = elf_head;
    u32 n_local = 0, digest = 0;
    int rc = number_symbols(l, &n_local);

    if (rc)
        return rc;
    buf_add(out, &head, sizeof(head));
    write_sections(&w, n_local);
    buf_pad(out, '\0', (8 - (out->n - w.start) % 8) % 8);
    head.e_shoff = out->n - w.start;
    head.e_shnum = (u16)w.n_sections;
    head.e_shstrndx = (u16)(w.n_sections - 1);
    buf_add(out, w.headers.p, w.headers.n);
    out->failed |= w.headers.failed || w.names.failed;
    buf_done(&w.headers);
    buf_done(&w.names);
    if (out->failed)
        return -ENOMEM;
    memcpy(out->p + w.start, &head, sizeof(head));
    digest = digest_of(out->p + w.start, out->n - w.start, w.digest_at);
    memcpy(out->p + w.start + w.digest_at, &digest, sizeof(digest));
    return 0;
}
