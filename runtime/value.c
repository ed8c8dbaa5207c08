/* Values of a script as text. The text forms are those of bpftrace; strings that come from traced
 * programs are escaped, so that a process cannot write to the terminal of who traces it. */
#include "runtime/value.h"

#include <inttypes.h>

#include "abi/record.h"
#include "runtime/agg.h"
#include "runtime/symbols.h"

/* Shown behind a string that fills its array: it was cut. */
#define CUT_MARK ".."

u64 value_word(const u8 *p)
{
    u64 word = 0;

    memcpy(&word, p, sizeof(word));
    return word;
}

/* A control character of one or two bytes (C1, U+0080 to U+009F), other than newline and tab. */
static bool is_control(struct str text, u32 at, u32 n)
{
    u8 first = (u8)text.p[at];

    if (n == 2)
        return first == 0xc2 && (u8)text.p[at + 1] < 0xa0;
    return n == 1 && (first < 0x20 || first == 0x7f) && first != '\n' && first != '\t';
}

void value_escape(struct str text, struct buf *out)
{
    for (u32 at = 0; at < text.n;) {
        u32 n = str_utf8_len(text, at);

        if (n != 0 && !is_control(text, at, n)) {
            buf_add(out, text.p + at, n);
            at += n;
            continue;
        }
        buf_printf(out, "\\x%02x", (u8)text.p[at]);
        at++;
    }
}

/* At most `most` bytes of the string, counted before they are escaped. */
static void format_string(const struct value_env *env, const struct meta_type *type,
                          const u8 *bytes, u64 most, struct buf *out)
{
    bool is_own_literal = type->num0 == 1;
    struct str text = {(const char *)bytes, (u32)strnlen((const char *)bytes, type->size)};
    bool is_cut = !is_own_literal && type->size >= PTL_STRING_MAX && text.n + 1 >= type->size;

    if (text.n > most) {
        text.n = (u32)most;
        is_cut = false;
    }
    if (env->is_raw || is_own_literal) {
        buf_add_str(out, text);
    } else {
        value_escape(text, out);
    }
    if (is_cut)
        buf_add_cstr(out, CUT_MARK);
}

static void format_symbol(const struct value_env *env, u64 address, struct buf *out)
{
    struct str name = {0};

    if (env->symbols != NULL)
        name = symbols_find(env->symbols, address, NULL);
    if (name.n != 0) {
        buf_add_str(out, name);
    } else {
        buf_printf(out, "0x%" PRIx64, address);
    }
}

static void format_fields(const struct value_env *env, const struct meta_type *type,
                          const u8 *bytes, struct buf *out)
{
    for (u64 i = 0; i < type->n_fields; i++) {
        const struct meta_field *field = &env->meta->fields.items[type->first_field + i];

        if (i > 0)
            buf_add_cstr(out, ", ");
        value_format(env, field->type, bytes + field->offset, out);
    }
}

static void format_agg(const struct meta_type *type, const u8 *bytes, struct buf *out)
{
    const struct agg_ops *ops = agg_ops((enum agg_id)type->num0);

    ops->show(type, bytes, 1, out);
}

void value_format_cut(const struct value_env *env, u64 type, const u8 *bytes, u64 most,
                      struct buf *out)
{
    const struct meta_type *t = &env->meta->types.items[type];
    size_t begin = out->n;

    if (t->kind == ABI_STRING) {
        format_string(env, t, bytes, most, out);
        return;
    }
    value_format(env, type, bytes, out);
    if (most < out->n - begin)
        out->n = begin + (size_t)most;
}

void value_format(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out)
{
    const struct meta_type *t = &env->meta->types.items[type];

    switch ((enum abi_type)t->kind) {
    case ABI_NONE:
        return;
    case ABI_INT:
        buf_printf(out, "%" PRId64, (s64)value_word(bytes));
        return;
    case ABI_UINT:
        buf_printf(out, "%" PRIu64, value_word(bytes));
        return;
    case ABI_BOOL:
        buf_add_cstr(out, value_word(bytes) != 0 ? "true" : "false");
        return;
    case ABI_STRING:
        format_string(env, t, bytes, UINT64_MAX, out);
        return;
    case ABI_TUPLE:
        buf_add_char(out, '(');
        format_fields(env, t, bytes, out);
        buf_add_char(out, ')');
        return;
    case ABI_KSYM:
        format_symbol(env, value_word(bytes), out);
        return;
    case ABI_AGG:
        format_agg(t, bytes, out);
        return;
    case ABI_POINTER:
        buf_printf(out, "0x%" PRIx64, value_word(bytes));
        return;
    case ABI_ENUM:
    case ABI_STRUCT:
    case ABI_ARRAY:
    case ABI_BUFFER:
    case ABI_SHAPE:
        return;
    }
}

void value_format_key(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out)
{
    const struct meta_type *t = &env->meta->types.items[type];

    if (t->kind == ABI_TUPLE) {
        format_fields(env, t, bytes, out);
    } else {
        value_format(env, type, bytes, out);
    }
}

static int compare_strings(const u8 *a, const u8 *b, u64 size)
{
    struct str x = {(const char *)a, (u32)strnlen((const char *)a, size)};
    struct str y = {(const char *)b, (u32)strnlen((const char *)b, size)};

    return str_cmp(x, y);
}

static int compare_fields(const struct meta *meta, const struct meta_type *type, const u8 *a,
                          const u8 *b)
{
    for (u64 i = 0; i < type->n_fields; i++) {
        const struct meta_field *field = &meta->fields.items[type->first_field + i];
        int order = value_compare(meta, field->type, a + field->offset, b + field->offset);

        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_words(const u8 *a, const u8 *b, bool is_signed)
{
    u64 x = value_word(a);
    u64 y = value_word(b);

    if (is_signed)
        return (s64)x < (s64)y ? -1 : (s64)x > (s64)y;
    return x < y ? -1 : x > y;
}

int value_compare(const struct meta *meta, u64 type, const u8 *a, const u8 *b)
{
    const struct meta_type *t = &meta->types.items[type];

    switch ((enum abi_type)t->kind) {
    case ABI_NONE:
        return 0;
    case ABI_INT:
        return compare_words(a, b, true);
    case ABI_UINT:
    case ABI_BOOL:
    case ABI_KSYM:
    case ABI_POINTER:
        return compare_words(a, b, false);
    case ABI_STRING:
        return compare_strings(a, b, t->size);
    case ABI_TUPLE:
        return compare_fields(meta, t, a, b);
    case ABI_AGG:
        return agg_ops((enum agg_id)t->num0)->compare(t, a, b);
    case ABI_ENUM:
    case ABI_STRUCT:
    case ABI_ARRAY:
    case ABI_BUFFER:
    case ABI_SHAPE:
        return 0;
    }
    return 0;
}
