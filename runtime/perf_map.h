/* Names of code that a process has made itself (a JIT compiler), from the file that it writes for
 * perf(1): /tmp/perf-PID.map, lines "START SIZE NAME" with numbers in hex. */
#pragma once

#include "base/str.h"

struct perf_map;

/* Open the file of process pid (of our PID namespace), as the process sees it: below its own root,
 * with its number in its own PID namespace. It is kept open: it is read when it is asked, and the
 * process may have ended then. Returns 0; -ENOENT where there is none; -EPERM where it is no
 * regular file or belongs to somebody other than the process's user and root; -ENOMEM; or why not.
 */
int perf_map_open(struct perf_map **out, u64 pid);

/* NULL-safe; sets *m to NULL. */
void perf_map_free(struct perf_map **m);

/* The name of what lies at the address; empty if there is none. What was written to the file since
 * the last question is read where the address is not known yet. Valid until the next question.
 * offset_out: bytes from its start. */
struct str perf_map_find(struct perf_map *m, u64 address, u64 *offset_out);

/* Path of the file, as the process sees it. Valid as long as the map. */
struct str perf_map_path(const struct perf_map *m);
