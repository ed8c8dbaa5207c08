/* The smallest unit test: a program whose main() makes checks and ends in `return check_result();`.
 *
 * A failed check says where and goes on, so that one run shows all that is broken. The counters are
 * static to each test program. Part of tests/ only: it prints, which no library code may. */
#pragma once

#include <stdio.h>

#include "base/str.h"

static struct {
    int n_passed, n_failed;
} check_counts;

static inline void check_that(bool ok, const char *file, int line, const char *what)
{
    if (ok) {
        check_counts.n_passed++;
        return;
    }
    check_counts.n_failed++;
    (void)printf("%s:%d: failed: %s\n", file, line, what);
}

static inline void check_str(struct str a, struct str b, const char *file, int line)
{
    bool ok = str_eq(a, b);

    check_that(ok, file, line, "two strings are equal");
    if (!ok)
        (void)printf("  is:     \"%.*s\"\n  wanted: \"%.*s\"\n", STR_ARG(a), STR_ARG(b));
}

/* Sum up: prints the two counts and returns the exit status of the program. */
static inline int check_result(void)
{
    (void)printf("%d passed, %d failed\n", check_counts.n_passed, check_counts.n_failed);
    return check_counts.n_failed ? 1 : 0;
}

static inline struct str check_str_of(struct str s)
{
    return s;
}

static inline struct str check_cstr_of(const char *s)
{
    return str_of(s);
}

/* struct str and C strings both do. */
#define CHECK_AS_STR(s) \
    _Generic((s), struct str: check_str_of, char *: check_cstr_of, const char *: check_cstr_of)(s)

#define CHECK(cond) check_that((cond), __FILE__, __LINE__, #cond)
/* CHECK_STR(is, wanted) */
#define CHECK_STR(a, b) check_str(CHECK_AS_STR(a), CHECK_AS_STR(b), __FILE__, __LINE__)
