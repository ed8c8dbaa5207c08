/* Strings that are views, and the copies of them that live in an arena.
 *
 * No function here depends on the locale: case is ASCII case, order is by bytes, and the one piece
 * of Unicode is the check for well-formed UTF-8. */
#include "base/str.h"

#include <fnmatch.h>
#include <stdio.h>

enum {
    NEAREST_MAX_BYTES = 64, /* longer words get no suggestion: nobody mistypes those */
    STR_PRINTF_ROOM = 128,  /* what most formatted texts fit into */
};

struct str str_of(const char *cstr)
{
    return cstr ? (struct str){cstr, (u32)strlen(cstr)} : (struct str){"", 0};
}

bool str_eq(struct str a, struct str b)
{
    return a.n == b.n && (!a.n || memcmp(a.p, b.p, a.n) == 0);
}

bool str_eq_c(struct str a, const char *b)
{
    return str_eq(a, str_of(b));
}

static char ascii_lower(char c)
{
    if (c < 'A' || c > 'Z')
        return c;
    return (char)(c | 0x20);
}

bool str_eq_nocase(struct str a, const char *b)
{
    struct str other = str_of(b);

    if (a.n != other.n)
        return false;
    for (u32 i = 0; i < a.n; i++) {
        if (ascii_lower(a.p[i]) != ascii_lower(other.p[i]))
            return false;
    }
    return true;
}

int str_cmp(struct str a, struct str b)
{
    u32 n = MIN(a.n, b.n);
    int order = n ? memcmp(a.p, b.p, n) : 0;

    if (order)
        return order;
    return a.n < b.n ? -1 : a.n > b.n;
}

bool str_starts(struct str s, const char *prefix)
{
    size_t n = strlen(prefix);

    return s.n >= n && (!n || memcmp(s.p, prefix, n) == 0);
}

int str_index(struct str s, char c)
{
    const char *found = s.n ? memchr(s.p, c, s.n) : NULL;

    return found ? (int)(found - s.p) : -1;
}

int str_hex_digit(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    c |= 0x20;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool str_number(struct str s, u64 *out)
{
    u64 number = 0;

    if (s.n == 0 || s.n > 15)
        return false;
    for (u32 i = 0; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9')
            return false;
        number = number * 10 + (u64)(s.p[i] - '0');
    }
    *out = number;
    return true;
}

bool str_is_pattern(struct str s)
{
    return str_index(s, '*') >= 0 || str_index(s, '?') >= 0 || str_index(s, '[') >= 0;
}

bool str_matches(const char *pattern, const char *s)
{
    return fnmatch(pattern, s, FNM_NOESCAPE) == 0;
}

int str_find(struct str s, struct str part)
{
    for (u32 at = 0; at + part.n <= s.n; at++) {
        if (memcmp(s.p + at, part.p, part.n) == 0)
            return (int)at;
    }
    return -1;
}

struct str str_sub(struct str s, u32 from, u32 to)
{
    to = MIN(to, s.n);
    from = MIN(from, to);
    return (struct str){from ? s.p + from : s.p, to - from};
}

struct str str_dup(struct arena *a, struct str s)
{
    return (struct str){str_cstr(a, s), s.n};
}

const char *str_cstr(struct arena *a, struct str s)
{
    char *p = arena_alloc(a, (size_t)s.n + 1);

    if (s.n)
        memcpy(p, s.p, s.n);
    return p;
}

struct str str_vprintf(struct arena *a, const char *fmt, va_list args)
{
    va_list again;
    size_t room = STR_PRINTF_ROOM;
    char *p = arena_alloc(a, room);
    int n = 0;

    va_copy(again, args);
    n = vsnprintf(p, room, fmt, args);
    if (n >= 0 && (size_t)n >= room) {
        room = (size_t)n + 1;
        p = arena_alloc(a, room);
        n = vsnprintf(p, room, fmt, again);
    }
    va_end(again);
    return n > 0 ? (struct str){p, (u32)n} : (struct str){"", 0};
}

struct str str_printf(struct arena *a, const char *fmt, ...)
{
    struct str s = {"", 0};
    va_list args;

    va_start(args, fmt);
    s = str_vprintf(a, fmt, args);
    va_end(args);
    return s;
}

u32 str_utf8_len(struct str s, u32 at)
{
    static const u32 least[] = {0, 0, 0x80, 0x800, 0x10000}; /* below: an overlong form */
    u32 n = 0, code = 0;
    u8 first = 0;

    if (at >= s.n)
        return 0;
    first = (u8)s.p[at];
    if (first < 0x80)
        return 1;
    n = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    if (first < 0xc2 || first > 0xf4 || n > s.n - at)
        return 0;
    code = first & (0x7fU >> n);
    for (u32 i = 1; i < n; i++) {
        u8 byte = (u8)s.p[at + i];

        if ((byte & 0xc0) != 0x80)
            return 0;
        code = code << 6 | (byte & 0x3f);
    }
    if (code < least[n] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff))
        return 0;
    return n;
}

/* Edit distance where a swap of neighbours is one edit ('cuont'): rows of the optimal string
 * alignment table, the last three kept. */
static u32 edit_distance(struct str a, struct str b)
{
    u32 rows[3][NEAREST_MAX_BYTES + 1];
    u32 *before = rows[0], *above = rows[1], *row = rows[2];

    for (u32 j = 0; j <= b.n; j++)
        above[j] = j;
    for (u32 i = 1; i <= a.n; i++) {
        u32 *oldest = before;

        row[0] = i;
        for (u32 j = 1; j <= b.n; j++) {
            bool same = a.p[i - 1] == b.p[j - 1];

            row[j] = MIN(above[j - 1] + !same, MIN(above[j], row[j - 1]) + 1);
            if (i > 1 && j > 1 && a.p[i - 1] == b.p[j - 2] && a.p[i - 2] == b.p[j - 1])
                row[j] = MIN(row[j], before[j - 2] + 1);
        }
        before = above;
        above = row;
        row = oldest;
    }
    return above[b.n];
}

int str_nearest(struct str word, const char *const *candidates, u32 n)
{
    u32 best = MAX(word.n / 3, (u32)(word.n >= 3)) + 1;
    int found = -1;

    if (word.n > NEAREST_MAX_BYTES)
        return -1;
    for (u32 i = 0; i < n; i++) {
        struct str candidate = str_of(candidates[i]);
        u32 distance = 0;

        if (candidate.n > NEAREST_MAX_BYTES)
            continue;
        distance = edit_distance(word, candidate);
        if (distance < best) {
            best = distance;
            found = (int)i;
        }
    }
    return found;
}
