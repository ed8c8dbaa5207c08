/* From an instruction to a line and column: an object put together byte by byte, whole and broken.
 */
#include <elf.h>
#include <errno.h>

#include "runtime/lineinfo.h"
#include "tests/unit/check.h"

enum {
    N_SECTIONS = 7,
    IMAGE_BYTES = 2048
};

static const char section_names[] = "\0.strtab\0kprobe\0.symtab\0.BTF\0.BTF.ext\0.names";
static const char symbol_names[] = "\0first\0second";
static const char btf_names[] = "\0kprobe\0stdin";

struct image {
    u8 bytes[IMAGE_BYTES];
    u64 used;
    Elf64_Shdr sections[N_SECTIONS];
};

static void section_add(struct image *image, u32 index, u32 name, u32 type, const void *data,
                        size_t n)
{
    memcpy(image->bytes + image->used, data, n);
    image->sections[index] = (Elf64_Shdr){
        .sh_name = name,
        .sh_type = type,
        .sh_offset = image->used,
        .sh_size = n,
    };
    image->used += ROUND_UP(n, 8);
}

static void add_btf(struct image *image)
{
    struct {
        u16 magic;
        u8 version, flags;
        u32 header_size, type_offset, type_size, string_offset, string_size;
        char names[sizeof(btf_names)];
    } btf = {.magic = 0xeb9f, .header_size = 24, .string_size = sizeof(btf_names)};

    memcpy(btf.names, btf_names, sizeof(btf_names));
    section_add(image, 4, 24, SHT_PROGBITS, &btf, sizeof(btf));
}

static void add_line_info(struct image *image)
{
    struct {
        u16 magic;
        u8 version, flags;
        u32 header_size, func_offset, func_size, line_offset, line_size, core_offset, core_size;
        u32 record_size, section_name, n_records;
        u32 records[4][4];
    } ext = {
        .magic = 0xeb9f,
        .header_size = 32,
        .line_size = 12 + 64,
        .core_offset = 12 + 64,
        .core_size = 4,
        .record_size = 16,
        .section_name = 1,
        .n_records = 4,
        /* The first program has two records, the second two; each instruction is 8 bytes. */
        .records = {{0, 8, 0, 1 << 10 | 3},
                    {16, 8, 0, 1 << 10 | 20},
                    {32, 8, 0, 2 << 10 | 5},
                    {40, 8, 0, 2 << 10 | 9}},
    };

    section_add(image, 5, 29, SHT_PROGBITS, &ext, sizeof(ext));
}

static void image_make(struct image *image)
{
    static const u8 code[48] = {0};
    Elf64_Sym symbols[3] = {
        [1] = {.st_name = 1, .st_info = STT_FUNC, .st_shndx = 2, .st_value = 0, .st_size = 32},
        [2] = {.st_name = 7, .st_info = STT_FUNC, .st_shndx = 2, .st_value = 32, .st_size = 16},
    };
    Elf64_Ehdr header = {
        .e_ident = {0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT},
        .e_type = ET_REL,
        .e_machine = EM_BPF,
        .e_shentsize = sizeof(Elf64_Shdr),
        .e_shnum = N_SECTIONS,
        .e_shstrndx = 6,
    };

    *image = (struct image){.used = sizeof(header)};
    section_add(image, 1, 1, SHT_STRTAB, symbol_names, sizeof(symbol_names));
    section_add(image, 2, 9, SHT_PROGBITS, code, sizeof(code));
    section_add(image, 3, 16, SHT_SYMTAB, symbols, sizeof(symbols));
    image->sections[3].sh_link = 1;
    add_btf(image);
    add_line_info(image);
    section_add(image, 6, 38, SHT_STRTAB, section_names, sizeof(section_names));
    header.e_shoff = image->used;
    memcpy(image->bytes, &header, sizeof(header));
    memcpy(image->bytes + image->used, image->sections, sizeof(image->sections));
    image->used += sizeof(image->sections);
}

static void check_place(const struct elf_view *elf, const char *name, u32 insn, u32 line,
                        u32 column)
{
    struct line_place place = {0};

    CHECK(lineinfo_find(elf, str_of(name), insn, &place) == 0);
    CHECK(place.line == line && place.column == column);
    CHECK_STR(place.file, "stdin");
}

static void test_find(void)
{
    struct line_place place;
    struct image image;
    struct elf_view elf;

    image_make(&image);
    CHECK(elf_view_init(&elf, image.bytes, image.used) == 0);
    check_place(&elf, "first", 0, 1, 3);
    check_place(&elf, "first", 1, 1, 3);
    check_place(&elf, "first", 2, 1, 20);
    check_place(&elf, "first", 3, 1, 20);
    check_place(&elf, "second", 0, 2, 5);
    check_place(&elf, "second", 1, 2, 9);
    CHECK(lineinfo_find(&elf, STR("second"), 2, &place) == -ENOENT);
    CHECK(lineinfo_find(&elf, STR("third"), 0, &place) == -ENOENT);
    CHECK(!lineinfo_has_core(&elf));
}

/* Whatever byte is wrong, nothing outside of the image is read: the sanitizers watch. */
static void test_broken(void)
{
    static const u8 values[] = {0x00, 0x01, 0x7f, 0x80, 0xff};
    struct line_place place;
    struct elf_view elf;
    struct image image;
    u8 *copy = NULL;

    image_make(&image);
    for (u64 n = 0; n <= image.used; n += 7) {
        copy = malloc(n + 1); // +1: never of size 0
        if (copy == NULL)
            abort();
        memcpy(copy, image.bytes, n);
        CHECK(elf_view_init(&elf, copy, n) == -EPROTO);
        free(copy);
    }
    copy = malloc(image.used);
    for (u64 i = 0; copy != NULL && i < image.used * ARRAY_SIZE(values); i++) {
        memcpy(copy, image.bytes, image.used);
        copy[i / ARRAY_SIZE(values)] = values[i % ARRAY_SIZE(values)];
        if (elf_view_init(&elf, copy, image.used) != 0)
            continue;
        (void)lineinfo_find(&elf, STR("first"), 3, &place);
        (void)lineinfo_has_core(&elf);
    }
    free(copy);
}

int main(void)
{
    test_find();
    test_broken();
    return check_result();
}
