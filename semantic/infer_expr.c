/* Types of expressions. Called in rounds: types of maps and variables may be unknown (NULL) in the
 * first ones, and what depends on them is then of type_error(), about which every rule is silent.
 */
#include <errno.h>

#include "semantic/context.h"

static const struct type *error(struct sema *s)
{
    return type_error(s->v.types);
}

static const struct type *int64(struct sema *s, bool is_signed)
{
    return type_int(s->v.types, 8, is_signed);
}

static bool is_error(const struct type *t)
{
    return t->kind == TYPE_ERROR;
}

/* A value that could be negative: a literal that is not is no reason to compute with signs. */
static bool is_truly_signed(const struct expr *e)
{
    return type_is_integer(e->type) && e->type->is_signed && !e->type->is_literal &&
           !(e->is_const && (s64)e->num >= 0);
}

static bool is_unsigned_word(const struct expr *e)
{
    if (e->type->kind == TYPE_ENUM && e->is_const)
        return false;
    return (type_is_integer(e->type) && !e->type->is_signed) || e->type->kind == TYPE_POINTER ||
           e->type->kind == TYPE_KSYM;
}

bool settle_agg(struct sema *s, struct expr *e)
{
    const struct agg_desc *agg = NULL;

    if (e->type->kind != TYPE_AGG)
        return true;
    agg = vocab_agg_by_id(e->type->agg);
    if (agg->gather) {
        e->type = int64(s, e->type->is_signed);
        return true;
    }

    struct str name = type_name(s->arena, e->type);

    diag_hint(diag_add(s->v.diags, E_AGG_READ, e->span,
                       "A value of type '%.*s' can not be used in an expression", STR_ARG(name)),
              "print() shows the map.");
    return false;
}

/* Reports and returns true where the value is one that no expression can use. */
static bool refuse_agg(struct sema *s, struct expr *e)
{
    return !settle_agg(s, e);
}

/* ---- operators ---- */

/* A pointer and a number of elements; NULL if it is not that. */
static const struct type *infer_pointer(enum op op, const struct expr *a, const struct expr *b)
{
    bool a_is = a->type->kind == TYPE_POINTER, b_is = b->type->kind == TYPE_POINTER;

    if (op == OP_ADD && a_is != b_is)
        return a_is ? a->type : b->type;
    return op == OP_SUB && a_is && !b_is ? a->type : NULL;
}

const struct type *infer_arithmetic(struct sema *s, enum op op, struct expr *a, struct expr *b,
                                    struct span span)
{
    if (is_error(a->type) || is_error(b->type) || refuse_agg(s, a) || refuse_agg(s, b))
        return error(s);
    if (!type_is_numeric(a->type) || !type_is_numeric(b->type)) {
        struct str left = type_name(s->arena, a->type);
        struct str right = type_name(s->arena, b->type);

        diag_add(s->v.diags, E_OPERAND_TYPE, span,
                 "The %s operator can not be used on expressions of types '%.*s' and '%.*s'",
                 op_text(op), STR_ARG(left), STR_ARG(right));
        return error(s);
    }
    if (infer_pointer(op, a, b))
        return infer_pointer(op, a, b);
    if (op == OP_SUB)
        return int64(s, true);
    if (op == OP_SHL || op == OP_SHR)
        return int64(s, !is_unsigned_word(a));
    if (is_truly_signed(a) || is_truly_signed(b))
        return int64(s, true);
    return int64(s, !is_unsigned_word(a) && !is_unsigned_word(b));
}

/* Values that are equal when their bytes are. */
static bool is_compared_whole(const struct type *t)
{
    return t->kind == TYPE_ARRAY || t->kind == TYPE_TUPLE || t->kind == TYPE_SHAPE;
}

static const struct type *infer_comparison(struct sema *s, struct expr *e)
{
    const struct type *a = e->a->type;
    const struct type *b = e->b->type;
    bool is_equality = e->op == OP_EQ || e->op == OP_NE;
    bool strings = a->kind == TYPE_STRING && b->kind == TYPE_STRING;

    if (is_error(a) || is_error(b))
        return type_bool(s->v.types);
    if (refuse_agg(s, e->a) || refuse_agg(s, e->b))
        return type_bool(s->v.types);
    a = e->a->type;
    b = e->b->type;
    if (is_equality && (strings || (is_compared_whole(a) && type_join(s->v.types, a, b))))
        return type_bool(s->v.types);
    if (type_is_numeric(a) && type_is_numeric(b))
        return type_bool(s->v.types);

    struct str left = type_name(s->arena, a);
    struct str right = type_name(s->arena, b);
    struct diag *diag = diag_add(s->v.diags, E_COMPARE_TYPE, e->span,
                                 "Type mismatch for '%s': comparing %.*s with %.*s", op_text(e->op),
                                 STR_ARG(left), STR_ARG(right));

    if (strings)
        diag_hint(diag, "Strings compare with == and != only.");
    return type_bool(s->v.types);
}

static void check_condition(struct sema *s, struct expr *e)
{
    const struct type *t = e->type;

    if (is_error(t) || type_is_numeric(t) || t->kind == TYPE_STRING || t->kind == TYPE_AGG) {
        (void)settle_agg(s, e);
        return;
    }

    struct str name = type_name(s->arena, t);

    diag_add(s->v.diags, E_CONDITION_TYPE, e->span, "A value of type '%.*s' is no condition",
             STR_ARG(name));
}

static const struct type *infer_binary(struct sema *s, struct expr *e)
{
    (void)infer_expr(s, e->a);
    (void)infer_expr(s, e->b);
    switch (e->op) {
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return infer_comparison(s, e);
    case OP_LAND:
    case OP_LOR:
        check_condition(s, e->a);
        check_condition(s, e->b);
        return type_bool(s->v.types);
    default:
        return infer_arithmetic(s, e->op, e->a, e->b, e->span);
    }
}

static const struct type *infer_unary(struct sema *s, struct expr *e)
{
    const struct type *t = infer_expr(s, e->a);

    if (e->op == OP_NOT) {
        check_condition(s, e->a);
        return type_bool(s->v.types);
    }
    if (is_error(t) || refuse_agg(s, e->a))
        return error(s);
    if (e->op == OP_DEREF)
        return infer_deref(s, e);
    t = e->a->type;
    if (!type_is_numeric(t)) {
        struct str name = type_name(s->arena, t);

        diag_add(s->v.diags, E_OPERAND_TYPE, e->span,
                 "The %s operator can not be used on expressions of type '%.*s'", op_text(e->op),
                 STR_ARG(name));
        return error(s);
    }
    if (e->op == OP_BNOT)
        return int64(s, false);
    if (e->op == OP_PLUS)
        return t;
    if (e->a->is_const)
        return type_of_literal(s->v.types, 0 - e->a->num, e->a->num != 0);
    return int64(s, true);
}

/* The type of a value that comes from one of two places. */
static const struct type *infer_choice(struct sema *s, const struct expr *e, const struct type *b,
                                       const struct type *c)
{
    const struct type *joined = NULL;

    if (is_error(b) || is_error(c))
        return is_error(b) ? c : b;
    joined = b == c ? b : type_join(s->v.types, b, c);
    if (joined && joined->kind != TYPE_AGG)
        return joined;

    struct str left = type_name(s->arena, b);
    struct str right = type_name(s->arena, c);

    diag_add(s->v.diags, E_TERNARY_TYPE, e->span,
             "%s must return the same type: have '%.*s' and '%.*s'",
             e->kind == EXPR_IF ? "Both blocks of an if" : "Ternary operator", STR_ARG(left),
             STR_ARG(right));
    return error(s);
}

/* `a ?: c` has b NULL. */
static const struct type *infer_ternary(struct sema *s, struct expr *e)
{
    struct expr *chosen = e->b ? e->b : e->a;

    (void)infer_expr(s, e->a);
    check_condition(s, e->a);
    if (e->b)
        (void)infer_expr(s, e->b);
    (void)infer_expr(s, e->c);
    (void)settle_agg(s, chosen);
    (void)settle_agg(s, e->c);
    return infer_choice(s, e, chosen->type, e->c->type);
}

static const struct type *infer_if(struct sema *s, struct expr *e)
{
    const struct type *then = NULL, *other = NULL;

    infer_condition(s, e->a);
    if (e->is_comptime && !e->a->is_const && !is_error(e->a->type)) {
        report_not_constant(s, e->a);
        return error(s);
    }
    if (e->is_comptime) {
        const struct stmt *taken = e->a->num ? e->body : e->other;

        return taken ? infer_block_value(s, taken) : type_void(s->v.types);
    }
    then = infer_block_value(s, e->body);
    other = e->other ? infer_block_value(s, e->other) : type_void(s->v.types);
    if (then->kind == TYPE_VOID || other->kind == TYPE_VOID)
        return type_void(s->v.types);
    return infer_choice(s, e, then, other);
}

static const struct type *infer_comptime(struct sema *s, struct expr *e)
{
    const struct type *t = infer_expr(s, e->a);

    if (!e->a->is_const && !is_error(t))
        report_not_constant(s, e->a);
    e->is_const = e->a->is_const;
    e->num = e->a->num;
    e->text = e->a->text;
    return t;
}

static bool map_holds_pointer(const struct symbol *symbol)
{
    return symbol->map.value && symbol->map.value->kind == TYPE_POINTER;
}

static const struct type *infer_incdec(struct sema *s, struct expr *e)
{
    if (e->a->kind != EXPR_VAR && e->a->kind != EXPR_MAP) {
        (void)infer_expr(s, e->a);
        diag_add(s->v.diags, E_INCDEC_TARGET, e->span,
                 "The %s operator must be applied to a map or variable", op_text(e->op));
        return error(s);
    }
    if (!e->a->symbol)
        return error(s);
    if (e->a->kind == EXPR_MAP && !map_holds_pointer(e->a->symbol))
        infer_assign(s, e->a->symbol, int64(s, true), e->span);
    (void)infer_expr(s, e->a);
    if (e->a->type->kind == TYPE_POINTER)
        return e->a->type;
    if (e->a->kind == EXPR_VAR && !is_error(e->a->type))
        infer_assign(s, e->a->symbol, int64(s, true), e->span);
    return int64(s, true);
}

/* ---- names ---- */

const struct type *infer_key(struct sema *s, struct expr *map)
{
    const struct type **types = arena_array(s->arena, const struct type *, map->n_args);
    u32 n = 0;
    bool known = true;

    for (struct expr *key = map->args; key; key = key->next) {
        types[n] = infer_expr(s, key);
        if (types[n]->kind == TYPE_VOID) {
            diag_add(s->v.diags, E_VOID_VALUE, key->span, "This has no value that could be a key");
            known = false;
        }
        known = known && !is_error(types[n]) && !refuse_agg(s, key);
        types[n++] = key->type;
    }
    return known ? keys_type(&s->v, types, n) : NULL;
}

static void learn_key(struct sema *s, struct expr *e)
{
    struct map_info *map = &e->symbol->map;
    const struct type *before = map->key;

    (void)map_join_key(&s->v, map, infer_key(s, e), e->span); /* it has reported */
    s->has_changed |= map->key != before;
}

static const struct type *infer_map(struct sema *s, struct expr *e)
{
    if (e->args)
        learn_key(s, e);
    if (!e->symbol->is_assigned) {
        diag_add(s->v.diags, E_UNDEFINED_MAP, e->span, "Undefined map: %.*s",
                 STR_ARG(e->symbol->name));
    }
    return e->symbol->map.value ? e->symbol->map.value : error(s);
}

static const struct type *infer_variable(struct sema *s, const struct expr *e)
{
    return e->symbol && e->symbol->type ? e->symbol->type : error(s);
}

/* A parameter is the integer that it spells, else a string. */
static const struct type *infer_param(struct sema *s, struct expr *e)
{
    bool is_negative = false;
    u64 num = 0;

    if (e->is_open)
        return e->is_text ? type_string(s->v.types, PTL_PARAM_TEXT_MAX) : int64(s, true);
    if (!e->text.p) /* $# */
        return type_of_literal(s->v.types, e->num, false);
    if (!param_number(e->text, &num, &is_negative))
        return type_own_string(s->v.types, e->text.n + 1);
    e->num = num;
    return type_of_literal(s->v.types, num, is_negative);
}

/* ---- calls ---- */

static void fill_arg(struct call_arg *arg, const struct expr *e)
{
    arg->span = e->span;
    arg->type = arg->map ? NULL : e->type;
    arg->is_const = e->is_const;
    arg->num = e->num;
    arg->is_param = e->kind == EXPR_PARAM && !e->is_open;
    arg->is_open = needs_param(e);
    arg->text = e->is_missing ? STR("") : e->text;
}

static void infer_args(struct sema *s, struct call *c, struct expr *args)
{
    u32 i = 0;

    for (struct expr *e = args; e; e = e->next, i++) {
        if (c->args[i].map) {
            if (!e->symbol->is_assigned) {
                diag_add(s->v.diags, E_UNDEFINED_MAP, e->span, "Undefined map: %.*s",
                         STR_ARG(e->symbol->name));
            }
        } else if (e->kind == EXPR_TYPE) {
            e->type = type_of_name(s, e->type_name);
        } else {
            e->is_text = e->is_open && i == 0 && c->fn && c->fn->flags & FN_TEXT;
            (void)infer_expr(s, e);
            if (c->fn && vocab_param_is_int(c->fn, i))
                (void)settle_agg(s, e);
        }
        fill_arg(&c->args[i], e);
    }
}

/* The type of a word may differ by attach point (the length of `probe`, the width of a field): what
 * holds them all. */
static const struct type *check_at_points(struct sema *s, struct call *c, struct span span)
{
    const struct type *joined = NULL;
    u32 n = !s->clause ? 0 /* outside of the clauses nothing is computed */
            : c->fn->flags & FN_PER_POINT || c->fn->needs ? s->clause->n_points
                                                          : MIN(s->clause->n_points, 1);

    for (u32 i = 0; i < n; i++) {
        c->point = &s->clause->points[i];

        const struct type *t = vocab_check(&s->v, c);

        if (is_error(t))
            return t;
        joined = joined ? type_join(s->v.types, joined, t) : t;
        if (!joined) {
            diag_add(s->v.diags, E_TERNARY_TYPE, span,
                     "This has values of different types in the probes of this list");
            return error(s);
        }
    }
    return joined ? joined : error(s);
}

/* Variables that the call assigns to hold what it gives them. */
static void assign_out_args(struct sema *s, struct call *c, struct expr *args)
{
    u32 i = 0;

    for (struct expr *e = args; e; e = e->next, i++) {
        if (!c->args[i].is_out || !c->args[i].out_type)
            continue;
        infer_assign(s, e->symbol, c->args[i].out_type, e->span);
        (void)infer_expr(s, e);
        c->args[i].type = e->type;
    }
}

/* What the function gives where it is known now. */
static void fold_call(struct sema *s, struct expr *e, const struct type *t)
{
    const struct call *c = e->call;
    struct folded value = {0};

    e->is_const = !is_error(t) && c->fn->fold && c->fn->fold(&s->v, c, &value);
    if (e->is_const) {
        e->num = value.num;
        e->text = value.text;
    }
}

static const struct type *infer_call(struct sema *s, struct expr *e)
{
    struct call *c = e->call;

    if (!c) { /* reported by resolve */
        for (struct expr *arg = e->args; arg; arg = arg->next)
            (void)infer_expr(s, arg);
        return error(s);
    }
    infer_args(s, c, e->args);
    if (c->fn == NULL)
        return error(s);

    const struct type *key_before = c->n_args && c->args[0].map ? c->args[0].map->key : NULL;
    const struct type *t = check_at_points(s, c, e->span);

    if (c->n_args && c->args[0].map)
        s->has_changed |= c->args[0].map->key != key_before;
    assign_out_args(s, c, e->args);
    fold_call(s, e, t);
    if (!e->is_const)
        refuse_types(s, e->args);
    return t;
}

static const struct type *infer_tuple(struct sema *s, struct expr *e)
{
    const struct type **types = arena_array(s->arena, const struct type *, e->n_args);
    struct str *labels = arena_array(s->arena, struct str, e->n_args);
    u32 n = 0;
    bool known = true;

    for (struct expr *elem = e->args; elem; elem = elem->next) {
        labels[n] = elem->label;
        types[n] = infer_expr(s, elem);
        if (types[n]->kind == TYPE_VOID) {
            diag_add(s->v.diags, E_VOID_VALUE, elem->span,
                     "This has no value that could be in a tuple");
            known = false;
        }
        known = known && !is_error(types[n]) && !refuse_agg(s, elem);
        types[n++] = elem->type;
    }
    if (!known)
        return error(s);
    if (e->kind == EXPR_RECORD)
        return type_record(s->v.types, types, labels, n);
    return type_tuple(s->v.types, types, n);
}

static const struct type *infer_kind(struct sema *s, struct expr *e)
{
    switch (e->kind) {
    case EXPR_INT:
        return e->is_unsigned ? int64(s, false) : type_of_literal(s->v.types, e->num, false);
    case EXPR_BOOL:
        return type_bool(s->v.types);
    case EXPR_STRING:
        return type_own_string(s->v.types, e->text.n + 1);
    case EXPR_VAR:
        return infer_variable(s, e);
    case EXPR_MAP:
        return infer_map(s, e);
    case EXPR_PARAM:
        return infer_param(s, e);
    case EXPR_IDENT:
        return e->call ? infer_call(s, e) : infer_enumerator(s, e);
    case EXPR_CALL:
        return infer_call(s, e);
    case EXPR_FIELD:
        return e->call ? infer_call(s, e) : infer_field(s, e);
    case EXPR_UNARY:
        return infer_unary(s, e);
    case EXPR_BINARY:
        return infer_binary(s, e);
    case EXPR_TERNARY:
        return infer_ternary(s, e);
    case EXPR_INCDEC:
        return infer_incdec(s, e);
    case EXPR_CAST:
        return infer_cast(s, e);
    case EXPR_TUPLE:
        return infer_tuple(s, e);
    case EXPR_SIZEOF:
        return infer_sizeof(s, e);
    case EXPR_OFFSETOF:
        return infer_offsetof(s, e);
    case EXPR_TYPE:
        diag_add(s->v.diags, E_TYPE_AS_VALUE, e->span, "A type can not be used as a value");
        return error(s);
    case EXPR_INDEX:
        return infer_index(s, e);
    case EXPR_IF:
        return infer_if(s, e);
    case EXPR_BLOCK:
        return infer_block_value(s, e->body);
    case EXPR_COMPTIME:
        return infer_comptime(s, e);
    case EXPR_RECORD:
        return infer_tuple(s, e);
        return error(s);
    case EXPR_COUNT_:
        break;
    }
    ptl_bug("an expression of no kind");
}

const struct type *infer_expr(struct sema *s, struct expr *e)
{
    e->type = infer_kind(s, e);
    fold_expr(e);
    return e->type;
}
