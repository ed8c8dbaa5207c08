/* Times as text. */
#pragma once

#include "base/str.h"

/* Append the local time of `now`, seconds since 1970, in a format of strftime(3). Returns false if
 * the format gives nothing sensible (then it is appended as it stands). */
bool timestamp_seconds(struct str format, s64 now, struct buf *out);

/* The same of nanoseconds since 1970, with three conversions more: %f microseconds (6 digits), %k
 * nanoseconds (9), %l milliseconds (3) of the second. */
void timestamp_format(struct str format, s64 now_ns, struct buf *out);
