/* Types of BTF, the kernel's type information, as both programs walk over them. */
#pragma once

#include <linux/btf.h>

#include "base/util.h"

/* Bytes of what stands behind the struct of a type; UINT32_MAX: an unknown kind. */
u32 btf_tail_size(const struct btf_type *t);
