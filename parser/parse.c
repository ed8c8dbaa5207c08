/* Between scanner and grammar: the tokens as bison gets them, and syntax errors as people get them.
 *
 * One mistake is to be one message. So a syntax error right behind something that was reported
 * already (a bad character, a word that is not supported) stays unsaid, until the statement ends.
 */
#include "parser/build.h"
#include "parser/c_reader.h"

enum {
    MAX_NESTING = 200, /* of blocks and brackets */
};

struct str parse_text(const struct parse *ps, struct span span)
{
    return str_sub(ps->src.text, span.begin - ps->src.base, span.end - ps->src.base);
}

static void report_unsupported(struct parse *ps, struct span span)
{
    diag_add(ps->diags, E_UNSUPPORTED, span, "syntax: '%.*s' is not supported yet",
             STR_ARG(parse_text(ps, span)));
}

static bool ends_statement(enum token_kind kind)
{
    return kind == TOK_SEMICOLON || kind == TOK_RBRACE || kind == TOK_RANGLE;
}

static bool opens_block(enum token_kind kind)
{
    return kind == TOK_LBRACE || kind == TOK_LANGLE || kind == TOK_VALUE_LBRACE ||
           kind == TOK_VALUE_LANGLE;
}

/* Skip a definition at the top, up to its `;` or closer; returns the token behind it. */
static struct token skip_definition(struct parse *ps)
{
    struct token token;

    do {
        token = lexer_next(ps->lexer);
    } while (token.kind != TOK_EOF && (!ends_statement(token.kind) || lexer_depth(ps->lexer) > 0));
    if (token.kind == TOK_RBRACE || token.kind == TOK_RANGLE) {
        token = lexer_next(ps->lexer);
        if (token.kind != TOK_SEMICOLON)
            return token;
    }
    return token.kind == TOK_EOF ? token : lexer_next(ps->lexer);
}

static bool begins_c(enum token_kind kind)
{
    return kind == TOK_STRUCT || kind == TOK_UNION || kind == TOK_ENUM || kind == TOK_TYPEDEF;
}

static void token_record(struct parse *ps, struct token token)
{
    if (ps->tokens)
        *vec_push(ps->arena, ps->tokens) = token;
}

/* C declarations at the top, which the reader of C takes from the text; the token behind them. */
static struct token read_c(struct parse *ps, struct token token)
{
    bool is_top = ps->token.kind == TOK_EOF || ends_statement(ps->token.kind);

    while (is_top && begins_c(token.kind) && lexer_depth(ps->lexer) == 0) {
        u32 end = c_read_declaration(ps->c, &ps->src, token.span.begin - ps->src.base);

        token.span.end = ps->src.base + end;
        token_record(ps, token);
        lexer_skip(ps->lexer, token.span.end);
        token = lexer_next(ps->lexer);
    }
    return token;
}

static bool is_binary_operator(enum token_kind kind)
{
    return kind >= TOK_PLUS && kind <= TOK_LOR && kind != TOK_TILDE && kind != TOK_BANG;
}

static void watch_angle_gt(struct parse *ps, struct token token)
{
    if (ends_statement(token.kind) || opens_block(token.kind)) {
        ps->angle_gt = NO_SPAN;
    } else if ((token.kind == TOK_GT || token.kind == TOK_SHR) && lexer_in_angle(ps->lexer)) {
        ps->angle_gt = token.span;
    }
}

struct token parse_next(struct parse *ps)
{
    u32 n_errors = diags_errors(ps->diags);
    struct token token = {TOK_EOF, ps->token.span};

    if (ps->is_too_deep)
        return token;
    if (ends_statement(ps->token.kind))
        ps->is_hushed = false;
    token = read_c(ps, lexer_next(ps->lexer));
    while (token.kind == TOK_FN && lexer_depth(ps->lexer) == 0) {
        report_unsupported(ps, token.span);
        token = skip_definition(ps);
        n_errors = diags_errors(ps->diags);
    }
    if (diags_errors(ps->diags) > n_errors)
        ps->is_hushed = true;
    if (lexer_depth(ps->lexer) > MAX_NESTING) {
        parse_too_deep(ps, token.span);
        ps->is_too_deep = true;
        ps->is_hushed = true;
        token.kind = TOK_EOF;
    }
    watch_angle_gt(ps, token);
    token_record(ps, token);
    ps->before = ps->token.kind;
    ps->token = token;
    return token;
}

void parse_too_deep(struct parse *ps, struct span span)
{
    diag_add(ps->diags, E_TOO_DEEP, span, "syntax: nested too deeply");
}

void parse_wrong_end(struct parse *ps, struct span end, enum token_kind wanted)
{
    diag_add(ps->diags, E_SYNTAX, end, "syntax: expected %s", token_text(wanted));
    ps->has_wrong_end = true;
}

/* The words for what was wanted; NULL where only the token can be named. */
static const char *wanted_text(const struct parse *ps, unsigned wanted)
{
    /* ORDER: parse_wanted */
    static const char *const texts[] = {
        "expression", "'/' to close predicate",
        "')'",        "']'",
        "';'",        "':'",
        "'{'",        "probe",
        "type",       "value",
        "string",     "variable",
        "map",        "name",
        "'('",        "'='",
        "','",
    };
    unsigned first = wanted ? (unsigned)__builtin_ctz(wanted) : ARRAY_SIZE(texts);

    if (ps->token.kind == TOK_EOF && (wanted & (WANTED_BLOCK_END | WANTED_SEMICOLON)))
        return token_text(lexer_block_end(ps->lexer));
    if (wanted == WANTED_NAME && (ps->before == TOK_DOT || ps->before == TOK_ARROW))
        return "field name";
    return first < ARRAY_SIZE(texts) ? texts[first] : NULL;
}

void parse_syntax_error(struct parse *ps, unsigned wanted)
{
    const char *text = wanted_text(ps, wanted);
    struct diag *diag = NULL;

    if (ps->is_hushed || (ps->has_wrong_end && ps->token.kind == TOK_EOF)) {
        ps->is_hushed = false;
        return;
    }
    if (text) {
        diag = diag_add(ps->diags, E_SYNTAX, ps->token.span, "syntax: expected %s", text);
    } else {
        diag = diag_add(ps->diags, E_SYNTAX, ps->token.span, "syntax: unexpected %s",
                        token_text(ps->token.kind));
    }
    if ((wanted & WANTED_BLOCK) && !(wanted & WANTED_PROBE) && is_binary_operator(ps->token.kind)) {
        diag_hint(diag, "A condition with an operator needs parentheses: if ($x < 3) { }");
    } else if (!span_is_none(ps->angle_gt)) {
        diag_hint(diag, "A '>' that is to close a block needs a ';' before it.");
    }
}
