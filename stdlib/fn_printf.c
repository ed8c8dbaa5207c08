/* printf(): the format is taken apart here, at compile time; the record carries the arguments only.
 */
#include "abi/record.h"
#include "stdlib/lower.h"

/* One conversion, or the literal text at the end. */
struct piece {
    struct str literal;
    char conv; /* 0: none */
    u32 flags;
    u64 width, precision; /* META_NO_REF: none */
    bool star_width, star_precision;
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
    while (at(text, i) && strchr("hljztL", at(text, i)))
        i++; /* lengths say nothing here: integers are printed whole */
    if (!at(text, i) || !strchr("diuxXocspfFeEgGaAn", at(text, i)))
        return 0;
    piece->conv = at(text, i);
    return i + 1;
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
        if (strchr("fFeEgGaAn", conversion.conv))
            f->refused = conversion.conv;
        f->n_args += 1U + conversion.star_width + conversion.star_precision;
        *vec_push(arena, &f->pieces) = conversion;
    }
    if (n > 0) {
        piece.literal = (struct str){literal, n};
        *vec_push(arena, &f->pieces) = piece;
    }
}

static bool check_int(struct vocab *v, const struct call *c, const struct call_arg *arg, char conv)
{
    if (!arg->type || arg->type->kind == TYPE_ERROR || type_is_numeric(arg->type))
        return true;

    struct str type = type_name(v->arena, arg->type);

    diag_add(v->diags, E_FORMAT_TYPE, c->span, "unsupported format specifier for type '%.*s': %c",
             STR_ARG(type), conv);
    return false;
}

static bool check_conversions(struct vocab *v, const struct call *c, const struct format *f)
{
    u32 i = 1;
    bool ok = true;

    vec_foreach(piece, &f->pieces) {
        if (piece->star_width)
            ok = check_int(v, c, &c->args[i++], '*') && ok;
        if (piece->star_precision)
            ok = check_int(v, c, &c->args[i++], '*') && ok;
        if (!piece->conv)
            continue;

        const struct call_arg *arg = &c->args[i++];

        if (arg->type && arg->type->kind == TYPE_AGG && piece->conv == 's') {
            struct str type = type_name(v->arena, arg->type);

            diag_add(v->diags, E_FORMAT_TYPE, c->span,
                     "unsupported format specifier for type '%.*s': s", STR_ARG(type));
            ok = false;
        } else if (piece->conv != 's') {
            ok = check_int(v, c, arg, piece->conv) && ok;
        }
    }
    return ok;
}

static const struct type *check_printf(struct vocab *v, struct call *c)
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

static ir_val lower_printf(struct lowering *lo, struct call *c)
{
    struct vocab *v = lo->v;
    struct format f = {0};
    struct placed_args placed = place_args(v, c);

    parse_format(v->arena, c->args[0].text, &f);

    u64 site = lower_site_new(v, SITE_PRINTF, c->span);

    lower_site(v, site)->first_piece = v->module->meta.pieces.n;
    lower_site(v, site)->n_pieces = f.pieces.n;
    lower_site(v, site)->payload_size = placed.size;
    add_pieces(v, c, &f, &placed);

    struct record r = lower_record_begin(lo, site);

    for (u32 i = 1; i < c->n_args; i++) {
        struct operand value = {c->args[i].type, c->args[i].val};

        lower_record_store(lo, &r, (u32)placed.offsets[i], value.type, value);
    }
    lower_record_end(lo, &r);
    return NULL;
}

const struct func_desc fn_printf = {
    .name = "printf",
    .sig = "(literal, ...) -> void",
    .doc =
        "Prints as printf(3): %d %i %u %x %X %o %c %s %p with flags, width and precision (`*` too). Integers are "
        "printed whole, whatever length is written; %s takes any value.",
    .example = "BEGIN { printf(\"%-8s|%5d|%#x\\n\", \"name\", 42, 255); }",
    .check = check_printf,
    .lower = lower_printf,
};
