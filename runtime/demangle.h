/* Names of C++ and Rust functions as they are written, by libiberty. */
#pragma once

#include "base/str.h"

enum demangle_form {
    DEMANGLE_NAME, /* "ns::f" */
    DEMANGLE_FULL, /* "ns::f(int)" */
};

/* Append the name behind a linker's symbol. False, and nothing appended: it is none of C++ or Rust.
 */
bool demangle(struct str symbol, enum demangle_form form, struct buf *out);

/* Is the symbol one that `wanted` means? "cpp:PATTERN" is compared with the name behind it, and
 * with its parameters if there is a '(' in the pattern; any other pattern with the symbol itself.
 * Appends what the match is called to `name`. wanted, symbol: with a NUL behind them. */
bool demangle_matches(const char *wanted, const char *symbol, struct buf *name);
