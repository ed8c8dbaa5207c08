/* Names in declarations of variables and in loops. */
#include "semantic/context.h"

/* A new variable, whose name must not be in sight. */
static struct symbol *declare_new(struct sema *s, struct expr *target, bool is_loop)
{
    struct symbol *old = find_variable(s, target->name);
    struct diag *diag = NULL;

    if (old && is_loop) {
        diag = diag_add(s->v.diags, E_SHADOWING, target->span,
                        "Loop declaration shadows existing variable: $%.*s", STR_ARG(target->name));
    } else if (old) {
        diag = diag_add(s->v.diags, E_SHADOWING, target->span,
                        "Variable $%.*s was already declared. Variable shadowing is not allowed.",
                        STR_ARG(target->name));
    }
    if (old)
        diag_note(diag, old->span, "This is the initial declaration.");
    target->symbol = declare_variable(s, target->name, target->span);
    return target->symbol;
}

static void resolve_let(struct sema *s, struct stmt *stmt)
{
    resolve_type_name(s, stmt->type_name);
    if (stmt->value)
        resolve_expr(s, stmt->value);
    (void)declare_new(s, stmt->target, false);
    if (!stmt->value && !stmt->type_name) {
        stmt->target->symbol->is_assigned = false;
        *vec_push(s->arena, &s->lets) = (struct let_entry){stmt->target->symbol, stmt->span};
    }
}

/* As bpftrace has it: a range says how often at most. */
static void warn_while(struct sema *s, const struct stmt *stmt)
{
    diag_hint(
        diag_add(s->v.diags, W_WHILE, stmt->span,
                 "While loops are deprecated and may be removed in the future."),
        "For loops support ranges (e.g. `for ($x : $start..$end) { ... }`), and can be used in place of "
        "while. These are more easily proven to be bounded by the verifier.");
}

static void resolve_body(struct sema *s, const struct stmt *body)
{
    s->loop_depth++;
    resolve_block(s, body);
    s->loop_depth--;
}

/* The variable is that of the body's scope, or one around it. */
static void resolve_for(struct sema *s, struct stmt *stmt)
{
    resolve_expr(s, stmt->value);
    if (stmt->limit)
        resolve_expr(s, stmt->limit);
    enter_scope(s);
    (void)declare_new(s, stmt->target, true);
    resolve_body(s, stmt->body);
    leave_scope(s);
}

static void resolve_jump(struct sema *s, const struct stmt *stmt)
{
    if (s->loop_depth == 0) {
        diag_add(s->v.diags, E_NOT_IN_LOOP, stmt->span, "%s statement not in a loop",
                 stmt_kind_name(stmt->kind));
    }
}

/* for ($kv : @map): the map as a whole. */
static void resolve_for_map(struct sema *s, struct stmt *stmt)
{
    struct expr *map = stmt->value;

    resolve_whole_map(s, map);
    enter_scope(s);
    (void)declare_new(s, stmt->target, true);
    resolve_body(s, stmt->body);
    leave_scope(s);
}

void resolve_loop_stmt(struct sema *s, struct stmt *stmt)
{
    switch (stmt->kind) {
    case STMT_LET:
        resolve_let(s, stmt);
        return;
    case STMT_WHILE:
        warn_while(s, stmt);
        resolve_expr(s, stmt->value);
        resolve_body(s, stmt->body);
        return;
    case STMT_UNROLL:
        resolve_expr(s, stmt->value);
        resolve_body(s, stmt->body);
        return;
    case STMT_FOR_RANGE:
        resolve_for(s, stmt);
        return;
    case STMT_FOR_MAP:
        resolve_for_map(s, stmt);
        return;
    case STMT_BREAK:
    case STMT_CONTINUE:
        resolve_jump(s, stmt);
        return;
    default:
        ptl_bug("no statement of a loop");
    }
}
