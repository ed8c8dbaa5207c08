/* Constant expressions in C declarations: what the names in them stand for. */
#include "semantic/c_types.h"

static bool name_value(struct sema *s, const struct expr *e, struct c_value *out)
{
    const struct c_enumerator_entry *known = c_enumerator_entry(s->c_types, e->name);
    s64 value = 0;
    const struct type *t = NULL;

    if (known) { /* also of the enum that is being made */
        *out = known->value;
        return true;
    }
    t = find_constant(s, e->name, &value);
    if (!t) {
        report_unknown_word(s, e->name, e->name_span);
        return false;
    }
    *out = c_value_of((u64)value, value > INT32_MAX || value < INT32_MIN ? 8 : 4,
                      t->size == 8 && !t->is_signed);
    return true;
}

static bool offset_value(struct sema *s, const struct expr *e, u64 *out)
{
    const struct type *t = c_complete_type(s, e->type_name);

    for (const struct expr *member = e->args; member; member = member->next) {
        u32 bit_offset = 0;
        const struct composite_field *field = NULL;

        if (!t)
            return false;
        if (t->kind == TYPE_STRUCT)
            field = composite_find(t->composite, member->name, &bit_offset);
        if (!field) {
            struct str name = type_name(s->arena, t);
            struct diag *diag =
                diag_add(s->v.diags, E_UNKNOWN_FIELD, member->span,
                         "'%.*s' has no field named '%.*s'", STR_ARG(name), STR_ARG(member->name));

            if (t->kind == TYPE_STRUCT)
                hint_field(s, diag, t->composite, member->name);
            return false;
        }
        *out += bit_offset / 8;
        t = field->type;
    }
    return t != NULL;
}

/* *out: the operand's value. */
static bool cast_value(struct sema *s, const struct expr *e, struct c_value *out)
{
    const struct type *t = c_type_of(s, e->type_name);

    if (!t)
        return false;
    if (t->kind == TYPE_BOOL) {
        *out = c_value_of(out->num != 0, 4, false);
    } else if (type_is_integer(t)) {
        *out = c_value_of(out->num, t->size, !t->is_signed);
    } else if (t->kind == TYPE_POINTER) {
        *out = c_value_of(out->num, 8, true);
    } else {
        diag_add(s->v.diags, E_C_CONSTANT, e->span, "This is no constant expression of integers");
        return false;
    }
    return true;
}

static bool leaf_value(void *data, const struct expr *e, struct c_value *out)
{
    struct sema *s = data;
    const struct type *t = NULL;
    u64 num = 0;

    switch (e->kind) {
    case EXPR_IDENT:
        return name_value(s, e, out);
    case EXPR_CAST:
        return cast_value(s, e, out);
    case EXPR_OFFSETOF:
        if (!offset_value(s, e, &num))
            return false;
        break;
    default: /* sizeof */
        t = c_complete_type(s, e->type_name);
        if (!t)
            return false;
        num = type_raw_size(t);
        break;
    }
    *out = c_value_of(num, 8, true);
    return true;
}

bool c_const(struct sema *s, const struct expr *e, struct c_value *out)
{
    const struct c_eval eval = {.diags = s->v.diags, .leaf = leaf_value, .data = s};

    return c_eval(&eval, e, out);
}

bool c_const_size(struct sema *s, const struct expr *e, const char *what, u64 max, u64 *out)
{
    struct c_value value;

    if (!c_const(s, e, &value))
        return false;
    if (!value.is_unsigned && (s64)value.num < 0) {
        diag_add(s->v.diags, E_C_SIZE, e->span, "%s is negative: %lld", what, (long long)value.num);
        return false;
    }
    if (value.num > max) {
        diag_add(s->v.diags, E_C_SIZE, e->span, "%s is too large: %llu", what,
                 (unsigned long long)value.num);
        return false;
    }
    *out = value.num;
    return true;
}
