/* Types of statements: what maps and variables hold. */
#include "semantic/context.h"

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
    if (!symbol || !type_is_known(t))
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
                                                 .is_open = needs_param(e),
                                                 .num = e->num,
                                                 .text = e->text};
    }
    refuse_types(s, value->args);
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
    return target->symbol && target->symbol->is_map && type_is_known(target->symbol->map.value) &&
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

static void check_size(struct sema *s, const struct expr *target)
{
    struct str name = type_name(s->arena, target->type);
    u32 size = type_mem_size(target->type);

    if (target->type->kind != TYPE_AGG && size > VALUE_SIZE_MAX) {
        diag_add(s->v.diags, E_VALUE_TOO_LARGE, target->span,
                 "A value of type '%.*s' has %u bytes: at most %u can be stored", STR_ARG(name),
                 size, (unsigned)VALUE_SIZE_MAX);
    }
}

static void infer_assignment(struct sema *s, struct stmt *stmt)
{
    struct expr *target = stmt->target;

    if (stmt->value->call && !stmt->value->call->fn) {
        infer_aggregation(s, stmt);
        (void)infer_expr(s, target);
        return;
    }

    const struct type *t = infer_expr(s, stmt->value);

    if (target && target->kind == EXPR_VAR && t->kind == TYPE_AGG && settle_agg(s, stmt->value))
        t = stmt->value->type;
    if (refuse_value(s, stmt, t) || !target)
        return;
    if (stmt->op != OP_NONE && !target_is_agg(target))
        t = infer_compound(s, stmt);
    infer_assign(s, target->symbol, t, stmt->span);
    (void)infer_expr(s, target);
    check_size(s, target);
}

/* A condition is a word or a string; infer_expr's operators check theirs. */
void infer_condition(struct sema *s, struct expr *e)
{
    struct expr not = {.kind = EXPR_UNARY, .op = OP_NOT, .a = e, .span = e->span};

    (void)infer_expr(s, &not );
}

const struct type *infer_block_value(struct sema *s, const struct stmt *block)
{
    const struct type *t = type_void(s->v.types);

    if (block->kind == STMT_EXPR) /* else if, as a value */
        return infer_expr(s, block->value);
    for (struct stmt *inner = block->body; inner; inner = inner->next) {
        if (inner->next || inner->kind != STMT_EXPR) {
            infer_stmt(s, inner);
            continue;
        }
        (void)infer_expr(s, inner->value);
        (void)settle_agg(s, inner->value);
        t = inner->value->type;
    }
    return t;
}

static void infer_value(struct sema *s, struct stmt *stmt)
{
    const struct type *t = infer_expr(s, stmt->value);

    if (type_is_known(t) && t->kind != TYPE_VOID && stmt->value->kind != EXPR_INCDEC &&
        stmt->value->kind != EXPR_BLOCK /* of a macro */) {
        diag_add(s->v.diags, W_DISCARDED,
                 stmt->next ? span_with_semicolon(s, stmt->span) : stmt->value->span,
                 "Return value discarded.");
    }
}

/* Of a comptime if, the branch that is not taken is not looked at. */
static void infer_if_stmt(struct sema *s, struct stmt *stmt)
{
    infer_condition(s, stmt->value);
    if (stmt->is_comptime && !stmt->value->is_const && type_is_known(stmt->value->type)) {
        report_not_constant(s, stmt->value);
        return;
    }
    if (!stmt->is_comptime || stmt->value->num)
        infer_stmt(s, stmt->body);
    if (stmt->other && (!stmt->is_comptime || !stmt->value->num))
        infer_stmt(s, stmt->other);
}

void infer_stmt(struct sema *s, struct stmt *stmt)
{
    switch (stmt->kind) {
    case STMT_EXPR:
        infer_value(s, stmt);
        return;
    case STMT_ASSIGN:
        infer_assignment(s, stmt);
        return;
    case STMT_IF:
        infer_if_stmt(s, stmt);
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
        infer_loop_stmt(s, stmt);
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
