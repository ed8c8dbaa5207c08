/* Other BPF programs as what is traced. */
#pragma once

#include "base/str.h"

/* Find the loaded BPF program that has a function `name`, its main one or another. id: of the
 * program; 0: any. Returns a descriptor; -ENOENT if there is none, -ENOTUNIQ if there are several,
 * or why programs cannot be looked at. Follows bpf_check_attach_target() of the kernel, which wants
 * the function among those of the program's types. */
int bpf_target_find(const char *name, u32 id);
