/* Values of a script as text. The text forms are those of bpftrace; strings that come from traced
 * programs are escaped, so that a process cannot write to the terminal of who traces it. */
#include "runtime/value.h"

#include <inttypes.h>

#include "abi/record.h"
#include "runtime/agg.h"
#include "runtime/demangle.h"
#include "runtime/shape.h"
#include "runtime/symbols.h"

/* Shown behind a string that fills its array: it was cut. */

u64 value_word(const u8 *p)
{
    u64 word = 0;

    memcpy(&word, p, sizeof(word));
    return word;
}

/* Is a number of this type negative where its highest bit is set? */
static bool is_signed(const struct meta_type *type)
{
    return type->kind == ABI_INT || (type->kind == ABI_ENUM && type->is_signed != 0);
}

static u64 extend(const struct meta_type *type, u64 word, u64 n_bits)
{
    u64 sign = 0;

    if (n_bits == 0) // not after meta_check()
        return 0;
    sign = (u64)1 << ((n_bits - 1) % 64);

    return is_signed(type) ? (word ^ sign) - sign : word;
}

u64 value_number(const struct meta_type *type, const u8 *bytes)
{
    u64 word = 0;

    if (type->size == sizeof(word)) // nearly always: keys and values are words
        return value_word(bytes);
    memcpy(&word, bytes, type->size); // little-endian, as all CPUs of abi/arch.c
    return extend(type, word, type->size * 8);
}

/* The number in a bit-field. */
static u64 read_bits(const struct meta_type *type, const struct meta_field *field, const u8 *bytes)
{
    u64 word = 0;

    for (u64 i = 0; i < field->bit_size; i++) {
        u64 at = field->bit_offset + i;

        word |= (u64)(bytes[at / 8] >> (at % 8) & 1) << i;
    }
    return extend(type, word, field->bit_size);
}

void value_member(const struct meta *meta, const struct meta_field *field, const u8 *bytes,
                  struct value_member *out)
{
    u64 word = 0;

    out->type = meta->types.items[field->type];
    out->bytes = bytes + field->offset;
    if (field->bit_size == 0)
        return;
    word = read_bits(&out->type, field, bytes);
    out->type.size = sizeof(word);
    memcpy(out->word, &word, sizeof(word));
    out->bytes = out->word;
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
    bool is_cut =
        !is_own_literal && type->size == ROUND_UP(env->cut_size, 8) && text.n + 1 >= env->cut_size;

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
        buf_add_str(out, env->cut_mark);
}

static void format_symbol(const struct value_env *env, u64 address, struct buf *out)
{
    struct str name = {0};

    if (env->symbols != NULL)
        name = symbols_find(env->symbols, address).name;
    if (name.n != 0) {
        buf_add_str(out, name);
    } else {
        buf_printf(out, "0x%" PRIx64, address);
    }
}

/* A file may call its functions anything. */
void value_format_function(const struct value_env *env, struct str symbol, struct buf *out)
{
    _cleanup_buf_ struct buf name = {0};

    if (env->is_mangled || !demangle(symbol, DEMANGLE_FULL, &name))
        buf_add_str(&name, symbol);
    if (env->is_raw) {
        buf_add(out, name.p, name.n);
    } else {
        value_escape((struct str){name.p, (u32)name.n}, out);
    }
}

/* What a buffer holds: its length comes from a traced program, too. */
struct str value_buffer(const struct meta_type *type, const u8 *bytes)
{
    u64 most = type->size - sizeof(u64);

    return (struct str){(const char *)bytes + sizeof(u64), (u32)MIN(value_word(bytes), most)};
}

void value_format_buffer(struct str bytes, struct buf *out)
{
    for (u32 i = 0; i < bytes.n; i++) {
        u8 byte = (u8)bytes.p[i];

        if (byte >= 0x20 && byte < 0x7f) {
            buf_add_char(out, (char)byte);
        } else {
            buf_printf(out, "\\x%02x", byte);
        }
    }
}

const struct meta_field *value_field(const struct meta *meta, const struct meta_type *type, u64 i)
{
    return &meta->fields.items[type->first_field + i];
}

/* The fields of a tuple. */
static void format_fields(const struct value_env *env, const struct meta_type *type,
                          const u8 *bytes, struct buf *out)
{
    for (u64 i = 0; i < type->n_fields; i++) {
        const struct meta_field *field = value_field(env->meta, type, i);

        if (i > 0)
            buf_add_cstr(out, ", ");
        value_format(env, field->type, bytes + field->offset, out);
    }
}

/* The members of a struct or record. Those of an anonymous one count as members of what it is in;
 * a bit-field without a name is padding. n_shown: how many have been shown. */
static void format_members(const struct value_env *env, const struct meta_type *type,
                           const u8 *bytes, u64 *n_shown, struct buf *out)
{
    for (u64 i = 0; i < type->n_fields; i++) {
        const struct meta_field *field = value_field(env->meta, type, i);
        struct value_member member;

        value_member(env->meta, field, bytes, &member);
        if (field->name.n != 0) {
            buf_add_cstr(out, *n_shown == 0 ? "{ ." : ", .");
            buf_add_str(out, field->name);
            buf_add_cstr(out, " = ");
            value_format_typed(env, &member.type, member.bytes, out);
            *n_shown += 1;
        } else if (member.type.kind == ABI_STRUCT) {
            format_members(env, &member.type, member.bytes, n_shown, out);
        }
    }
}

static void format_record(const struct value_env *env, const struct meta_type *type,
                          const u8 *bytes, struct buf *out)
{
    u64 n_shown = 0;

    format_members(env, type, bytes, &n_shown, out);
    buf_add_cstr(out, n_shown == 0 ? "{}" : " }");
}

static void format_array(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                         struct buf *out)
{
    const struct meta_type *of = &env->meta->types.items[value_field(env->meta, type, 0)->type];

    buf_add_char(out, '[');
    for (u64 i = 0; i < type->num0; i++) {
        if (i > 0)
            buf_add_char(out, ',');
        value_format_typed(env, of, bytes + i * of->size, out);
    }
    buf_add_char(out, ']');
}

/* The name of an enumerator; a number where there is none. */
static void format_enum(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                        struct buf *out)
{
    u64 number = value_number(type, bytes);

    for (u64 i = 0; i < type->n_fields; i++) {
        const struct meta_field *item = value_field(env->meta, type, i);

        if (item->offset == number) {
            buf_add_str(out, item->name);
            return;
        }
    }
    if (is_signed(type)) {
        buf_add_s64(out, (s64)number);
    } else {
        buf_add_u64(out, number);
    }
}

static void format_agg(const struct meta_type *type, const u8 *bytes, struct buf *out)
{
    const struct agg_ops *ops = agg_ops((enum agg_id)type->num0);

    ops->show(type, bytes, 1, out);
}

bool value_is_record(const struct meta *meta, const struct meta_type *type)
{
    return type->kind == ABI_TUPLE && type->n_fields != 0 &&
           value_field(meta, type, 0)->name.n != 0;
}

static void format_tuple(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                         struct buf *out)
{
    if (value_is_record(env->meta, type)) {
        format_record(env, type, bytes, out);
        return;
    }
    buf_add_char(out, '(');
    format_fields(env, type, bytes, out);
    buf_add_char(out, ')');
}

void value_format_typed(const struct value_env *env, const struct meta_type *t, const u8 *bytes,
                        struct buf *out)
{
    switch ((enum abi_type)t->kind) {
    case ABI_NONE:
        return;
    case ABI_INT:
        buf_add_s64(out, (s64)value_number(t, bytes));
        return;
    case ABI_UINT:
        buf_add_u64(out, value_number(t, bytes));
        return;
    case ABI_BOOL:
        buf_add_cstr(out, value_number(t, bytes) != 0 ? "true" : "false");
        return;
    case ABI_STRING:
        format_string(env, t, bytes, UINT64_MAX, out);
        return;
    case ABI_TUPLE:
        format_tuple(env, t, bytes, out);
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
        format_enum(env, t, bytes, out);
        return;
    case ABI_STRUCT:
        format_record(env, t, bytes, out);
        return;
    case ABI_ARRAY:
        format_array(env, t, bytes, out);
        return;
    case ABI_BUFFER:
        value_format_buffer(value_buffer(t, bytes), out);
        return;
    case ABI_SHAPE:
        shape_format(env, t, bytes, out);
        return;
    }
}

void value_format(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out)
{
    value_format_typed(env, &env->meta->types.items[type], bytes, out);
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
    value_format_typed(env, t, bytes, out);
    if (most < out->n - begin)
        out->n = begin + (size_t)most;
}

void value_format_key(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out)
{
    const struct meta_type *t = &env->meta->types.items[type];

    if (t->kind == ABI_TUPLE && !value_is_record(env->meta, t)) {
        format_fields(env, t, bytes, out);
    } else {
        value_format_typed(env, t, bytes, out);
    }
}
