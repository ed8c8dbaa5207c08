/* Addresses of kernel functions by name, without a list of symbols. */
#pragma once

#include "base/str.h"

/* Ask the kernel for the addresses of n functions, each the first of its name. Returns 0; -ENOENT
 * if one is not there; -EPERM if the kernel tells nobody (kptr_restrict); or why it runs no program
 * that looks. */
int kernel_addresses(const char *const *names, u32 n, u64 *out);
