/* Names of addresses in processes. */
#pragma once

#include "base/str.h"

struct usyms;

/* Nothing is read yet. Returns 0 or -ENOMEM. */
int usyms_new(struct usyms **out);

/* NULL-safe; sets *u to NULL. */
void usyms_free(struct usyms **u);

/* Name of the function at an address of process pid (of our PID namespace); empty if there is none,
 * or the process has ended and nothing was asked about it before. Valid until the next call. What
 * has been read of a process is kept: its files at the first question take some milliseconds. */
struct str usyms_find(struct usyms *u, u64 pid, u64 address);
