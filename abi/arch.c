/* What depends on the CPU: where a kprobe's context holds the integer arguments, the return value
 * and the instruction pointer. x86_64 is the kernel's struct pt_regs; arm64 is struct user_pt_regs:
 * regs[31], sp, pc, pstate. */
#include "abi/abi.h"

static const struct arch arches[] = {
    {
        .name = "x86_64",
        .elf_machine_bpf_tag = 1,
        .n_arg_regs = 6,
        .arg_off = {112, 104, 96, 88, 72, 64}, /* di si dx cx r8 r9 */
        .ret_off = 80,
        .ip_off = 128,
        .syscall_prefix = "__x64_sys_",
    },
    {
        .name = "aarch64",
        .elf_machine_bpf_tag = 2,
        .n_arg_regs = 8,
        .arg_off = {0, 8, 16, 24, 32, 40, 48, 56}, /* x0 .. x7 */
        .ret_off = 0,
        .ip_off = 256,
        .syscall_prefix = "__arm64_sys_",
    },
};

const struct arch *arch_native(void)
{
#if defined(__x86_64__)
    return &arches[0];
#elif defined(__aarch64__)
    return &arches[1];
#else
#error "no register table for this architecture: add a row above"
#endif
}

const struct arch *arch_by_tag(u32 tag)
{
    for (size_t i = 0; i < ARRAY_SIZE(arches); i++) {
        if (arches[i].elf_machine_bpf_tag == tag)
            return &arches[i];
    }
    return NULL;
}
