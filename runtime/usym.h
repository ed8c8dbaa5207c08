/* Names of addresses in processes. */
#pragma once

#include "runtime/symbols.h"

struct usyms;

/* Nothing is read yet. Returns 0 or -ENOMEM. */
int usyms_new(struct usyms **out);

/* NULL-safe; sets *u to NULL. */
void usyms_free(struct usyms **u);

/* What an address of process pid (of our PID namespace) is; nothing is known where the process has
 * ended and was not heard of before. Valid until the next call. What has been read of a process is
 * kept: its files at the first question take some milliseconds. */
struct symbol_place usyms_find(struct usyms *u, u64 pid, u64 address);

/* Keep what the process has mapped now: it may have ended when it is asked about. */
void usyms_note(struct usyms *u, u64 pid);
