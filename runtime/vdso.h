/* The code that the kernel maps into every process. */
#pragma once

/* The image that our own process has, as a file in memory: that of all programs of 64 bits.
 * Returns a file descriptor for the caller, or a negative errno; -ENOENT: there is none. */
int vdso_open(void);
