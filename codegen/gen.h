/* What the files of codegen/ share: the state of one LLVM module's generation, and the files'
 * entries.
 *
 * An object is made of parts: each has some of the programs and is one LLVM module (one struct
 * gen); the last one has the maps and the other data, which the others only name. Everything that
 * hangs off LLVM's context is freed with it (gen_done); the rest lives in the IR module's arena. */
#pragma once

#include <llvm-c/DebugInfo.h>
#include <llvm-c/TargetMachine.h>

#include "codegen/codegen.h"
#include "codegen/emit.h"
#include "codegen/link.h"
#include "ir/dom.h"

#define BPF_TRIPLE "bpfel"
#define BPF_CPU    "v3"

/* How freely a program and its callbacks may use the BPF stack. If that proves too large, the part
 * is made again with the next for that program. */
enum stack_plan {
    STACK_FREE,   /* slots that LLVM can keep in registers do not count */
    STACK_COUNT,  /* all slots count */
    STACK_NARROW, /* all count, and only few may */
    STACK_NONE,   /* none may, and words that are used later lie in scratch, too: what LLVM has to
                     keep on the stack are a few pointers */
    STACK_PLAN_COUNT_
};

/* Where a slot lies in a function: in the scratch entry at offset, or on the function's stack. */
struct slot_place {
    bool is_used; /* by this function */
    bool is_scratch;
    u32 offset;
    LLVMValueRef address;
};

/* Places of the slots that a function uses. */
struct slot_plan {
    const struct ir_func *func;
    struct slot_place *own;  /* by slot id */
    struct slot_place *root; /* by slot id of the program; the same as own in a program */
    u32 *homes;              /* by instruction id: offset in scratch plus 1, 0: none; or NULL */
    LLVMValueRef llvm;       /* of a callback: what LOOP and EACH call */
};

/* A program and the functions of its loops. What they share lies in the scratch entry; a frame on
 * the program's stack tells the others where it is. */
struct gen_family {
    struct slot_plan *plans; /* [0] is the program */
    u32 n_plans;
    u32 scratch_size; /* bytes of scratch that their slots need; 0: none */
    bool needs_frame;
};

/* A constant in .rodata. */
struct gen_const {
    struct str text;
    u32 size;
    LLVMValueRef global;
};

/* The half of a map that the current function writes to. */
struct gen_half {
    u32 block; /* at whose begin it is looked up; DOM_NONE: the function does not use the map */
    LLVMValueRef address;
};

/* The function that is being made. */
struct gen_func {
    const struct ir_func *ir;
    struct dom dom;
    LLVMValueRef *values; /* by instruction id; leaves are not in it */
    LLVMBasicBlockRef *blocks;
    struct slot_plan *plan;
    bool uses_scratch;
    LLVMValueRef ctx;
    LLVMValueRef frame;        /* {scratch entry, context} for callbacks; NULL: not needed */
    LLVMValueRef scratch_key;  /* on the stack: number of the entry */
    LLVMValueRef scratch;      /* the entry */
    LLVMValueRef scratch_held; /* on the stack: the entry that must be given back; NULL: none */
    u32 scratch_block;         /* block at whose begin the scratch entry is looked up */
    struct gen_half *halves;   /* of the maps of gen.flipped */
    LLVMValueRef half_key;     /* on the stack: the only key of maps of maps */
    LLVMMetadataRef subprogram;
    struct span last_span; /* of the location that the builder has */
};

/* The functions of a part, by their number in the IR module: from first up to, not including, end.
 */
struct gen_part {
    u32 first, end;
    bool is_last;
};

/* What the parts that were made need the last one to declare. */
struct gen_needs {
    bool config, resolved;
    u32 n_scratch;    /* entries of the scratch map */
    u32 scratch_size; /* bytes, of the largest */
};

struct gen {
    struct emit e;
    const struct ir_module *ir;
    const struct codegen_opts *opts;
    struct arena *arena;
    struct gen_part part;
    struct gen_needs needs;
    u32 number; /* of the module, among those of this process */
    LLVMTargetMachineRef machine;
    LLVMDIBuilderRef di;
    LLVMMetadataRef *files; /* DIFile by number of the source */
    u32 n_files;
    LLVMMetadataRef unit;
    LLVMMetadataRef int32_type, uint32_type, word_type, signed_type, char_type;
    LLVMMetadataRef main_type;     /* int (void *ctx) */
    LLVMValueRef *maps;            /* by map id */
    const struct ir_map **flipped; /* the maps with two halves */
    u32 n_flipped;
    LLVMValueRef
        visitor; /* the function that MAP_LEN calls for each element, NULL before its first use */
    LLVMValueRef config;   /* the global, NULL before its first use */
    LLVMValueRef resolved; /* the array of words, the same */
    LLVMValueRef scratch;  /* the scratch map, NULL before its first use */
    VEC(struct gen_const) consts;
    enum stack_plan *plans; /* by number of the program in the IR module */
    bool *is_too_large;     /* the same: its stack, in this attempt */
    enum stack_plan plan;   /* of the program that is being made */
    struct gen_family family;
    struct gen_func f;
    struct diags *diags;
    bool failed;            /* a diagnostic was given */
    const char *llvm_error; /* first complaint of LLVM, in the arena, or NULL */
};

/* ---- gen_debug.c: debug information, which becomes BTF and line information ---- */

/* Text of an (otherwise empty) LLVM module that holds the sources with their content. */
void debug_module_text(const struct gen *g, struct buf *out);
/* Set up the builder, the compile unit and the basic types. */
void debug_init(struct gen *g);
/* Make the subprogram of g->f.ir and give it to g->e.func. */
void debug_func(struct gen *g);
/* Make the subprogram of a function that a helper calls, long (...), with n parameters, and give it
 * to func. span: its place. */
LLVMMetadataRef debug_callback(struct gen *g, LLVMValueRef func, struct span span,
                               const char *const *params, u32 n);
/* Instructions from here on come from span. */
void debug_at(struct gen *g, struct span span);
/* Finish: after this no debug information may be made. */
void debug_finish(struct gen *g);
/* The BTF type of values of a type as they lie in memory. */
LLVMMetadataRef debug_type(struct gen *g, const struct type *t);
/* Array of n elements of elem_size bytes. */
LLVMMetadataRef debug_array(struct gen *g, LLVMMetadataRef elem, u32 elem_size, u32 n);
LLVMMetadataRef debug_pointer(struct gen *g, LLVMMetadataRef to);

/* A member of a struct type. */
struct debug_member {
    const char *name;
    u32 size;
    LLVMMetadataRef type;
};

/* A struct of n members one behind the other; name "" for none. */
LLVMMetadataRef debug_struct(struct gen *g, const char *name, const struct debug_member *members,
                             u32 n);
/* Say that a global variable has a type. */
void debug_global(struct gen *g, LLVMValueRef global, const char *name, LLVMMetadataRef type);

/* ---- gen_map.c: maps and other globals ---- */

/* Declare all maps of the IR module. */
void gen_maps(struct gen *g);
/* In the last part, after all functions: define what the object has besides programs and the
 * script's maps: scratch map, configuration, license, metadata. False when memory ran out. */
bool gen_data(struct gen *g);
/* Address of the scratch map. */
LLVMValueRef gen_scratch_address(struct gen *g);
/* Address of struct ptl_config. */
LLVMValueRef gen_config_address(struct gen *g);
/* Address of the words that are resolved before load. */
LLVMValueRef gen_resolved_address(struct gen *g);
/* Address of read-only bytes: text, zeros up to size. */
LLVMValueRef gen_const_address(struct gen *g, struct str text, u32 size);
/* Address of a table of names. */
LLVMValueRef gen_table_address(struct gen *g, enum names names);

/* ---- gen_flip.c: maps with two halves ---- */

/* Address of a map in the current function. */
LLVMValueRef map_address(const struct gen *g, const struct ir_map *map);
/* In the entry block of a function: find out where its maps with halves are looked up. */
void flips_emit_entry(struct gen *g);
/* At the begin of a block: look up those that are needed from here on. */
void flips_emit(struct gen *g, const struct ir_block *block);

/* ---- gen_slot.c: where local memory lies ---- */

/* Does an instruction use something? */
typedef bool gen_uses_fn(const struct gen *g, const struct ir_inst *inst, const void *what);
/* The latest block of the current function that all uses pass, and that no reservation of a record
 * precedes: where something may be looked up that ends the program if it is not there. DOM_NONE: it
 * is not used. */
u32 gen_block_before(const struct gen *g, gen_uses_fn *uses, const void *what);

/* Decide for every slot of a program and of its callbacks: fills g->family. */
void slots_plan(struct gen *g, const struct ir_func *program);
/* Append the stack slots of the current function (in its entry block, which is the current one); in
 * a callback, the addresses in the scratch entry, too. */
void slots_emit_entry(struct gen *g);
/* In a program: find the block for the look-up of the scratch entry. */
void slots_find_scratch(struct gen *g);
/* Append the lookup of the scratch entry and the addresses in it. */
void slots_emit_scratch(struct gen *g);
/* Before a program returns: give the scratch entry back, if it is one that must be. */
void slots_emit_release(struct gen *g);
/* Address of a slot in the current function. */
LLVMValueRef slot_address(struct gen *g, const struct ir_slot *slot);
/* Are loads to stay where they are? Else LLVM makes them earlier and keeps the words. */
bool slots_are_fixed(const struct gen *g);

/* ---- gen_home.c: words in scratch ---- */

/* Decide which words of a function lie in scratch, which grows by their homes; by instruction id.
 */
u32 *homes_plan(struct gen *g, const struct ir_func *func);
/* Does an instruction make or use such a word? */
bool home_is_used(const struct gen *g, const struct ir_inst *inst);
/* Keep the result of an instruction of the current function; NULL: it has none. */
void home_store(struct gen *g, const struct ir_inst *inst, LLVMValueRef v);
/* The result of an instruction that is no leaf. */
LLVMValueRef home_load(struct gen *g, const struct ir_inst *inst);

/* ---- gen_func.c, gen_op.c, gen_mem.c: functions and instructions ---- */

/* Make a program with its callbacks. */
void gen_program(struct gen *g, const struct ir_func *func);
/* Note that the stack of the function of that name (name_n bytes) is too large. False if there is
 * no such function. */
bool gen_note_stack(struct gen *g, const char *name, size_t name_n);
/* Was that noted of any in this attempt? */
bool gen_stack_fails(const struct gen *g);
/* CORE. */
LLVMValueRef gen_core(struct gen *g, const struct ir_inst *inst);
/* MAP_LEN, LOOP, EACH, INDEX, KEY, VALUE; NULL if it is none of those. */
LLVMValueRef gen_loop_op(struct gen *g, const struct ir_inst *inst);
/* Declare the LLVM function of the family's callback number i. */
void gen_callback_declare(struct gen *g, u32 i);
/* Attributes that all our functions have, for g->e.func. */
void gen_attributes(struct gen *g);
/* The LLVM value of an IR value. */
LLVMValueRef gen_value(struct gen *g, ir_val v);
/* Append an instruction that computes a word of words; NULL if it is none of those. */
LLVMValueRef gen_word_op(struct gen *g, const struct ir_inst *inst);
/* Append an instruction that works on memory; *result_out NULL where it has no result. False if it
 * is none of those. */
bool gen_mem_op(struct gen *g, const struct ir_inst *inst, LLVMValueRef *result_out);

/* A loop over the bytes of an object, so many a round (gen_bytes.c). */
struct byte_loop {
    LLVMBasicBlockRef head;
    LLVMValueRef counter;
    LLVMValueRef offset; /* of the round: a word */
};

/* Open it. Code up to byte_loop_end() may leave it to other blocks. */
struct byte_loop byte_loop_begin(struct gen *g);
/* Close it: it has gone over total_bytes, a multiple of round_bytes and not 0. */
void byte_loop_end(struct gen *g, const struct byte_loop *l, u32 round_bytes, u32 total_bytes);
/* The word at ptr + at, of which `rest` bytes may be read; zeros behind them. */
LLVMValueRef gen_partial_word(struct gen *g, LLVMValueRef ptr, u32 at, u32 rest);
/* In a word: 0 if it has no byte that is 0; else the lowest bit that is set is the highest one of
 * the first such byte. */
LLVMValueRef gen_zero_bytes(struct gen *g, LLVMValueRef word);
/* COPY, FILL_ZERO, STR_EQ (gen_bytes.c). */
void gen_copy(struct gen *g, const struct ir_inst *inst);
void gen_fill_zero(struct gen *g, const struct ir_inst *inst);
LLVMValueRef gen_str_eq(struct gen *g, const struct ir_inst *inst);
/* STR_LEN, STR_FIND, MEM_CMP (gen_search.c). */
LLVMValueRef gen_str_len(struct gen *g, const struct ir_inst *inst);
LLVMValueRef gen_str_find(struct gen *g, const struct ir_inst *inst);
LLVMValueRef gen_mem_cmp(struct gen *g, const struct ir_inst *inst);

/* ---- stack.c ---- */

/* Note each program of an object whose frame is more than the 512 bytes of a BPF stack, together
 * with those of the functions that it calls or has called. Returns 0, or -EPROTO if the object is
 * not one of ours. */
int stack_check(struct gen *g, const struct elf_view *object);

/* ---- object.c ---- */

/* Make LLVM's BPF target known and create the target machine for CPU v3; never NULL. */
LLVMTargetMachineRef object_target(void);
/* Optimise the module and add its object to the link. False with g->llvm_error set (it is the first
 * complaint), with a stack noted as too large, or without either: no memory. */
bool object_emit(struct gen *g, struct link *link);
