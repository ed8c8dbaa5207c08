/* Integer types in C's words. */
#include "stdlib/c_words.h"

struct c_words {
    u32 n_char, n_short, n_int, n_long, n_signed, n_unsigned;
};

static bool count_word(struct c_words *c, struct str word)
{
    const struct {
        const char *word;
        u32 *n;
    } known[] = {{"char", &c->n_char}, {"short", &c->n_short},   {"int", &c->n_int},
                 {"long", &c->n_long}, {"signed", &c->n_signed}, {"unsigned", &c->n_unsigned}};

    for (u32 i = 0; i < ARRAY_SIZE(known); i++) {
        if (str_eq_c(word, known[i].word)) {
            (*known[i].n)++;
            return true;
        }
    }
    return false;
}

/* Bytes; 0: no type of C. */
static u32 size_of(const struct c_words *c)
{
    u32 n_sizes = c->n_char + c->n_short + (c->n_long > 0);

    if (n_sizes > 1 || c->n_long > 2 || c->n_int > 1 || c->n_signed + c->n_unsigned > 1)
        return 0;
    if (c->n_char)
        return c->n_int ? 0 : 1;
    return c->n_short ? 2 : c->n_long ? 8 : 4;
}

const struct type *c_words_type(struct types *types, struct str words)
{
    struct c_words c = {0};
    u32 size = 0;

    for (u32 at = 0, end = 0; at < words.n; at = end + 1) {
        for (end = at; end < words.n && words.p[end] != ' ';)
            end++;
        if (!count_word(&c, str_sub(words, at, end)))
            return NULL;
    }
    size = words.n ? size_of(&c) : 0;
    return size ? type_int(types, size, !c.n_unsigned) : NULL;
}
