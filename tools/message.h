/* What the programs themselves have to say: one sentence a line, on standard error. Diagnostics
 * about the script go through base/diag.h instead. */
#pragma once

#include <stdio.h>

#include "base/str.h"

/* "KIND: sentence" on standard error. fmt: without a newline. What is in it may come from anybody:
 * nothing that a terminal would obey is shown as it is. */
void message_print(const char *kind, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define message_error(...) message_print("ERROR", __VA_ARGS__)
/* What to do about it, below the error. */
#define message_hint(...) message_print("HINT", __VA_ARGS__)

/* Write a text that is complete to a stream, which the caller closes and checks; standard error has
 * nobody to tell. */
void message_write(const struct buf *text, FILE *stream);

/* Text of a negative errno ("No such file or directory"); static string. */
const char *message_errno(int err);

/* Close a stream that was written to, and report it if something did not arrive.
 * name: of the file, for the message. Returns true if everything arrived. */
bool message_close(FILE *stream, const char *name);

/* Open /dev/null in place of each of the descriptors 0 to 2 that is closed, so that no file that is
 * opened later gets its number and with it the output of a library.
 * Returns a bit set of those that were closed: 1 << number. */
unsigned message_guard_streams(void);
