/* The formatter: a script in the one layout that all scripts share. Tokens, comments and directives
 * stay as they are; white space is ours. */
#pragma once

#include "parser/parse.h"

/* Append the script src, formatted, to out. tokens: what parse_program_tokens() gave for it,
 * without errors. Formatting the result again changes nothing. */
void format_program(struct arena *arena, const struct source *src, const struct token_list *tokens,
                    struct buf *out);
