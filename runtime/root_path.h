/* Files as a process sees them: below its root, which in a container or a chroot is not ours. */
#pragma once

#include "base/str.h"

enum {
    ROOT_BYTES = 32, /* of "/proc/PID/root" */
};

/* The folder that is the root of a process: "/proc/PID/root", or "" where its root is ours, as it
 * is for pid 0. root: ROOT_BYTES. */
void root_of(int pid, char *root);

/* Print a path. Writes at most size bytes. Returns 0 or -ENAMETOOLONG. */
int path_print(char *path, size_t size, const char *fmt, ...) PRINTF_LIKE(3, 4);

/* Our path of the file that is at the path `inside` below a root. Links, absolute ones and "..",
 * lead where they lead in there, and never out of it; with root "" the path is taken as it is,
 * whether there is such a file or not. Writes at most size bytes. Returns 0; -ENOENT, -EACCES, ...
 * of open(); -EPERM: we may not look at the root; -ENAMETOOLONG. A link of /proc that leads to what
 * a process has open or runs is -ENOENT: it may be outside. */
int root_path(const char *root, const char *inside, char *path, size_t size);
