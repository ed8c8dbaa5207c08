/* What records ask for besides output: commands and files. What they give goes to the sink. */
#pragma once

#include "runtime/sink.h"

struct signals;

/* Run a command by sh -c and show what it writes to standard output, until it ends; the user's
 * second signal ends it. Returns 0, or why it cannot be started. */
int command_run(struct sink *sink, struct signals *signals, const struct meta_site *site,
                const char *command);

/* Show a file, at most site->num0 bytes of it. Returns 0, 1 if it has more, or why it cannot be
 * read.
 */
int command_cat(struct sink *sink, const struct meta_site *site, const char *path);
