/* The capabilities of this process. */
#pragma once

#include "base/util.h"

/* Sets of them, bits 1 << CAP_*. */
struct capabilities {
    u64 permitted, effective;
};

/* Ask the kernel. Returns 0 or a negative errno. */
int capabilities_get(struct capabilities *out);

/* Change both sets; nothing is inheritable. Returns 0 or a negative errno. */
int capabilities_set(struct capabilities to);
