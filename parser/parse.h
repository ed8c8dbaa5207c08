/* Entry of the parser. */
#pragma once

#include "lexer/token.h"
#include "parser/ast.h"

/* Parse the source `src` (already added to diags->sources). Reports all syntax errors that recovery
 * finds; the program returned holds what could be parsed and is never NULL. Nesting deeper than 200
 * is an error of its own. All memory comes from the arena. */
struct program *parse_program(struct arena *arena, const struct source *src, struct diags *diags);
