/* The end of a program that found a bug of its own.
 *
 * The one place of the libraries that prints and does not return: by then the state is not to be
 * trusted, so nothing is allocated and nothing is cleaned up. Never reached by bad input. */
#include <stdio.h>

#include "base/util.h"

void ptl_bug_at(const char *file, int line, const char *what)
{
    (void)fprintf(stderr, "BUG: %s:%d: %s\n", file, line, what); /* no other way to tell */
    abort();
}
