/* Types of what lies inside of something else: members, elements, what pointers point to. */
#include "semantic/context.h"

static const struct type *error(struct sema *s)
{
    return type_error(s->v.types);
}

static bool is_error(const struct type *t)
{
    return t->kind == TYPE_ERROR;
}

/* The space of the memory that an expression lies in, for pointers that are read out of it. */
static enum space space_of(const struct expr *e)
{
    bool is_field = e->kind == EXPR_FIELD && !e->call;

    if (!is_field && e->kind != EXPR_INDEX && (e->kind != EXPR_UNARY || e->op != OP_DEREF))
        return SPACE_NONE;
    return e->a->type->kind == TYPE_POINTER ? e->a->type->space : space_of(e->a);
}

/* What a pointer in user memory points to is in user memory. */
static const struct type *in_space(struct sema *s, const struct type *t, enum space space)
{
    if (t->kind != TYPE_POINTER || space != SPACE_USER)
        return t;
    return type_pointer(s->v.types, t->of, SPACE_USER);
}

/* ---- members ---- */

static void report_no_member(struct sema *s, const struct expr *e, const struct type *t)
{
    struct str name = type_name(s->arena, t);
    struct diag *diag =
        diag_add(s->v.diags, E_UNKNOWN_FIELD, e->name_span,
                 "Struct/union of type '%.*s' does not contain a field named '%.*s'", STR_ARG(name),
                 STR_ARG(e->name));

    if (t->composite->size == 0) {
        diag_hint(diag, "This type is only declared; its members are not known.");
    } else {
        hint_field(s, diag, t->composite, e->name);
    }
}

static const struct type *member_type(struct sema *s, struct expr *e, const struct type *t,
                                      enum space space)
{
    u32 bit_offset = 0;
    const struct composite_field *field = composite_find(t->composite, e->name, &bit_offset);

    if (!field) {
        report_no_member(s, e, t);
        return error(s);
    }
    return in_space(s, field->type, space);
}

static const struct type *elem_by_name(struct sema *s, const struct expr *e, const struct type *t)
{
    struct str name = type_name(s->arena, t);

    for (u32 i = 0; i < t->n_elems; i++) {
        if (str_eq(t->names[i], e->name))
            return t->elems[i];
    }
    diag_add(s->v.diags, E_UNKNOWN_FIELD, e->name_span,
             "Record of type '%.*s' does not contain a field named '%.*s'", STR_ARG(name),
             STR_ARG(e->name));
    return error(s);
}

static const struct type *elem_by_number(struct sema *s, struct span span, const struct type *t,
                                         u64 number)
{
    if (number < t->n_elems)
        return t->elems[number];
    diag_add(s->v.diags, E_TUPLE_INDEX, span,
             "Invalid tuple index: %llu. Found %u elements in tuple.", (unsigned long long)number,
             t->n_elems);
    return error(s);
}

const struct type *infer_field(struct sema *s, struct expr *e)
{
    const struct type *t = infer_expr(s, e->a);
    const struct type *of = t->kind == TYPE_POINTER ? t->of : t;
    u64 number = 0;

    if (is_error(t))
        return t;
    if (of->kind == TYPE_STRUCT)
        return member_type(s, e, of, space_of(e));
    if (t->kind == TYPE_TUPLE && t->names)
        return elem_by_name(s, e, t);
    if (t->kind == TYPE_TUPLE && str_number(e->name, &number))
        return elem_by_number(s, e->name_span, t, number);

    struct str name = type_name(s->arena, t);

    diag_add(s->v.diags, E_NO_FIELDS, e->span,
             "Can not access field '%.*s' on expression of type '%.*s'", STR_ARG(e->name),
             STR_ARG(name));
    return error(s);
}

/* ---- elements ---- */

static const struct type *array_elem(struct sema *s, const struct expr *e, const struct type *t)
{
    const struct expr *index = e->args;

    if (index->is_const && t->n_elems && (index->num >= t->n_elems)) {
        diag_add(s->v.diags, E_INDEX_RANGE, e->span,
                 "the index %lld is out of bounds for array of size %u", (long long)index->num,
                 t->n_elems);
        return error(s);
    }
    return in_space(s, t->of, space_of(e));
}

/* Something with a size, so that the second one has a place. */
static bool check_pointee(struct sema *s, const struct expr *e, const struct type *t)
{
    struct str name = type_name(s->arena, t);

    if (type_raw_size(t->of) > 0)
        return true;
    diag_add(s->v.diags, E_DEREF_TYPE, e->span, "Cannot dereference pointer of type '%.*s'",
             STR_ARG(name));
    return false;
}

const struct type *infer_index(struct sema *s, struct expr *e)
{
    const struct type *t = infer_expr(s, e->a);
    const struct type *index = infer_expr(s, e->args);

    if (is_error(t) || is_error(index))
        return error(s);
    if (!type_is_integer(index)) {
        struct str name = type_name(s->arena, index);

        diag_add(s->v.diags, E_INDEX_TYPE, e->args->span,
                 "The array index operator [] only accepts integer indices, found '%.*s'",
                 STR_ARG(name));
        return error(s);
    }
    if (t->kind == TYPE_ARRAY)
        return array_elem(s, e, t);
    if (t->kind == TYPE_POINTER)
        return check_pointee(s, e, t) ? in_space(s, t->of, space_of(e)) : error(s);
    if (t->kind == TYPE_TUPLE && e->args->is_const)
        return elem_by_number(s, e->args->span, t, e->args->num);

    struct str name = type_name(s->arena, t);

    diag_add(s->v.diags, E_INDEX_TYPE, e->span,
             "The array index operator [] can only be used on arrays and pointers, found '%.*s'",
             STR_ARG(name));
    return error(s);
}

const struct type *infer_deref(struct sema *s, struct expr *e)
{
    const struct type *t = e->a->type;

    if (is_error(t))
        return t;
    if (t->kind == TYPE_POINTER)
        return check_pointee(s, e, t) ? in_space(s, t->of, space_of(e)) : error(s);
    if (type_is_integer(t))
        return type_int(s->v.types, 8, false); /* an address, of 64 bits: *kaddr("x") */

    struct str name = type_name(s->arena, t);

    diag_add(s->v.diags, E_DEREF_TYPE, e->span,
             "Can not dereference type '%.*s'. It is not a pointer.", STR_ARG(name));
    return error(s);
}
