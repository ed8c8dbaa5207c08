/* The part of the second check that is about types: after it every value lies, with all its parts,
 * inside of its bytes. */
#include "abi/meta_check.h"

enum {
    NESTING_MAX = 1000, /* whoever shows or compares values recurses */
    PARTS_MAX =
        1 << 20, /* of a value: unions and arrays have more of them than bytes of metadata */
    BIT_FIELD_MAX = 64,
};

/* What is known of a type that has been checked. */
struct extent {
    u32 n_parts; /* values that it is made of, itself included */
    u32 n_levels;
};

bool meta_value_fits(const struct meta *m, u64 ref, u64 offset, u64 size)
{
    return ref != META_NO_REF && offset % 8 == 0 && m->types.items[ref].size % 8 == 0 &&
           offset <= size && m->types.items[ref].size <= size - offset;
}

/* Of identifiers: of the script, or of the kernel's types. */
static bool name_ok(struct str name)
{
    for (u32 i = 0; i < name.n; i++) {
        if (name.p[i] <= ' ' || name.p[i] > '~')
            return false;
    }
    return true;
}

static const char *check_agg(const struct meta_type *t)
{
    s64 params[3] = {(s64)t->num1, (s64)t->num2, (s64)t->num3};

    if (t->num0 >= AGG_COUNT_)
        return "a type of the metadata is an unknown aggregation";
    if (t->num0 == AGG_LHIST && (params[2] <= 0 || params[1] <= params[0]))
        return "a lhist of the metadata has no range";
    if (agg_word_count((enum agg_id)t->num0, params) == 0)
        return "an aggregation of the metadata has impossible parameters";
    if (t->size != (u64)agg_word_count((enum agg_id)t->num0, params) * 8)
        return "an aggregation of the metadata has the wrong size";
    return NULL;
}

static bool is_stack_size(const struct meta_type *t)
{
    return t->size >= STACK_HEADER_BYTES &&
           (t->size - STACK_HEADER_BYTES) % stack_frame_bytes(t->text) == 0;
}

static const char *check_shape(const struct meta_type *t)
{
    if (t->num0 >= SHAPE_COUNT_)
        return "a type of the metadata has an unknown shape";
    if (shape_size((enum shape_id)t->num0) == 0 ? is_stack_size(t)
                                                : t->size == shape_size((enum shape_id)t->num0))
        return NULL;
    return "a shape of the metadata has the wrong size";
}

/* Fields stand one behind the other and are not empty. */
static const char *check_tuple(const struct meta *m, const struct meta_type *t)
{
    u64 end = 0;

    if (t->size % 8 != 0)
        return "a tuple of the metadata has an impossible size";
    for (u64 i = 0; i < t->n_fields; i++) {
        const struct meta_field *f = &m->fields.items[t->first_field + i];

        if (!meta_value_fits(m, f->type, f->offset, t->size))
            return "a field of the metadata lies outside of its tuple";
        if (f->offset < end || m->types.items[f->type].size == 0 || f->bit_size != 0)
            return "a field of the metadata lies in another one";
        end = f->offset + m->types.items[f->type].size;
    }
    return NULL;
}

static bool is_number(const struct meta_type *t)
{
    return t->kind == ABI_INT || t->kind == ABI_UINT || t->kind == ABI_BOOL || t->kind == ABI_ENUM;
}

/* A type that has its place in C structs and arrays. */
static bool is_raw(const struct meta *m, u64 ref)
{
    const struct meta_type *t = ref == META_NO_REF ? NULL : &m->types.items[ref];

    if (!t || t->size == 0)
        return false;
    switch (t->kind) {
    case ABI_STRING:
    case ABI_KSYM:
    case ABI_POINTER:
    case ABI_STRUCT:
    case ABI_ARRAY:
        return true;
    default:
        return is_number(t);
    }
}

static bool bits_fit(const struct meta *m, const struct meta_type *t, const struct meta_field *f)
{
    const struct meta_type *of = &m->types.items[f->type];

    return is_number(of) && f->bit_size <= BIT_FIELD_MAX && f->bit_size <= of->size * 8 &&
           f->bit_offset <= t->size * 8 && f->bit_size <= t->size * 8 - f->bit_offset;
}

/* Members of unions share their bytes. A bit-field is read by its bits alone: the integer that C
 * has it in may begin anywhere. */
static const char *check_struct(const struct meta *m, const struct meta_type *t)
{
    for (u64 i = 0; i < t->n_fields; i++) {
        const struct meta_field *f = &m->fields.items[t->first_field + i];
        u64 size = 0;

        if (!is_raw(m, f->type))
            return "a member of the metadata has no place in a struct";
        if (f->offset > t->size)
            return "a member of the metadata lies outside of its struct";
        size = m->types.items[f->type].size;
        if (f->bit_size != 0 ? !bits_fit(m, t, f) : size > t->size - f->offset)
            return "a member of the metadata lies outside of its struct";
    }
    return NULL;
}

static const char *check_array(const struct meta *m, const struct meta_type *t)
{
    u64 of = t->n_fields == 1 ? m->fields.items[t->first_field].type : META_NO_REF;
    u64 size = 0;

    if (!is_raw(m, of))
        return "an array of the metadata has no elements";
    if (__builtin_mul_overflow(t->num0, m->types.items[of].size, &size) || size > t->size ||
        t->num0 == 0)
        return "an array of the metadata has an impossible size";
    return NULL;
}

static bool has_word_size(const struct meta_type *t)
{
    return t->size == 1 || t->size == 2 || t->size == 4 || t->size == 8;
}

static const char *check_kind(const struct meta *m, const struct meta_type *t)
{
    switch (t->kind) {
    case ABI_NONE:
        return t->size == 0 ? NULL : "a type of the metadata has no kind but a size";
    case ABI_INT:
    case ABI_UINT:
    case ABI_ENUM:
        return has_word_size(t) ? NULL : "a number of the metadata has an impossible size";
    case ABI_BOOL:
        return t->size == 1 || t->size == 8 ? NULL
                                            : "a bool of the metadata has an impossible size";
    case ABI_KSYM:
    case ABI_POINTER:
        return t->size == 8 ? NULL : "an address of the metadata is not 8 bytes";
    case ABI_STRING:
        return t->size >= 1 ? NULL : "a string of the metadata has no room";
    case ABI_BUFFER:
        return t->size >= 16 && t->size % 8 == 0 ? NULL : "a buffer of the metadata has no room";
    case ABI_TUPLE:
        return check_tuple(m, t);
    case ABI_STRUCT:
        return check_struct(m, t);
    case ABI_ARRAY:
        return check_array(m, t);
    case ABI_SHAPE:
        return check_shape(t);
    case ABI_AGG:
        return check_agg(t);
    default:
        return "a type of the metadata is of an unknown kind";
    }
}

static bool may_have_fields(u64 kind)
{
    return kind == ABI_TUPLE || kind == ABI_STRUCT || kind == ABI_ARRAY || kind == ABI_ENUM;
}

static const char *check_fields(const struct meta *m, const struct meta_type *t)
{
    if (t->n_fields != 0 && !may_have_fields(t->kind))
        return "a type of the metadata has fields but is none that has";
    for (u64 i = 0; i < t->n_fields; i++) {
        const struct meta_field *f = &m->fields.items[t->first_field + i];

        if (!name_ok(f->name))
            return "a field of the metadata has an impossible name";
        if ((f->type == META_NO_REF) != (t->kind == ABI_ENUM))
            return "a field of the metadata has no type, or an enumerator has one";
    }
    return NULL;
}

/* Types stand before those that hold them: one pass measures all. */
static const char *measure(const struct meta *m, const struct meta_type *t, struct extent *all)
{
    struct extent *own = &all[t - m->types.items];
    u64 n_parts = 1;

    for (u64 k = 0; k < t->n_fields && t->kind != ABI_ENUM; k++) {
        const struct extent *part = &all[m->fields.items[t->first_field + k].type];

        own->n_levels = MAX(own->n_levels, part->n_levels + 1);
        n_parts += part->n_parts * (t->kind == ABI_ARRAY ? t->num0 : 1);
        if (n_parts > PARTS_MAX)
            return "a type of the metadata has too many parts";
    }
    if (own->n_levels > NESTING_MAX)
        return "a type of the metadata is nested too deeply";
    own->n_parts = (u32)n_parts;
    return NULL;
}

const char *meta_check_types(const struct meta *m)
{
    _cleanup_free_ struct extent *extents = calloc(MAX(m->types.n, 1), sizeof(*extents));
    const char *why = NULL;

    if (!extents)
        return "there is no memory for the types of the metadata";
    vec_foreach(t, &m->types) {
        if (t->size > META_VALUE_SIZE_MAX)
            return "a type of the metadata has an impossible size";
        why = check_fields(m, t);
        why = why ? why : check_kind(m, t);
        why = why ? why : measure(m, t, extents);
        if (why)
            return why;
    }
    return NULL;
}
