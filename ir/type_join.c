/* The join: a type that holds the values of two. */
#include "ir/type.h"

static const struct type *join_ints(struct types *ts, const struct type *a, const struct type *b)
{
    const struct type *with_sign = a->is_signed ? a : b, *other = a->is_signed ? b : a;

    if (a->is_literal != b->is_literal) {
        other = a->is_literal ? b : a;
        return type_int(ts, MAX(a->size, b->size), other->is_signed);
    }
    if (a->is_signed == b->is_signed)
        return a->size >= b->size ? a : b;
    if (with_sign->size > other->size)
        return with_sign;
    return type_int(ts, MIN(other->size * 2, 8), true);
}

static const struct type *join_strings(struct types *ts, const struct type *a, const struct type *b)
{
    const struct type *longer = type_capacity(a) >= type_capacity(b) ? a : b;
    u32 capacity = type_capacity(longer);

    if (longer->is_chars)
        return longer;
    return a->is_literal && b->is_literal ? type_own_string(ts, capacity)
                                          : type_string(ts, capacity);
}

static const struct type *join_tuples(struct types *ts, const struct type *a, const struct type *b)
{
    const struct type **elems = NULL;

    if (a->n_elems != b->n_elems || !a->names != !b->names)
        return NULL;
    elems = arena_array(types_arena(ts), const struct type *, a->n_elems);
    for (u32 i = 0; i < a->n_elems; i++) {
        elems[i] = type_join(ts, a->elems[i], b->elems[i]);
        if (!elems[i] || (a->names && !str_eq(a->names[i], b->names[i])))
            return NULL;
    }
    return a->names ? type_record(ts, elems, a->names, a->n_elems)
                    : type_tuple(ts, elems, a->n_elems);
}

/* The same aggregation of values with and without sign has one. */
static const struct type *join_aggs(const struct type *a, const struct type *b)
{
    if (a->agg != b->agg || memcmp(a->params, b->params, sizeof(a->params)) != 0)
        return NULL;
    return a->is_signed ? a : b;
}

static const struct type *join_pointers(struct types *ts, const struct type *a,
                                        const struct type *b)
{
    const struct type *of = a->of->kind == TYPE_VOID ? b->of : a->of;
    enum space space = a->space == SPACE_NONE ? b->space : a->space;

    if (a->of != b->of && a->of->kind != TYPE_VOID && b->of->kind != TYPE_VOID)
        return NULL;
    if (a->space != b->space && a->space != SPACE_NONE && b->space != SPACE_NONE)
        space = SPACE_NONE;
    return type_pointer(ts, of, space);
}

/* A number and an enumerator make a number. */
static const struct type *without_name(struct types *ts, const struct type *t)
{
    return t->kind == TYPE_ENUM ? type_int(ts, t->size, t->is_signed) : t;
}

const struct type *type_join(struct types *ts, const struct type *a, const struct type *b)
{
    if (a == b || a->kind == TYPE_ERROR)
        return a;
    if (b->kind == TYPE_ERROR)
        return b;
    if (a != b && type_is_integer(a) && type_is_integer(b))
        return join_ints(ts, without_name(ts, a), without_name(ts, b));
    if (a->kind != b->kind)
        return NULL;
    switch (a->kind) {
    case TYPE_STRING:
        return join_strings(ts, a, b);
    case TYPE_TUPLE:
        return join_tuples(ts, a, b);
    case TYPE_AGG:
        return join_aggs(a, b);
    case TYPE_BUFFER:
        return a->size >= b->size ? a : b;
    case TYPE_POINTER:
        return join_pointers(ts, a, b);
    default:
        return NULL; /* kinds without parameters are equal by pointer */
    }
}
