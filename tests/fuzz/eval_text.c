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

/* The conversion that begins at the % at *i, in C's words: without lengths. Leaves *i behind it. */
static void take_conversion(struct str format, u32 *i, char *spec, u32 size, char *conv_out)
{
    u32 n = 0;

    spec[n++] = format.p[(*i)++];
    while (*i < format.n && strchr("-+ #0123456789.", format.p[*i]) && n + 4 < size)
        spec[n++] = format.p[(*i)++];
    while (*i < format.n && strchr("hlqjzt", format.p[*i]))
        ++*i;
    *conv_out = '\0';
    if (*i < format.n)
        *conv_out = format.p[(*i)++];
    if (*conv_out != 's') {
        spec[n++] = 'l';
        spec[n++] = 'l';
    }
    spec[n++] = *conv_out;
    spec[n] = '\0';
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" // the script's, checked by the compiler

static void convert(struct buf *out, const char *spec, char conv, const struct expr *arg,
                    const struct value *v)
{
    _cleanup_buf_ struct buf text = {0};

    if (conv != 's') {
        buf_printf(out, spec, (unsigned long long)v->word);
        return;
    }
    buf_add_cstr(&text, "");
    eval_format(&text, arg->type, v);
    buf_printf(out, spec, text.p ? text.p : "");
}

#pragma GCC diagnostic pop

void eval_printf(struct eval *ev, const struct expr *call, struct buf *out)
{
    struct str format = call->args->text;
    const struct expr *arg = call->args->next;
    u32 i = 0;

    while (i < format.n && !ev->problem) {
        char spec[64];
        char conv = '\0';
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
        take_conversion(format, &i, spec, sizeof(spec), &conv);
        if (!arg || !strchr("diuxXos", conv)) {
            eval_fail(ev, "a conversion of printf");
            return;
        }
        v = eval_expr(ev, arg);
        if (ev->problem)
            return;
        convert(out, spec, conv, arg, &v);
        arg = arg->next;
    }
}
