/* strftime(3) with formats that come from a script, and fractions of a second. */
#include "runtime/timestamp.h"

#include <inttypes.h>
#include <time.h>

#include "base/clock.h"

enum {
    TIME_BYTES_MAX = 4096,
};

/* strftime whose format is known only now. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" // it is the script's text: that is its purpose

static size_t time_text(char *text, size_t size, const char *format, const struct tm *tm)
{
    return strftime(text, size, format, tm);
}

#pragma GCC diagnostic pop

bool timestamp_seconds(struct str format, s64 now, struct buf *out)
{
    char text[TIME_BYTES_MAX];
    char cstr[TIME_BYTES_MAX];
    time_t seconds = (time_t)now;
    struct tm tm;
    size_t n = 0;

    if (format.n == 0)
        return true;
    if (format.n < sizeof(cstr) && localtime_r(&seconds, &tm) != NULL) {
        memcpy(cstr, format.p, format.n);
        cstr[format.n] = '\0';
        n = time_text(text, sizeof(text), cstr, &tm);
    }
    if (n == 0) {
        buf_add_str(out, format);
        return false;
    }
    buf_add(out, text, n);
    return true;
}

/* The conversions that strftime does not have: true if c is one. */
static bool add_fraction(char c, u32 ns, struct buf *out)
{
    switch (c) {
    case 'f':
        buf_printf(out, "%06" PRIu32, ns / NS_PER_US);
        return true;
    case 'k':
        buf_printf(out, "%09" PRIu32, ns);
        return true;
    case 'l':
        buf_printf(out, "%03" PRIu32, ns / NS_PER_MS);
        return true;
    default:
        return false;
    }
}

void timestamp_format(struct str format, s64 now_ns, struct buf *out)
{
    _cleanup_buf_ struct buf expanded = {0};
    s64 seconds = now_ns / NS_PER_S - (now_ns % NS_PER_S < 0);
    u32 ns = (u32)(now_ns - seconds * NS_PER_S);

    for (u32 i = 0; i < format.n; i++) {
        bool is_conversion = format.p[i] == '%' && i + 1 < format.n;

        if (is_conversion && add_fraction(format.p[i + 1], ns, &expanded)) {
            i++;
            continue;
        }
        buf_add_char(&expanded, format.p[i]);
        if (is_conversion)
            buf_add_char(&expanded, format.p[++i]);
    }
    if (expanded.failed) {
        out->failed = true;
        return;
    }
    (void)timestamp_seconds((struct str){expanded.p, (u32)expanded.n}, seconds, out);
}
