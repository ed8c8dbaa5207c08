/* Options of a script: what its calls of getopt() ask for. */
#pragma once

#include "stdlib/vocab.h"

/* Report what was given on the command line and is no option of the script. Called when all of its
 * calls have been checked. */
void options_check(struct vocab *v);
/* Was --help given, and the script has no option of that name? */
bool options_want_help(struct vocab *v);
/* Append the text of the script's --help. script: its name for the usage line. */
void options_help(const struct vocab *v, struct str script, struct buf *out);
