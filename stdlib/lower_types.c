/* Rows of the metadata for types. A word has two: of 8 bytes where values stand by themselves, and
 * of its C size inside of structs and arrays. */
#include "stdlib/lower.h"

static u64 meta_type(struct vocab *v, const struct type *t, bool is_raw);

static enum abi_type abi_kind(const struct type *t)
{
    switch (t->kind) {
    case TYPE_INT:
        return t->is_signed ? ABI_INT : ABI_UINT;
    case TYPE_BOOL:
        return ABI_BOOL;
    case TYPE_ENUM:
        return ABI_ENUM;
    case TYPE_STRING:
        return ABI_STRING;
    case TYPE_BUFFER:
        return ABI_BUFFER;
    case TYPE_TUPLE:
        return ABI_TUPLE;
    case TYPE_ARRAY:
        return ABI_ARRAY;
    case TYPE_STRUCT:
        return ABI_STRUCT;
    case TYPE_KSYM:
        return ABI_KSYM;
    case TYPE_POINTER:
        return ABI_POINTER;
    case TYPE_SHAPE:
        return ABI_SHAPE;
    case TYPE_AGG:
        return ABI_AGG;
    case TYPE_ERROR:
    case TYPE_VOID:
    case TYPE_COUNT_:
        break;
    }
    ptl_bug("a type without a form in memory");
}

/* Fields are neighbours in their table, behind the rows of their types. */
static void add_fields(struct vocab *v, const struct meta_field *fields, u32 n,
                       struct meta_type *row)
{
    row->first_field = v->module->meta.fields.n;
    row->n_fields = n;
    for (u32 i = 0; i < n; i++)
        *vec_push(v->arena, &v->module->meta.fields) = fields[i];
}

static void add_tuple(struct vocab *v, const struct type *t, struct meta_type *row)
{
    struct meta_field *fields = arena_array(v->arena, struct meta_field, t->n_elems);

    for (u32 i = 0; i < t->n_elems; i++) {
        fields[i].offset = type_elem_offset(t, i);
        fields[i].type = meta_type(v, t->elems[i], false);
        if (t->names)
            fields[i].name = t->names[i];
    }
    add_fields(v, fields, t->n_elems, row);
}

/* What a struct holds that has no form is left out: a flexible array, a struct without members. */
static void add_members(struct vocab *v, const struct type *t, struct meta_type *row)
{
    u32 n = 0, n_shown = 0;
    const struct composite_field *members = composite_fields(t->composite, &n);
    struct meta_field *fields = arena_array(v->arena, struct meta_field, n);

    for (u32 i = 0; i < n; i++) {
        const struct composite_field *member = &members[i];

        if (type_raw_size(member->type) == 0)
            continue;
        fields[n_shown++] = (struct meta_field){
            .name = member->name,
            .offset = member->bit_offset / 8,
            .bit_offset = member->bit_size ? member->bit_offset : 0,
            .bit_size = member->bit_size,
            .type = meta_type(v, member->type, true),
        };
    }
    add_fields(v, fields, n_shown, row);
}

static void add_element(struct vocab *v, const struct type *t, struct meta_type *row)
{
    struct meta_field field = {.type = meta_type(v, t->of, true)};

    row->num0 = t->n_elems;
    add_fields(v, &field, 1, row);
}

static void add_enumerators(struct vocab *v, const struct type *t, struct meta_type *row)
{
    const struct enumeration *e = t->enumeration;
    struct meta_field *fields = arena_array(v->arena, struct meta_field, e->n_items);

    for (u32 i = 0; i < e->n_items; i++) {
        fields[i] = (struct meta_field){
            .name = e->items[i].name, .offset = (u64)e->items[i].value, .type = META_NO_REF};
    }
    add_fields(v, fields, e->n_items, row);
}

static struct meta_type row_of(struct vocab *v, const struct type *t, u32 size)
{
    struct meta_type row = {.kind = abi_kind(t), .size = size, .is_signed = t->is_signed};

    switch (t->kind) {
    case TYPE_STRING:
        row.num0 = t->is_literal;
        break;
    case TYPE_AGG:
        row.num0 = t->agg;
        row.num1 = (u64)t->params[0];
        row.num2 = (u64)t->params[1];
        row.num3 = (u64)t->params[2];
        break;
    case TYPE_TUPLE:
        add_tuple(v, t, &row);
        break;
    case TYPE_STRUCT:
        row.text = t->composite->name;
        add_members(v, t, &row);
        break;
    case TYPE_ARRAY:
        add_element(v, t, &row);
        break;
    case TYPE_ENUM:
        row.text = t->enumeration->name;
        add_enumerators(v, t, &row);
        break;
    case TYPE_SHAPE:
        row.num0 = t->shape;
        row.text = t->text;
        break;
    default:
        break;
    }
    return row;
}

static u64 meta_type(struct vocab *v, const struct type *t, bool is_raw)
{
    u32 size = is_raw ? type_raw_size(t) : type_mem_size(t);

    vec_foreach(known, &v->meta_types) {
        if (known->type == t && known->size == size)
            return known->index;
    }

    struct meta_type row = row_of(v, t, size);
    u64 index = v->module->meta.types.n;

    *vec_push(v->arena, &v->module->meta.types) = row;
    *vec_push(v->arena, &v->meta_types) = (struct known_type){t, size, index};
    return index;
}

u64 lower_meta_type(struct vocab *v, const struct type *t)
{
    return meta_type(v, t, false);
}
