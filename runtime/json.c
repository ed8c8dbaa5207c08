/* Values as JSON. Forms are bpftrace's, "key": value with a space, [1,2] without. */
#include "runtime/json.h"

#include <inttypes.h>

#include "abi/record.h"
#include "runtime/agg.h"

static void add_escaped(u8 byte, struct buf *out)
{
    switch (byte) {
    case '"':
        buf_add_cstr(out, "\\\"");
        return;
    case '\\':
        buf_add_cstr(out, "\\\\");
        return;
    case '\n':
        buf_add_cstr(out, "\\n");
        return;
    case '\r':
        buf_add_cstr(out, "\\r");
        return;
    case '\t':
        buf_add_cstr(out, "\\t");
        return;
    default:
        buf_printf(out, "\\u%04x", byte);
    }
}

static bool is_special(u8 byte)
{
    return byte < 0x20 || byte == 0x7f || byte == '"' || byte == '\\';
}

void json_string(struct str text, struct buf *out)
{
    buf_add_char(out, '"');
    for (u32 at = 0; at < text.n;) {
        u32 n = str_utf8_len(text, at);

        if (n == 0) {
            buf_add_cstr(out, "\\ufffd");
        } else if (n == 2 && (u8)text.p[at] == 0xc2 && (u8)text.p[at + 1] < 0xa0) {
            add_escaped((u8)text.p[at + 1], out); // a control character of terminals
        } else if (n == 1 && is_special((u8)text.p[at])) {
            add_escaped((u8)text.p[at], out);
        } else {
            buf_add(out, text.p + at, n);
        }
        at += MAX(n, 1);
    }
    buf_add_char(out, '"');
}

void json_number(u64 word, bool is_signed, struct buf *out)
{
    bool is_negative = is_signed && (s64)word < 0;
    u64 size = is_negative ? 0 - word : word;
    /* A double has 53 bits from the first to the last that is set. */
    u32 n_bits = size == 0 ? 0 : 64 - (u32)__builtin_clzll(size) - (u32)__builtin_ctzll(size);

    buf_printf(out, "%s%s%" PRIu64 "%s", n_bits > 53 ? "\"" : "", is_negative ? "-" : "", size,
               n_bits > 53 ? "\"" : "");
}

static void add_typed(const struct value_env *env, const struct meta_type *t, const u8 *bytes,
                      struct buf *out);

/* The members, as value_format() has them: an anonymous one's count as those of what it is in. */
static void add_members(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                        bool *is_first, struct buf *out)
{
    for (u64 i = 0; i < type->n_fields; i++) {
        const struct meta_field *field = value_field(env->meta, type, i);
        struct value_member member;

        value_member(env->meta, field, bytes, &member);
        if (field->name.n != 0) {
            buf_add_cstr(out, *is_first ? "" : ", ");
            json_string(field->name, out);
            buf_add_cstr(out, ": ");
            add_typed(env, &member.type, member.bytes, out);
            *is_first = false;
        } else if (member.type.kind == ABI_STRUCT) {
            add_members(env, &member.type, member.bytes, is_first, out);
        }
    }
}

static void add_object(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                       struct buf *out)
{
    bool is_first = true;

    buf_add_char(out, '{');
    add_members(env, type, bytes, &is_first, out);
    buf_add_char(out, '}');
}

static void add_tuple(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                      struct buf *out)
{
    if (value_is_record(env->meta, type)) {
        add_object(env, type, bytes, out);
        return;
    }
    buf_add_char(out, '[');
    for (u64 i = 0; i < type->n_fields; i++) {
        const struct meta_field *field = value_field(env->meta, type, i);

        buf_add_cstr(out, i == 0 ? "" : ",");
        json_value(env, field->type, bytes + field->offset, out);
    }
    buf_add_char(out, ']');
}

static void add_array(const struct value_env *env, const struct meta_type *type, const u8 *bytes,
                      struct buf *out)
{
    const struct meta_type *of = &env->meta->types.items[value_field(env->meta, type, 0)->type];

    buf_add_char(out, '[');
    for (u64 i = 0; i < type->num0; i++) {
        buf_add_cstr(out, i == 0 ? "" : ",");
        add_typed(env, of, bytes + i * of->size, out);
    }
    buf_add_char(out, ']');
}

static void add_bytes(struct str bytes, struct buf *out)
{
    buf_add_char(out, '[');
    for (u32 i = 0; i < bytes.n; i++)
        buf_printf(out, "%s%d", i == 0 ? "" : ",", (s8)bytes.p[i]);
    buf_add_char(out, ']');
}

/* What the text format shows, as a string. */
static void add_text(const struct value_env *env, const struct meta_type *t, const u8 *bytes,
                     struct buf *out)
{
    _cleanup_buf_ struct buf text = {0};
    struct value_env raw = *env;

    raw.is_raw = true;
    value_format_typed(&raw, t, bytes, &text);
    json_string((struct str){text.p, (u32)text.n}, out);
}

static void add_typed(const struct value_env *env, const struct meta_type *t, const u8 *bytes,
                      struct buf *out)
{
    switch ((enum abi_type)t->kind) {
    case ABI_NONE:
        buf_add_cstr(out, "null");
        return;
    case ABI_INT:
    case ABI_UINT:
    case ABI_ENUM:
    case ABI_POINTER:
        json_number(value_number(t, bytes), t->kind == ABI_INT || t->is_signed != 0, out);
        return;
    case ABI_BOOL:
        buf_add_cstr(out, value_number(t, bytes) != 0 ? "true" : "false");
        return;
    case ABI_TUPLE:
        add_tuple(env, t, bytes, out);
        return;
    case ABI_STRUCT:
        add_object(env, t, bytes, out);
        return;
    case ABI_ARRAY:
        add_array(env, t, bytes, out);
        return;
    case ABI_BUFFER:
        add_bytes(value_buffer(t, bytes), out);
        return;
    case ABI_AGG:
        agg_ops((enum agg_id)t->num0)->json(t, bytes, 1, out);
        return;
    case ABI_STRING:
    case ABI_KSYM:
    case ABI_SHAPE:
        add_text(env, t, bytes, out);
        return;
    }
}

void json_value(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out)
{
    add_typed(env, &env->meta->types.items[type], bytes, out);
}

/* A part of a key; of a tuple's parts with commas between them. */
static void add_key(const struct value_env *env, u64 type, const u8 *bytes, bool is_outer,
                    struct buf *out)
{
    const struct meta_type *t = &env->meta->types.items[type];

    if (t->kind != ABI_TUPLE || t->n_fields == 0 || value_is_record(env->meta, t)) {
        value_format(env, type, bytes, out);
        return;
    }
    buf_add_cstr(out, is_outer ? "" : "(");
    for (u64 i = 0; i < t->n_fields; i++) {
        const struct meta_field *field = value_field(env->meta, t, i);

        buf_add_cstr(out, i == 0 ? "" : ",");
        add_key(env, field->type, bytes + field->offset, false, out);
    }
    buf_add_cstr(out, is_outer ? "" : ")");
}

void json_key(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out)
{
    _cleanup_buf_ struct buf text = {0};
    struct value_env raw = *env;

    raw.is_raw = true;
    add_key(&raw, type, bytes, true, &text);
    json_string((struct str){text.p, (u32)text.n}, out);
}
