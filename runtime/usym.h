/* Names of addresses in processes. */
#pragma once

#include "runtime/symbols.h"

struct usyms;
struct usym_process;

/* Nothing is read yet. Returns 0 or -ENOMEM. */
int usyms_new(struct usyms **out);

/* NULL-safe; sets *u to NULL. */
void usyms_free(struct usyms **u);

/* Processes are looked at anew once in each round: begin one for what was recorded until now. */
void usyms_begin_round(struct usyms *u);

/* What is known of process pid (of our PID namespace); NULL where it has ended and was not heard of
 * before. Valid until the next call. */
struct usym_process *usyms_process(struct usyms *u, u64 pid);

/* What an address of the process (NULL: nothing is known) is. Valid until the next call of
 * usyms_process(). What has been read of files is kept: at the first question they take some
 * milliseconds. */
struct symbol_place usyms_find(struct usyms *u, struct usym_process *process, u64 address);

/* Keep what the process has mapped now: it may have ended when it is asked about. */
void usyms_note(struct usyms *u, u64 pid);
