/* The evaluator's statements and clauses. */
#include "tests/fuzz/evaluator.h"

#include "abi/record.h"
#include "tests/fuzz/eval.h"

enum {
    ARENA_BYTES = 256 << 20,
    STEPS_MAX = 2000000,
};

void eval_fail(struct eval *ev, const char *what)
{
    if (!ev->problem)
        ev->problem = what;
}

struct value *eval_variable(struct eval *ev, const struct symbol *symbol)
{
    vec_foreach(variable, &ev->variables) {
        if (variable->symbol == symbol)
            return &variable->value;
    }
    *vec_push(ev->arena, &ev->variables) = (struct variable){.symbol = symbol};
    return &ev->variables.items[ev->variables.n - 1].value;
}

/* ---- assignments ---- */

static void assign_variable(struct eval *ev, const struct stmt *stmt)
{
    const struct expr *target = stmt->target;
    struct value value;
    u64 old = 0;

    if (stmt->op == OP_NONE) {
        value = eval_expr(ev, stmt->value);
        *eval_variable(ev, target->symbol) = value;
        return;
    }
    old = eval_variable(ev, target->symbol)->word;
    value = eval_expr(ev, stmt->value);
    value.word =
        eval_arithmetic(stmt->op, eval_is_signed(stmt->op, target, stmt->value), old, value.word);
    if (target->symbol->type->kind == TYPE_POINTER)
        eval_fail(ev, "arithmetic that changes a pointer");
    *eval_variable(ev, target->symbol) = value;
}

static void assign_map(struct eval *ev, const struct stmt *stmt)
{
    struct emap *map = eval_map(ev, stmt->target->symbol);
    struct value value = eval_expr(ev, stmt->value);
    struct value key = eval_key(ev, stmt->target);
    struct row *row = NULL;

    if (ev->problem)
        return;
    if (stmt->op != OP_NONE) {
        const struct row *before = eval_row(map, &key);

        value.word = eval_arithmetic(stmt->op, eval_is_signed(stmt->op, stmt->target, stmt->value),
                                     before ? before->value.word : 0, value.word);
    }
    row = eval_row_made(ev, map, &key);
    row->value = value;
}

static void aggregate(struct eval *ev, const struct stmt *stmt)
{
    const struct expr *first = stmt->value->args;
    struct value value = first ? eval_expr(ev, first) : (struct value){0};
    struct value key = eval_key(ev, stmt->target);

    if (!ev->problem)
        eval_aggregate(ev, eval_map(ev, stmt->target->symbol), &key, value.word);
}

static void assign(struct eval *ev, const struct stmt *stmt)
{
    if (!stmt->target) {
        (void)eval_expr(ev, stmt->value); /* `_ = value` */
    } else if (stmt->value->call && !stmt->value->call->fn) {
        aggregate(ev, stmt);
    } else if (stmt->target->kind == EXPR_VAR) {
        assign_variable(ev, stmt);
    } else if (stmt->target->kind == EXPR_MAP) {
        assign_map(ev, stmt);
    } else {
        eval_fail(ev, "an assignment to something else");
    }
}

/* ---- control flow ---- */

static bool condition(struct eval *ev, const struct expr *e)
{
    struct value v = eval_expr(ev, e);

    return eval_truth(e->type, &v);
}

/* One round of a loop. True if it goes on. */
static bool round_run(struct eval *ev, const struct stmt *body)
{
    eval_stmt(ev, body);
    if (ev->flow == FLOW_CONTINUE)
        ev->flow = FLOW_ON;
    if (ev->flow != FLOW_BREAK)
        return ev->flow == FLOW_ON && !ev->problem;
    ev->flow = FLOW_ON;
    return false;
}

static void loop_while(struct eval *ev, const struct stmt *stmt)
{
    while (condition(ev, stmt->value) && round_run(ev, stmt->body))
        continue;
}

static void loop_range(struct eval *ev, const struct stmt *stmt)
{
    s64 from = (s64)eval_expr(ev, stmt->value).word;
    s64 to = (s64)eval_expr(ev, stmt->limit).word;

    for (s64 i = from; i < to; i++) {
        *eval_variable(ev, stmt->target->symbol) = (struct value){.word = (u64)i};
        if (!round_run(ev, stmt->body))
            return;
    }
}

static void loop_unroll(struct eval *ev, const struct stmt *stmt)
{
    u64 n = eval_expr(ev, stmt->value).word;

    for (u64 i = 0; i < n; i++) {
        if (!round_run(ev, stmt->body))
            return;
    }
}

static void loop_map(struct eval *ev, const struct stmt *stmt)
{
    const struct emap *map = eval_map(ev, stmt->value->symbol);

    for (u32 i = 0; i < map->rows.n; i++) {
        struct value pair = {.n = 2, .elems = arena_array(ev->arena, struct value, 2)};

        if (map->rows.items[i].is_gone)
            continue;
        pair.elems[0] = map->rows.items[i].key;
        pair.elems[1] = map->rows.items[i].value;
        if (stmt->value->symbol->map.value->kind == TYPE_AGG) {
            pair.elems[1].word =
                eval_agg_number(stmt->value->symbol->map.value, &map->rows.items[i]);
        }
        *eval_variable(ev, stmt->target->symbol) = pair;
        if (!round_run(ev, stmt->body))
            return;
    }
}

static void branch(struct eval *ev, const struct stmt *stmt)
{
    if (ev->problem)
        return;
    if (condition(ev, stmt->value)) {
        eval_stmt(ev, stmt->body);
    } else if (stmt->other) {
        eval_stmt(ev, stmt->other);
    }
}

static void let(struct eval *ev, const struct stmt *stmt)
{
    struct value value = {0};

    if (stmt->value) {
        value = eval_expr(ev, stmt->value);
    } else if (stmt->target->symbol->type) {
        value = eval_zero(ev, stmt->target->symbol->type);
    }
    *eval_variable(ev, stmt->target->symbol) = value;
}

void eval_stmt(struct eval *ev, const struct stmt *stmt)
{
    if (++ev->n_steps > STEPS_MAX)
        eval_fail(ev, "a script that does not end");
    if (ev->problem)
        return;
    switch (stmt->kind) {
    case STMT_EXPR:
        (void)eval_expr(ev, stmt->value);
        return;
    case STMT_ASSIGN:
        assign(ev, stmt);
        return;
    case STMT_LET:
        let(ev, stmt);
        return;
    case STMT_IF:
        branch(ev, stmt);
        return;
    case STMT_WHILE:
        loop_while(ev, stmt);
        return;
    case STMT_FOR_RANGE:
        loop_range(ev, stmt);
        return;
    case STMT_FOR_MAP:
        loop_map(ev, stmt);
        return;
    case STMT_UNROLL:
        loop_unroll(ev, stmt);
        return;
    case STMT_BREAK:
        ev->flow = FLOW_BREAK;
        return;
    case STMT_CONTINUE:
        ev->flow = FLOW_CONTINUE;
        return;
    case STMT_BLOCK:
        for (const struct stmt *s = stmt->body; s && ev->flow == FLOW_ON; s = s->next)
            eval_stmt(ev, s);
        return;
    case STMT_RETURN:
        ev->flow = FLOW_END;
        return;
    case STMT_COUNT_:
        break;
    }
    ptl_bug("a statement of no kind");
}

/* ---- the run ---- */

static void configure(struct eval *ev, const struct program *program)
{
    ev->max_strlen = PTL_STRING_MAX;
    for (const struct config_item *item = program->config.first; item; item = item->next) {
        if (str_eq_c(item->name, "max_strlen"))
            ev->max_strlen = (u32)item->value->num;
        if (str_eq_c(item->name, "print_maps_on_exit"))
            ev->is_quiet = item->value->num == 0;
    }
}

static bool clause_is(const struct clause *clause, const char *provider)
{
    return str_eq_nocase(clause->specs->text, provider);
}

static void clauses_run(struct eval *ev, const struct program *program, const char *provider)
{
    for (ev->clause = program->clauses; ev->clause; ev->clause = ev->clause->next) {
        if (!clause_is(ev->clause, provider))
            continue;
        ev->flow = FLOW_ON;
        if (!ev->clause->predicate || condition(ev, ev->clause->predicate))
            eval_stmt(ev, ev->clause->body);
    }
    eval_events(ev);
}

static void arena_is_full(void *data)
{
    (void)data;
    ptl_bug("the evaluator's memory is full");
}

const char *evaluator_run(const struct program *program, struct buf *out)
{
    struct arena arena;
    _cleanup_buf_ struct buf text = {0};
    struct eval ev = {.arena = &arena, .out = &text};

    arena_init(&arena, ARENA_BYTES, arena_is_full, NULL);
    configure(&ev, program);
    clauses_run(&ev, program, "BEGIN");
    clauses_run(&ev, program, "END");
    eval_show_maps(&ev);
    buf_printf(out, "exit %d\n", (int)ev.status);
    buf_add(out, text.p, text.n);
    arena_done(&arena);
    return ev.problem;
}
