/* C declarations as text. Internal to parser/. */
#pragma once

#include "parser/ast.h"

/* Append the declarations from `first` on in the form of ast_print(). */
void ast_print_c(const struct c_decl *first, const struct sources *sources, struct buf *out);
