/* Roles of tokens, and the spaces between them. See format_tokens.h.
 *
 * The script has no errors, so little context tells which of the grammar's rules a token belongs
 * to: mostly whether an operand ended before it. */
#include "parser/format_tokens.h"

static bool is_opener(enum token_kind kind)
{
    switch (kind) {
    case TOK_LPAREN:
    case TOK_LBRACKET:
    case TOK_LBRACE:
    case TOK_LANGLE:
    case TOK_VALUE_LBRACE:
    case TOK_VALUE_LANGLE:
        return true;
    default:
        return false;
    }
}

static bool is_closer(enum token_kind kind)
{
    switch (kind) {
    case TOK_RPAREN:
    case TOK_RBRACKET:
    case TOK_RBRACE:
    case TOK_RANGLE:
        return true;
    default:
        return false;
    }
}

/* Can an operand begin with it, and nothing that follows an operand? */
static bool begins_operand(enum token_kind kind)
{
    switch (kind) {
    case TOK_IDENT:
    case TOK_VAR:
    case TOK_MAP:
    case TOK_PARAM:
    case TOK_PARAM_COUNT:
    case TOK_INT:
    case TOK_STRING:
    case TOK_TRUE:
    case TOK_FALSE:
    case TOK_SIZEOF:
    case TOK_OFFSETOF:
    case TOK_COMPTIME:
    case TOK_LPAREN:
    case TOK_BANG:
    case TOK_TILDE:
    case TOK_VALUE_IF:
    case TOK_VALUE_LBRACE:
    case TOK_VALUE_LANGLE:
        return true;
    default:
        return false;
    }
}

static bool ends_operand(const struct fmt_token *t)
{
    switch (t->kind) {
    case TOK_IDENT:
    case TOK_VAR:
    case TOK_MAP:
    case TOK_PARAM:
    case TOK_PARAM_COUNT:
    case TOK_INT:
    case TOK_STRING:
    case TOK_TRUE:
    case TOK_FALSE:
    case TOK_TYPE:
    case TOK_RBRACKET:
        return true;
    case TOK_RPAREN:
        return t->role != ROLE_CAST;
    case TOK_RBRACE: /* of a value, or a statement begins: then nothing is asked */
    case TOK_RANGLE:
        return true;
    case TOK_INC:
    case TOK_DEC:
        return t->role == ROLE_POSTFIX;
    default:
        return false;
    }
}

/* Does a `(` behind it belong to it, and hold no cast? */
static bool takes_parens(enum token_kind kind)
{
    switch (kind) {
    case TOK_IDENT:
    case TOK_SIZEOF:
    case TOK_OFFSETOF:
    case TOK_TYPEOF:
    case TOK_UNROLL:
        return true;
    default:
        return false;
    }
}

static bool begins_type(enum token_kind kind)
{
    switch (kind) {
    case TOK_TYPE:
    case TOK_STRUCT:
    case TOK_UNION:
    case TOK_ENUM:
    case TOK_TYPEOF:
        return true;
    default:
        return false;
    }
}

/* A `*` that no operand follows makes a pointer. */
static enum token_role star_role(const struct fmt_tokens *ts, u32 i)
{
    u32 next = i;

    if (i && ts->items[i - 1].role == ROLE_TYPE_STAR)
        return ROLE_TYPE_STAR;
    if (!i || !ends_operand(&ts->items[i - 1]))
        return ROLE_PREFIX;
    while (ts->items[next].kind == TOK_STAR)
        next++;
    switch (ts->items[next].kind) {
    case TOK_RPAREN:
    case TOK_LBRACKET:
    case TOK_RBRACE:
    case TOK_RANGLE:
    case TOK_COMMA:
    case TOK_SEMICOLON:
    case TOK_ASSIGN:
        return ROLE_TYPE_STAR;
    default:
        return ROLE_PLAIN;
    }
}

/* Is the `)` number i, of the `(` number open, that of a cast? */
static bool closes_cast(const struct fmt_tokens *ts, u32 open, u32 i)
{
    if (open && takes_parens(ts->items[open - 1].kind))
        return false;
    return begins_type(ts->items[open + 1].kind) || ts->items[i - 1].role == ROLE_TYPE_STAR ||
           begins_operand(ts->items[i + 1].kind);
}

static enum token_role role_of(const struct fmt_tokens *ts, u32 i)
{
    bool is_behind_operand = i && ends_operand(&ts->items[i - 1]);

    switch (ts->items[i].kind) {
    case TOK_STAR:
        return star_role(ts, i);
    case TOK_PLUS:
    case TOK_MINUS:
    case TOK_AMP:
        return is_behind_operand ? ROLE_PLAIN : ROLE_PREFIX;
    case TOK_BANG:
    case TOK_TILDE:
        return ROLE_PREFIX;
    case TOK_INC:
    case TOK_DEC:
        return is_behind_operand ? ROLE_POSTFIX : ROLE_PREFIX;
    default:
        return ROLE_PLAIN;
    }
}

struct fmt_tokens fmt_tokens_new(struct arena *arena, const struct source *src,
                                 const struct token_list *tokens)
{
    struct fmt_tokens ts = {
        .source = src->text,
        .items = arena_array(arena, struct fmt_token, tokens->n),
        .n = tokens->n,
    };
    VEC(u32) open = {0};

    for (u32 i = 0; i < ts.n; i++) {
        struct span span = tokens->items[i].span;

        ts.items[i] = (struct fmt_token){
            .kind = tokens->items[i].kind,
            .begin = span.begin - src->base,
            .end = span.end - src->base,
        };
    }
    for (u32 i = 0; i < ts.n; i++) {
        ts.items[i].role = role_of(&ts, i);
        if (is_opener(ts.items[i].kind)) {
            *vec_push(arena, &open) = i;
        } else if (is_closer(ts.items[i].kind) && open.n) {
            u32 from = open.items[--open.n];

            ts.items[from].partner = i;
            if (ts.items[i].kind == TOK_RPAREN && closes_cast(&ts, from, i))
                ts.items[i].role = ROLE_CAST;
        }
    }
    return ts;
}

struct str fmt_text(const struct fmt_tokens *ts, u32 i)
{
    return str_sub(ts->source, ts->items[i].begin, ts->items[i].end);
}

/* Would token i and the one before it be read as one token, or as the begin of a comment? */
static bool would_merge(const struct fmt_tokens *ts, u32 i)
{
    struct str a = fmt_text(ts, i - 1), b = fmt_text(ts, i);
    char last = (char)(a.n ? a.p[a.n - 1] : '\0');
    char first = (char)(b.n ? b.p[0] : '\0');

    if (last == '/')
        return first == '*' || first == '/';
    return last == first && (last == '+' || last == '-' || last == '&');
}

/* What goes tight against the token before it, whatever that is. */
static bool is_tight(const struct fmt_tokens *ts, u32 i)
{
    const struct fmt_token *t = &ts->items[i];
    enum token_kind before = ts->items[i - 1].kind;

    switch (t->kind) {
    case TOK_SEMICOLON:
    case TOK_COMMA:
    case TOK_RPAREN:
    case TOK_RBRACKET:
    case TOK_LBRACKET:
    case TOK_DOT:
    case TOK_DOTDOT:
    case TOK_ARROW:
    case TOK_END_PREDICATE:
        return true;
    case TOK_INC:
    case TOK_DEC:
        return t->role == ROLE_POSTFIX;
    case TOK_STAR:
        return t->role == ROLE_TYPE_STAR && ts->items[i - 1].role == ROLE_TYPE_STAR;
    case TOK_COLON: /* a ?: b, let $x: type */
        return before == TOK_QUESTION || (i >= 2 && ts->items[i - 2].kind == TOK_LET);
    case TOK_LPAREN:
        return takes_parens(before);
    default:
        return false;
    }
}

bool fmt_space_before(const struct fmt_tokens *ts, u32 i)
{
    const struct fmt_token *a = &ts->items[i - 1];

    if (is_tight(ts, i))
        return false;
    switch (a->kind) {
    case TOK_LPAREN:
    case TOK_LBRACKET:
    case TOK_DOT:
    case TOK_DOTDOT:
    case TOK_ARROW:
        return false;
    case TOK_PREDICATE:
        return would_merge(ts, i);
    default:
        if (a->role == ROLE_PREFIX)
            return would_merge(ts, i);
        return a->role != ROLE_CAST;
    }
}
