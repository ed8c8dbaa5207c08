/* Disassembly of the programs in an object: libelf walks the sections, LLVM prints the
 * instructions. One line an instruction, with its number as the kernel counts (a 64-bit load counts
 * twice), and the map or variable that a relocation names behind it. */
#include <errno.h>

#include <gelf.h>
#include <llvm-c/Disassembler.h>
#include <llvm-c/Target.h>

#include "codegen/gen.h"

enum {
    INST_SIZE = 8,
    TEXT_MAX = 128
};

struct object {
    Elf *elf;
    Elf_Data *symbols;
    u32 n_symbols;
    size_t symbol_names, section_names; /* sections with the strings */
    LLVMDisasmContextRef disasm;
    struct buf *out;
};

/* A section of programs. */
struct code {
    size_t index;
    const char *name;
    u8 *bytes;
    u64 size;
};

/* The name of a symbol; for the symbol of a section, of the section. */
static const char *symbol_name(const struct object *o, const GElf_Sym *symbol)
{
    Elf_Scn *section = elf_getscn(o->elf, symbol->st_shndx);
    GElf_Shdr header;
    const char *name = NULL;

    if (GELF_ST_TYPE(symbol->st_info) == STT_SECTION && section && gelf_getshdr(section, &header)) {
        name = elf_strptr(o->elf, o->section_names, header.sh_name);
    } else {
        name = elf_strptr(o->elf, o->symbol_names, symbol->st_name);
    }
    return name ? name : "";
}

static bool find_symbols(struct object *o)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(o->elf, section)) != NULL) {
        GElf_Shdr header;

        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_SYMTAB ||
            header.sh_entsize == 0)
            continue;
        o->symbols = elf_getdata(section, NULL);
        o->n_symbols = (u32)(header.sh_size / header.sh_entsize);
        o->symbol_names = header.sh_link;
        return o->symbols != NULL;
    }
    return false;
}

/* What the relocation of the instruction at `offset` of a section names, or NULL. */
static const char *find_relocation(const struct object *o, const struct code *code, u64 offset)
{
    Elf_Scn *section = NULL;

    while ((section = elf_nextscn(o->elf, section)) != NULL) {
        GElf_Shdr header;
        Elf_Data *data = NULL;
        GElf_Rel rel;
        GElf_Sym symbol;

        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_REL ||
            header.sh_info != code->index)
            continue;
        data = elf_getdata(section, NULL);
        for (int i = 0; data && gelf_getrel(data, i, &rel); i++) {
            if (rel.r_offset == offset &&
                gelf_getsym(o->symbols, (int)GELF_R_SYM(rel.r_info), &symbol))
                return symbol_name(o, &symbol);
        }
    }
    return NULL;
}

/* Print the instruction at `offset`; returns its size. */
static u64 print_inst(const struct object *o, const struct code *code, u64 offset, u64 end,
                      u64 number)
{
    char text[TEXT_MAX] = "";
    const char *name = find_relocation(o, code, offset), *p = text;
    size_t n = LLVMDisasmInstruction(o->disasm, code->bytes + offset, end - offset, offset, text,
                                     sizeof(text));

    while (*p == '\t' || *p == ' ')
        p++;
    buf_printf(o->out, "%5llu: %s", (unsigned long long)number, n ? p : "(unknown)");
    if (name && *name)
        buf_printf(o->out, "  # %s", name);
    buf_add_char(o->out, '\n');
    return n ? n : INST_SIZE;
}

static void print_program(const struct object *o, const struct code *code, const GElf_Sym *symbol)
{
    u64 end = 0;

    if (symbol->st_value > code->size || symbol->st_size > code->size - symbol->st_value)
        return;
    buf_printf(o->out, "%s: %s\n", code->name, symbol_name(o, symbol));
    end = symbol->st_value + symbol->st_size;
    for (u64 at = symbol->st_value; at + INST_SIZE <= end;)
        at += print_inst(o, code, at, end, (at - symbol->st_value) / INST_SIZE);
}

static void print_section(const struct object *o, const struct code *code)
{
    for (u32 i = 0; i < o->n_symbols; i++) {
        GElf_Sym symbol;

        if (gelf_getsym(o->symbols, (int)i, &symbol) && symbol.st_shndx == code->index &&
            GELF_ST_TYPE(symbol.st_info) == STT_FUNC)
            print_program(o, code, &symbol);
    }
}

static bool print_sections(struct object *o)
{
    Elf_Scn *section = NULL;

    if (elf_getshdrstrndx(o->elf, &o->section_names) != 0 || !find_symbols(o))
        return false;
    while ((section = elf_nextscn(o->elf, section)) != NULL) {
        GElf_Shdr header;
        Elf_Data *data = NULL;
        struct code code = {.index = elf_ndxscn(section)};

        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_PROGBITS ||
            !(header.sh_flags & SHF_EXECINSTR) || header.sh_size == 0)
            continue;
        data = elf_getdata(section, NULL);
        code.name = elf_strptr(o->elf, o->section_names, header.sh_name);
        if (!data || !code.name)
            return false;
        code.bytes = data->d_buf;
        code.size = data->d_size;
        print_section(o, &code);
    }
    return true;
}

static bool is_bpf(Elf *elf)
{
    GElf_Ehdr head;

    return elf_kind(elf) == ELF_K_ELF && gelf_getehdr(elf, &head) && head.e_machine == EM_BPF;
}

int codegen_disassemble(const void *elf, size_t size, struct buf *out)
{
    _cleanup_free_ char *copy = malloc(size + 1); /* libelf wants bytes that it may write to */
    struct object o = {.out = out};
    bool ok = false;

    if (!copy || elf_version(EV_CURRENT) == EV_NONE)
        return -EPROTO;
    memcpy(copy, elf, size);
    o.elf = elf_memory(copy, size);
    if (!o.elf)
        return -EPROTO;
    LLVMInitializeBPFTargetInfo();
    LLVMInitializeBPFTargetMC();
    LLVMInitializeBPFDisassembler();
    o.disasm = LLVMCreateDisasmCPUFeatures(BPF_TRIPLE, BPF_CPU, "", NULL, 0, NULL, NULL);
    if (o.disasm && is_bpf(o.elf))
        ok = print_sections(&o);
    if (o.disasm)
        LLVMDisasmDispose(o.disasm);
    (void)elf_end(o.elf);
    return ok ? 0 : -EPROTO;
}
