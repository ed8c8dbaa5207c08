/* Where the instructions of a function begin. */
#pragma once

#include "base/util.h"

enum {
    INSTRUCTION_BYTES = 16, /* none is longer */
};

/* Does an instruction begin at this offset of the n bytes, the first of which begins one? There
 * should be INSTRUCTION_BYTES behind the offset, if the function goes on so far. Loads libcapstone,
 * which is not needed to start ptrace-lite. before, after: where the instruction begins that the
 * offset lies in, and the next one; set with -EINVAL.
 * Returns 0, -EINVAL: it lies inside of one; -EILSEQ: what is before cannot be decoded; -ELIBACC:
 * there is no libcapstone; -ENOTSUP: a static ptrace-lite, which loads no libraries; -ENOMEM. */
int instruction_check(const u8 *bytes, size_t n, u64 offset, u64 *before, u64 *after);
