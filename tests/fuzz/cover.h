/* What of the language scripts use: a table of the productions of the AST, the kinds of types and
 * the whole vocabulary, so that what is never generated can be seen. */
#pragma once

#include "parser/ast.h"

struct cover;

/* An empty table that children of this process count into, too; free it with cover_free(). NULL: no
 * memory. */
struct cover *cover_new(void);
void cover_free(struct cover *c);
/* Count what a typed program uses. */
void cover_program(struct cover *c, const struct program *program);
/* Append the table: "GROUP NAME COUNT" in lines, then the names that have none in one line for each
 * group. */
void cover_print(const struct cover *c, struct buf *out);
