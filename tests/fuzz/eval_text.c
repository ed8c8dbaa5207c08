/* Text of the evaluator's values; conversions of printf are left to the C library. */
#include <arpa/inet.h>
#include <inttypes.h>
#include <stdio.h>

#include "abi/record.h"
#include "runtime/value.h"
#include "tests/fuzz/eval.h"

/* Control characters and what is no UTF-8 become \xNN in what traced programs wrote. */
static void add_string(struct buf *out, const struct type *t, struct str text)
{
    if (t->is_literal) {
        buf_add_str(out, text);
    } else {
        value_escape(text, out);
    }
}

/* One that fills the longest string was cut. */
static void format_string(struct buf *out, const struct type *t, struct str text)
{
    add_string(out, t, text);
    if (!t->is_literal && t->size >= PTL_STRING_MAX && text.n + 1 >= t->size)
        buf_add_cstr(out, "..");
}

static void format_enum(struct buf *out, const struct type *t, u64 word)
{
    for (u32 i = 0; i < t->enumeration->n_items; i++) {
        if ((u64)t->enumeration->items[i].value == word) {
            buf_add_str(out, t->enumeration->items[i].name);
            return;
        }
    }
    buf_printf(out, t->is_signed ? "%" PRId64 : "%" PRIu64, word);
}

static void format_list(struct eval *ev, struct buf *out, const struct type *t,
                        const struct value *v)
{
    buf_add_cstr(out, t->names ? "{ " : "(");
    for (u32 i = 0; i < t->n_elems; i++) {
        buf_add_cstr(out, i ? ", " : "");
        if (t->names)
            buf_printf(out, ".%.*s = ", STR_ARG(t->names[i]));
        if (v->n) {
            eval_format(ev, out, t->elems[i], &v->elems[i]);
        } else {
            struct value zero = eval_zero(ev, t->elems[i]);

            eval_format(ev, out, t->elems[i], &zero);
        }
    }
    buf_add_cstr(out, t->names ? " }" : ")");
}

struct value eval_member(struct eval *ev, const struct composite_field *f, struct str bytes)
{
    u32 n_bits = f->bit_size ? f->bit_size : type_raw_size(f->type) * 8;
    struct value v = {0};

    if (f->bit_size == 0) {
        v = eval_from_bytes(ev, f->type,
                            str_sub(bytes, f->bit_offset / 8, (f->bit_offset + n_bits) / 8));
        if (f->type->kind == TYPE_STRING) /* here a full one is whole */
            v.text = eval_text_of(str_sub(bytes, f->bit_offset / 8, (f->bit_offset + n_bits) / 8));
        return v;
    }
    v.word = eval_bits((const u8 *)bytes.p, f->bit_offset, n_bits, f->type->is_signed);
    return v;
}

/* Those of an anonymous struct or union count as members of what it is in. */
static void format_members(struct eval *ev, struct buf *out, const struct type *t, struct str bytes,
                           u32 *n_shown)
{
    u32 n = 0;
    const struct composite_field *fields = composite_fields(t->composite, &n);

    for (u32 i = 0; i < n; i++) {
        struct value v = eval_member(ev, &fields[i], bytes);

        if (fields[i].name.n) {
            buf_printf(out, "%s.%.*s = ", (*n_shown)++ ? ", " : "{ ", STR_ARG(fields[i].name));
            eval_format(ev, out, fields[i].type, &v);
        } else if (fields[i].type->kind == TYPE_STRUCT) {
            format_members(ev, out, fields[i].type, v.text, n_shown);
        }
    }
}

static void format_array(struct eval *ev, struct buf *out, const struct type *t, struct str bytes)
{
    u32 size = type_raw_size(t->of);

    buf_add_char(out, '[');
    for (u32 i = 0; i < t->n_elems; i++) {
        struct value v = eval_from_bytes(ev, t->of, str_sub(bytes, i * size, (i + 1) * size));

        buf_add_cstr(out, i ? "," : "");
        eval_format(ev, out, t->of, &v);
    }
    buf_add_char(out, ']');
}

static void format_shape(struct eval *ev, struct buf *out, const struct type *t, struct str bytes)
{
    const u8 *p = (const u8 *)bytes.p;
    char text[INET6_ADDRSTRLEN] = "";
    u64 family = 0;

    memcpy(&family, p, sizeof(family));
    if (t->shape == SHAPE_MAC) {
        buf_printf(out, "%02X:%02X:%02X:%02X:%02X:%02X", p[0], p[1], p[2], p[3], p[4], p[5]);
    } else if (t->shape != SHAPE_INET) {
        eval_fail(ev, "a value of this shape");
    } else if (family == AF_INET || family == AF_INET6) {
        (void)inet_ntop((int)family, p + 8, text, sizeof(text));
        buf_add_cstr(out, text);
    }
}

static void format_buffer(struct buf *out, struct str bytes)
{
    for (u32 i = 0; i < bytes.n; i++) {
        u8 c = (u8)bytes.p[i];

        buf_printf(out, c >= 0x20 && c < 0x7f ? "%c" : "\\x%02x", c);
    }
}

void eval_format(struct eval *ev, struct buf *out, const struct type *t, const struct value *v)
{
    u32 n_shown = 0;

    switch (t->kind) {
    case TYPE_BOOL:
        buf_add_cstr(out, v->word ? "true" : "false");
        return;
    case TYPE_ENUM:
        format_enum(out, t, v->word);
        return;
    case TYPE_POINTER:
        buf_printf(out, "0x%" PRIx64, v->word);
        return;
    case TYPE_STRING:
        format_string(out, t, v->text);
        return;
    case TYPE_BUFFER:
        format_buffer(out, v->text);
        return;
    case TYPE_TUPLE:
        format_list(ev, out, t, v);
        return;
    case TYPE_ARRAY:
        format_array(ev, out, t, v->text);
        return;
    case TYPE_STRUCT:
        format_members(ev, out, t, v->text, &n_shown);
        buf_add_cstr(out, n_shown ? " }" : "{}");
        return;
    case TYPE_SHAPE:
        format_shape(ev, out, t, v->text);
        return;
    case TYPE_INT:
        buf_printf(out, t->is_signed ? "%" PRId64 : "%" PRIu64, v->word);
        return;
    default:
        eval_fail(ev, "a value of this type");
        return;
    }
}

/* ---- order ---- */

static int compare_members(struct eval *ev, const struct type *t, struct str a, struct str b)
{
    u32 n = 0;
    const struct composite_field *fields = composite_fields(t->composite, &n);
    int order = 0;

    for (u32 i = 0; i < n && order == 0; i++) {
        struct value x = eval_member(ev, &fields[i], a), y = eval_member(ev, &fields[i], b);

        order = eval_compare(ev, fields[i].type, &x, &y);
    }
    return order;
}

static int compare_arrays(struct eval *ev, const struct type *t, struct str a, struct str b)
{
    u32 size = type_raw_size(t->of);
    int order = 0;

    for (u32 i = 0; i < t->n_elems && order == 0; i++) {
        struct value x = eval_from_bytes(ev, t->of, str_sub(a, i * size, (i + 1) * size));
        struct value y = eval_from_bytes(ev, t->of, str_sub(b, i * size, (i + 1) * size));

        order = eval_compare(ev, t->of, &x, &y);
    }
    return order;
}

int eval_compare(struct eval *ev, const struct type *t, const struct value *a,
                 const struct value *b)
{
    int order = 0;

    switch (t->kind) {
    case TYPE_STRING:
    case TYPE_BUFFER:
    case TYPE_SHAPE:
        return str_cmp(a->text, b->text);
    case TYPE_TUPLE:
        for (u32 i = 0; order == 0 && i < t->n_elems; i++)
            order = eval_compare(ev, t->elems[i], &a->elems[i], &b->elems[i]);
        return order;
    case TYPE_STRUCT:
        return compare_members(ev, t, a->text, b->text);
    case TYPE_ARRAY:
        return compare_arrays(ev, t, a->text, b->text);
    default:
        break;
    }
    if (type_is_integer(t) && t->is_signed)
        return (s64)a->word < (s64)b->word ? -1 : (s64)a->word > (s64)b->word;
    return a->word < b->word ? -1 : a->word > b->word;
}

bool eval_same(const struct type *t, const struct value *a, const struct value *b)
{
    if (type_is_word(t))
        return a->word == b->word;
    if (t->kind != TYPE_TUPLE)
        return str_eq(a->text, b->text);
    for (u32 i = 0; i < t->n_elems; i++) {
        if (!a->n != !b->n || (a->n && !eval_same(t->elems[i], &a->elems[i], &b->elems[i])))
            return false;
    }
    return true;
}

/* A conversion in C's words. */
struct conversion {
    char spec[64];
    char conv;
    u32 n_h, n_l;  /* lengths */
    s64 precision; /* < 0: none */
    char how;      /* of %r: x or h, or 0 */
};

/* The conversion that begins at the % at *i, which is left behind it. The argument is always given
 * as 64 bits. */
static struct conversion take_conversion(struct str format, u32 *i)
{
    struct conversion c = {.spec = "%", .precision = -1};
    u32 n = 1;

    for (++*i; *i < format.n && strchr("-+ #0123456789.", format.p[*i]); ++*i) {
        bool is_digit = format.p[*i] >= '0' && format.p[*i] <= '9';

        if (c.precision >= 0 && is_digit)
            c.precision = c.precision * 10 + format.p[*i] - '0';
        if (format.p[*i] == '.')
            c.precision = 0;
        if (n + 4 < sizeof(c.spec))
            c.spec[n++] = format.p[*i];
    }
    for (; *i < format.n && strchr("hlqjzt", format.p[*i]); ++*i) {
        c.n_h += format.p[*i] == 'h';
        c.n_l += format.p[*i] != 'h';
    }
    if (*i < format.n)
        c.conv = format.p[(*i)++];
    if (c.conv == 'r' && *i < format.n && strchr("xh", format.p[*i]))
        c.how = format.p[(*i)++];
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
    if (!is_signed && c->n_l == 0 && type_is_integer(t) && t->is_signed && t->size < 8)
        return (u32)word;
    return word;
}

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral" // the script's, checked by the compiler

static void add_buffer(struct buf *out, const struct conversion *c, struct str bytes)
{
    if (c->how == 0)
        format_buffer(out, bytes);
    for (u32 i = 0; c->how && i < bytes.n; i++)
        buf_printf(out, c->how == 'x' ? "\\x%02x" : i ? " %02x" : "%02x", (u8)bytes.p[i]);
}

/* The precision of a text counts before it is escaped. */
static void add_cut(struct eval *ev, struct buf *out, s64 precision, const struct expr *arg,
                    const struct value *v)
{
    if (arg->type->kind == TYPE_STRING && precision >= 0 && v->text.n > precision) {
        add_string(out, arg->type, str_sub(v->text, 0, (u32)precision));
        return;
    }
    eval_format(ev, out, arg->type, v);
    if (arg->type->kind != TYPE_STRING && precision >= 0 && out->n > (u64)precision)
        out->n = (u64)precision;
}

/* The spec without its precision: that was applied. */
static void drop_precision(struct conversion *c)
{
    char *dot = strchr(c->spec, '.');

    if (!dot)
        return;
    dot[0] = 's';
    dot[1] = '\0';
}

static void convert(struct eval *ev, struct buf *out, struct conversion *c, const struct expr *arg,
                    const struct value *v)
{
    _cleanup_buf_ struct buf text = {0};
    _cleanup_free_ char *shown = NULL;

    if (c->conv == 'p') {
        buf_printf(out, v->word ? "0x%" PRIx64 : "0", v->word);
        return;
    }
    if (c->conv == 'r') {
        add_buffer(out, c, v->text);
        return;
    }
    if (c->conv != 's') {
        buf_printf(out, c->spec, (unsigned long long)promoted(c, arg->type, v->word));
        return;
    }
    add_cut(ev, &text, c->precision, arg, v);
    drop_precision(c);
    shown = strndup(text.p ? text.p : "", text.n);
    buf_printf(out, c->spec, shown);
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
        if (!arg || !c.conv || !strchr("diuxXospr", c.conv)) {
            eval_fail(ev, "a conversion of printf");
            return;
        }
        v = eval_expr(ev, arg);
        if (ev->problem)
            return;
        convert(ev, out, &c, arg, &v);
        arg = arg->next;
    }
}
