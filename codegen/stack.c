/* The stack that programs need, as the kernel's verifier counts it: of each function what its code
 * reaches below r10, rounded up, summed along the deepest chain of functions that call each other
 * or have each other called by a helper. LLVM looks at one function only. */
#include <errno.h>

#include <linux/bpf.h>

#include "codegen/gen.h"

enum {
    FRAME_ALIGN = 32,
    FRAMES_MAX = 8, /* MAX_CALL_FRAMES of the kernel */
    STACK_MAX = 512 /* MAX_BPF_STACK */
};

/* The kernel's numbers, of which some names stand for 0. */
enum {
    MOVE = 0xbf,       /* BPF_ALU64 | BPF_MOV | BPF_X */
    ADD_NUMBER = 0x07, /* BPF_ALU64 | BPF_ADD | BPF_K */
    LOAD_NUMBER = 0x18 /* BPF_LD | BPF_IMM | BPF_DW: takes two places */
};

/* The functions of an object that are in sections of code. */
struct stack_func {
    const Elf64_Sym *symbol;
    u32 frame;
    VEC(u32) callees; /* numbers */
};

struct stack {
    struct gen *g;
    const struct elf_view *object;
    VEC(struct stack_func) funcs;
};

static bool is_code(const struct elf_view *object, const Elf64_Sym *symbol)
{
    const Elf64_Shdr *section = NULL;

    if (ELF64_ST_TYPE(symbol->st_info) != STT_FUNC || !elf_view_is_defined(symbol))
        return false;
    section = &object->sections[symbol->st_shndx];
    return (section->sh_flags & SHF_EXECINSTR) && symbol->st_value <= section->sh_size &&
           symbol->st_size <= section->sh_size - symbol->st_value;
}

/* How far below r10 an instruction reaches; next: the one behind it. An address is made of a copy
 * of r10 and the addition behind it. */
static s32 reach(const struct bpf_insn *insn, const struct bpf_insn *next)
{
    u8 class = BPF_CLASS(insn->code);
    bool is_store = class == BPF_ST || class == BPF_STX;

    if ((is_store && insn->dst_reg == BPF_REG_10) ||
        (class == BPF_LDX && insn->src_reg == BPF_REG_10))
        return -insn->off;
    if (insn->code == MOVE && insn->src_reg == BPF_REG_10 && next && next->code == ADD_NUMBER &&
        next->dst_reg == insn->dst_reg)
        return -next->imm;
    return 0;
}

static u32 frame_of(const struct elf_view *object, const Elf64_Sym *symbol)
{
    struct str bytes = elf_view_content(object, symbol->st_shndx);
    const struct bpf_insn *insns = (const void *)(bytes.p + symbol->st_value);
    u64 n = symbol->st_size / sizeof(*insns);
    s32 frame = 1;

    for (u64 i = 0; i < n; i++) {
        s32 depth = reach(&insns[i], i + 1 < n ? &insns[i + 1] : NULL);

        frame = MAX(frame, depth);
        i += insns[i].code == LOAD_NUMBER;
    }
    return ROUND_UP((u32)frame, FRAME_ALIGN);
}

static void find_funcs(struct stack *s)
{
    for (u32 i = 0; i < s->object->n_symbols; i++) {
        const Elf64_Sym *symbol = &s->object->symbols[i];

        if (is_code(s->object, symbol)) {
            *vec_push(s->g->arena, &s->funcs) =
                (struct stack_func){.symbol = symbol, .frame = frame_of(s->object, symbol)};
        }
    }
}

/* Number of the function that holds a place; the number of functions if none does. */
static u32 func_at(const struct stack *s, u32 section, u64 offset)
{
    u32 i = 0;

    for (; i < s->funcs.n; i++) {
        const Elf64_Sym *symbol = s->funcs.items[i].symbol;

        if (symbol->st_shndx == section && offset >= symbol->st_value &&
            offset - symbol->st_value < symbol->st_size)
            break;
    }
    return i;
}

/* A reference in code to a function: an address for a helper, counted from the symbol. */
static void add_reference(struct stack *s, u32 section, const Elf64_Rel *rel)
{
    const Elf64_Sym *symbol = &s->object->symbols[ELF64_R_SYM(rel->r_info)];
    struct str bytes = elf_view_content(s->object, section);
    const struct bpf_insn *insn = (const void *)(bytes.p + rel->r_offset);
    u32 caller = 0, callee = 0;

    if (!elf_view_is_defined(symbol) ||
        !(s->object->sections[symbol->st_shndx].sh_flags & SHF_EXECINSTR))
        return;
    caller = func_at(s, section, rel->r_offset);
    callee = func_at(s, symbol->st_shndx, symbol->st_value + (u32)insn->imm);
    if (caller < s->funcs.n && callee < s->funcs.n)
        *vec_push(s->g->arena, &s->funcs.items[caller].callees) = callee;
}

static bool find_references(struct stack *s)
{
    for (u32 i = 0; i < s->object->n_sections; i++) {
        const Elf64_Shdr *section = &s->object->sections[i];
        const Elf64_Rel *rels = NULL;
        u32 n = 0;

        if (section->sh_type != SHT_REL || section->sh_info >= s->object->n_sections ||
            !(s->object->sections[section->sh_info].sh_flags & SHF_EXECINSTR))
            continue;
        if (!elf_view_relocations(s->object, i, &rels, &n))
            return false;
        for (u32 k = 0; k < n; k++)
            add_reference(s, section->sh_info, &rels[k]);
    }
    return true;
}

/* Bytes of the deepest chain that begins with a function; STACK_MAX + 1 if it has too many. */
static u32 depth_of(const struct stack *s, u32 number, u32 n_frames)
{
    const struct stack_func *func = &s->funcs.items[number];
    u32 deepest = 0;

    if (n_frames > FRAMES_MAX)
        return STACK_MAX + 1;
    vec_foreach(callee, &func->callees)
        deepest = MAX(deepest, depth_of(s, *callee, n_frames + 1));
    return func->frame + deepest;
}

int stack_check(struct gen *g, const struct elf_view *object)
{
    struct stack s = {.g = g, .object = object};

    find_funcs(&s);
    if (!find_references(&s))
        return -EPROTO;
    for (u32 i = 0; i < s.funcs.n; i++) {
        const char *name = elf_view_symbol_name(object, s.funcs.items[i].symbol);

        if (depth_of(&s, i, 1) > STACK_MAX)
            (void)gen_note_stack(g, name, strlen(name));
    }
    return 0;
}
