/* Integer types in C's words, for scripts and for the kernel's descriptions of tracepoints. */
#pragma once

#include "ir/type.h"

/* "unsigned long", "long int unsigned": words in any order with one space between them, for a
 * 64-bit Linux. NULL: they name no integer type. */
const struct type *c_words_type(struct types *types, struct str words);
