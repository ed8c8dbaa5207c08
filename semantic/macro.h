/* Macros: internal to semantic/. */
#pragma once

#include "parser/ast_clone.h"
#include "semantic/context.h"

/* If one of these macros has the name of the call (or word) e, make e what it stands for, names not
 * resolved, everything at the place of the call. Wrong arguments are reported. Returns whether one
 * has. */
bool expand_call_of(struct sema *s, struct macro *macros, struct expr *e);

/* Their names, as what a misspelt call may mean. */
void note_macro_names(struct sema *s, const struct macro *macros);
