/* Where the kernel keeps the name of a task. */
#pragma once

#include "base/str.h"

/* Offset of `comm`, 16 bytes, in struct task_struct, found in raw BTF; 0 where it is not to be
 * found or the kernel may leave garbage behind the NUL. Never fails for broken input. */
u32 task_name_find(struct str btf);
/* The same of the running kernel: 0 without BTF. */
u32 task_name_offset(void);
