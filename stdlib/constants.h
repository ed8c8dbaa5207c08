/* Constants that scripts know from C headers: AF_INET, O_CREAT, EAGAIN, SIGKILL. Headers are not
 * read, and as macros they are in no BTF. */
#pragma once

#include "abi/abi.h"
#include "base/str.h"

struct constant {
    const char *name;
    s64 value, value_aarch64;
    bool is_unsigned;   /* does not fit an s64 */
    bool is_enumerator; /* an enum of the kernel may have it; then that one is meant */
    bool is_x86_64;     /* there alone */
};

/* The constant of that name; NULL: there is none for this CPU. */
const struct constant *constant_find(struct str name, const struct arch *arch);
/* Its value. */
s64 constant_value(const struct constant *c, const struct arch *arch);
/* "Did you mean": the nearest name; NULL: none is near. */
const char *constant_nearest(struct arena *arena, struct str name);
