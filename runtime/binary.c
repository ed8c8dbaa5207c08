/* Symbol tables of programs and libraries, by libelf. */
#include "runtime/binary.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <gelf.h>

#include "runtime/name_list.h"

enum {
    SECTION_MAX_BYTES = 256 << 20,
};

struct binary {
    int fd;
    Elf *elf;
};

void binary_close(struct binary **binary)
{
    struct binary *b = *binary;

    if (b == NULL)
        return;
    *binary = NULL;
    (void)elf_end(b->elf); // the count of references
    close_fd(&b->fd);
    free(b);
}

static bool is_ours(Elf *elf)
{
    GElf_Ehdr header;

    if (elf_kind(elf) != ELF_K_ELF || gelf_getehdr(elf, &header) == NULL)
        return false;
    return header.e_type == ET_EXEC || header.e_type == ET_DYN;
}

/* Does the file end before its section headers, which are the last of it? */
static bool is_cut_off(Elf *elf, u64 file_size)
{
    GElf_Ehdr header;
    u64 end = 0;

    if (gelf_getehdr(elf, &header) == NULL)
        return false;
    return __builtin_add_overflow(header.e_shoff, (u64)header.e_shnum * header.e_shentsize, &end) ||
           end > file_size;
}

int binary_open(const char *path, struct binary **out)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : binary_open_fd(fd, out);
}

int binary_open_fd(int fd, struct binary **out)
{
    _cleanup_(binary_close) struct binary *b = calloc(1, sizeof(*b));
    struct stat st;

    if (b == NULL)
        return -ENOMEM;
    b->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (b->fd < 0)
        return -errno;
    if (fstat(b->fd, &st) != 0 || !S_ISREG(st.st_mode))
        return -ENOEXEC;
    if (elf_version(EV_CURRENT) == EV_NONE)
        return -ENOEXEC;
    /* read, not mapped: a file that shrinks would kill us */
    b->elf = elf_begin(b->fd, ELF_C_READ, NULL);
    if (b->elf == NULL || !is_ours(b->elf))
        return -ENOEXEC;
    if (is_cut_off(b->elf, (u64)st.st_size))
        return -ENODATA;
    *out = take_ptr(b);
    return 0;
}

int binary_offset(const struct binary *binary, u64 address, u64 *out)
{
    size_t n = 0;

    if (elf_getphdrnum(binary->elf, &n) != 0)
        return -EFAULT;
    for (size_t i = 0; i < n && i < INT32_MAX; i++) {
        GElf_Phdr segment;

        if (gelf_getphdr(binary->elf, (int)i, &segment) == NULL || segment.p_type != PT_LOAD)
            continue;
        if (address < segment.p_vaddr || address - segment.p_vaddr >= segment.p_filesz)
            continue;
        *out = address - segment.p_vaddr + segment.p_offset;
        return 0;
    }
    return -EFAULT;
}

int binary_read(const struct binary *binary, u64 offset, void *bytes, size_t n)
{
    return offset <= INT64_MAX && pread(binary->fd, bytes, n, (off_t)offset) == (ssize_t)n ? 0
                                                                                           : -EIO;
}

/* What a walk over symbols looks for. */
struct symbols_walk {
    bool wants_objects; /* variables; else functions that have a place in the file */
    int (*fn)(void *data, const struct binary_symbol *symbol);
    void *data;
};

static bool is_wanted(const struct symbols_walk *walk, const GElf_Sym *symbol)
{
    unsigned char type = GELF_ST_TYPE(symbol->st_info);

    if (symbol->st_shndx == SHN_UNDEF)
        return false;
    return walk->wants_objects ? type == STT_OBJECT : type == STT_FUNC || type == STT_GNU_IFUNC;
}

/* The section's bytes; NULL: none, or more than any linker makes. */
static Elf_Data *data_of(Elf_Scn *section)
{
    GElf_Shdr header;

    if (gelf_getshdr(section, &header) == NULL || header.sh_size > SECTION_MAX_BYTES)
        return NULL;
    return elf_getdata(section, NULL);
}

static int each_of_table(struct binary *b, Elf_Scn *section, const GElf_Shdr *header,
                         const struct symbols_walk *walk)
{
    Elf_Scn *names = elf_getscn(b->elf, header->sh_link);
    Elf_Data *table = names != NULL && data_of(names) != NULL ? data_of(section) : NULL;
    u64 n = table != NULL && header->sh_entsize != 0 ? table->d_size / header->sh_entsize : 0;

    for (u64 i = 0; i < n && i < INT32_MAX; i++) {
        struct binary_symbol found = {0};
        const char *name = NULL;
        GElf_Sym symbol;
        int result = 0;

        if (gelf_getsym(table, (int)i, &symbol) == NULL || !is_wanted(walk, &symbol))
            continue;
        name = elf_strptr(b->elf, header->sh_link, symbol.st_name);
        if (name == NULL || (binary_offset(b, symbol.st_value, &found.offset) != 0 &&
                             !walk->wants_objects)) /* .bss is in no file */
            continue;
        found.name = str_of(name);
        found.address = symbol.st_value;
        found.size = symbol.st_size;
        found.is_global = GELF_ST_BIND(symbol.st_info) != STB_LOCAL;
        result = walk->fn(walk->data, &found);
        if (result != 0)
            return result;
    }
    return 0;
}

static int each_of_kind(struct binary *b, u32 kind, const struct symbols_walk *walk)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(b->elf, section)) != NULL) {
        GElf_Shdr header;
        int result = 0;

        if (gelf_getshdr(section, &header) == NULL || header.sh_type != kind)
            continue;
        result = each_of_table(b, section, &header, walk);
        if (result != 0)
            return result;
    }
    return 0;
}

static int each_symbol(struct binary *b, const struct symbols_walk *walk)
{
    int result = each_of_kind(b, SHT_SYMTAB, walk);

    return result != 0 ? result : each_of_kind(b, SHT_DYNSYM, walk);
}

int binary_each(struct binary *binary, int (*fn)(void *data, const struct binary_symbol *symbol),
                void *data)
{
    return each_symbol(binary, &(struct symbols_walk){.fn = fn, .data = data});
}

struct wanted {
    struct str name;
    struct binary_symbol *out;
};

/* `name`, or `name@VERSION` as .symtab has it. */
static int match(void *data, const struct binary_symbol *symbol)
{
    const struct wanted *wanted = data;
    int at = str_index(symbol->name, '@');

    if (!str_eq(at < 0 ? symbol->name : str_sub(symbol->name, 0, (u32)at), wanted->name))
        return 0;
    *wanted->out = *symbol;
    return 1;
}

int binary_find(struct binary *binary, struct str name, struct binary_symbol *out)
{
    struct wanted wanted = {name, out};

    return binary_each(binary, match, &wanted) == 1 ? 0 : -ENOENT;
}

int binary_object(struct binary *binary, struct str name, u64 *address_out)
{
    struct binary_symbol found;
    struct wanted wanted = {name, &found};
    struct symbols_walk walk = {.wants_objects = true, .fn = match, .data = &wanted};

    if (each_symbol(binary, &walk) != 1)
        return -ENOENT;
    *address_out = found.address;
    return 0;
}

u64 binary_section_address(struct binary *binary, const char *name)
{
    Elf_Scn *section = NULL;
    size_t names = 0;

    if (elf_getshdrstrndx(binary->elf, &names) != 0)
        return 0;
    while ((section = elf_nextscn(binary->elf, section)) != NULL) {
        GElf_Shdr header;
        const char *own = NULL;

        if (gelf_getshdr(section, &header) == NULL)
            continue;
        own = elf_strptr(binary->elf, names, header.sh_name);
        if (own != NULL && strcmp(own, name) == 0)
            return header.sh_addr;
    }
    return 0;
}

static int notes_of_section(Elf_Data *notes,
                            int (*fn)(void *data, u32 type, struct str owner, struct str bytes),
                            void *data)
{
    GElf_Nhdr header;
    size_t owner = 0, bytes = 0;

    for (size_t at = 0, next = 0; (next = gelf_getnote(notes, at, &header, &owner, &bytes)) > 0;
         at = next) {
        const char *begin = notes->d_buf;
        struct str name = {begin + owner, header.n_namesz > 0 ? header.n_namesz - 1 : 0};
        int result = fn(data, header.n_type, name, (struct str){begin + bytes, header.n_descsz});

        if (result != 0)
            return result;
    }
    return 0;
}

int binary_notes(struct binary *binary,
                 int (*fn)(void *data, u32 type, struct str owner, struct str bytes), void *data)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(binary->elf, section)) != NULL) {
        GElf_Shdr header;
        Elf_Data *notes = NULL;
        int result = 0;

        if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_NOTE)
            continue;
        notes = data_of(section);
        result = notes != NULL ? notes_of_section(notes, fn, data) : 0;
        if (result != 0)
            return result;
    }
    return 0;
}

static int collect(void *data, const struct binary_symbol *symbol)
{
    return name_list_add(data, symbol->name);
}

bool binary_nearest(struct binary *binary, struct str name, struct buf *out)
{
    _cleanup_(name_list_done) struct name_list names = {0};
    int found = -1;

    if (binary_each(binary, collect, &names) == 0 && names.n > 0)
        found = str_nearest(name, (const char *const *)names.items, names.n);
    if (found >= 0)
        buf_add_cstr(out, names.items[found]);
    return found >= 0;
}
