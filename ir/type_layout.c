/* Sizes of types in memory, and members of C structs. */
#include "ir/type.h"

u32 type_capacity(const struct type *t)
{
    return t->size + t->is_chars;
}

u32 type_mem_size(const struct type *t)
{
    switch (t->kind) {
    case TYPE_ERROR:
    case TYPE_VOID:
    case TYPE_COUNT_:
        return 0;
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_ENUM:
    case TYPE_KSYM:
    case TYPE_POINTER:
        return 8;
    case TYPE_STRING:
        return ROUND_UP(type_capacity(t), 8);
    case TYPE_BUFFER:
        return 8 + ROUND_UP(t->size, 8);
    case TYPE_ARRAY:
    case TYPE_STRUCT:
        return ROUND_UP(type_raw_size(t), 8);
    case TYPE_TUPLE:
        return type_elem_offset(t, t->n_elems);
    case TYPE_SHAPE:
        return shape_size(t->shape) ? shape_size(t->shape) : t->size;
    case TYPE_AGG:
        return type_agg_words(t) * 8;
    }
    return 0;
}

u32 type_raw_size(const struct type *t)
{
    switch (t->kind) {
    case TYPE_INT:
    case TYPE_ENUM:
    case TYPE_STRING:
        return t->size;
    case TYPE_BOOL:
        return 1;
    case TYPE_KSYM:
    case TYPE_POINTER:
        return 8;
    case TYPE_ARRAY:
        return t->n_elems * type_raw_size(t->of);
    case TYPE_STRUCT:
        return t->composite->size;
    default:
        return 0;
    }
}

/* That of the largest member which its offset and the whole's size allow. */
static u32 composite_align(const struct composite *composite)
{
    u32 n = 0, align = 1;
    const struct composite_field *fields = composite_fields(composite, &n);

    for (u32 i = 0; i < n; i++) {
        u32 own = type_raw_align(fields[i].type);

        if (fields[i].bit_size == 0 && fields[i].bit_offset % (own * 8) != 0)
            continue;
        if (composite->size % own == 0)
            align = MAX(align, own);
    }
    return align;
}

u32 type_raw_align(const struct type *t)
{
    switch (t->kind) {
    case TYPE_INT:
    case TYPE_ENUM:
        return t->size;
    case TYPE_KSYM:
    case TYPE_POINTER:
        return 8;
    case TYPE_ARRAY:
        return type_raw_align(t->of);
    case TYPE_STRUCT:
        return t->composite->align ? t->composite->align : composite_align(t->composite);
    default:
        return 1;
    }
}

u32 type_elem_offset(const struct type *t, u32 i)
{
    u32 offset = 0;

    for (u32 k = 0; k < i; k++)
        offset += type_mem_size(t->elems[k]);
    return offset;
}

u32 type_agg_words(const struct type *t)
{
    return agg_word_count(t->agg, t->params);
}

bool type_is_known(const struct type *t)
{
    return t && t->kind != TYPE_ERROR;
}

bool type_is_word(const struct type *t)
{
    return type_is_numeric(t);
}

bool type_is_numeric(const struct type *t)
{
    return type_is_integer(t) || t->kind == TYPE_BOOL || t->kind == TYPE_KSYM ||
           t->kind == TYPE_POINTER;
}

bool type_is_integer(const struct type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_ENUM;
}

const struct composite_field *composite_fields(const struct composite *composite, u32 *n_out)
{
    struct composite *r =
        (struct composite *)composite; /* loading changes nothing that anybody has seen */

    if (r->load) {
        void (*load)(struct composite * self) = r->load;

        r->load = NULL;
        load(r);
    }
    *n_out = r->n_fields;
    return r->fields;
}

const struct composite_field *composite_find(const struct composite *composite, struct str name,
                                             u32 *bit_offset_out)
{
    u32 n = 0;
    const struct composite_field *fields = composite_fields(composite, &n);

    for (u32 i = 0; i < n; i++) {
        const struct composite_field *field = &fields[i];
        const struct composite_field *inner = NULL;
        u32 offset = 0;

        if (field->name.n && str_eq(field->name, name)) {
            *bit_offset_out = field->bit_offset;
            return field;
        }
        if (field->name.n || field->type->kind != TYPE_STRUCT)
            continue;
        inner = composite_find(field->type->composite, name, &offset);
        if (inner) {
            *bit_offset_out = field->bit_offset + offset;
            return inner;
        }
    }
    return NULL;
}
