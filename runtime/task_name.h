/* Where the kernel keeps the name of a task. */
#pragma once

#include "base/util.h"

/* Offset of `comm`, 16 bytes, in struct task_struct, found in a file of raw BTF (RAW_BTF_KERNEL:
 * the running kernel's); 0 where it is not to be found or the kernel may leave garbage behind the
 * NUL. Never fails for broken input. */
u32 task_name_offset(const char *btf_path);
