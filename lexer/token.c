/* Names of tokens, reserved words, and the printed form of a token stream.
 *
 * All of it is read off tokens.def. */
#include "lexer/token.h"

struct token_row {
    const char *name, *text, *word; /* word: NULL but for reserved words */
};

static const struct token_row rows[TOK_COUNT_] = {
#define TOKEN(name, text)   [TOK_##name] = {#name, text, NULL},
#define KEYWORD(name, word) [TOK_##name] = {#name, "'" word "'", word},
#include "lexer/tokens.def"
#undef KEYWORD
#undef TOKEN
};

static const char *const type_names[] = {
    "int8",   "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64",   "bool",
    "string", "void",  "char",  "short", "int",   "long",   "signed", "unsigned",
};

const char *token_name(enum token_kind kind)
{
    return rows[kind].name;
}

const char *token_text(enum token_kind kind)
{
    return rows[kind].text;
}

enum token_kind token_of_word(struct str word)
{
    for (int kind = 0; kind < TOK_COUNT_; kind++) {
        if (rows[kind].word && str_eq_c(word, rows[kind].word))
            return (enum token_kind)kind;
    }
    for (u32 i = 0; i < ARRAY_SIZE(type_names); i++) {
        if (str_eq_c(word, type_names[i]))
            return TOK_TYPE;
    }
    return TOK_IDENT;
}

bool token_is_definition(enum token_kind kind)
{
    switch (kind) {
    case TOK_COMPTIME:
    case TOK_CONFIG:
    case TOK_ENUM:
    case TOK_FN:
    case TOK_IMPORT:
    case TOK_LET:
    case TOK_MACRO:
    case TOK_STRUCT:
    case TOK_TYPEDEF:
    case TOK_UNION:
        return true;
    default:
        return false;
    }
}

void tokens_print(struct arena *arena, const struct source *src, struct diags *diags,
                  struct buf *out)
{
    struct source copy = *src;
    struct lexer *lx = lexer_new(arena, src, diags);
    struct token token;

    do {
        u32 begin = 0, end = 0;

        token = lexer_next(lx);
        begin = token.span.begin - copy.base;
        end = token.span.end - copy.base;
        buf_printf(out, "%u-%u %s", begin, end, token_name(token.kind));
        if (end > begin)
            buf_add_char(out, ' ');
        buf_add_escaped(out, str_sub(copy.text, begin, end));
        buf_add_char(out, '\n');
    } while (token.kind != TOK_EOF);
    lexer_free(lx);
}
