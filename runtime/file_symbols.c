/* Symbol tables of ELF files on disk. All lengths come from the file and are checked; a table that
 * is larger than any linker's is refused. */
#include "runtime/file_symbols.h"

#include <elf.h>
#include <errno.h>

enum {
    TABLE_MAX_BYTES = 256 << 20,
    SEGMENTS_MAX = 64, /* that are loaded */
};

struct segment {
    u64 file_offset, address, size;
};

struct function {
    u64 address, size;
    u32 name; /* offset in the names */
    bool is_global;
};

struct file_symbols {
    struct segment segments[SEGMENTS_MAX];
    u32 n_segments;
    struct function *list; /* in order of addresses */
    u32 n;
    char *names; /* NUL at the end */
};

/* Exactly n bytes. */
static int read_at(int fd, void *bytes, size_t n, u64 offset)
{
    for (size_t done = 0; done < n;) {
        ssize_t got = pread(fd, (char *)bytes + done, n - done, (off_t)(offset + done));

        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got < 0 ? -errno : -EPROTO;
        done += (size_t)got;
    }
    return 0;
}

/* n bytes and a NUL on the heap. */
static int read_table(int fd, u64 offset, u64 n, char **out)
{
    _cleanup_free_ char *bytes = NULL;
    int err = 0;

    if (n > TABLE_MAX_BYTES || offset > INT64_MAX - TABLE_MAX_BYTES)
        return -E2BIG;
    bytes = malloc(n + 1);
    if (bytes == NULL)
        return -ENOMEM;
    bytes[n] = '\0';
    err = read_at(fd, bytes, n, offset);
    if (err == 0)
        *out = take_ptr(bytes);
    return err;
}

static int read_header(int fd, Elf64_Ehdr *header)
{
    int err = read_at(fd, header, sizeof(*header), 0);

    if (err != 0)
        return err;
    if (memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 || header->e_ident[EI_CLASS] != ELFCLASS64 ||
        header->e_ident[EI_DATA] != ELFDATA2LSB || header->e_phentsize != sizeof(Elf64_Phdr) ||
        header->e_shentsize != sizeof(Elf64_Shdr))
        return -EPROTO;
    return 0;
}

static int read_segments(struct file_symbols *f, int fd, const Elf64_Ehdr *header)
{
    _cleanup_free_ char *table = NULL;
    int err = read_table(fd, header->e_phoff, (u64)header->e_phnum * sizeof(Elf64_Phdr), &table);

    for (u32 i = 0; err == 0 && i < header->e_phnum && f->n_segments < SEGMENTS_MAX; i++) {
        Elf64_Phdr segment;

        memcpy(&segment, table + i * sizeof(segment), sizeof(segment));
        if (segment.p_type != PT_LOAD)
            continue;
        f->segments[f->n_segments++] =
            (struct segment){segment.p_offset, segment.p_vaddr, segment.p_filesz};
    }
    return err;
}

/* The section with the symbols, and that with their names. */
static int find_sections(int fd, const Elf64_Ehdr *header, Elf64_Shdr *symbols, Elf64_Shdr *names)
{
    _cleanup_free_ char *table = NULL;
    int err = read_table(fd, header->e_shoff, (u64)header->e_shnum * sizeof(Elf64_Shdr), &table);

    symbols->sh_type = SHT_NULL;
    for (u32 i = 0; err == 0 && i < header->e_shnum; i++) {
        Elf64_Shdr section;

        memcpy(&section, table + i * sizeof(section), sizeof(section));
        if (section.sh_type == SHT_SYMTAB ||
            (section.sh_type == SHT_DYNSYM && symbols->sh_type == SHT_NULL))
            *symbols = section;
    }
    if (err != 0)
        return err;
    if (symbols->sh_type == SHT_NULL || symbols->sh_link >= header->e_shnum)
        return -EPROTO;
    memcpy(names, table + symbols->sh_link * sizeof(*names), sizeof(*names));
    return 0;
}

static int function_order(const void *a, const void *b, void *names)
{
    const struct function *x = a;
    const struct function *y = b;

    if (x->address != y->address)
        return x->address < y->address ? -1 : 1;
    if (x->is_global != y->is_global)
        return x->is_global ? -1 : 1;
    return strcmp((const char *)names + x->name, (const char *)names + y->name);
}

static bool is_function(const Elf64_Sym *symbol, u64 names_size)
{
    u32 type = ELF64_ST_TYPE(symbol->st_info);

    return (type == STT_FUNC || type == STT_GNU_IFUNC) && symbol->st_shndx != SHN_UNDEF &&
           symbol->st_value != 0 && symbol->st_name < names_size;
}

static int read_functions(struct file_symbols *f, int fd, const Elf64_Ehdr *header)
{
    _cleanup_free_ char *table = NULL;
    Elf64_Shdr symbols;
    Elf64_Shdr names;
    u32 n = 0;
    int err = find_sections(fd, header, &symbols, &names);

    if (err == 0)
        err = read_table(fd, names.sh_offset, names.sh_size, &f->names);
    if (err == 0)
        err = read_table(fd, symbols.sh_offset, symbols.sh_size, &table);
    if (err != 0)
        return err;
    n = (u32)(symbols.sh_size / sizeof(Elf64_Sym));
    f->list = calloc(MAX(n, 1), sizeof(*f->list));
    if (f->list == NULL)
        return -ENOMEM;
    for (u32 i = 0; i < n; i++) {
        Elf64_Sym symbol;

        memcpy(&symbol, table + i * sizeof(symbol), sizeof(symbol));
        if (!is_function(&symbol, names.sh_size))
            continue;
        f->list[f->n++] = (struct function){symbol.st_value, symbol.st_size, symbol.st_name,
                                            ELF64_ST_BIND(symbol.st_info) != STB_LOCAL};
    }
    qsort_r(f->list, f->n, sizeof(*f->list), function_order, f->names);
    return 0;
}

int file_symbols_read(struct file_symbols **out, int fd)
{
    _cleanup_(file_symbols_free) struct file_symbols *f = calloc(1, sizeof(*f));
    Elf64_Ehdr header;
    int err = 0;

    if (f == NULL)
        return -ENOMEM;
    err = read_header(fd, &header);
    if (err == 0)
        err = read_segments(f, fd, &header);
    if (err == 0)
        err = read_functions(f, fd, &header);
    if (err == 0)
        *out = take_ptr(f);
    return err;
}

void file_symbols_free(struct file_symbols **f)
{
    if (*f == NULL)
        return;
    free((*f)->list);
    free((*f)->names);
    free(*f);
    *f = NULL;
}

/* Where the file says that the byte lies in memory. */
static bool address_of(const struct file_symbols *f, u64 file_offset, u64 *out)
{
    for (u32 i = 0; i < f->n_segments; i++) {
        const struct segment *s = &f->segments[i];

        if (file_offset < s->file_offset || file_offset - s->file_offset >= s->size)
            continue;
        *out = file_offset - s->file_offset + s->address;
        return true;
    }
    return false;
}

struct str file_symbols_find(const struct file_symbols *f, u64 file_offset, u64 *offset_out)
{
    const struct function *found = NULL;
    u64 address = 0;
    u32 low = 0;
    u32 high = f->n;

    if (!address_of(f, file_offset, &address))
        return (struct str){0};
    while (low < high) {
        u32 middle = low + (high - low) / 2;

        if (f->list[middle].address <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    if (low == 0)
        return (struct str){0};
    low--;
    while (low > 0 && f->list[low - 1].address == f->list[low].address)
        low--; // the best name of an address is the first
    found = &f->list[low];
    /* What is written in assembly may have no size. */
    if (found->size != 0 && address - found->address >= found->size)
        return (struct str){0};
    if (offset_out != NULL)
        *offset_out = address - found->address;
    return str_of(f->names + found->name);
}
