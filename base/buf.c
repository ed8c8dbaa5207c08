/* A growable byte buffer on the heap.
 *
 * Appending never fails visibly: the first failed allocation is remembered in `failed`, which makes
 * later appends do nothing, so that code which prints a lot needs one check at its end. The content
 * is kept NUL-terminated behind its n bytes, for debuggers and for buf_printf(). */
#include <stdio.h>

#include "base/str.h"

enum {
    BUF_FIRST_BYTES = 256,
    DIGITS_MAX = 20, /* of 2^64 - 1 */
    TAB_COLUMNS = 4,
    ESCAPE_COLUMNS = 4, /* \xNN */
};

/* Room for n more bytes and a NUL; false when that cannot be had. */
static bool buf_reserve(struct buf *b, size_t n)
{
    size_t need = 0, cap = b->cap ? b->cap : BUF_FIRST_BYTES;
    char *p = NULL;

    if (b->failed)
        return false;
    if (__builtin_add_overflow(b->n, n, &need) || need >= SIZE_MAX / 2) {
        b->failed = true;
        return false;
    }
    if (need < b->cap)
        return true;
    while (cap <= need)
        cap *= 2;
    p = realloc(b->p, cap);
    if (!p) {
        b->failed = true;
        return false;
    }
    b->p = p;
    b->cap = cap;
    return true;
}

void buf_done(struct buf *b)
{
    free(b->p);
    *b = (struct buf){0};
}

void buf_reset(struct buf *b)
{
    b->n = 0;
    b->failed = false;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
    if (!n || !buf_reserve(b, n))
        return;
    memcpy(b->p + b->n, bytes, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_add_str(struct buf *b, struct str s)
{
    buf_add(b, s.p, s.n);
}

void buf_add_cstr(struct buf *b, const char *s)
{
    buf_add(b, s, strlen(s));
}

void buf_add_u64(struct buf *b, u64 number)
{
    char digits[DIGITS_MAX];
    size_t at = sizeof(digits);

    do {
        digits[--at] = (char)('0' + number % 10);
        number /= 10;
    } while (number != 0);
    buf_add(b, digits + at, sizeof(digits) - at);
}

void buf_add_s64(struct buf *b, s64 number)
{
    if (number < 0)
        buf_add_char(b, '-');
    buf_add_u64(b, number < 0 ? -(u64)number : (u64)number);
}

void buf_add_char(struct buf *b, char c)
{
    buf_add(b, &c, 1);
}

void buf_pad(struct buf *b, char c, size_t n)
{
    if (!n || !buf_reserve(b, n))
        return;
    memset(b->p + b->n, c, n);
    b->n += n;
    b->p[b->n] = '\0';
}

void buf_printf(struct buf *b, const char *fmt, ...)
{
    va_list args;
    int n = 0;

    if (!buf_reserve(b, 1))
        return;
    va_start(args, fmt);
    n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, args);
    va_end(args);
    if (n >= 0 && (size_t)n >= b->cap - b->n) {
        if (!buf_reserve(b, (size_t)n))
            return;
        va_start(args, fmt);
        n = vsnprintf(b->p + b->n, b->cap - b->n, fmt, args);
        va_end(args);
    }
    if (n < 0) {
        b->failed = true;
    } else {
        b->n += (size_t)n;
    }
}

u32 buf_add_visible(struct buf *b, struct str s, u32 at, u32 *columns_out)
{
    u32 n = str_utf8_len(s, at);
    u8 first = (u8)s.p[at];
    bool is_c1 = n == 2 && first == 0xc2 && (u8)s.p[at + 1] < 0xa0;

    if (first == '\t') {
        buf_pad(b, ' ', TAB_COLUMNS);
        *columns_out = TAB_COLUMNS;
        return 1;
    }
    if (n == 0 || first < 0x20 || first == 0x7f || is_c1) {
        buf_printf(b, "\\x%02x", first);
        *columns_out = ESCAPE_COLUMNS;
        return 1;
    }
    buf_add(b, s.p + at, n);
    *columns_out = 1;
    return n;
}

void buf_add_harmless(struct buf *b, struct str s)
{
    u32 columns = 0;

    for (u32 i = 0; i < s.n;) {
        if (s.p[i] == '\n') {
            buf_add_char(b, '\n');
            i++;
        } else {
            i += buf_add_visible(b, s, i, &columns);
        }
    }
}

void buf_add_escaped(struct buf *b, struct str s)
{
    u32 columns = 0;

    for (u32 i = 0; i < s.n;) {
        if (s.p[i] == '\n' || s.p[i] == '\t') {
            buf_add_cstr(b, s.p[i] == '\n' ? "\\n" : "\\t");
            i++;
        } else {
            i += buf_add_visible(b, s, i, &columns);
        }
    }
}
