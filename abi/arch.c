/* What depends on the CPU: where a kprobe's context holds the integer arguments, the return value
 * and the instruction pointer. x86_64 is the kernel's struct pt_regs; arm64 is struct user_pt_regs:
 * regs[31], sp, pc, pstate. */
#include <string.h>

#include "abi/abi.h"

static const struct arch_reg x86_64_regs[] = {
    {"r15", 0},     {"r14", 8},  {"r13", 16}, {"r12", 24},      {"bp", 32},  {"bx", 40},
    {"r11", 48},    {"r10", 56}, {"r9", 64},  {"r8", 72},       {"ax", 80},  {"cx", 88},
    {"dx", 96},     {"si", 104}, {"di", 112}, {"orig_ax", 120}, {"ip", 128}, {"cs", 136},
    {"flags", 144}, {"sp", 152}, {"ss", 160}, {"pc", 128}};

static const struct arch_reg aarch64_regs[] = {
    {"r0", 0},    {"r1", 8},    {"r2", 16},   {"r3", 24},      {"r4", 32},   {"r5", 40},
    {"r6", 48},   {"r7", 56},   {"r8", 64},   {"r9", 72},      {"r10", 80},  {"r11", 88},
    {"r12", 96},  {"r13", 104}, {"r14", 112}, {"r15", 120},    {"r16", 128}, {"r17", 136},
    {"r18", 144}, {"r19", 152}, {"r20", 160}, {"r21", 168},    {"r22", 176}, {"r23", 184},
    {"r24", 192}, {"r25", 200}, {"r26", 208}, {"r27", 216},    {"r28", 224}, {"r29", 232},
    {"r30", 240}, {"sp", 248},  {"pc", 256},  {"pstate", 264}, {"ip", 256}};

static const struct arch arches[] = {
    {
        .name = "x86_64",
        .elf_machine_bpf_tag = 1,
        .n_arg_regs = 6,
        .arg_off = {112, 104, 96, 88, 72, 64}, /* di si dx cx r8 r9 */
        .ret_off = 80,
        .ip_off = 128,
        .syscall_prefix = "__x64_sys_",
        .compat_field = "status", /* TS_COMPAT, arch/x86/include/asm/thread_info.h */
        .compat_bytes = 4,
        .compat_bit = 1,
        .regs = x86_64_regs,
        .n_regs = ARRAY_SIZE(x86_64_regs),
    },
    {
        .name = "aarch64",
        .elf_machine_bpf_tag = 2,
        .n_arg_regs = 8,
        .arg_off = {0, 8, 16, 24, 32, 40, 48, 56}, /* x0 .. x7 */
        .ret_off = 0,
        .ip_off = 256,
        .syscall_prefix = "__arm64_sys_",
        .compat_field = "flags", /* TIF_32BIT, arch/arm64/include/asm/thread_info.h */
        .compat_bytes = 8,
        .compat_bit = 22,
        .regs = aarch64_regs,
        .n_regs = ARRAY_SIZE(aarch64_regs),
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

const struct arch_reg *arch_reg_find(const struct arch *arch, const char *name, size_t n)
{
    for (u32 i = 0; i < arch->n_regs; i++) {
        if (strlen(arch->regs[i].name) == n && memcmp(arch->regs[i].name, name, n) == 0)
            return &arch->regs[i];
    }
    return NULL;
}
