/* Small things that every folder uses: integer names, cleanup attributes, take_ptr/take_fd.
 *
 * Ownership in the runtime is local: a variable with a cleanup attribute frees what it holds at the
 * end of its scope, and take_ptr()/take_fd() is the one way out of the scope for what it holds. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

typedef uint8_t u8;
typedef uint16_t u16;
typedef uint32_t u32;
typedef uint64_t u64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))
#define MIN(a, b)     ((a) < (b) ? (a) : (b))
#define MAX(a, b)     ((a) > (b) ? (a) : (b))
/* `align` is a power of two. */
#define ROUND_UP(n, align) (((n) + (align)-1) & ~((__typeof__(n))(align)-1))

/* Can one instruction load or store so many bytes? */
static inline bool is_word_size(u64 bytes)
{
    return bytes == 1 || bytes == 2 || bytes == 4 || bytes == 8;
}

#define PRINTF_LIKE(fmt, first) __attribute__((format(printf, fmt, first)))
#define NORETURN                __attribute__((noreturn))

/* Run `fn(&variable)` when the variable leaves its scope. */
#define _cleanup_(fn) __attribute__((cleanup(fn)))

static inline void free_ptr(void *p)
{
    free(*(void **)p);
}

static inline void close_fd(const int *fd)
{
    if (*fd >= 0)
        (void)close(*fd); /* nothing is written through these: a failing close loses nothing */
}

#define _cleanup_free_  _cleanup_(free_ptr)
#define _cleanup_close_ _cleanup_(close_fd)

/* Give up ownership: returns the pointer and leaves NULL behind, so that no cleanup runs on it. */
#define take_ptr(p)                 \
    ({                              \
        __typeof__(p) taken_ = (p); \
        (p) = NULL;                 \
        taken_;                     \
    })

/* The same for a file descriptor: leaves -1 behind. */
static inline int take_fd(int *fd)
{
    int taken = *fd;

    *fd = -1;
    return taken;
}

/* Our own bug: says where on standard error and dies by SIGABRT. Never for bad input.
 * what: one sentence without a newline. */
NORETURN void ptl_bug_at(const char *file, int line, const char *what);
#define ptl_bug(what) ptl_bug_at(__FILE__, __LINE__, what)
