/* What a script of BEGIN and END clauses prints, found from its typed AST alone: written apart from
 * the lowering, so that both are unlikely to be wrong in the same way. */
#pragma once

#include "parser/ast.h"

/* Can programs with this function be evaluated: is its value known in advance? */
bool evaluator_knows(struct str function);
