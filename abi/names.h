/* What Linux calls its numbers: errors, signals, system calls. */
#pragma once

#include "abi/abi.h"
#include "base/arena.h"
#include "base/str.h"

enum names {
    NAMES_ERRNO,
    NAMES_SIGNAL,
    NAMES_SYSCALL, /* by architecture */
    NAMES_COUNT_
};

/* The text for a number, never NULL: "Unknown error" and the like for one that has none. */
const char *names_text(enum names names, const struct arch *arch, u64 number);

/* Bytes that each text has in a table, zeros behind it. */
#define NAMES_TEXT_SIZE 64

/* Number of texts in the table of some names, a power of two: all numbers that have a text, and
 * unknown ones behind them. */
u32 names_count(enum names names);
/* The table itself, names_count() * NAMES_TEXT_SIZE bytes, in the arena. */
struct str names_table(enum names names, const struct arch *arch, struct arena *arena);
