/* Where the members of a C struct or union lie: as gcc and clang place them on x86_64 and arm64.
 *
 * A bit-field lies in the next free bits, unless it would cross a boundary of its type; then it
 * begins at the next one. It aligns the struct as its type does; one without a name does so on
 * arm64 only (AAPCS64), where x86_64 (System V) lets it not. Of width 0 it ends the bits up to its
 * type's next boundary. In a packed struct bit-fields follow each other without regard to
 * boundaries. */
#include "semantic/c_types.h"

enum {
    MAX_MEMBERS = 4096, /* of one struct: each name is compared with all before it */
};

struct layout {
    struct sema *s;
    struct composite *composite;
    VEC(struct composite_field) fields;
    u64 end;   /* bits; of a union: of the largest member */
    u32 align; /* bytes */
    bool is_packed;
    bool aligns_nameless; /* bit-fields */
};

static u64 round_bits(u64 bits, u64 align_bytes)
{
    u64 align = MAX(align_bytes, 1u) * 8;

    return (bits + align - 1) / align * align;
}

static bool report_width(struct layout *l, const struct c_field *field, const char *what)
{
    diag_add(l->s->v.diags, E_C_BIT_FIELD, field->bits->span, "%s", what);
    return false;
}

/* The width of a bit-field; false after reporting. */
static bool width_of(struct layout *l, const struct c_field *field, const struct type *t, u64 *out)
{
    u64 max = t->kind == TYPE_BOOL ? 1 : (u64)type_raw_size(t) * 8;

    if (!type_is_integer(t) && t->kind != TYPE_BOOL)
        return report_width(l, field, "Only integers, booleans and enums can be bit-fields");
    if (!c_const_size(l->s, field->bits, "The width of a bit-field", UINT32_MAX, out))
        return false;
    if (*out > max) {
        struct str name = type_name(l->s->arena, t);

        diag_add(l->s->v.diags, E_C_BIT_FIELD, field->bits->span,
                 "A bit-field of type '%.*s' cannot be wider than %llu", STR_ARG(name),
                 (unsigned long long)max);
        return false;
    }
    return *out > 0 || !field->name.n ||
           report_width(l, field, "A bit-field of width 0 has no name");
}

/* The alignment that __attribute__((aligned(N))) asks for; 0: none. */
static bool align_of(struct sema *s, const struct expr *e, u32 *out)
{
    u64 align = 0;

    if (e && !c_const_size(s, e, "The alignment", C_MAX_BYTES, &align))
        return false;
    if (e && (align == 0 || (align & (align - 1)) != 0)) {
        diag_add(s->v.diags, E_C_SIZE, e->span, "The alignment is no power of two");
        return false;
    }
    *out = (u32)align;
    return true;
}

static void place(struct layout *l, const struct c_field *field, const struct type *t, u64 begin,
                  u64 width)
{
    u64 size = field->bits ? width : (u64)type_raw_size(t) * 8;

    l->end = MAX(l->end, begin + size);
    if (field->bits && !field->name.n) /* padding */
        return;
    *vec_push(l->s->arena, &l->fields) = (struct composite_field){
        .name = field->name, .type = t, .bit_offset = (u32)begin, .bit_size = (u32)width};
}

/* Does it cross a boundary of its type? */
static bool crosses(u64 begin, u64 width, u32 size)
{
    u64 unit = MAX((u64)size * 8, 8u);

    return begin / unit != (begin + width - 1) / unit;
}

static bool add_bits(struct layout *l, const struct c_field *field, const struct type *t, u32 asked)
{
    u32 size = type_raw_size(t);
    u64 begin = l->composite->is_union ? 0 : l->end, width = 0;
    bool is_packed = l->is_packed || field->is_packed;

    if (!width_of(l, field, t, &width))
        return false;
    if (asked)
        begin = round_bits(begin, asked);
    if (width == 0 || (!is_packed && crosses(begin, width, size)))
        begin = round_bits(begin, size);
    if ((field->name.n || l->aligns_nameless) && !is_packed)
        l->align = MAX(l->align, size);
    l->align = MAX(l->align, asked);
    place(l, field, t, begin, width);
    return true;
}

/* Also in anonymous members, which lend their names. */
static bool is_known(const struct layout *l, struct str name)
{
    const struct composite before = {.fields = l->fields.items, .n_fields = l->fields.n};
    u32 bit_offset = 0;

    return composite_find(&before, name, &bit_offset) != NULL;
}

static bool report_duplicate(struct layout *l, struct str name, struct span span)
{
    diag_add(l->s->v.diags, E_C_DUPLICATE_FIELD, span, "There is a member '%.*s' already",
             STR_ARG(name));
    return false;
}

/* Is every name that the member adds a new one? */
static bool is_new(struct layout *l, const struct c_field *field, const struct type *t)
{
    u32 n = 0;
    const struct composite_field *inner = NULL;

    if (field->name.n)
        return !is_known(l, field->name) || report_duplicate(l, field->name, field->span);
    if (t->kind != TYPE_STRUCT)
        return true;
    inner = composite_fields(t->composite, &n);
    for (u32 i = 0; i < n; i++) {
        bool is_fine =
            inner[i].name.n
                ? !is_known(l, inner[i].name) || report_duplicate(l, inner[i].name, field->span)
                : is_new(l, &(struct c_field){.span = field->span}, inner[i].type);

        if (!is_fine)
            return false;
    }
    return true;
}

static bool add_field(struct layout *l, const struct c_field *field)
{
    const struct type *t = c_complete_type(l->s, field->type);
    u32 asked = 0, align = 1;

    if (!t || !is_new(l, field, t) || !align_of(l->s, field->align, &asked))
        return false;
    if (field->bits)
        return add_bits(l, field, t, asked);
    if (!l->is_packed && !field->is_packed)
        align = type_raw_align(t);
    align = MAX(align, asked);
    l->align = MAX(l->align, align);
    place(l, field, t, l->composite->is_union ? 0 : round_bits(l->end, align), 0);
    if (l->end / 8 <= C_MAX_BYTES && l->fields.n <= MAX_MEMBERS)
        return true;
    diag_add(l->s->v.diags, E_C_SIZE, field->span, "The struct is too large");
    return false;
}

bool c_layout(struct sema *s, const struct c_decl *decl, struct composite *composite)
{
    struct layout l = {
        .s = s,
        .composite = composite,
        .align = 1,
        .is_packed = decl->is_packed,
        .aligns_nameless = str_eq_c(str_of(s->v.arch->name), "aarch64"),
    };
    u32 asked = 0;
    bool is_good = align_of(s, decl->align, &asked);

    composite->is_union = decl->is_union;
    for (const struct c_field *f = decl->fields; f && is_good; f = f->next)
        is_good = add_field(&l, f);
    composite->align = MAX(l.align, asked);
    composite->size = (u32)(round_bits(l.end, composite->align) / 8);
    composite->fields = l.fields.n ? l.fields.items : arena_new(s->arena, struct composite_field);
    composite->n_fields = l.fields.n;
    return is_good;
}
