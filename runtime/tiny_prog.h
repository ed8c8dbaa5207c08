/* Instructions of the few BPF programs that the runtime makes itself, by hand. */
#pragma once

#include <linux/bpf.h>

#define TINY_MOV(to, from)                                                      \
    {                                                                           \
        .code = BPF_ALU64 | BPF_MOV | BPF_X, .dst_reg = (to), .src_reg = (from) \
    }
#define TINY_SET(to, value)                                                  \
    {                                                                        \
        .code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = (to), .imm = (value) \
    }
/* The address of a map, which takes two instructions. */
#define TINY_MAP(to, fd)                \
    {.code = BPF_LD | BPF_IMM | BPF_DW, \
     .dst_reg = (to),                   \
     .src_reg = BPF_PSEUDO_MAP_FD,      \
     .imm = (fd)},                      \
    {                                   \
        0                               \
    }
/* The address of a byte of the one value of an array map, the same. */
#define TINY_MAP_VALUE(to, fd, at)      \
    {.code = BPF_LD | BPF_IMM | BPF_DW, \
     .dst_reg = (to),                   \
     .src_reg = BPF_PSEUDO_MAP_VALUE,   \
     .imm = (fd)},                      \
    {                                   \
        .imm = (at)                     \
    }
/* Add 1 to the one number of an array map; uses registers 1 and 2. */
#define TINY_COUNT(fd)                                                                     \
    TINY_MAP_VALUE(BPF_REG_1, fd, 0), TINY_SET(BPF_REG_2, 1),                              \
    {                                                                                      \
        .code = BPF_STX | BPF_DW | BPF_ATOMIC, .dst_reg = BPF_REG_1, .src_reg = BPF_REG_2, \
        .imm = BPF_ADD                                                                     \
    }
/* A helper of the kernel. */
#define TINY_CALL(helper)                           \
    {                                               \
        .code = BPF_JMP | BPF_CALL, .imm = (helper) \
    }
/* A function of the kernel, by its number in the kernel's type information. */
#define TINY_CALL_KERNEL(id)                                                      \
    {                                                                             \
        .code = BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, .imm = (id) \
    }
/* Skip n instructions, always, or if a bit of a register is set. */
#define TINY_SKIP(n)                         \
    {                                        \
        .code = BPF_JMP | BPF_JA, .off = (n) \
    }
#define TINY_SKIP_IF(reg, bit, n)                                                      \
    {                                                                                  \
        .code = BPF_JMP | BPF_JSET | BPF_K, .dst_reg = (reg), .off = (n), .imm = (bit) \
    }
#define TINY_EXIT                  \
    {                              \
        .code = BPF_JMP | BPF_EXIT \
    }
