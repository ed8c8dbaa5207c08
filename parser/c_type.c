/* Types in C declarations: specifiers, declarators, and what __attribute__ says about layout. */
#include <string.h>

#include "parser/c_reader.h"

enum {
    MAX_WRAPS = 60, /* pointers and arrays of one type: whoever walks it may recurse */
};

/* The words of an integer type, in any order. */
struct int_words {
    u32 n_long;
    bool is_short, is_unsigned, is_signed, is_int, is_char;
    bool is_any;
};

/* Words without a meaning for the layout. */
static const char *const qualifiers[] = {
    "const",      "volatile",     "restrict",       "register",   "inline",   "__const",
    "__restrict", "__volatile__", "__restrict__",   "__inline__", "__inline", "__extension__",
    "__user",     "__kernel",     "__rcu",          "__percpu",   "__iomem",  "__force",
    "__bitwise",  "__must_check", "__maybe_unused", "_Atomic",
};

static const char *const unsupported_types[] = {
    "float", "double", "__int128", "_Complex", "__float128", "typeof", "__typeof__",
};

static bool take_any(struct c_stream *st, const char *const *words, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        if (c_take(st, words[i]))
            return true;
    }
    return false;
}

static struct type_name *type_new(struct c_stream *st, enum type_name_kind kind, struct span span)
{
    struct type_name *type = arena_new(st->r->arena, struct type_name);

    type->kind = kind;
    type->span = span;
    return type;
}

/* Skip what is in ( ), the opening one taken. */
static void skip_parens(struct c_stream *st)
{
    u32 depth = 1;

    while (depth > 0 && c_peek(st).kind != C_END) {
        struct c_token token = c_next(st);

        depth += token.kind == C_PUNCT && token.text.p[0] == '(';
        depth -= token.kind == C_PUNCT && token.text.p[0] == ')';
    }
}

static struct expr *number_expr(struct c_stream *st, struct span span, u64 num)
{
    struct expr *e = expr_new(st->r->arena, EXPR_INT, span);

    e->num = num;
    return e;
}

/* packed, aligned(8); what changes the layout in other ways is reported. */
static void read_attribute(struct c_stream *st, struct c_attributes *attributes)
{
    static const char *const refused[] = {
        "mode", "__mode__", "vector_size", "__vector_size__", "ms_struct", "scalar_storage_order",
    };
    struct c_token name = c_next(st);
    bool has_parens = c_take(st, "(");

    for (u32 i = 0; i < ARRAY_SIZE(refused); i++) {
        if (str_eq_c(name.text, refused[i])) {
            diag_add(st->r->diags, E_C_UNSUPPORTED, name.span,
                     "The attribute '%.*s' is not supported", STR_ARG(name.text));
        }
    }
    if (str_eq_c(name.text, "packed") || str_eq_c(name.text, "__packed__"))
        attributes->is_packed = true;
    if (str_eq_c(name.text, "aligned") || str_eq_c(name.text, "__aligned__")) {
        /* 16: what both CPUs mean without a number. */
        attributes->align = has_parens ? c_read_expr(st) : number_expr(st, name.span, 16);
    }
    if (has_parens)
        skip_parens(st);
}

static void read_attribute_list(struct c_stream *st, struct c_attributes *attributes)
{
    if (!c_expect(st, "(") || !c_expect(st, "(")) // NOLINT(misc-redundant-expression): two
        return;
    while (!c_is(st, ")") && c_peek(st).kind != C_END) {
        if (!c_take(st, ","))
            read_attribute(st, attributes);
    }
    if (c_expect(st, ")"))
        (void)c_expect(st, ")"); /* reported */
}

void c_read_attributes(struct c_stream *st, struct c_attributes *attributes)
{
    for (;;) {
        struct span span = c_peek(st).span;

        if (c_take(st, "__attribute__") || c_take(st, "__attribute")) {
            read_attribute_list(st, attributes);
        } else if (c_take(st, "__packed")) { /* the kernel's spelling */
            attributes->is_packed = true;
        } else if (c_take(st, "__aligned")) {
            if (!c_expect(st, "("))
                return;
            attributes->align = c_read_expr(st);
            skip_parens(st);
        } else if (c_take(st, "____cacheline_aligned")) {
            attributes->align = number_expr(st, span, 64);
        } else {
            return;
        }
    }
}

/* One more word of an integer type. */
static bool int_word(struct int_words *w, struct str word)
{
    const struct {
        const char *word;
        bool *is_there;
    } known[] = {{"short", &w->is_short},       {"int", &w->is_int},       {"char", &w->is_char},
                 {"unsigned", &w->is_unsigned}, {"signed", &w->is_signed}, {"long", &w->is_any},
                 {"__signed__", &w->is_signed}};

    for (u32 i = 0; i < ARRAY_SIZE(known); i++) {
        if (!str_eq_c(word, known[i].word))
            continue;
        *known[i].is_there = true;
        w->n_long += str_eq_c(word, "long");
        w->is_any = true;
        return true;
    }
    return false;
}

/* One spelling for each type. NULL: they do not go together. */
static const char *int_name(const struct int_words *w)
{
    if ((w->is_signed && w->is_unsigned) || w->n_long > 2 ||
        w->is_short + w->is_char + (w->n_long > 0) > 1 || (w->is_char && w->is_int))
        return NULL;
    if (w->is_char)
        return w->is_unsigned ? "unsigned char" : w->is_signed ? "signed char" : "char";
    if (w->is_short)
        return w->is_unsigned ? "unsigned short" : "short";
    if (w->n_long == 2)
        return w->is_unsigned ? "unsigned long long" : "long long";
    if (w->n_long == 1)
        return w->is_unsigned ? "unsigned long" : "long";
    return w->is_unsigned ? "unsigned int" : "int";
}

static struct type_name *unsupported(struct c_stream *st, struct c_token word)
{
    diag_add(st->r->diags, E_C_UNSUPPORTED, word.span, "The type '%.*s' is not supported",
             STR_ARG(word.text));
    return NULL;
}

/* A type of one word that is no integer's, or a typedef. */
static struct type_name *read_word(struct c_stream *st)
{
    struct c_token word = c_next(st);
    struct type_name *type = type_new(st, TYPE_NAME_WORD, word.span);

    for (u32 i = 0; i < ARRAY_SIZE(unsupported_types); i++) {
        if (str_eq_c(word.text, unsupported_types[i]))
            return unsupported(st, word);
    }
    type->name = str_eq_c(word.text, "_Bool") ? STR("bool") : word.text;
    return type;
}

static bool is_tag_word(struct c_stream *st)
{
    return c_is(st, "struct") || c_is(st, "union") || c_is(st, "enum");
}

static struct type_name *finish_int(struct c_stream *st, const struct int_words *words,
                                    struct span span)
{
    const char *name = int_name(words);
    struct type_name *type = NULL;

    if (!name) {
        diag_add(st->r->diags, E_SYNTAX, span, "syntax: these words are no type together");
        return NULL;
    }
    type = type_new(st, TYPE_NAME_WORD, span);
    type->name = str_of(name);
    return type;
}

struct type_name *c_read_specifiers(struct c_stream *st, struct c_attributes *attributes)
{
    struct type_name *type = NULL;
    struct int_words words = {0};
    struct span span = NO_SPAN;

    for (;;) {
        struct c_token token;

        c_read_attributes(st, attributes);
        token = c_peek(st);
        if (take_any(st, qualifiers, ARRAY_SIZE(qualifiers)))
            continue;
        if (!type && token.kind == C_WORD && int_word(&words, token.text)) {
            span = span_join(span, c_next(st).span);
            continue;
        }
        if (type || words.is_any || token.kind != C_WORD)
            break;
        type = is_tag_word(st) ? c_read_tagged(st, c_next(st)) : read_word(st);
        if (!type)
            return NULL;
    }
    if (words.is_any)
        return finish_int(st, &words, span);
    if (!type)
        c_expected(st, "type");
    return type;
}

bool c_begins_type(struct c_stream *st)
{
    static const char *const begins[] = {"const", "volatile", "void", "bool", "_Bool"};
    struct c_token token = c_peek(st);
    struct int_words words = {0};

    if (token.kind != C_WORD)
        return false;
    for (u32 i = 0; i < ARRAY_SIZE(begins); i++) {
        if (c_is(st, begins[i]))
            return true;
    }
    return is_tag_word(st) || int_word(&words, token.text);
}

/* [3][4]... around `base`: the first is the outermost. */
static struct type_name *read_dimensions(struct c_stream *st, struct type_name *base)
{
    struct type_name *outer = base, **hole = &outer;

    for (u32 n = 0; c_is(st, "["); n++) {
        struct type_name *array = type_new(st, TYPE_NAME_ARRAY, c_next(st).span);

        if (n == MAX_WRAPS) {
            diag_add(st->r->diags, E_TOO_DEEP, array->span, "syntax: nested too deeply");
            return NULL;
        }
        if (!c_is(st, "]")) {
            array->count = c_read_expr(st);
            if (!array->count)
                return NULL;
        }
        array->span = span_join(array->span, c_peek(st).span);
        if (!c_expect(st, "]"))
            return NULL;
        array->inner = *hole;
        *hole = array;
        hole = &array->inner;
    }
    return outer;
}

/* Parameters: a function. All that can be done with one is to have its address. */
static struct type_name *read_suffixes(struct c_stream *st, struct type_name *base)
{
    if (c_take(st, "(")) {
        struct type_name *function = type_new(st, TYPE_NAME_WORD, base->span);

        skip_parens(st);
        function->name = STR("void");
        return function;
    }
    return read_dimensions(st, base);
}

static struct type_name *read_pointers(struct c_stream *st, struct type_name *base)
{
    for (u32 n = 0;; n++) {
        struct c_token token = c_peek(st);
        struct type_name *pointer = NULL;

        if (take_any(st, qualifiers, ARRAY_SIZE(qualifiers)))
            continue;
        if (!c_take(st, "*"))
            return base;
        if (n == MAX_WRAPS) {
            diag_add(st->r->diags, E_TOO_DEEP, token.span, "syntax: nested too deeply");
            return NULL;
        }
        pointer = type_new(st, TYPE_NAME_POINTER, token.span);
        pointer->inner = base;
        base = pointer;
    }
}

static struct type_name *read_nested(struct c_stream *st, struct type_name *base,
                                     struct c_token *name_out, struct c_attributes *attributes);

/* `*name[3]`: pointers bind to the base first, then come the suffixes of the name. What is in
 * parentheses wraps what the suffixes behind them make, which is read later: a hole is filled. */
static struct type_name *read_any(struct c_stream *st, struct type_name *base,
                                  struct c_token *name_out, struct c_attributes *attributes)
{
    struct type_name *hole = NULL, *outer = NULL;

    c_read_attributes(st, attributes);
    base = read_pointers(st, base);
    if (!base)
        return NULL;
    c_read_attributes(st, attributes);
    if (c_take(st, "(")) {
        hole = type_new(st, TYPE_NAME_WORD, base->span);
        outer = read_nested(st, hole, name_out, attributes);
        if (!outer || !c_expect(st, ")"))
            return NULL;
    } else if (c_peek(st).kind == C_WORD) {
        *name_out = c_next(st);
    }
    base = read_suffixes(st, base);
    if (!base || !outer)
        return base;
    *hole = *base;
    return outer;
}

static struct type_name *read_nested(struct c_stream *st, struct type_name *base,
                                     struct c_token *name_out, struct c_attributes *attributes)
{
    struct type_name *type = c_enter(st) ? read_any(st, base, name_out, attributes) : NULL;

    st->r->depth--;
    return type;
}

struct type_name *c_read_declarator(struct c_stream *st, struct type_name *base,
                                    struct c_token *name_out, struct c_attributes *attributes)
{
    *name_out = (struct c_token){.kind = C_END, .span = c_peek(st).span, .text = {"", 0}};
    base = read_nested(st, base, name_out, attributes);
    if (base)
        c_read_attributes(st, attributes);
    return base;
}

struct type_name *c_read_type(struct c_stream *st)
{
    struct c_attributes attributes = {0};
    struct c_token name;
    struct type_name *type = c_read_specifiers(st, &attributes);

    if (type)
        type = c_read_declarator(st, type, &name, &attributes);
    if (type && name.kind != C_END) {
        diag_add(st->r->diags, E_SYNTAX, name.span, "syntax: expected ')'");
        return NULL;
    }
    return type;
}
