/* The helpers are found where they are called: in every section with code, subprograms included. */
#include "runtime/unsafe.h"

#include <linux/bpf.h>

static bool is_unsafe_helper(s32 helper)
{
    switch (helper) {
    case BPF_FUNC_probe_write_user:
    case BPF_FUNC_override_return:
    case BPF_FUNC_send_signal:
    case BPF_FUNC_send_signal_thread:
        return true;
    default:
        return false;
    }
}

static bool is_call(const struct bpf_insn *insn, u8 of)
{
    return insn->code == (BPF_JMP | BPF_CALL) && insn->src_reg == of;
}

static bool is_override(s32 helper)
{
    return helper == BPF_FUNC_override_return;
}

static bool code_calls(struct str code, bool (*is_meant)(s32 helper))
{
    for (u32 at = 0; at + sizeof(struct bpf_insn) <= code.n; at += sizeof(struct bpf_insn)) {
        struct bpf_insn insn;

        memcpy(&insn, code.p + at, sizeof(insn));
        /* Scripts cannot call functions of the kernel: who made this wants something else. */
        if (is_call(&insn, BPF_PSEUDO_KFUNC_CALL) || (is_call(&insn, 0) && is_meant(insn.imm)))
            return true;
    }
    return false;
}

static bool calls(const struct elf_view *elf, bool (*is_meant)(s32 helper))
{
    for (u32 i = 0; i < elf->n_sections; i++) {
        struct elf_section section;

        if (elf_section_at(elf, i, &section) == 0 && section.is_code &&
            code_calls(section.data, is_meant))
            return true;
    }
    return false;
}

bool unsafe_calls(const struct elf_view *elf)
{
    return calls(elf, is_unsafe_helper);
}

bool unsafe_overrides(const struct elf_view *elf)
{
    return calls(elf, is_override);
}
