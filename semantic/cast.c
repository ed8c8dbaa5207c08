/* Casts: `(type)value`. */
#include "semantic/context.h"

/* The length of `(int8[])x` is what holds x. */
static const struct type *array_for(struct sema *s, const struct type *to, u32 from_size)
{
    u32 elem = type_raw_size(to->of);

    return to->n_elems || elem == 0 || from_size % elem
               ? to
               : type_array(s->v.types, to->of, from_size / elem);
}

static bool is_castable(const struct type *to, const struct type *from)
{
    switch (to->kind) {
    case TYPE_INT:
    case TYPE_ENUM:
        return type_is_numeric(from) || (from->kind == TYPE_ARRAY && type_raw_size(from) <= 8);
    case TYPE_BOOL:
        return type_is_numeric(from) || from->kind == TYPE_STRING;
    case TYPE_POINTER:
        return type_is_numeric(from);
    case TYPE_ARRAY:
        return (type_is_integer(from) || from->kind == TYPE_POINTER || from->kind == TYPE_ARRAY) &&
               type_raw_size(from) == type_raw_size(to);
    case TYPE_STRING:
        return from->kind == TYPE_STRING;
    default:
        return to == from;
    }
}

/* The space of a number that is an address: the kernel's, unless the clause is about programs. */
static enum space space_of_number(const struct sema *s)
{
    for (u32 i = 0; s->clause && i < s->clause->n_points; i++) {
        if (s->clause->points[i].probe->is_user)
            return SPACE_NONE;
    }
    return SPACE_KERNEL;
}

/* A pointer stays where it points to. */
static const struct type *pointer_for(struct sema *s, const struct type *to,
                                      const struct type *from)
{
    enum space space = from->kind == TYPE_POINTER ? from->space : space_of_number(s);

    return type_pointer(s->v.types, to->of, space);
}

/* `string` without a length: of any. */
static bool is_bare_string(const struct type_name *name)
{
    return name->kind == TYPE_NAME_WORD && !name->count && str_eq_c(name->name, "string");
}

const struct type *infer_cast(struct sema *s, struct expr *e)
{
    const struct type *to = type_of_name(s, e->type_name);
    const struct type *from = infer_expr(s, e->a);

    if (from->kind == TYPE_ERROR || to->kind == TYPE_ERROR || !settle_agg(s, e->a))
        return to;
    from = e->a->type;
    if (to->kind == TYPE_STRING && from->kind == TYPE_STRING && is_bare_string(e->type_name))
        return from;
    if (to->kind == TYPE_ARRAY)
        to = array_for(s, to, type_raw_size(from));
    if (!is_castable(to, from)) {
        struct str left = type_name(s->arena, from);
        struct str right = type_name(s->arena, to);

        diag_add(s->v.diags, E_CAST_TYPE, e->span, "Cannot cast from \"%.*s\" to \"%.*s\"",
                 STR_ARG(left), STR_ARG(right));
        return type_error(s->v.types);
    }
    return to->kind == TYPE_POINTER ? pointer_for(s, to, from) : to;
}

static ir_val word_to_array(struct lowering *lo, const struct type *to, ir_val word)
{
    ir_val slot = lower_slot(lo, "bytes", to);

    ir_store64(&lo->b, slot, 0, ir_const(&lo->b, 0));
    ir_store(&lo->b, slot, 0, type_raw_size(to), word);
    return slot;
}

/* The first bytes of a longer string, and zeros behind them. */
static ir_val shortened(struct lowering *lo, const struct type *to, ir_val text)
{
    ir_val slot = lower_slot(lo, "shortened", to);

    ir_copy(&lo->b, slot, text, type_mem_size(to));
    for (u32 at = to->size - 1; at < type_mem_size(to); at++)
        ir_store(&lo->b, slot, at, 1, ir_const(&lo->b, 0));
    return slot;
}

struct operand lower_cast(struct sema *s, struct lowering *lo, struct expr *e)
{
    struct operand a = lower_expr(s, lo, e->a);
    const struct type *to = e->type;

    switch (to->kind) {
    case TYPE_BOOL:
        a.val = lower_truth(lo, a);
        break;
    case TYPE_INT:
    case TYPE_ENUM:
        if (!type_is_word(a.type)) /* an array, zeros behind it */
            a.val = ir_load64(&lo->b, a.val, 0);
        a.val = ir_extend(&lo->b, a.val, to->size, to->is_signed);
        break;
    case TYPE_ARRAY:
        if (type_is_word(a.type))
            a.val = word_to_array(lo, to, a.val);
        break;
    case TYPE_STRING:
        a.val = a.type->size > to->size ? shortened(lo, to, a.val) : lower_in_memory(lo, to, a);
        break;
    default:
        break;
    }
    a.type = to;
    return a;
}
