/* Memory whose bytes everybody knows: pages at a fixed address of the process that runs BEGIN, so
 * that scripts can read structs through pointers, and the answers to that can be compared. */
#pragma once

#include "base/str.h"

enum {
    PAGES_ADDRESS = 0x20000000,
    PAGES_BYTES = 8192,
};

/* Make the pages of this process, once. False where that is not possible. */
bool known_map(void);
/* Copy bytes of [address, address + size) as a user's memory is read: false, and zeros, where not
 * all of them are known. */
bool known_read(u64 address, void *out, u64 size);
/* The same for a string: at most size - 1 bytes up to a NUL, which is not counted. -1 as above. */
int known_read_string(u64 address, char *out, u64 size);
