/* Copies of parts of the AST, for whoever puts one text in several places (macros). */
#pragma once

#include "parser/ast.h"

/* How to copy. `replace` is asked for each expression before it is copied: what it returns stands
 * in the place of the copy as it is; NULL copies the expression. */
struct ast_clone {
    struct arena *arena;
    struct expr *(*replace)(struct ast_clone *clone, const struct expr *e);
    void *data; /* of replace */
};

/* Copy of one expression (not of its `next`), with all below it; NULL gives NULL. What semantic/
 * fills is empty in the copy. */
struct expr *ast_clone_expr(struct ast_clone *clone, const struct expr *e);
/* Copy of one statement (not of its `next`), with all below it; NULL gives NULL. */
struct stmt *ast_clone_stmt(struct ast_clone *clone, const struct stmt *s);
