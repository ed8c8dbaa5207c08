/* import "NAME"; */
#pragma once

#include "base/diag.h"
#include "parser/ast.h"

/* Parse what a program imports, and what that imports, each file once, and put it before what the
 * program itself holds. name: of its source. Reports to diags; files come from
 * diags->sources->import. */
void import_scripts(struct arena *arena, struct program *program, struct str name,
                    struct diags *diags);
