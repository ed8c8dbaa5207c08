/* -l. */
#pragma once

#include <stdio.h>

#include "tools/options.h"

/* Print the probes that match what the options name: a search; a script's file, of which each
 * clause's are printed; or an object, of which they are as it has them. search_path: $PATH, or
 * NULL. Says on standard error what is wrong. Returns the exit status. */
int probes_list(const struct options *o, const char *search_path, FILE *out);
