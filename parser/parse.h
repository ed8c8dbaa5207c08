/* Entry of the parser. */
#pragma once

#include "lexer/token.h"
#include "parser/ast.h"

/* Parse the source `src` (already added to diags->sources). Reports all syntax errors that recovery
 * finds; the program returned holds what could be parsed and is never NULL. Nesting deeper than 200
 * is an error of its own. All memory comes from the arena. */
struct program *parse_program(struct arena *arena, const struct source *src, struct diags *diags);

/* Tokens in the order of the script; a VEC. */
struct token_list {
    struct token *items;
    u32 n, cap;
};

/* The same, and the tokens that the parser saw, TOK_EOF last. A declaration of C is one token, from
 * its first word to its end. tokens: empty; in the arena; NULL: not wanted. */
struct program *parse_program_tokens(struct arena *arena, const struct source *src,
                                     struct diags *diags, struct token_list *tokens);
