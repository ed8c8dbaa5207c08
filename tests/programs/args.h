/* Arguments of the test programs.
 *
 * Nothing here opens a file, allocates or prints on success: a test counts the system calls of the
 * program that uses it.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

/* Read a decimal number from 0 to `max`, the whole of `text`. False if it is not one. */
static inline bool number_parse(const char *text, long max, long *out)
{
    char *end = NULL;

    errno = 0;
    const long value = strtol(text, &end, 10);
    if (errno != 0 || end == text || *end != '\0' || value < 0 || value > max)
        return false;
    *out = value;
    return true;
}
