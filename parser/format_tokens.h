/* What the formatter knows about each token. Internal to parser/. */
#pragma once

#include "parser/parse.h"

/* What a token does, where its kind leaves that open. */
enum token_role {
    ROLE_PLAIN,
    ROLE_PREFIX,    /* an operator before its operand */
    ROLE_POSTFIX,   /* ++ and -- behind it */
    ROLE_TYPE_STAR, /* of a pointer type */
    ROLE_CAST,      /* the `)` of a cast */
};

/* partner: of what opens, the number of the token that closes it. */
struct fmt_token {
    enum token_kind kind : 8;
    enum token_role role : 8;
    u32 partner;
    u32 begin, end; /* offsets in the source */
};

/* The tokens of a script, TOK_EOF last, with their roles found out. */
struct fmt_tokens {
    struct str source;
    struct fmt_token *items;
    u32 n;
};

/* From what the parser saw of src, without errors. In the arena. */
struct fmt_tokens fmt_tokens_new(struct arena *arena, const struct source *src,
                                 const struct token_list *tokens);

/* The text of token i. */
struct str fmt_text(const struct fmt_tokens *ts, u32 i);

/* Is there a space between token i and the one before it, if they are on one line? */
bool fmt_space_before(const struct fmt_tokens *ts, u32 i);
