/* What a compilation depends on, as bytes. */
#pragma once

#include "tools/options.h"
#include "tools/script.h"

/* Append the key: version and file of the compiler, the script with its parameters and options,
 * what options say to the compiler, environment variables of ours, and the kernel: its build, and
 * the modules that are loaded. Returns 0, or a negative errno if something of it cannot be read:
 * then nothing may be kept. */
int cache_key(const struct options *o, const struct script *script, const char *compiler,
              bool has_color, struct buf *out);
