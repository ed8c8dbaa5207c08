/* Tokens of C, with macros expanded.
 *
 * A token that comes from a macro has the span of the macro's use: that is the place that a user
 * can mend. */
#include "parser/c_reader.h"

enum {
    MAX_EXPANSIONS = 100000, /* of one compilation: macros can double at each level */
};

void c_stream_init(struct c_stream *st, struct c_reader *r, const struct source *src, u32 at)
{
    st->r = r;
    st->frames[0] = (struct c_frame){.text = src->text, .base = src->base, .at = at};
    st->n_frames = 1;
    st->use = NO_SPAN;
    st->has_token = false;
    st->braces = 0;
    st->is_directive = false;
}

bool c_enter(struct c_stream *st)
{
    if (st->r->depth++ < C_MAX_NESTING)
        return true;
    diag_add(st->r->diags, E_TOO_DEEP, c_peek(st).span, "syntax: nested too deeply");
    return false;
}

static bool is_word_begin(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Behind white space, comments and continued lines. */
static u32 skip_space(struct str text, u32 at)
{
    for (; at < text.n; at++) {
        struct str rest = str_sub(text, at, text.n);
        char c = text.p[at];

        if (str_starts(rest, "//")) {
            int newline = str_index(rest, '\n');

            at = newline < 0 ? text.n - 1 : at + (u32)newline;
        } else if (str_starts(rest, "/*")) {
            at += 3;
            while (at < text.n && (text.p[at] != '/' || text.p[at - 1] != '*'))
                at++;
        } else if (c != ' ' && c != '\\' && (c < '\t' || c > '\r')) {
            break;
        }
    }
    return MIN(at, text.n);
}

/* Behind a literal in quotes; at its line's end where the closing one is missing. */
static u32 skip_quoted(struct str text, u32 at)
{
    char quote = text.p[at++];

    while (at < text.n && text.p[at] != quote && text.p[at] != '\n')
        at += text.p[at] == '\\' && at + 1 < text.n ? 2 : 1;
    return MIN(at + (at < text.n && text.p[at] == quote), text.n);
}

static u32 skip_word(struct str text, u32 at)
{
    while (at < text.n && (is_word_begin(text.p[at]) || is_digit(text.p[at])))
        at++;
    return at;
}

static u32 punct_size(struct str rest)
{
    static const char *const longer[] = {
        "...", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "->", "##"};

    for (u32 i = 0; i < ARRAY_SIZE(longer); i++) {
        if (str_starts(rest, longer[i]))
            return (u32)strlen(longer[i]);
    }
    return MAX(str_utf8_len(rest, 0), 1u);
}

/* The next token of a frame as it stands there. */
static struct c_token scan(struct c_frame *frame)
{
    struct str text = frame->text;
    u32 begin = skip_space(text, frame->at), end = begin;
    enum c_kind kind = C_END;
    char c = (char)(begin < text.n ? text.p[begin] : '\0');

    if (begin >= text.n) {
        kind = C_END;
    } else if (is_word_begin(c)) {
        kind = C_WORD;
        end = skip_word(text, begin);
    } else if (is_digit(c)) {
        kind = C_NUMBER;
        end = skip_word(text, begin);
    } else if (c == '"' || c == '\'') {
        kind = c == '"' ? C_STRING : C_CHAR;
        end = skip_quoted(text, begin);
    } else {
        kind = C_PUNCT;
        end = begin + punct_size(str_sub(text, begin, text.n));
    }
    frame->at = end;
    return (struct c_token){
        kind, {frame->base + begin, frame->base + end}, str_sub(text, begin, end)};
}

/* Behind the ( ) that come next. */
static void skip_arguments(struct c_frame *frame)
{
    u32 depth = 0;

    do {
        struct c_token token = scan(frame);

        if (token.kind == C_END)
            return;
        depth += token.kind == C_PUNCT && token.text.p[0] == '(';
        depth -= token.kind == C_PUNCT && token.text.p[0] == ')';
    } while (depth > 0);
}

/* Begin to expand a macro; false where its name stays as it is. */
static bool expand(struct c_stream *st, struct c_token word)
{
    struct c_reader *r = st->r;
    struct span use = st->n_frames > 1 ? st->use : word.span;
    const struct c_macro *macro = c_macro_find(r, word.text, c_time_at(r, use.begin));
    struct c_frame *top = &st->frames[st->n_frames - 1];
    u32 next = 0;

    if (!macro || c_macro_is_self(macro))
        return false;
    next = skip_space(top->text, top->at);
    if (macro->is_function) {
        if (next < top->text.n && top->text.p[next] == '(') {
            c_macro_report_function(r->diags, macro, use);
            skip_arguments(top);
        }
        return false;
    }
    for (u32 i = 0; i < st->n_frames; i++) {
        if (st->frames[i].macro == macro) {
            c_macro_report_recursion(r->diags, macro, use);
            return false;
        }
    }
    if (st->n_frames == C_MAX_NESTING || r->n_expansions++ >= MAX_EXPANSIONS) {
        diag_add(r->diags, E_TOO_DEEP, use, "syntax: macros nested too deeply");
        return false;
    }
    st->use = use;
    st->frames[st->n_frames++] = (struct c_frame){.text = macro->body.text, .macro = macro};
    return true;
}

static struct c_token fetch(struct c_stream *st, bool is_raw)
{
    struct c_token token;

    for (;;) {
        token = scan(&st->frames[st->n_frames - 1]);
        if (token.kind == C_END && st->n_frames > 1) {
            st->n_frames--;
        } else if (is_raw || token.kind != C_WORD || !expand(st, token)) {
            break;
        }
    }
    if (st->n_frames > 1)
        token.span = st->use;
    return token;
}

struct c_token c_peek(struct c_stream *st)
{
    if (!st->has_token) {
        st->offset = st->frames[0].at;
        st->token = fetch(st, false);
        st->has_token = true;
    }
    return st->token;
}

struct c_token c_next(struct c_stream *st)
{
    struct c_token token = c_peek(st);

    st->has_token = token.kind == C_END;
    if (token.kind == C_PUNCT && token.text.p[0] == '{')
        st->braces++;
    if (token.kind == C_PUNCT && token.text.p[0] == '}' && st->braces > 0)
        st->braces--;
    return token;
}

struct c_token c_next_raw(struct c_stream *st)
{
    return fetch(st, true);
}

bool c_is(struct c_stream *st, const char *text)
{
    struct c_token token = c_peek(st);

    return (token.kind == C_PUNCT || token.kind == C_WORD) && str_eq_c(token.text, text);
}

bool c_take(struct c_stream *st, const char *text)
{
    if (!c_is(st, text))
        return false;
    (void)c_next(st);
    return true;
}

void c_expected(struct c_stream *st, const char *what)
{
    diag_add(st->r->diags, E_SYNTAX, c_peek(st).span, "syntax: expected %s", what);
}

bool c_expect(struct c_stream *st, const char *text)
{
    if (c_take(st, text))
        return true;
    diag_add(st->r->diags, E_SYNTAX, c_peek(st).span, "syntax: expected '%s'", text);
    return false;
}

u32 c_offset(const struct c_stream *st)
{
    return st->has_token ? st->offset : st->frames[0].at;
}
