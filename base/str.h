/* Strings that are views: pointer and length, never NUL-terminated by contract. And a growable byte
 * buffer.
 *
 * NUL-terminated C strings appear only at the edges to libc, libbpf and LLVM: str_cstr() makes
 * them. */
#pragma once

#include <stdarg.h>
#include <string.h>

#include "base/arena.h"
#include "base/util.h"

struct str {
    const char *p;
    u32 n;
};

#define STR(literal) ((struct str){(literal), sizeof(literal) - 1})
#define STR_ARG(s)   (int)(s).n, (s).p /* for "%.*s" */

/* View of a C string (borrows it; NULL gives the empty string). */
struct str str_of(const char *cstr);
/* Same bytes. */
bool str_eq(struct str a, struct str b);
/* Same bytes as the C string b. */
bool str_eq_c(struct str a, const char *b);
/* Equal without regard to ASCII case. */
bool str_eq_nocase(struct str a, const char *b);
/* Bytewise order: <0, 0, >0; a prefix sorts first. */
int str_cmp(struct str a, struct str b);
/* s begins with the C string prefix. */
bool str_starts(struct str s, const char *prefix);
/* Index of the first `c` in s, or -1. */
int str_index(struct str s, char c);
/* Offset of the first place of part in s; -1 if it is not there. */
int str_find(struct str s, struct str part);
/* Part of s from `from` up to, not including, `to`; both are clamped to s. */
struct str str_sub(struct str s, u32 from, u32 to);
/* Copy into the arena. */
struct str str_dup(struct arena *a, struct str s);
/* NUL-terminated copy in the arena. */
const char *str_cstr(struct arena *a, struct str s);
/* printf into the arena. */
struct str str_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);
/* The same with a va_list, which is left indeterminate as by vprintf. */
struct str str_vprintf(struct arena *a, const char *fmt, va_list args) PRINTF_LIKE(2, 0);

/* Length of the well-formed UTF-8 sequence at s.p[at] (1 for ASCII, NUL included); 0 where there is
 * none: a stray continuation, an overlong form, a surrogate, a truncated sequence, or at >= s.n. */
u32 str_utf8_len(struct str s, u32 at);

/* The decimal number that s is, all of it. False where s is empty, holds anything but digits, or
 * more than 15 of them. */
bool str_number(struct str s, u64 *out);
/* Value of a hexadecimal digit, or -1. */
int str_hex_digit(char c);

/* Is there a letter of patterns in it: * ? [ */
bool str_is_pattern(struct str s);
/* Does the whole of s match the pattern? Both have a NUL behind them (str_cstr()). */
bool str_matches(const char *pattern, const char *s);

/* "Did you mean": index of the candidate nearest to `word` by edit distance (at most a third of its
 * length, and at least 1 for words of 3 or more; equal distance: the first), or -1 if none is near.
 * candidates: n C strings. */
int str_nearest(struct str word, const char *const *candidates, u32 n);

/* A growable byte buffer on the heap. Failure to allocate is sticky: `failed` is set, later appends
 * do nothing, and the owner checks once at the end. A zeroed buf is an empty one. */
struct buf {
    char *p;
    size_t n, cap;
    bool failed;
};

/* Free the content; the buffer is empty again. */
void buf_done(struct buf *b);
/* Forget the content, keep the memory. */
void buf_reset(struct buf *b);
/* Append n bytes; they must not lie in the buffer itself. */
void buf_add(struct buf *b, const void *bytes, size_t n);
/* Append a view. */
void buf_add_str(struct buf *b, struct str s);
/* Append a C string without its NUL. */
void buf_add_cstr(struct buf *b, const char *s);
/* Append one byte. */
void buf_add_char(struct buf *b, char c);
/* Append a number in decimal digits. */
void buf_add_u64(struct buf *b, u64 number);
void buf_add_s64(struct buf *b, s64 number);
/* n times the character c. */
void buf_pad(struct buf *b, char c, size_t n);
/* Append as printf does; an encoding error of libc counts as a failure. */
void buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* Append the character that begins at s.p[at] so that it is harmless on a terminal: a tab as 4
 * spaces; control characters and bytes that are not UTF-8 as \xNN. Returns how many bytes of s it
 * was (at least 1). columns_out: how wide it is shown. */
u32 buf_add_visible(struct buf *b, struct str s, u32 at, u32 *columns_out);
/* All of s in that form, its lines as they are. */
void buf_add_harmless(struct buf *b, struct str s);
/* All of s in that form on one line, newlines as \n and tabs as \t. */
void buf_add_escaped(struct buf *b, struct str s);

#define _cleanup_buf_ _cleanup_(buf_done)
