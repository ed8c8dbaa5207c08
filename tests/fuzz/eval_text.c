/* Text of the evaluator's values; conversions of printf are left to the C library. */
#include <inttypes.h>
#include <stdio.h>

#include "tests/fuzz/eval.h"

void eval_format(struct buf *out, const struct type *t, const struct value *v)
{
    switch (t->kind) {
    case TYPE_BOOL:
        buf_add_cstr(out, v->word ? "true" : "false");
        return;
    case TYPE_STRING:
        buf_add_str(out, v->text);
        return;
    case TYPE_TUPLE:
        for (u32 i = 0; i < t->n_elems; i++) {
            buf_add_cstr(out, i ? ", " : "(");
            eval_format(out, t->elems[i], &v->elems[i]);
        }
        buf_add_char(out, ')');
        return;
    default:
        buf_printf(out, t->is_signed ? "%" PRId64 : "%" PRIu64, v->word);
        return;
    }
}

int eval_compare(const struct type *t, const struct value *a, const struct value *b)
{
    int order = 0;

    if (t->kind == TYPE_STRING)
        return str_cmp(a->text, b->text);
    for (u32 i = 0; t->kind == TYPE_TUPLE && order == 0 && i < t->n_elems; i++)
        order = eval_compare(t->elems[i], &a->elems[i], &b->elems[i]);
    if (t->kind == TYPE_TUPLE)
        return order;
    if (t->kind == TYPE_INT && t->is_signed)
        return (s64)a->word < (s64)b->word ? -1 : (s64)a->word > (s64)b->word;
    return a->word < b->word ? -1 : a->word > b->word;
}

/* A conversion in C's words. */
struct conversion {
    char spec[64];
    char conv;
    u32 n_h, n_l; /* lengths */
};

/* The conversion that begins at the % at *i, which is left behind it. The argument is always given
 * as 64 bits. */
static struct conversion take_conversion(struct str format, u32 *i)
{
    struct conversion c = {.spec = "%"};
    u32 n = 1;

    for (++*i; *i < format.n && strchr("-+ #0123456789.", format.p[*i]); ++*i) {
        if (n + 4 < sizeof(c.spec))
            c.spec[n++] = format.p[*i];
    }
    for (; *i < format.n && strchr("hlqjzt", format.p[*i]); ++*i) {
        c.n_h += format.p[*i] == 'h';
        c.n_l += format.p[*i] != 'h';
    }
    if (*i < format.n)
        c.conv = format.p[(*i)++];
    if (c.conv != 's') {
        c.spec[n++] = 'l';
        c.spec[n++] = 'l';
    }
    c.spec[n] = c.conv;
    return c;
}

/* What C makes of an argument: a narrow one is promoted to int, unless it is said to be long. */
static u64 promoted(const struct conversion *c, const struct type *t, u64 word)
{
    bool is_signed = c->conv == 'd' || c->conv == 'i';

    if (c->n_h == 2)
        return is_signed ? (u64)(s64)(s8)word : (u8)word;
    if (c->n_h == 1)
        return is_signed ? (u64)(s64)(s16)word : (u16)word;
    if (!is_signed && c->n_l == 0 && t->kind == TYPE_INT && t->is_signed && t->size < 8)
        return (u32)word;
    return word;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" // the script's, checked by the compiler

static void convert(struct buf *out, const struct conversion *c, const struct expr *arg,
                    const struct value *v)
{
    _cleanup_buf_ struct buf text = {0};

    if (c->conv != 's') {
        buf_printf(out, c->spec, (unsigned long long)promoted(c, arg->type, v->word));
        return;
    }
    buf_add_cstr(&text, "");
    eval_format(&text, arg->type, v);
    buf_printf(out, c->spec, text.p ? text.p : "");
}

#pragma GCC diagnostic pop

void eval_printf(struct eval *ev, const struct expr *call, struct buf *out)
{
    struct str format = call->args->text;
    const struct expr *arg = call->args->next;
    u32 i = 0;

    while (i < format.n && !ev->problem) {
        struct conversion c;
        struct value v = {0};

        if (format.p[i] != '%' || i + 1 == format.n) {
            buf_add_char(out, format.p[i++]);
            continue;
        }
        if (format.p[i + 1] == '%') {
            buf_add_char(out, '%');
            i += 2;
            continue;
        }
        c = take_conversion(format, &i);
        if (!arg || !c.conv || !strchr("diuxXos", c.conv)) {
            eval_fail(ev, "a conversion of printf");
            return;
        }
        v = eval_expr(ev, arg);
        if (ev->problem)
            return;
        convert(out, &c, arg, &v);
        arg = arg->next;
    }
}
