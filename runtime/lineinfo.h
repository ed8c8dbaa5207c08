/* From an instruction of a program to the place in the script that it was made of: the line
 * information that the compiler left in the object's .BTF.ext section. */
#pragma once

#include "runtime/elf.h"

/* Lines and columns count from 1; a column of 0 is unknown. */
struct line_place {
    struct str file;
    u32 line, column;
};

/* The place of instruction insn (from 0) of the program `name`: that of the last line record at or
 * before it. Returns 0, -ENOENT if there is none, or -EPROTO if the sections are malformed. */
int lineinfo_find(const struct elf_view *elf, struct str name, u32 insn, struct line_place *out);

/* Does the program read fields of kernel structures, so that it needs the kernel's type
 * information? */
bool lineinfo_has_core(const struct elf_view *elf);
