/* Reading the text form back (the form: ir/print.c). For tests of codegen/ and for people who want to try a program
 * without writing a script for it.
 *
 * A line is read word by word; the first problem of a line is reported and the rest of it skipped. Values may be used
 * in lines above their definition (the text has the blocks in the order of their making): such a use makes the
 * instruction, its line fills it in. The result is as the text says, rules are ir_verify()'s business. */
#include "base/diag.h"
#include "ir/ir.h"

enum { TYPE_DEPTH_MAX = 32, VALUES_MAX = 1 << 20 };

struct reader {
    struct ir_builder b;
    const struct source *src;
    struct diags *diags;
    u32 at;            /* next byte of the text */
    u32 n_problems;
    bool line_failed;
    VEC(struct ir_inst *) values; /* by number; NULL: not mentioned */
    VEC(bool) is_defined;
};

/* ---- words ---- */

static char peek(const struct reader *r)
{
    return r->at < r->src->text.n ? r->src->text.p[r->at] : '\0';
}

static struct span span_from(const struct reader *r, u32 from)
{
    return (struct span){r->src->base + from, r->src->base + MAX(r->at, from + 1)};
}

static void problem(struct reader *r, enum diag_code code, u32 from, const char *what)
{
    if (!r->line_failed)
        (void)diag_add(r->diags, code, span_from(r, from), "%s", what);
    r->line_failed = true;
    r->n_problems++;
}

static void syntax(struct reader *r, u32 from, const char *what)
{
    problem(r, E_IR_SYNTAX, from, what);
}

static void skip_space(struct reader *r)
{
    while (peek(r) == ' ' || peek(r) == '\t' || peek(r) == '\r')
        r->at++;
    if (peek(r) == '#') {
        while (peek(r) && peek(r) != '\n')
            r->at++;
    }
}

static bool at_line_end(struct reader *r)
{
    skip_space(r);
    return r->at >= r->src->text.n || peek(r) == '\n';
}

/* Go to the begin of the next line. */
static void next_line(struct reader *r)
{
    while (r->at < r->src->text.n && peek(r) != '\n')
        r->at++;
    if (r->at < r->src->text.n)
        r->at++;
    r->line_failed = false;
}

/* The next word of the line; empty at its end or after a problem. */
static struct str word(struct reader *r)
{
    u32 from;

    if (r->line_failed || at_line_end(r))
        return STR("");
    from = r->at;
    while (r->at < r->src->text.n && !strchr(" \t\r\n", peek(r)))
        r->at++;
    return str_sub(r->src->text, from, r->at);
}

static void expect_word(struct reader *r, const char *wanted)
{
    u32 from = r->at;

    if (!str_eq_c(word(r), wanted))
        syntax(r, from, "another word was expected here");
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

static s64 to_number(struct reader *r, struct str w, s64 min, s64 max)
{
    s64 value;

    if (parse_number(w, &value) && value >= min && value <= max)
        return value;
    syntax(r, r->at - w.n, "a number was expected here");
    return min;
}

static s64 number(struct reader *r)
{
    return to_number(r, word(r), INT64_MIN, INT64_MAX);
}

static u32 number_u32(struct reader *r)
{
    return (u32)to_number(r, word(r), 0, UINT32_MAX);
}

/* `:16` or `zero:16` and the like: the number behind a lead of n bytes. */
static u32 number_behind(struct reader *r, struct str w, u32 n)
{
    return (u32)to_number(r, str_sub(w, n, w.n), 0, UINT32_MAX);
}

/* The name and number of `name.3`. */
static bool split_name(struct str w, struct str *name_out, u32 *number_out)
{
    s64 value;

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

/* `"text"` at the place of reading, escapes \xNN resolved. */
static struct str quoted(struct reader *r)
{
    _cleanup_buf_ struct buf text = {0};
    u32 from = r->at;

    if (at_line_end(r) || peek(r) != '"') {
        syntax(r, from, "a text in quotes was expected here");
        return STR("");
    }
    r->at++;
    while (peek(r) && peek(r) != '"' && peek(r) != '\n') {
        struct str escape = str_sub(r->src->text, r->at + 2, r->at + 4);
        unsigned value;

        if (peek(r) == '\\' && escape.n == 2 &&
            sscanf(str_cstr(r->b.module->arena, escape), "%2x", &value) == 1) {
            buf_add_char(&text, (char)value);
            r->at += 4;
        } else {
            buf_add_char(&text, peek(r));
            r->at++;
        }
    }
    if (peek(r) != '"')
        syntax(r, from, "the text has no closing quote");
    else
        r->at++;
    return str_dup(r->b.module->arena, (struct str){text.n ? text.p : "", (u32)text.n});
}
