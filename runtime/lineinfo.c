/* Line information of .BTF.ext, decoded from the bytes, each read checked against the end.
 * LAYOUT: a header; at line_info_off behind it a u32 record size, then for each ELF section
 * { u32 name, u32 n } and n records { u32 offset in bytes, file, line, line << 10 | column }.
 * Names are offsets into the strings of .BTF. See Documentation/bpf/btf.rst of the kernel. */
#include "runtime/lineinfo.h"

#include <errno.h>

enum {
    BTF_MAGIC = 0xeb9f,
    INSN_BYTES = 8,
    RECORD_MIN_BYTES = 16,
    COLUMN_BITS = 10,
};

struct btf_header {
    u16 magic;
    u8 version, flags;
    u32 header_size;
    u32 type_offset, type_size;
    u32 string_offset, string_size;
};

struct ext_header {
    u16 magic;
    u8 version, flags;
    u32 header_size;
    u32 func_offset, func_size;
    u32 line_offset, line_size;
    u32 core_offset, core_size; /* absent in old objects */
};

/* n bytes at `at` of s, copied to out. */
static bool read_at(struct str s, u64 at, void *out, size_t n)
{
    if (at > s.n || n > s.n - at)
        return false;
    memcpy(out, s.p + at, n);
    return true;
}

static bool part_of(struct str s, u64 offset, u64 n, struct str *out)
{
    if (offset > s.n || n > s.n - offset)
        return false;
    *out = (struct str){s.p + offset, (u32)n};
    return true;
}

/* The string table of .BTF. */
static bool find_strings(const struct elf_view *elf, struct str *out)
{
    struct elf_section section;
    struct btf_header header;

    return elf_section_find(elf, ".BTF", &section) == 0 &&
           read_at(section.data, 0, &header, sizeof(header)) && header.magic == BTF_MAGIC &&
           part_of(section.data, (u64)header.header_size + header.string_offset, header.string_size,
                   out);
}

static struct str string_at(struct str strings, u32 offset)
{
    size_t n = 0;

    if (offset >= strings.n)
        return (struct str){0};
    n = strnlen(strings.p + offset, strings.n - offset);
    return (struct str){strings.p + offset, (u32)n};
}

static bool read_ext_header(const struct elf_view *elf, struct str *data, struct ext_header *out)
{
    struct elf_section section;
    size_t old_size = offsetof(struct ext_header, core_offset);

    *out = (struct ext_header){0};
    if (elf_section_find(elf, ".BTF.ext", &section) != 0 ||
        !read_at(section.data, 0, out, old_size) || out->magic != BTF_MAGIC)
        return false;
    if (out->header_size >= sizeof(*out) && !read_at(section.data, 0, out, sizeof(*out)))
        return false;
    *data = section.data;
    return true;
}

/* Find the records of the ELF section with this name. size_out: of a record. */
static int find_records(struct str lines, struct str strings, struct str section, struct str *out,
                        u32 *size_out)
{
    u32 size = 0;
    u64 at = sizeof(size);

    if (!read_at(lines, 0, &size, sizeof(size)) || size < RECORD_MIN_BYTES)
        return -EPROTO;
    while (at < lines.n) {
        struct {
            u32 name, n;
        } head;
        struct str records;

        if (!read_at(lines, at, &head, sizeof(head)) ||
            !part_of(lines, at + sizeof(head), (u64)head.n * size, &records))
            return -EPROTO;
        if (str_eq(string_at(strings, head.name), section)) {
            *out = records;
            *size_out = size;
            return 0;
        }
        at += sizeof(head) + records.n;
    }
    return -ENOENT;
}

/* The last record at or before `offset`, none of them before `begin`. */
static int search(struct str records, u32 size, struct str strings, u64 begin, u64 offset,
                  struct line_place *out)
{
    u64 best = 0;
    int err = -ENOENT;

    for (u64 at = 0; at + size <= records.n; at += size) {
        u32 record[RECORD_MIN_BYTES / sizeof(u32)];

        memcpy(record, records.p + at, sizeof(record));
        if (record[0] < begin || record[0] > offset || (err == 0 && record[0] < best))
            continue;
        best = record[0];
        *out = (struct line_place){
            .file = string_at(strings, record[1]),
            .line = record[3] >> COLUMN_BITS,
            .column = record[3] & ((1u << COLUMN_BITS) - 1),
        };
        err = 0;
    }
    return err;
}

int lineinfo_find(const struct elf_view *elf, struct str name, u32 insn, struct line_place *out)
{
    struct elf_section section;
    struct elf_symbol symbol;
    struct ext_header header;
    struct str strings;
    struct str lines;
    struct str records;
    struct str data;
    u32 size = 0;
    int err = elf_symbol_find(elf, name, &symbol);

    if (err != 0)
        return err;
    if ((u64)insn * INSN_BYTES >= symbol.size)
        return -ENOENT; // in a function that was appended to the program
    if (elf_section_at(elf, symbol.section, &section) != 0 || !find_strings(elf, &strings) ||
        !read_ext_header(elf, &data, &header) ||
        !part_of(data, (u64)header.header_size + header.line_offset, header.line_size, &lines))
        return -EPROTO;
    err = find_records(lines, strings, section.name, &records, &size);
    if (err != 0)
        return err;
    return search(records, size, strings, symbol.offset, symbol.offset + (u64)insn * INSN_BYTES,
                  out);
}

bool lineinfo_has_core(const struct elf_view *elf)
{
    struct ext_header header;
    struct str data;

    return read_ext_header(elf, &data, &header) && header.core_size > sizeof(u32);
}
