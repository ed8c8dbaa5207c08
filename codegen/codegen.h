/* IR -> BPF ELF object. The only folder that sees LLVM. */
#pragma once

#include "base/diag.h"
#include "ir/ir.h"

struct codegen_opts {
    const struct arch *arch; /* whose registers IR_ARG and IR_RETVAL mean */
    struct str file_name;    /* for debug information */
    u32 part_insts;          /* IR instructions that go to LLVM at once; 0: as it costs the least */
};

/* Make the object: programs, maps, BTF, line information, the metadata section (meta_encode of
 * m->meta). Appends the ELF bytes to out. Returns true, or false after reporting to diags (a stack
 * that is too large, LLVM's refusal: with the span of the instruction where known). */
bool codegen_object(const struct ir_module *m, const struct codegen_opts *opts, struct diags *diags,
                    struct buf *out);

/* Disassembly of every program in an object, for --emit=bpf: one line an instruction, the section
 * and program name before each. Returns 0 or -EPROTO if the bytes are no BPF object. */
int codegen_disassemble(const void *elf, size_t size, struct buf *out);
