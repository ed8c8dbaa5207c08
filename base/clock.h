/* The system's clocks, and units of time. */
#pragma once

#include <time.h>

#include "base/util.h"

enum {
    NS_PER_US = 1000,
    NS_PER_MS = 1000000,
    NS_PER_S = 1000000000,
};

/* A clock of the kernel (CLOCK_MONOTONIC, ...), nanoseconds. */
static inline u64 clock_ns(clockid_t clock)
{
    struct timespec t = {0};

    (void)clock_gettime(clock, &t); // all that are asked for exist since 3.10
    return (u64)t.tv_sec * NS_PER_S + (u64)t.tv_nsec;
}
