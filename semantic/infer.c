/* Types of statements: what maps and variables hold. */
#include "semantic/context.h"

static bool is_known(const struct type *t)
{
    return t && t->kind != TYPE_ERROR;
}

static void assign_variable(struct sema *s, struct symbol *symbol, const struct type *t,
                            struct span span)
{
    const struct type *joined = symbol->type ? type_join(s->v.types, symbol->type, t) : t;

    if (joined) {
        s->has_changed |= joined != symbol->type;
        symbol->type = joined;
        return;
    }

    struct str got = type_name(s->arena, t);
    struct str expected = type_name(s->arena, symbol->type);

    diag_add(
        s->v.diags, E_VARIABLE_TYPE, span,
        "Type mismatch for $%.*s: trying to assign value of type '%.*s' when variable already has "
        "a type '%.*s'",
        STR_ARG(symbol->name), STR_ARG(got), STR_ARG(expected));
}

void infer_assign(struct sema *s, struct symbol *symbol, const struct type *t, struct span span)
{
    if (!symbol || !is_known(t))
        return;
    if (symbol->is_map) {
        const struct type *before = symbol->map.value;

        (void)map_join_value(&s->v, &symbol->map, t, span); /* it has reported */
        s->has_changed |= symbol->map.value != before;
    } else {
        assign_variable(s, symbol, t, span);
    }
}

/* @map = count(); */
static void infer_aggregation(struct sema *s, struct stmt *stmt)
{
    struct expr *value = stmt->value;
    const struct agg_desc *agg = vocab_agg(value->name);
    u32 i = 0;

    for (struct expr *e = value->args; e; e = e->next, i++) {
        (void)infer_expr(s, e);
        value->call->args[i] = (struct call_arg){.span = e->span,
                                                 .type = e->type,
                                                 .is_const = e->is_const,
                                                 .num = e->num,
                                                 .text = e->text};
    }
    value->type = vocab_check_agg(&s->v, agg, value->call);
    infer_assign(s, stmt->target->symbol, value->type, value->span);
}

static bool refuse_value(struct sema *s, const struct stmt *stmt, const struct type *t)
{
    if (t->kind == TYPE_VOID) {
        diag_add(s->v.diags, E_VOID_VALUE, stmt->value->span,
                 "This has no value that could be assigned");
        return true;
    }
    if (t->kind != TYPE_AGG)
        return false;

    struct str name = type_name(s->arena, t);

    diag_add(
        s->v.diags, E_AGG_READ, stmt->value->span,
        "Map value '%.*s' cannot be assigned from one map to another. The function that returns this "
        "type must be called directly e.g. `@x = %s(...);`.",
        STR_ARG(name), agg_name(t->agg));
    return true;
}

static bool target_is_agg(const struct expr *target)
{
    return target->symbol && target->symbol->is_map && is_known(target->symbol->map.value) &&
           target->symbol->map.value->kind == TYPE_AGG;
}

/* `@x += n`: the target is a value first. */
static const struct type *infer_compound(struct sema *s, struct stmt *stmt)
{
    struct expr *target = stmt->target;
    bool first_use = target->kind == EXPR_MAP && target->symbol && !target->symbol->map.value;

    if (first_use)
        infer_assign(s, target->symbol, type_int(s->v.types, 8, true), stmt->span);
    (void)infer_expr(s, target);
    return infer_arithmetic(s, stmt->op, target, stmt->value, stmt->span);
}

static void infer_assignment(struct sema *s, struct stmt *stmt)
{
    struct expr *target = stmt->target;

    if (!target) /* refused by resolve */
        return;
    if (stmt->value->call && !stmt->value->call->fn) {
        infer_aggregation(s, stmt);
        (void)infer_expr(s, target);
        return;
    }

    const struct type *t = infer_expr(s, stmt->value);

    if (refuse_value(s, stmt, t))
        return;
    if (stmt->op != OP_NONE && !target_is_agg(target))
        t = infer_compound(s, stmt);
    infer_assign(s, target->symbol, t, stmt->span);
    (void)infer_expr(s, target);
}

/* A condition is a word or a string; infer_expr's operators check theirs. */
static void infer_condition(struct sema *s, struct expr *e)
{
    struct expr not = {.kind = EXPR_UNARY, .op = OP_NOT, .a = e, .span = e->span};

    (void)infer_expr(s, &not );
}

static void infer_stmt(struct sema *s, struct stmt *stmt);

static void infer_value(struct sema *s, struct stmt *stmt)
{
    const struct type *t = infer_expr(s, stmt->value);

    if (is_known(t) && t->kind != TYPE_VOID && stmt->value->kind != EXPR_INCDEC) {
        diag_add(s->v.diags, W_DISCARDED,
                 stmt->next ? span_with_semicolon(s, stmt->span) : stmt->value->span,
                 "Return value discarded.");
    }
}

static void infer_stmt(struct sema *s, struct stmt *stmt)
{
    switch (stmt->kind) {
    case STMT_EXPR:
        infer_value(s, stmt);
        return;
    case STMT_ASSIGN:
        infer_assignment(s, stmt);
        return;
    case STMT_IF:
        infer_condition(s, stmt->value);
        infer_stmt(s, stmt->body);
        if (stmt->other)
            infer_stmt(s, stmt->other);
        return;
    case STMT_BLOCK:
        for (struct stmt *inner = stmt->body; inner; inner = inner->next)
            infer_stmt(s, inner);
        return;
    case STMT_RETURN:
        if (stmt->value)
            (void)infer_expr(s, stmt->value);
        return;
    case STMT_LET:
    case STMT_WHILE:
    case STMT_FOR_RANGE:
    case STMT_FOR_MAP:
    case STMT_UNROLL:
    case STMT_BREAK:
    case STMT_CONTINUE:
        return;
    case STMT_COUNT_:
        break;
    }
    ptl_bug("a statement of no kind");
}

void infer_clause(struct sema *s, const struct clause_info *info)
{
    s->clause = info;
    if (info->clause->predicate)
        infer_condition(s, info->clause->predicate);
    infer_stmt(s, info->clause->body);
}
