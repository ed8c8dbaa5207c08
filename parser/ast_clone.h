/* Copies of parts of the AST, for whoever puts one text in several places (macros). */
#pragma once

#include "parser/ast.h"

/* How to copy. `replace` is asked for each expression before it is copied: what it returns stands
 * in the place of the copy as it is; NULL copies the expression. */
struct ast_clone {
    struct arena *arena;
    struct expr *(*replace)(struct ast_clone *clone, const struct expr *e);
    /* The same for a type that is one word. NULL: types are copied. */
    struct type_name *(*replace_type)(struct ast_clone *clone, const struct type_name *t);
    /* The span of the copy of what is at `span`. NULL: the same. */
    struct span (*place)(struct ast_clone *clone, struct span span);
    void *data; /* of the functions */
};

/* Copy of one expression (not of its `next`), with all below it; NULL gives NULL. What semantic/
 * fills is empty in the copy. */
struct expr *ast_clone_expr(struct ast_clone *clone, const struct expr *e);
/* Copy of a type as written; NULL gives NULL. */
struct type_name *ast_clone_type(struct ast_clone *clone, const struct type_name *t);
/* Copy of one statement (not of its `next`), with all below it; NULL gives NULL. */
struct stmt *ast_clone_stmt(struct ast_clone *clone, const struct stmt *s);
