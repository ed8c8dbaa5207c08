/* Words of the IR's text form: see scan.h. Never reads outside of the source; a missing word is an
 * empty one, which then fails where it is used. */
#include "ir/scan.h"

enum {
    TYPE_DEPTH_MAX = 32,
    TUPLE_MAX = 64
};

static char peek(const struct scan *s)
{
    if (s->at >= s->src->text.n)
        return '\0';
    return s->src->text.p[s->at];
}

struct span scan_span(const struct scan *s, u32 from)
{
    return (struct span){s->src->base + from, s->src->base + MAX(s->at, from + 1)};
}

void scan_problem(struct scan *s, enum diag_code code, u32 from, const char *what)
{
    if (!s->line_failed)
        (void)diag_add(s->diags, code, scan_span(s, from), "%s", what);
    s->line_failed = true;
    s->n_problems++;
}

void scan_syntax(struct scan *s, u32 from, const char *what)
{
    scan_problem(s, E_IR_SYNTAX, from, what);
}

static void skip_space(struct scan *s)
{
    while (peek(s) == ' ' || peek(s) == '\t' || peek(s) == '\r')
        s->at++;
    if (peek(s) == '#') {
        while (peek(s) && peek(s) != '\n')
            s->at++;
    }
}

bool scan_at_line_end(struct scan *s)
{
    skip_space(s);
    return s->at >= s->src->text.n || peek(s) == '\n';
}

/* Go to the begin of the next line. */
void scan_next_line(struct scan *s)
{
    while (s->at < s->src->text.n && peek(s) != '\n')
        s->at++;
    if (s->at < s->src->text.n)
        s->at++;
    s->line_failed = false;
}

/* The next word of the line; empty at its end or after a problem. */
struct str scan_next_word(struct scan *s)
{
    u32 from = 0;

    if (s->line_failed || scan_at_line_end(s))
        return STR("");
    from = s->at;
    while (s->at < s->src->text.n && !strchr(" \t\r\n", peek(s)))
        s->at++;
    return str_sub(s->src->text, from, s->at);
}

void scan_expect(struct scan *s, const char *wanted)
{
    u32 from = s->at;

    if (!str_eq_c(scan_next_word(s), wanted))
        scan_syntax(s, from, "another word was expected here");
}

/* Parse all of w as a decimal number with an optional sign. */
static bool parse_number(struct str w, s64 *out)
{
    bool is_negative = w.n && w.p[0] == '-';
    u64 value = 0;
    u32 i = w.n && (w.p[0] == '-' || w.p[0] == '+') ? 1 : 0;

    if (i == w.n)
        return false;
    for (; i < w.n; i++) {
        if (w.p[i] < '0' || w.p[i] > '9' || __builtin_mul_overflow(value, (u64)10, &value) ||
            __builtin_add_overflow(value, (u64)(w.p[i] - '0'), &value))
            return false;
    }
    if (value > (u64)INT64_MAX + is_negative)
        return false;
    *out = is_negative ? (s64)(0 - value) : (s64)value;
    return true;
}

s64 scan_to_number(struct scan *s, struct str w, s64 min, s64 max)
{
    s64 value = 0;

    if (parse_number(w, &value) && value >= min && value <= max)
        return value;
    scan_syntax(s, s->at - w.n, "a number was expected here");
    return min;
}

s64 scan_number(struct scan *s)
{
    return scan_to_number(s, scan_next_word(s), INT64_MIN, INT64_MAX);
}

u32 scan_u32(struct scan *s)
{
    return (u32)scan_to_number(s, scan_next_word(s), 0, UINT32_MAX);
}

/* `:16` or `zero:16` and the like: the number behind a lead of n bytes. */
u32 scan_number_behind(struct scan *s, struct str w, u32 n)
{
    return (u32)scan_to_number(s, str_sub(w, n, w.n), 0, UINT32_MAX);
}

/* The name and number of `name.3`. */
bool scan_split_name(struct str w, struct str *name_out, u32 *number_out)
{
    s64 value = 0;

    for (u32 i = w.n; i-- > 0;) {
        if (w.p[i] != '.')
            continue;
        if (!parse_number(str_sub(w, i + 1, w.n), &value) || value < 0 || value > UINT32_MAX)
            return false;
        *name_out = str_sub(w, 0, i);
        *number_out = (u32)value;
        return true;
    }
    return false;
}

/* Append the next character of a text, or what its escape \xNN stands for. */
static void quoted_char(struct scan *s, struct buf *text)
{
    struct str escape = str_sub(s->src->text, s->at, s->at + 4);

    if (escape.n == 4 && str_starts(escape, "\\x") && str_hex_digit(escape.p[2]) >= 0 &&
        str_hex_digit(escape.p[3]) >= 0) {
        buf_add_char(text, (char)(str_hex_digit(escape.p[2]) << 4 | str_hex_digit(escape.p[3])));
        s->at += 4;
        return;
    }
    buf_add_char(text, peek(s));
    s->at++;
}

struct str scan_quoted(struct scan *s)
{
    _cleanup_buf_ struct buf text = {0};
    u32 from = s->at;

    if (scan_at_line_end(s) || peek(s) != '"') {
        scan_syntax(s, from, "a text in quotes was expected here");
        return STR("");
    }
    s->at++;
    while (peek(s) && peek(s) != '"' && peek(s) != '\n')
        quoted_char(s, &text);
    if (peek(s) == '"') {
        s->at++;
    } else {
        scan_syntax(s, from, "the text has no closing quote");
    }
    return str_dup(s->arena, (struct str){text.n ? text.p : "", (u32)text.n});
}

/* ---- types ---- */

/* A type in a word: cursor over the word. */
struct cursor {
    struct str text;
    u32 at;
    u32 depth;
};

static bool eat(struct cursor *c, const char *what)
{
    struct str rest = str_sub(c->text, c->at, c->text.n);

    if (!str_starts(rest, what))
        return false;
    c->at += (u32)strlen(what);
    return true;
}

/* A number up to one of the characters in `ends`, which is eaten too. */
static bool eat_number(struct cursor *c, const char *ends, s64 *out)
{
    u32 from = c->at;

    while (c->at < c->text.n && !strchr(ends, c->text.p[c->at]))
        c->at++;
    return c->at < c->text.n && parse_number(str_sub(c->text, from, c->at++), out);
}

static const struct type *parse_type(struct scan *s, struct cursor *c);

static const struct type *parse_tuple(struct scan *s, struct cursor *c)
{
    const struct type *elems[TUPLE_MAX];
    u32 n = 0;

    if (eat(c, ")"))
        return type_tuple(s->types, elems, 0);
    if (++c->depth > TYPE_DEPTH_MAX)
        return NULL;
    do {
        if (n == TUPLE_MAX)
            return NULL;
        elems[n] = parse_type(s, c);
        if (!elems[n++])
            return NULL;
    } while (eat(c, ","));
    c->depth--;
    return eat(c, ")") ? type_tuple(s->types, elems, n) : NULL;
}

/* `hist_t[u,5,0,0]` */
static const struct type *parse_agg(struct scan *s, struct cursor *c)
{
    for (u32 i = 0; i < AGG_COUNT_; i++) {
        u32 from = c->at;
        s64 params[3] = {0};
        bool is_signed = 0;

        if (!eat(c, agg_type_name((enum agg_id)i)) || !eat(c, "[")) {
            c->at = from;
            continue;
        }
        is_signed = eat(c, "s");
        if (!is_signed && !eat(c, "u"))
            return NULL;
        if (!eat(c, ",") || !eat_number(c, ",", &params[0]) || !eat_number(c, ",", &params[1]) ||
            !eat_number(c, "]", &params[2]))
            return NULL;
        return type_agg(s->types, (enum agg_id)i, is_signed, params);
    }
    return NULL;
}

static const struct type *parse_int(struct scan *s, struct cursor *c)
{
    static const char *const names[] = {"int8", "int16", "int32", "int64"};
    bool is_unsigned = eat(c, "u");

    for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
        if (eat(c, names[i]))
            return type_int(s->types, 1u << i, !is_unsigned);
    }
    return NULL;
}

static const struct type *parse_type(struct scan *s, struct cursor *c)
{
    s64 capacity = 0;

    if (eat(c, "("))
        return parse_tuple(s, c);
    if (eat(c, "string[")) {
        return eat_number(c, "]", &capacity) && capacity > 0 && capacity <= UINT16_MAX
                   ? type_string(s->types, (u32)capacity)
                   : NULL;
    }
    if (eat(c, "bool"))
        return type_bool(s->types);
    if (eat(c, "ksym_t"))
        return type_ksym(s->types);
    if (eat(c, "buffer[")) {
        return eat_number(c, "]", &capacity) && capacity > 0 && capacity <= UINT16_MAX
                   ? type_buffer(s->types, (u32)capacity)
                   : NULL;
    }
    if (c->text.p[c->at] == 'i' || c->text.p[c->at] == 'u')
        return parse_int(s, c);
    return parse_agg(s, c);
}

const struct type *scan_type(struct scan *s)
{
    struct cursor c = {.text = scan_next_word(s)};
    const struct type *t = NULL;

    if (str_eq_c(c.text, "-"))
        return NULL;
    t = c.text.n ? parse_type(s, &c) : NULL;
    if (!t || c.at != c.text.n)
        scan_syntax(s, s->at - c.text.n, "a type or '-' was expected here");
    return t;
}
