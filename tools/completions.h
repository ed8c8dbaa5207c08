/* --completions. */
#pragma once

#include <stdio.h>

/* Print the completion script of a shell, made from options.def. shell: "bash", "zsh" or "fish".
 * Says on standard error what is wrong with the name. Returns the exit status. */
int completions_print(const char *shell, FILE *out);
