/* Formats are taken apart here, at compile time; the record carries the arguments only. */
#include "stdlib/format.h"

/* One conversion, or the literal text at the end. */
struct piece {
    struct str literal;
    char conv; /* 0: none */
    u32 flags;
    u64 width, precision; /* META_NO_REF: none */
    bool star_width, star_precision;
    struct str length; /* "hh", "l", .. */
};

struct format {
    VEC(struct piece) pieces;
    u32 n_args;
    char refused; /* a conversion that is not supported */
};

static u32 flag_of(char c)
{
    switch (c) {
    case '-':
        return PIECE_FLAG_MINUS;
    case '+':
        return PIECE_FLAG_PLUS;
    case ' ':
        return PIECE_FLAG_SPACE;
    case '#':
        return PIECE_FLAG_HASH;
    case '0':
        return PIECE_FLAG_ZERO;
    default:
        return 0;
    }
}

static char at(struct str s, u32 i)
{
    if (i >= s.n)
        return '\0';
    return s.p[i];
}

/* A number or a star at *i. Widths are bounded: nobody's terminal is wider, and the output is of a
 * tool run as root. */
static u64 parse_size(struct str text, u32 *i, bool *star)
{
    u64 size = META_NO_REF;

    if (at(text, *i) == '*') {
        *star = true;
        ++*i;
        return size;
    }
    while (at(text, *i) >= '0' && at(text, *i) <= '9') {
        size = (size == META_NO_REF ? 0 : size) * 10 + (u64)(at(text, *i) - '0');
        size = MIN(size, 4096);
        ++*i;
    }
    return size;
}

/* A length modifier of C. */
static struct str parse_length(struct str text, u32 *i)
{
    static const char *const lengths[] = {"hh", "h", "ll", "l", "j", "z", "t", "L"};

    for (u32 k = 0; k < ARRAY_SIZE(lengths); k++) {
        struct str rest = str_sub(text, *i, text.n);

        if (str_starts(rest, lengths[k])) {
            *i += (u32)strlen(lengths[k]);
            return str_of(lengths[k]);
        }
    }
    return (struct str){"", 0};
}

/* A conversion that begins behind the % at i. Returns the index behind it, or 0 if this is none (it
 * is printed as it stands). */
static u32 parse_conversion(struct str text, u32 i, struct piece *piece)
{
    for (; flag_of(at(text, i)); i++)
        piece->flags |= flag_of(at(text, i));
    piece->width = parse_size(text, &i, &piece->star_width);
    piece->precision = META_NO_REF;
    if (at(text, i) == '.') {
        i++;
        piece->precision = parse_size(text, &i, &piece->star_precision);
        if (piece->precision == META_NO_REF && !piece->star_precision)
            piece->precision = 0;
    }
    piece->length = parse_length(text, &i);
    if (!at(text, i) || !strchr("diuxXocsprfFeEgGaAn", at(text, i)))
        return 0;
    piece->conv = at(text, i++);
    if (piece->conv == 'g' && at(text, i) == 'r')
        return i + 1;
    if (piece->conv == 'r' && (at(text, i) == 'x' || at(text, i) == 'h'))
        piece->flags |= at(text, i++) == 'x' ? PIECE_FLAG_HEX : PIECE_FLAG_SPACED;
    return i;
}

static void parse_format(struct arena *arena, struct str text, struct format *f)
{
    struct piece piece = {0};
    char *literal = arena_array(arena, char, text.n + 1);
    u32 n = 0;

    for (u32 i = 0; i < text.n;) {
        struct piece conversion = {0};
        u32 next = 0;

        if (text.p[i] == '%' && at(text, i + 1) == '%') {
            literal[n++] = '%';
            i += 2;
            continue;
        }
        if (text.p[i] == '%')
            next = parse_conversion(text, i + 1, &conversion);
        if (next == 0) {
            literal[n++] = text.p[i++];
            continue;
        }
        conversion.literal = (struct str){literal, n};
        literal += n;
        n = 0;
        i = next;
        if (strchr("fFeEGaAn", conversion.conv) ||
            (conversion.conv == 'g' && at(text, i - 1) != 'r'))
            f->refused = conversion.conv;
        f->n_args += 1U + conversion.star_width + conversion.star_precision;
        *vec_push(arena, &f->pieces) = conversion;
    }
    if (n > 0) {
        piece.literal = (struct str){literal, n};
        *vec_push(arena, &f->pieces) = piece;
    }
}

/* The conversion as it is written, without flags and sizes. */
static struct str conversion_name(struct arena *arena, const struct piece *piece)
{
    const char *suffix = piece->conv == 'g'                 ? "r"
                         : piece->flags & PIECE_FLAG_HEX    ? "x"
                         : piece->flags & PIECE_FLAG_SPACED ? "h"
                                                            : "";

    return str_printf(arena, "%c%s", piece->conv, suffix);
}

static bool conversion_takes(char conv, const struct type *t)
{
    switch (conv) {
    case 's':
        return t->kind != TYPE_AGG;
    case 'r':
        return t->kind == TYPE_BUFFER;
    default:
        return type_is_numeric(t);
    }
}

static bool check_type(struct vocab *v, const struct call *c, const struct call_arg *arg,
                       struct str conv)
{
    struct str type = {0};

    if (!arg->type || arg->type->kind == TYPE_ERROR || conversion_takes(conv.p[0], arg->type))
        return true;
    type = type_name(v->arena, arg->type);
    diag_add(v->diags, E_FORMAT_TYPE, c->span, "unsupported format specifier for type '%.*s': %.*s",
             STR_ARG(type), STR_ARG(conv));
    return false;
}

static bool check_conversions(struct vocab *v, const struct call *c, const struct format *f)
{
    u32 i = 1;
    bool ok = true;

    vec_foreach(piece, &f->pieces) {
        if (piece->star_width)
            ok = check_type(v, c, &c->args[i++], STR("*")) && ok;
        if (piece->star_precision)
            ok = check_type(v, c, &c->args[i++], STR("*")) && ok;
        if (piece->conv)
            ok = check_type(v, c, &c->args[i++], conversion_name(v->arena, piece)) && ok;
    }
    return ok;
}

const struct type *format_check(struct vocab *v, struct call *c)
{
    struct format f = {0};
    u32 given = c->n_args - 1;

    parse_format(v->arena, c->args[0].text, &f);
    if (f.refused) {
        diag_add(v->diags, E_FORMAT_CONVERSION, c->span, "unsupported format specifier: %c",
                 f.refused);
        return type_error(v->types);
    }
    if (given != f.n_args) {
        diag_add(v->diags, E_FORMAT_COUNT, c->span,
                 "%s arguments for format string (%u supplied, %u expected)",
                 given < f.n_args ? "not enough" : "too many", given, f.n_args);
        return type_error(v->types);
    }
    return check_conversions(v, c, &f) ? NULL : type_error(v->types);
}

/* Where the arguments lie in the payload. */
struct placed_args {
    u64 *offsets; /* of argument i */
    u64 size;
};

static struct placed_args place_args(struct vocab *v, const struct call *c)
{
    struct placed_args placed = {arena_array(v->arena, u64, c->n_args), 0};

    for (u32 i = 1; i < c->n_args; i++) {
        placed.offsets[i] = placed.size;
        placed.size += type_mem_size(c->args[i].type);
    }
    return placed;
}

static void add_pieces(struct vocab *v, const struct call *c, const struct format *f,
                       const struct placed_args *placed)
{
    u32 i = 1;

    vec_foreach(piece, &f->pieces) {
        struct meta_piece row = {
            .literal = piece->literal,
            .conv = (u64)piece->conv,
            .flags = piece->flags,
            .width = piece->conv ? piece->width : META_NO_REF,
            .precision = piece->conv ? piece->precision : META_NO_REF,
            .width_offset = META_NO_REF,
            .precision_offset = META_NO_REF,
            .type = META_NO_REF,
        };

        if (piece->star_width)
            row.width_offset = placed->offsets[i++];
        if (piece->star_precision)
            row.precision_offset = placed->offsets[i++];
        if (piece->conv) {
            row.offset = placed->offsets[i];
            row.type = lower_meta_type(v, c->args[i].type);
            i++;
        }
        *vec_push(v->arena, &v->module->meta.pieces) = row;
    }
}

/* What C's printf would make of the argument: `hh` and `h` cut it, and what is narrower than an int
 * is promoted to one before it is shown without a sign. All else is whole. */
static ir_val convert(struct lowering *lo, const struct piece *piece, const struct type *t,
                      ir_val val)
{
    bool is_signed = piece->conv == 'd' || piece->conv == 'i';

    if (!is_signed && (!piece->conv || !strchr("uxXo", piece->conv)))
        return val;
    if (str_eq_c(piece->length, "hh"))
        return ir_extend(&lo->b, val, 1, is_signed);
    if (str_eq_c(piece->length, "h"))
        return ir_extend(&lo->b, val, 2, is_signed);
    if (!is_signed && piece->length.n == 0 && t->is_signed && t->size < 8)
        return ir_extend(&lo->b, val, 4, false);
    return val;
}

static void store_arg(struct lowering *lo, const struct record *r, u64 offset,
                      const struct piece *piece, const struct call_arg *arg)
{
    struct operand value = {arg->type, convert(lo, piece, arg->type, arg->val)};

    lower_record_store(lo, r, (u32)offset, arg->type, value);
}

u64 format_send(struct lowering *lo, struct call *c, enum site_kind kind)
{
    static const struct piece star = {.conv = 0};
    struct vocab *v = lo->v;
    struct format f = {0};
    struct placed_args placed = place_args(v, c);
    u64 site = lower_site_new(v, kind, c->span);
    u32 i = 1;

    parse_format(v->arena, c->args[0].text, &f);
    lower_site(v, site)->first_piece = v->module->meta.pieces.n;
    lower_site(v, site)->n_pieces = f.pieces.n;
    lower_site(v, site)->payload_size = placed.size;
    add_pieces(v, c, &f, &placed);

    struct record r = lower_record_begin(lo, site);

    vec_foreach(piece, &f.pieces) {
        for (u32 k = 0; k < (u32)piece->star_width + piece->star_precision; k++, i++)
            store_arg(lo, &r, placed.offsets[i], &star, &c->args[i]);
        if (piece->conv) {
            store_arg(lo, &r, placed.offsets[i], piece, &c->args[i]);
            i++;
        }
    }
    lower_record_end(lo, &r);
    return site;
}

static struct str fold_number(struct arena *arena, char conv, const struct call_arg *arg)
{
    switch (conv) {
    case 'u':
        return str_printf(arena, "%llu", (unsigned long long)arg->num);
    case 'x':
    case 'X':
        return str_printf(arena, conv == 'x' ? "%llx" : "%llX", (unsigned long long)arg->num);
    case 'o':
        return str_printf(arena, "%llo", (unsigned long long)arg->num);
    case 'p':
        return str_printf(arena, "0x%llx", (unsigned long long)arg->num);
    case 'c':
        return str_printf(arena, "%c", (char)arg->num);
    default:
        if (arg->type->kind == TYPE_BOOL)
            return str_of(arg->num ? "true" : "false");
        return str_printf(arena, "%lld", (long long)arg->num);
    }
}

bool format_fold(struct vocab *v, const struct call *c, struct str *out)
{
    struct format f = {0};
    u32 next = 1;

    *out = STR("");
    parse_format(v->arena, c->args[0].text, &f);
    vec_foreach(piece, &f.pieces) {
        const struct call_arg *arg = NULL;
        struct str text = {"", 0};

        next += (u32)piece->star_width + piece->star_precision;
        if (piece->conv) {
            arg = &c->args[next++];
            if (!arg->is_const)
                return false;
            text = arg->type->kind == TYPE_STRING ? arg->text
                                                  : fold_number(v->arena, piece->conv, arg);
        }
        *out = str_printf(v->arena, "%.*s%.*s%.*s", STR_ARG(*out), STR_ARG(piece->literal),
                          STR_ARG(text));
    }
    return true;
}

/* ---- the kernel's own printing ---- */

static bool kernel_takes(const struct piece *piece, const struct type *t)
{
    if (piece->star_width || piece->star_precision || piece->precision != META_NO_REF ||
        piece->flags & ~(u32)(PIECE_FLAG_MINUS | PIECE_FLAG_ZERO))
        return false;
    if (piece->conv == 's')
        return t->kind == TYPE_STRING;
    return strchr("diuxXcp", piece->conv) && type_is_numeric(t);
}

/* Integers are words of 64 bits here. */
static struct str kernel_conversion(struct arena *arena, const struct piece *piece)
{
    const char *minus = piece->flags & PIECE_FLAG_MINUS ? "-" : "";
    const char *zero = piece->flags & PIECE_FLAG_ZERO ? "0" : "";
    struct str width = STR("");
    bool is_long = piece->conv != 's' && piece->conv != 'c';

    if (piece->width != META_NO_REF)
        width = str_printf(arena, "%llu", (unsigned long long)piece->width);
    return str_printf(arena, "%s%%%s%s%.*s%s%c", piece->conv == 'p' ? "0x" : "", minus, zero,
                      STR_ARG(width), is_long ? "ll" : "", piece->conv == 'p' ? 'x' : piece->conv);
}

bool format_kernel(struct vocab *v, const struct call *c, struct str *out)
{
    struct format f = {0};
    u32 i = 1;

    *out = STR("");
    parse_format(v->arena, c->args[0].text, &f);
    vec_foreach(piece, &f.pieces) {
        for (u32 k = 0; k < piece->literal.n; k++) {
            char letter = piece->literal.p[k];

            *out =
                str_printf(v->arena, "%.*s%s%c", STR_ARG(*out), letter == '%' ? "%" : "", letter);
        }
        if (!piece->conv)
            continue;
        if (!kernel_takes(piece, c->args[i++].type)) {
            diag_add(v->diags, E_FORMAT_CONVERSION, c->span,
                     "%.*s() has %%d, %%i, %%u, %%x, %%X, %%c, %%s and %%p with a width, no more",
                     STR_ARG(c->name));
            return false;
        }
        *out = str_printf(v->arena, "%.*s%.*s", STR_ARG(*out),
                          STR_ARG(kernel_conversion(v->arena, piece)));
    }
    return true;
}
