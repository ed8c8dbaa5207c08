/* printf of a script. The conversions are those of C with 64-bit numbers throughout; only %p
 * differs: it is "0" for 0, as in bpftrace. C's own printf is not used for them: its format would
 * have to be built at run time from what an object says. */
#include "runtime/format.h"

enum {
    DIGITS_MAX = 64,
    WIDTH_MAX = 4096, /* of a `*`, which a script computes: one record must not fill a disk */
};

/* A conversion with its numbers resolved. */
struct spec {
    char conv;
    u64 flags;
    size_t width;
    s64 precision; /* < 0: none */
};

/* A number on its way to text. */
struct number {
    char digits[DIGITS_MAX];
    size_t n_digits;
    size_t n_zeros; /* in front of the digits */
    const char *prefix;
};

static bool has_flag(const struct spec *spec, u64 flag)
{
    return (spec->flags & flag) != 0;
}

/* Pad what was appended since `begin` to the width. It is moved where it stands: no copy is made.
 */
static void pad_tail(const struct spec *spec, size_t begin, struct buf *out)
{
    size_t length = out->n - begin;
    size_t pad = spec->width > length ? spec->width - length : 0;

    buf_pad(out, ' ', pad);
    if (out->failed || pad == 0 || has_flag(spec, PIECE_FLAG_MINUS))
        return;
    memmove(out->p + begin + pad, out->p + begin, length);
    memset(out->p + begin, ' ', pad);
}

/* Write the digits of v right-justified and set where they begin. */
static void number_digits(struct number *number, u64 v, u32 base, bool is_upper)
{
    const char *alphabet = is_upper ? "0123456789ABCDEF" : "0123456789abcdef";

    while (v != 0) {
        number->n_digits++;
        number->digits[DIGITS_MAX - number->n_digits] = alphabet[v % base];
        v /= base;
    }
}

static const char *sign_prefix(const struct spec *spec, bool is_negative)
{
    if (is_negative)
        return "-";
    if (has_flag(spec, PIECE_FLAG_PLUS))
        return "+";
    return has_flag(spec, PIECE_FLAG_SPACE) ? " " : "";
}

static void number_convert(const struct spec *spec, u64 v, struct number *number)
{
    bool is_negative = (s64)v < 0;
    bool is_alternate = has_flag(spec, PIECE_FLAG_HASH) && v != 0;

    switch (spec->conv) {
    case 'd':
    case 'i':
        number->prefix = sign_prefix(spec, is_negative);
        number_digits(number, is_negative ? 0 - v : v, 10, false);
        break;
    case 'x':
    case 'X':
        number->prefix = !is_alternate ? "" : spec->conv == 'x' ? "0x" : "0X";
        number_digits(number, v, 16, spec->conv == 'X');
        break;
    case 'p':
        number->prefix = v != 0 ? "0x" : "";
        number_digits(number, v, 16, false);
        break;
    case 'o':
        number_digits(number, v, 8, false);
        number->n_zeros = has_flag(spec, PIECE_FLAG_HASH) ? 1 : 0; /* of 0, too */
        break;
    default: // 'u'
        number_digits(number, v, 10, false);
        break;
    }
}

static void add_number(const struct spec *spec, u64 v, struct buf *out)
{
    struct number number = {.prefix = ""};
    size_t min_digits = spec->precision >= 0 ? (size_t)spec->precision : 1;
    size_t n = 0;
    size_t pad = 0;

    number_convert(spec, v, &number);
    if (number.n_digits + number.n_zeros < min_digits)
        number.n_zeros = min_digits - number.n_digits;
    n = strlen(number.prefix) + number.n_zeros + number.n_digits;
    pad = spec->width > n ? spec->width - n : 0;
    /* As in C, the flag 0 yields to '-' and to a precision. */
    if (has_flag(spec, PIECE_FLAG_ZERO) && !has_flag(spec, PIECE_FLAG_MINUS) &&
        spec->precision < 0) {
        number.n_zeros += pad;
        pad = 0;
    }
    if (!has_flag(spec, PIECE_FLAG_MINUS))
        buf_pad(out, ' ', pad);
    buf_add_cstr(out, number.prefix);
    buf_pad(out, '0', number.n_zeros);
    buf_add(out, number.digits + DIGITS_MAX - number.n_digits, number.n_digits);
    if (has_flag(spec, PIECE_FLAG_MINUS))
        buf_pad(out, ' ', pad);
}

static void add_char(const struct value_env *env, const struct spec *spec, u64 v, struct buf *out)
{
    size_t begin = out->n;
    char c = (char)v;

    if (env->is_raw) {
        buf_add_char(out, c);
    } else {
        value_escape((struct str){&c, 1}, out);
    }
    pad_tail(spec, begin, out);
}

/* The value in its default format, cut to the precision and padded. */
static void add_text(const struct value_env *env, const struct spec *spec, u64 type,
                     const u8 *bytes, struct buf *out)
{
    size_t begin = out->n;

    value_format_cut(env, type, bytes, spec->precision >= 0 ? (u64)spec->precision : UINT64_MAX,
                     out);
    pad_tail(spec, begin, out);
}

/* A buffer's bytes, at most `precision` of them. */
static void add_buffer(const struct value_env *env, const struct spec *spec, u64 type,
                       const u8 *bytes, struct buf *out)
{
    struct str held = value_buffer(&env->meta->types.items[type], bytes);
    size_t begin = out->n;

    if (spec->precision >= 0)
        held = str_sub(held, 0, (u32)spec->precision);
    if (!has_flag(spec, PIECE_FLAG_HEX | PIECE_FLAG_SPACED))
        value_format_buffer(held, out);
    for (u32 i = 0; i < held.n && has_flag(spec, PIECE_FLAG_HEX); i++)
        buf_printf(out, "\\x%02x", (u8)held.p[i]);
    for (u32 i = 0; i < held.n && has_flag(spec, PIECE_FLAG_SPACED); i++)
        buf_printf(out, "%s%02x", i > 0 ? " " : "", (u8)held.p[i]);
    pad_tail(spec, begin, out);
}

/* Resolve `*`: a negative width means '-', a negative precision none, as in C. */
static struct spec spec_of(const struct meta_piece *piece, const u8 *payload)
{
    struct spec spec = {.conv = (char)piece->conv, .flags = piece->flags, .precision = -1};

    if (piece->width != META_NO_REF)
        spec.width = MIN(piece->width, (u64)WIDTH_MAX);
    if (piece->width_offset != META_NO_REF) {
        s64 width = (s64)value_word(payload + piece->width_offset);

        if (width < 0)
            spec.flags |= PIECE_FLAG_MINUS;
        spec.width = MIN(width < 0 ? 0 - (u64)width : (u64)width, (u64)WIDTH_MAX);
    }
    if (piece->precision != META_NO_REF)
        spec.precision = (s64)MIN(piece->precision, (u64)WIDTH_MAX);
    if (piece->precision_offset != META_NO_REF)
        spec.precision = MIN((s64)value_word(payload + piece->precision_offset), (s64)WIDTH_MAX);
    return spec;
}

/* Flags of the kernel's allocator, as its own traces show them; what has no name as a number. */
static void add_gfp(const struct spec *spec, u64 flags, struct buf *out)
{
    static const struct {
        u64 flags;
        const char *name;
    } rows[] = {

#define GFP(flags, name) {flags, name},
#include "abi/gfp.def"
#undef GFP
    };
    size_t begin = out->n;

    if (flags == 0)
        buf_add_cstr(out, "none");
    for (u32 i = 0; i < ARRAY_SIZE(rows); i++) {
        if ((flags & rows[i].flags) != rows[i].flags)
            continue;
        buf_printf(out, "%s%s", out->n > begin ? "|" : "", rows[i].name);
        flags &= ~rows[i].flags;
    }
    if (flags != 0)
        buf_printf(out, "%s0x%llx", out->n > begin ? "|" : "", (unsigned long long)flags);
    pad_tail(spec, begin, out);
}

static void add_piece(const struct value_env *env, const struct meta_piece *piece,
                      const u8 *payload, struct buf *out)
{
    struct spec spec = spec_of(piece, payload);
    const u8 *bytes = payload + piece->offset;

    switch (spec.conv) {
    case 's':
        add_text(env, &spec, piece->type, bytes, out);
        break;
    case 'r':
        add_buffer(env, &spec, piece->type, bytes, out);
        break;
    case 'g':
        add_gfp(&spec, value_word(bytes), out);
        break;
    case 'c':
        add_char(env, &spec, value_word(bytes), out);
        break;
    default:
        add_number(&spec, value_word(bytes), out);
        break;
    }
}

void format_printf(const struct value_env *env, const struct meta_site *site, const u8 *payload,
                   struct buf *out)
{
    for (u64 i = 0; i < site->n_pieces; i++) {
        const struct meta_piece *piece = &env->meta->pieces.items[site->first_piece + i];

        buf_add_str(out, piece->literal);
        if (piece->conv != 0)
            add_piece(env, piece, payload, out);
    }
}
