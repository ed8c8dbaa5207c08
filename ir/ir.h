/* The IR: what semantic/ makes of a script and codegen/ makes a BPF object of. No LLVM, no AST.
 *
 * A module has maps, functions (one BPF program each), and the metadata that the object will carry.
 * A function has local memory slots and blocks of instructions. A value is the result of an
 * instruction: a 64-bit word or a pointer; words that live across blocks are kept in slots (LLVM's
 * mem2reg makes registers of them). Where a slot lies (BPF stack or per-CPU scratch) is codegen's
 * decision: the BPF stack has 512 bytes. */
#pragma once

#include "abi/meta.h"
#include "abi/names.h"
#include "abi/record.h"
#include "base/source.h"
#include "ir/type.h"

enum ir_op {
#define VARIADIC                                       0xff
#define OP(id, name, n_args, result, operands, fields) IR_##id,
#include "ir/ops.def"
#undef OP
    IR_OP_COUNT_
};

enum ir_result {
    IR_NONE,
    IR_INT,
    IR_PTR
};

struct diags;
struct ir_inst;
typedef const struct ir_inst *ir_val; /* the instruction that computes it */

struct ir_slot {
    u32 id;
    u32 size;         /* bytes, a multiple of 8 */
    const char *name; /* for the text form */
};

/* What a CORE tells of a member; the numbers are those of BPF's relocations (enum
 * bpf_core_relo_kind of the kernel's include/uapi/linux/bpf.h). */
enum ir_core {
    IR_CORE_OFFSET = 0, /* bytes, of the integer that holds a bit-field */
    IR_CORE_SIZE = 1,   /* bytes */
    IR_CORE_EXISTS = 2, /* 0 or 1 */
    IR_CORE_LSHIFT = 4, /* of a 64-bit word, so that a bit-field's highest bit is the word's */
    IR_CORE_RSHIFT = 5, /* after that, so that its lowest one is */
};

/* A step from a struct to one of its members. */
struct ir_step {
    struct str name;
    u32 bit_offset, bit_size; /* in the kernel that the script was compiled for */
    /* What kernels agree on: i u integer, p pointer, e enum, s struct, n union; I U bit-field; with
     * an `a` before it for each dimension of an array. */
    char kind[4];
};

/* A member of a kernel struct, by names. Anonymous structs in between are not named. */
struct ir_access {
    struct str root; /* tag */
    bool is_union;
    const struct ir_step *steps;
    u32 n_steps;
};

/* The kernel's limit of rounds of one loop (BPF_MAX_LOOPS in kernel/bpf/bpf_iter.c). */
#define IR_LOOP_MAX (1 << 23)

/* A long script has hundreds of thousands of these: what no op has together shares its place. Which
 * of it an op has is in its row of ops.def. */
struct ir_inst {
    enum ir_op op;
    u32 id; /* number in the function, in order of creation: %id */
    struct span span;
    ir_val *args;
    s64 imm;
    u32 n_args;
    u32 size;
    bool is_signed;

    union {
        struct str text;
        const struct ir_slot *slot;
        u32 helper;
        const struct ir_access *access;

        struct {
            const struct ir_map *map;
            struct ir_func *callee;
        };

        struct {
            struct ir_block *block, *other;
        };
    };
};

struct ir_block {
    u32 id;
    const char *name;
    VEC(struct ir_inst *) insts; /* the last one is JMP, BR or RET */
};

/* Map types that codegen declares; bpf_type is the number of enum bpf_map_type. */
struct ir_map {
    u32 id;
    const char *name; /* ELF symbol */
    u32 bpf_type;
    u32 max_entries;
    u32 map_flags;
    bool is_flipped;               /* it lies in a map of maps (abi/record.h, enum flip_role) */
    const struct type *key_type;   /* for BTF; NULL: u32 (arrays) or no key (ring buffer) */
    const struct type *value_type; /* for BTF; NULL: value_size bytes without fields */
    u32 key_size, value_size;      /* bytes; 0 for a ring buffer */
};

/* What the context of a program is: decides types and registers, never the provider. */
enum ir_ctx {
    IR_CTX_NONE,
    IR_CTX_PT_REGS,
    IR_CTX_TRACEPOINT,
    IR_CTX_PERF_EVENT,
    IR_CTX_RAW_TP,
    IR_CTX_TRAMPOLINE,
    IR_CTX_COUNT_
};

/* What calls a function. */
enum ir_func_kind {
    IR_FUNC_PROGRAM, /* the kernel */
    IR_FUNC_LOOP,    /* a LOOP; RET 0 goes on, RET 1 ends it */
    IR_FUNC_EACH,    /* an EACH; the same */
    IR_FUNC_COUNT_
};

/* The functions that a program's loops call share its slots: `root` is the program. A slot that
 * several of these functions use keeps its value between them. */
struct ir_func {
    const char *name; /* ELF symbol */
    enum ir_func_kind kind;
    struct ir_func *root; /* itself for a program */
    const char *section;  /* that libbpf derives the program type from: "kprobe", "tracepoint",
                             "perf_event", "raw_tp" */
    enum ir_ctx ctx;
    bool is_preemptible; /* another task may run it on the same CPU before it has ended */
    struct span span;    /* of the clause */
    VEC(struct ir_func *) callbacks; /* of a program: the functions of its loops */
    VEC(struct ir_slot *) slots;
    VEC(struct ir_block *) blocks; /* the first is the entry */
    u32 n_insts;
};

struct ir_module {
    struct arena *arena;
    struct types *types;
    const struct sources *sources;
    VEC(struct ir_map *) maps;
    VEC(struct ir_func *) funcs;
    struct meta meta;
    struct str license; /* that the kernel is told; empty: GPL */
};

/* An empty module; everything in it will live in arena. types and sources are borrowed. */
struct ir_module *ir_module_new(struct arena *arena, struct types *types,
                                const struct sources *sources);
/* Declare a map; the caller fills the members after name. */
struct ir_map *ir_map_new(struct ir_module *m, const char *name);
/* Add a function without blocks; name and section are borrowed. The caller sets its span. */
struct ir_func *ir_func_new(struct ir_module *m, const char *name, const char *section,
                            enum ir_ctx ctx);

/* Add a function for the loops of a program, root, whose section and context it has. */
struct ir_func *ir_callback_new(struct ir_module *m, const char *name, enum ir_func_kind kind,
                                struct ir_func *root);
/* Make func one for the loops of root. */
void ir_callback_of(struct ir_module *m, struct ir_func *func, enum ir_func_kind kind,
                    struct ir_func *root);

/* ---- building ---- */

/* Appends instructions to `block` of `func`, each with `span`. */
struct ir_builder {
    struct ir_module *module;
    struct ir_func *func;
    struct ir_block *block;
    struct span span;
};

/* Add an empty block to the function; name is borrowed and need not be unique. */
struct ir_block *ir_block_new(struct ir_builder *b, const char *name);
/* Go on appending to another block. */
void ir_at(struct ir_builder *b, struct ir_block *block);
/* True when the current block already ends in JMP, BR or RET. */
bool ir_is_terminated(const struct ir_builder *b);
/* A new local memory object; size in bytes is rounded up to 8. Its content is undefined. */
const struct ir_slot *ir_slot_new(struct ir_builder *b, const char *name, u32 size);

/* The same, shared by all functions of the program. */
const struct ir_slot *ir_shared_slot_new(struct ir_builder *b, const char *name, u32 size);

/* Leaves: a word; read-only NUL-terminated bytes, of which at least `size` are readable, zeros
 * behind the text; read-only zeros; a table of names; a slot's address; the context; a map. */
ir_val ir_const(struct ir_builder *b, s64 value);
ir_val ir_string(struct ir_builder *b, struct str text, u32 size);
ir_val ir_zero(struct ir_builder *b, u32 size);
ir_val ir_slot_addr(struct ir_builder *b, const struct ir_slot *slot);
ir_val ir_ctx(struct ir_builder *b);
ir_val ir_table(struct ir_builder *b, enum names names);
ir_val ir_map_addr(struct ir_builder *b, const struct ir_map *map);

/* The integer of size bytes at a byte offset of the context; argN and the return value by the
 * registers of the architecture. */
ir_val ir_ctx_load(struct ir_builder *b, u32 offset, u32 size, bool is_signed);
ir_val ir_arg(struct ir_builder *b, u32 n);
ir_val ir_retval(struct ir_builder *b);
/* A member of the configuration. offset: offsetof(struct ptl_config, member). */
ir_val ir_config(struct ir_builder *b, u32 offset);

/* A word that is known where the object is loaded. word: its number in the section of such words
 * (the metadata's table `resolved`), below IR_RESOLVED_MAX. */
ir_val ir_resolved(struct ir_builder *b, u64 word);
/* Address of such words that hold a text: size bytes, a multiple of 8, zero-padded. */
ir_val ir_resolved_text(struct ir_builder *b, u64 word, u32 size);
#define IR_RESOLVED_MAX PTL_RESOLVED_WORDS_MAX

/* Memory at ptr + offset, naturally aligned: size is 1, 2, 4 or 8 bytes, extended to a word. */
ir_val ir_load(struct ir_builder *b, ir_val ptr, s64 offset, u32 size, bool is_signed);
/* The common case: 8 bytes. */
ir_val ir_load64(struct ir_builder *b, ir_val ptr, s64 offset);
void ir_store(struct ir_builder *b, ir_val ptr, s64 offset, u32 size, ir_val value);
void ir_store64(struct ir_builder *b, ir_val ptr, s64 offset, ir_val value);
/* Atomic on 8 bytes. */
void ir_atomic_add(struct ir_builder *b, ir_val ptr, s64 offset, ir_val value);
/* The same; gives the word before. */
ir_val ir_atomic_fetch_add(struct ir_builder *b, ir_val ptr, s64 offset, ir_val value);
/* Store the value if the word is as expected. Gives the word before. */
ir_val ir_compare_exchange(struct ir_builder *b, ir_val ptr, s64 offset, ir_val expected,
                           ir_val value);
/* ptr plus bytes; ptr itself for a constant 0. */
ir_val ir_ptr_add(struct ir_builder *b, ir_val ptr, ir_val bytes);
/* Any op with one or two word operands and a word result: ADD .. SLE, LOG2, IS_NULL, PTR_TO_INT.
 * Folds constants. */
ir_val ir_unary(struct ir_builder *b, enum ir_op op, ir_val a);
ir_val ir_binary(struct ir_builder *b, enum ir_op op, ir_val a, ir_val c);
/* The low size bytes of v, extended. */
ir_val ir_extend(struct ir_builder *b, ir_val v, u32 size, bool is_signed);
/* The low size bytes of v in the other order, zero-extended. */
ir_val ir_bswap(struct ir_builder *b, ir_val v, u32 size);
/* v, of which the optimiser knows nothing. A bound that the verifier must see is tested on such a
 * word: LLVM would remove a test whose outcome it can prove, and the verifier cannot prove as much.
 */
ir_val ir_opaque(struct ir_builder *b, ir_val v);
/* See CORE, INDEX, KEY, VALUE, LOOP and EACH in ops.def. access is borrowed. */
ir_val ir_core(struct ir_builder *b, enum ir_core what, const struct ir_access *access);
ir_val ir_index(struct ir_builder *b);
ir_val ir_element_key(struct ir_builder *b);
ir_val ir_element_value(struct ir_builder *b);
ir_val ir_loop(struct ir_builder *b, ir_val n, struct ir_func *callee);
ir_val ir_each(struct ir_builder *b, const struct ir_map *map, struct ir_func *callee);
/* Number of entries of a hash map. */
ir_val ir_map_len(struct ir_builder *b, const struct ir_map *map);
/* Whole objects, both addresses aligned to 8; size in bytes, nothing is made for 0. */
void ir_copy(struct ir_builder *b, ir_val dst, ir_val src, u32 size);
void ir_fill_zero(struct ir_builder *b, ir_val ptr, s64 offset, u32 size);
ir_val ir_str_eq(struct ir_builder *b, ir_val x, ir_val y, u32 size);
/* The longest text that STR_FIND looks for. */
#define IR_FIND_MAX 32
/* See STR_LEN, STR_FIND and MEM_CMP in ops.def. size: bytes that may be read. */
ir_val ir_str_len(struct ir_builder *b, ir_val str, u32 size);
ir_val ir_str_find(struct ir_builder *b, ir_val str, u32 size, struct str needle);
ir_val ir_mem_cmp(struct ir_builder *b, ir_val x, ir_val y, u32 size);
/* Call a BPF helper that gives a word / a pointer (NULL possible). helper: enum bpf_func_id. At
 * most 5 args. */
ir_val ir_call(struct ir_builder *b, u32 helper, const ir_val *args, u32 n_args);
ir_val ir_call_ptr(struct ir_builder *b, u32 helper, const ir_val *args, u32 n_args);
/* The ends of a block. A branch on a constant becomes a jump. */
void ir_jmp(struct ir_builder *b, struct ir_block *to);
void ir_br(struct ir_builder *b, ir_val cond, struct ir_block *if_true, struct ir_block *if_false);
void ir_ret(struct ir_builder *b, s64 value);
/* Do both have the same value in every program run? False where that is not seen: memory is not
 * looked into. */
bool ir_is_same(ir_val a, ir_val b);
/* The constant value of v, if it is a CONST. */
bool ir_is_const(ir_val v, s64 *value_out);

/* ---- text form and checks ---- */

/* A row of ops.def. */
struct ir_op_row {
    const char *name; /* "add" */
    u32 n_args;       /* or VARIADIC */
    enum ir_result result;
    const char *operands, *fields; /* codes: see ops.def */
};

/* The row of an op; op must be a valid one. */
const struct ir_op_row *ir_op_row(enum ir_op op);
/* Name of an op ("add") and the class of its result. */
const char *ir_op_name(enum ir_op op);
enum ir_result ir_op_result(enum ir_op op);
/* CONST, STRING, ZERO, SLOT, CTX, MAP: a constant or an address that is the same everywhere in the
 * function. Such a value may be used in any block, wherever it was made, and the text form writes
 * it in its use. */
bool ir_is_leaf(enum ir_op op);
/* JMP, BR, RET. */
bool ir_is_terminator(enum ir_op op);
/* Word of the text form for a kind of context ("pt_regs"). */
const char *ir_ctx_name(enum ir_ctx ctx);
/* Name of a BPF helper that the text form knows ("map_lookup_elem"), or NULL. */
const char *ir_helper_name(u32 helper);
/* If ptr is a constant distance from a leaf address (PTR_ADDs of constants): that leaf, and
 * *offset_out the distance. Otherwise NULL. */
ir_val ir_ptr_base(ir_val ptr, s64 *offset_out);
/* Result of a word op for constant operands (b is 0 for a unary one). False where it has none: not
 * a word op, or a division by 0. */
bool ir_fold(enum ir_op op, s64 a, s64 b, s64 *result_out);
/* Low size bytes of v in the other order. size: 1, 2, 4 or 8. */
u64 ir_bswap_value(u64 v, u32 size);
/* Low size bytes of v, sign- or zero-extended. size: 1, 2, 4 or 8. */
s64 ir_extend_value(s64 v, u32 size, bool is_signed);

/* Append the text form of an access; and read it back, NULL where it is none. */
void ir_access_print(const struct ir_access *access, struct buf *out);
const struct ir_access *ir_access_parse(struct arena *arena, struct str word);

/* Word of the text form for what calls a function ("loop"). */
const char *ir_func_kind_name(enum ir_func_kind kind);

/* Text form of maps and functions (not of the metadata): stable, for --emit=ir and golden files.
 * Values are numbered anew, leaves stand where they are used, and what is not used is not printed.
 */
void ir_print(const struct ir_module *m, struct buf *out);

/* Read the text form back: maps and functions. Reports E040 and E041 to diags with spans in src,
 * which are also the spans of the instructions. src must be one of diags->sources. Returns NULL if
 * there were errors. What is printed and read again prints the same. */
struct ir_module *ir_read(struct arena *arena, struct types *types, const struct source *src,
                          struct diags *diags);

/* Check the rules: operands have the right class and dominate their use, blocks end once, slots and
 * maps belong to the module, constant accesses lie inside slots and are aligned, nothing is written
 * to read-only data. Returns NULL, or a sentence in the arena that says what is wrong and where. */
const char *ir_verify(const struct ir_module *m);
