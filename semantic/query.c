/* Questions about types, answered at compile time: sizeof, offsetof; enumerators; and types as
 * arguments. */
#include "semantic/context.h"
#include "stdlib/constants.h"

struct c_names {
    const char **items;
    u32 n, cap;
};

/* ---- names ---- */

static struct type_name *type_name_new(struct sema *s, enum type_name_kind kind, struct span span)
{
    struct type_name *t = arena_new(s->arena, struct type_name);

    t->kind = kind;
    t->span = span;
    return t;
}

/* The type that was read as an expression: a word, or a word and lengths; NULL if it is none. */
static struct type_name *type_in_expr(struct sema *s, const struct expr *e)
{
    struct type_name *t = NULL, *inner = NULL;

    if (e->kind == EXPR_TYPE) /* what a macro's parameter stands for */
        return e->type_name;
    if (e->kind == EXPR_IDENT && !vocab_func(e->name, NULL) &&
        (type_word_has_length(e->name) || type_find(s, TYPE_NAME_WORD, e->name))) {
        t = type_name_new(s, TYPE_NAME_WORD, e->span);
        t->name = e->name;
        return t;
    }
    if (e->kind != EXPR_INDEX || e->n_args != 1)
        return NULL;
    inner = type_in_expr(s, e->a);
    if (!inner)
        return NULL;
    if (type_word_has_length(inner->name) && !inner->count) {
        inner->count = e->args;
        return inner;
    }
    t = type_name_new(s, TYPE_NAME_ARRAY, e->span);
    t->inner = inner;
    t->count = e->args;
    return t;
}

void resolve_type_operand(struct sema *s, struct expr **of, struct type_name **type)
{
    *type = type_in_expr(s, *of);
    if (*type) {
        *of = NULL;
        resolve_type_name(s, *type);
    } else {
        resolve_expr(s, *of);
    }
}

void resolve_query(struct sema *s, struct expr *e)
{
    if (e->type_name) {
        resolve_type_name(s, e->type_name);
    } else {
        resolve_type_operand(s, &e->a, &e->type_name);
    }
}

/* ---- enumerators, and constants of C headers ---- */

static const struct type *constant_type(struct sema *s, const struct constant *c, s64 value)
{
    if (c->is_unsigned)
        return type_int(s->v.types, 8, false);
    return type_of_literal(s->v.types, (u64)value, value < 0);
}

const struct type *find_constant(struct sema *s, struct str name, s64 *value_out)
{
    const struct type *t = c_enumerator_find(s, name, value_out);
    const struct constant *c = t ? NULL : constant_find(name, s->v.arch);

    if (!t && (!c || c->is_enumerator))
        (void)btf_enumerator(s->v.btf, name, value_out, &t);
    if (t || !c)
        return t;
    *value_out = constant_value(c, s->v.arch);
    return constant_type(s, c, *value_out);
}

void report_unknown_word(struct sema *s, struct str name, struct span span)
{
    struct str near = c_enumerator_nearest(s, name);

    if (!near.n) {
        vocab_report_unknown(&s->v, name, span, false);
        return;
    }
    diag_hint(diag_add(s->v.diags, E_UNKNOWN_IDENTIFIER, span, "Unknown identifier: '%.*s'",
                       STR_ARG(name)),
              "Did you mean '%.*s'?", STR_ARG(near));
}

bool is_enumerator(struct sema *s, struct str name)
{
    s64 value = 0;

    return find_constant(s, name, &value) != NULL;
}

const struct type *infer_enumerator(struct sema *s, struct expr *e)
{
    s64 value = 0;
    const struct type *t = find_constant(s, e->name, &value);

    if (!t)
        return type_error(s->v.types);
    e->is_const = true;
    e->num = (u64)value;
    return t;
}

/* ---- sizeof and offsetof ---- */

static const struct type *operand_type(struct sema *s, struct expr *e)
{
    return e->type_name ? type_of_name(s, e->type_name) : infer_expr(s, e->a);
}

static const struct type *answer(struct sema *s, struct expr *e, u64 num)
{
    e->is_const = true;
    e->num = num;
    return type_int(s->v.types, 8, false);
}

static bool is_only_declared(const struct type *t)
{
    return t->kind == TYPE_STRUCT && t->composite->size == 0 && !t->composite->fields &&
           !t->composite->source;
}

void refuse_types(struct sema *s, const struct expr *args)
{
    for (const struct expr *e = args; e; e = e->next) {
        if (e->kind == EXPR_TYPE && e->type->kind != TYPE_ERROR)
            diag_add(s->v.diags, E_TYPE_AS_VALUE, e->span, "A type can not be used as a value");
    }
}

const struct type *infer_sizeof(struct sema *s, struct expr *e)
{
    const struct type *t = operand_type(s, e);
    struct str name = type_name(s->arena, t);
    u32 size = type_raw_size(t);

    if (t->kind == TYPE_ERROR)
        return t;
    if (is_only_declared(t) || t->kind == TYPE_VOID) {
        diag_add(s->v.diags, E_NO_SIZE, e->span, "The size of '%.*s' is not known%s", STR_ARG(name),
                 t->kind == TYPE_VOID ? "" : ": it is only declared");
        return type_error(s->v.types);
    }
    return answer(s, e, size ? size : type_mem_size(t));
}

static void add_names(struct sema *s, const struct composite *composite, struct c_names *names)
{
    u32 n = 0;
    const struct composite_field *fields = composite_fields(composite, &n);

    for (u32 i = 0; i < n; i++) {
        if (fields[i].name.n) {
            *vec_push(s->arena, names) = str_cstr(s->arena, fields[i].name);
        } else if (fields[i].type->kind == TYPE_STRUCT) {
            add_names(s, fields[i].type->composite, names);
        }
    }
}

void hint_field(struct sema *s, struct diag *diag, const struct composite *composite,
                struct str name)
{
    struct c_names names = {0};
    int nearest = 0;

    add_names(s, composite, &names);
    if (names.n == 0)
        return;
    nearest = str_nearest(name, names.items, names.n);
    if (nearest >= 0)
        diag_hint(diag, "Did you mean '%s'?", names.items[nearest]);
}

/* Tells the member's type; NULL after reporting. bit_offset is added to. */
static const struct type *step_into(struct sema *s, const struct expr *e, const struct type *t,
                                    const struct expr *member, u32 *bit_offset)
{
    const struct composite_field *field = NULL;
    struct str name = type_name(s->arena, t);
    u32 offset = 0;

    if (t->kind != TYPE_STRUCT) {
        diag_add(s->v.diags, E_NO_FIELDS, e->span, "'%.*s' is not a struct or union type",
                 STR_ARG(name));
        return NULL;
    }
    field = composite_find(t->composite, member->name, &offset);
    if (!field) {
        hint_field(s,
                   diag_add(s->v.diags, E_UNKNOWN_FIELD, e->span,
                            "'%.*s' has no field named '%.*s'", STR_ARG(name),
                            STR_ARG(member->name)),
                   t->composite, member->name);
        return NULL;
    }
    *bit_offset += offset;
    return field->type;
}

const struct type *infer_offsetof(struct sema *s, struct expr *e)
{
    const struct type *t = operand_type(s, e);
    u32 bit_offset = 0;

    if (t->kind == TYPE_ERROR)
        return t;
    for (const struct expr *member = e->args; member; member = member->next) {
        t = step_into(s, e, t, member, &bit_offset);
        if (!t)
            return type_error(s->v.types);
    }
    return answer(s, e, bit_offset / 8);
}
