/* Enumerations that both programs agree on. */
#pragma once

#include "base/str.h"

enum agg_id {
#define AGG(id, name, type_name) AGG_##id,
#include "abi/agg.def"
#undef AGG
    AGG_COUNT_
};

/* How attach points belong together. Those that go with each other are attached all or not at all.
 */
enum attach_choice {
    CHOICE_ITSELF, /* to be attached */
    CHOICE_ELSE,   /* attached where what stands before it, up to a CHOICE_ITSELF, cannot be */
    CHOICE_WITH,   /* goes with the point before it */
    CHOICE_COUNT_
};

enum probe_id {
#define PROBE(id, name, short_name) PROBE_##id,
#include "abi/probe.def"
#undef PROBE
    PROBE_COUNT_
};

enum shape_id {
#define SHAPE(id, name, size) SHAPE_##id,
#include "abi/shape.def"
#undef SHAPE
    SHAPE_COUNT_
};

/* How a program is loaded and attached. A provider may have several methods (variants of a clause),
 * best first. */
enum attach_method {
    METHOD_TEST_RUN = 1, /* raw tracepoint program, run once by BPF_PROG_TEST_RUN: begin, end */
    METHOD_KPROBE = 2,   /* perf event of the kprobe PMU */
    METHOD_KRETPROBE = 3,
    METHOD_TRACEPOINT = 4, /* perf event of a tracepoint */
    METHOD_PERF_CPUS = 5,  /* cpu-clock perf event on every online CPU: profile */
    METHOD_PERF_ONE = 6,   /* the same on one CPU: interval */
    METHOD_RAW_TRACEPOINT = 7,
    METHOD_FENTRY = 8, /* BPF trampoline: fentry, and a kprobe where the kernel has none */
    METHOD_FEXIT = 9,
    METHOD_UPROBE = 10, /* perf event of the uprobe PMU */
    METHOD_URETPROBE = 11,
    METHOD_KPROBE_MULTI = 12, /* one link for many functions (5.18) */
    METHOD_KRETPROBE_MULTI = 13,
    METHOD_USDT = 14, /* as METHOD_UPROBE, with a counter that the kernel raises while attached */
    METHOD_UPROBE_MULTI = 15, /* one link for many places in a binary (6.6) */
    METHOD_URETPROBE_MULTI = 16,
    METHOD_USDT_MULTI = 17,
    METHOD_ITER = 18, /* BPF iterator, read once */
};

#define METHOD_LAST METHOD_ITER

/* What a word is that is found out before load. The number is part of the format. */
enum resolved_kind {
    RESOLVED_SYMBOL = 1,      /* address of a symbol of the kernel; of a per-CPU one, its offset */
    RESOLVED_CGROUP = 2,      /* ID of the control group of version 2 at a path */
    RESOLVED_USER_SYMBOL = 3, /* address of a symbol as the program or library has it in its file */
    /* What an object that was compiled ahead of time is told when it runs. */
    RESOLVED_PARAM = 4,       /* positional parameter num as an integer */
    RESOLVED_PARAM_TEXT = 5,  /* the same as a text */
    RESOLVED_PARAM_COUNT = 6, /* how many there are */
    RESOLVED_OPTION = 7,      /* value of the option of the script in row num of `option` */
    RESOLVED_OPTION_TEXT = 8,
    RESOLVED_EVENT_FIELD = 9, /* offset of a tracepoint's field: text, of the event: file, which is
                                 of shape num */
};

#define RESOLVED_LAST RESOLVED_EVENT_FIELD

/* Bytes of such a text, with its NUL. */
#define PTL_PARAM_TEXT_MAX 256
/* The module in the name of an fentry probe that stands for other BPF programs. */
#define PTL_BPF_MODULE "bpf"

/* Kind of an option of the script (getopt), as its default says. The number is part of the format.
 */
enum option_kind {
    OPTION_BOOL = 0,
    OPTION_INT = 1,
    OPTION_STRING = 2,
};

/* What uprobes of functions by their names in C++ and Rust begin with, behind the binary. */
#define PTL_CPP_PREFIX "cpp:"

/* Shape of a value in memory; kind of a `type` row of the metadata. The number is part of the
 * format. */
enum abi_type {
    ABI_NONE = 0,
    ABI_INT = 1,     /* signed; size bytes: 8, but 1, 2, 4 or 8 in C structs and arrays */
    ABI_UINT = 2,    /* the same, unsigned */
    ABI_BOOL = 3,    /* 8 bytes (1 in C structs and arrays), 0 or 1 */
    ABI_STRING = 4,  /* size bytes, NUL-terminated or full */
    ABI_TUPLE = 5,   /* its fields, each at its offset; with names: a record */
    ABI_KSYM = 6,    /* 8 bytes: kernel address, shown as the symbol's name */
    ABI_AGG = 7,     /* an aggregation's slot; num0 agg_id, num1..3 its parameters, is_signed of its
                        argument */
    ABI_POINTER = 8, /* 8 bytes, shown as 0x... */
    ABI_ENUM = 9,    /* as ABI_INT or ABI_UINT by is_signed; fields: name and, as offset, value */
    ABI_STRUCT = 10, /* C layout, size bytes; fields with names and bit-fields; text: name */
    ABI_ARRAY = 11,  /* C layout: num0 elements of the type of its one field */
    ABI_BUFFER = 12, /* u64 length in bytes, then size - 8 bytes of which so many count */
    ABI_SHAPE = 13,  /* num0 shape_id; text: its parameter */
};

/* Name as shown ("kprobe") and the short form ("k", "" if none) of a provider. */
const char *probe_name(enum probe_id id);
const char *probe_short_name(enum probe_id id);
/* The provider of a long or short name, without regard to case but where that tells two short ones
 * apart (`u`, `U`). False: there is none. */
bool probe_find(struct str name, enum probe_id *out);
/* Name ("hist") and type name ("hist_t") of an aggregation. */
const char *agg_name(enum agg_id id);
const char *agg_type_name(enum agg_id id);

/* Name ("inet") and size in memory of a shape; 0: stacks, whose types tell it. */
const char *shape_name(enum shape_id id);
u32 shape_size(enum shape_id id);

/* Bytes before the frames of a stack (shape.def), and of one in this mode. */
#define STACK_HEADER_BYTES 16
u32 stack_frame_bytes(struct str mode);

/* Number of 8-byte members of an aggregation's slot (agg.def); 0 for an unknown aggregation or
 * parameters that it cannot have. */
u32 agg_word_count(enum agg_id agg, const s64 params[3]);

/* is_set of the slot of a min() or max(): how the value lies in it. */
#define AGG_SET       1 /* as it is */
#define AGG_SET_CODED 2 /* XORed with agg_neutral(), see stdlib/agg_minmax.c */

/* The value that every other one replaces: the largest for AGG_MIN, the smallest for AGG_MAX. */
u64 agg_neutral(enum agg_id agg, bool is_signed);

#define HIST_BITS_MAX 5

/* hist(n, bits): each power of two is cut into 2^bits buckets. Bucket 0 holds negative values, then
 * one bucket for each of 0 .. 2^bits - 1, then 2^bits for each power of two up to 2^63. bits: 0
 * to 5. */
u32 hist_bucket_count(u32 bits);
/* Smallest value of a bucket >= 1, and the smallest of the next one (0 stands for 2^64). */
u64 hist_bucket_low(u32 bits, u32 bucket);

/* lhist(n, min, max, step): bucket 0 below min, last bucket max and above. Bounds are signed; step
 * > 0. Where step does not divide the range, the last bucket below max is narrower. Saturates at
 * UINT32_MAX. */
u32 lhist_bucket_count(s64 min, s64 max, s64 step);

/* A register of a kprobe's context, and its offset there in bytes. */
struct arch_reg {
    const char *name;
    u32 offset;
};

/* Architectures: what depends on the CPU, as tables. */
struct arch {
    const char *name;        /* uname -m */
    u16 elf_machine_bpf_tag; /* number in the metadata: 1 x86_64, 2 arm64 */
    u32 n_arg_regs;          /* integer arguments that a kernel function gets in registers */
    u32 arg_off[8]; /* offset of each in the kprobe context (struct pt_regs / user_pt_regs), bytes
                     */
    u32 ret_off;    /* offset of the return value's register */
    u32 ip_off;     /* offset of the instruction pointer */
    const char *syscall_prefix; /* of kernel functions: "__x64_sys_" */
    /* Where struct thread_info tells that a task is in a system call of 32 bits, and what it is. */
    const char *compat_field;
    u32 compat_bytes, compat_bit;
    const struct arch_reg *regs;
    u32 n_regs;
};

/* The register of a name, or NULL: those of the CPU's own manual, and pc and sp everywhere. */
const struct arch_reg *arch_reg_find(const struct arch *arch, const char *name, size_t n);

/* The architecture that this binary runs on; never NULL on the supported ones (a build error
 * elsewhere). */
const struct arch *arch_native(void);
/* By its number in the metadata, or NULL. */
const struct arch *arch_by_tag(u32 tag);
