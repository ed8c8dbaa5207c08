/* What a script of BEGIN and END clauses prints, found from its typed AST alone: written apart from
 * the lowering, so that both are unlikely to be wrong in the same way. */
#pragma once

#include "parser/ast.h"

/* Can programs with this function be evaluated: is its value known in advance? */
bool evaluator_knows(struct str function);

/* Append what the script prints to out: "exit STATUS" on a line, then its output. Returns NULL, or
 * a static sentence that says what cannot be evaluated here. */
const char *evaluator_run(const struct program *program, struct buf *out);
