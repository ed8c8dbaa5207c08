/* Files and folders that scripts import. */
#pragma once

#include "base/source.h"

/* A source_import_fn: the file system, and what is built in. Only regular files of at most
 * SCRIPT_SIZE_MAX bytes and folders; -EINVAL for others. */
int import_file(struct arena *arena, struct str path, bool only_known, struct source_import *out);
