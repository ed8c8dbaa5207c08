/* Paths of cgroups by their ids, in the hierarchies that are mounted. */
#pragma once

#include "base/str.h"

struct cgroups;

/* Find the mounted hierarchies. Returns 0, -ENOMEM, or why the mounts cannot be read. */
int cgroups_new(struct cgroups **out);

/* NULL-safe; sets *c to NULL. */
void cgroups_free(struct cgroups **c);

/* Append "hierarchy:/path" for each hierarchy that has a cgroup of this id, with commas between;
 * the one of version 2 is called "unified", one of version 1 as its mount point. filter: a pattern
 * with
 * `*` and `?` for the hierarchy's name; empty: all. Nothing is appended where there is none. */
void cgroups_path(struct cgroups *c, u64 id, struct str filter, struct buf *out);
