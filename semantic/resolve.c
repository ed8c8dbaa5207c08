/* Names: probe specs to attach points, variables and maps to symbols, words to descriptors. After
 * this pass every expression that names something knows what, or has been reported. */
#include "semantic/context.h"

/* ---- variables ---- */

struct symbol *find_variable(const struct sema *s, struct str name)
{
    for (u32 i = s->scope.n; i-- > 0;) {
        if (str_eq(s->scope.items[i].symbol->name, name))
            return s->scope.items[i].symbol;
    }
    return NULL;
}

struct symbol *declare_variable(struct sema *s, struct str name, struct span span)
{
    struct symbol *symbol = arena_new(s->arena, struct symbol);

    *symbol = (struct symbol){.name = name, .span = span, .is_assigned = true};
    *vec_push(s->arena, &s->scope) = (struct scope_entry){symbol, s->depth};
    return symbol;
}

static void hint_variable(struct sema *s, struct diag *diag, struct str name)
{
    const char **names = arena_array(s->arena, const char *, s->scope.n + 1);
    u32 n = 0;

    vec_foreach(entry, &s->scope)
        names[n++] = str_cstr(s->arena, entry->symbol->name);

    int nearest = str_nearest(name, names, n);

    if (nearest >= 0)
        diag_hint(diag, "Did you mean '$%s'?", names[nearest]);
}

static void resolve_variable(struct sema *s, struct expr *e)
{
    e->symbol = find_variable(s, e->name);
    if (e->symbol)
        return;
    hint_variable(s,
                  diag_add(s->v.diags, E_UNDEFINED_VARIABLE, e->span,
                           "Undefined or undeclared variable: $%.*s", STR_ARG(e->name)),
                  e->name);
}

void enter_scope(struct sema *s)
{
    s->depth++;
}

void leave_scope(struct sema *s)
{
    while (s->scope.n > 0 && s->scope.items[s->scope.n - 1].depth >= s->depth)
        s->scope.n--;
    s->depth--;
}

/* ---- maps ---- */

static struct symbol *map_symbol(struct sema *s, const struct expr *e)
{
    char *text = arena_alloc(s->arena, e->name.n + 1);
    struct str name = {text, e->name.n + 1};

    text[0] = '@';
    memcpy(text + 1, e->name.p, e->name.n); /* a macro's own name has a NUL in it */

    vec_foreach(known, &s->maps) {
        if (str_eq((*known)->name, name))
            return *known;
    }

    struct symbol *symbol = arena_new(s->arena, struct symbol);

    *symbol = (struct symbol){.name = name, .span = e->span, .is_map = true};
    symbol->map = (struct map_info){.name = name, .span = e->span};
    *vec_push(s->arena, &s->maps) = symbol;
    return symbol;
}

/* A map is used either with a key or without one. */
static void note_use(struct sema *s, struct map_info *map, bool with_key, struct span span)
{
    if (with_key && map->is_scalar) {
        diag_add(s->v.diags, E_SCALAR_KEYED, span,
                 "%.*s used as a map with an explicit key (non-scalar map), previously used "
                 "without an explicit key (scalar map)",
                 STR_ARG(map->name));
    } else if (!with_key && map->is_keyed) {
        diag_add(s->v.diags, E_SCALAR_KEYED, span,
                 "%.*s used as a map without an explicit key (scalar map), previously used with "
                 "an explicit key (non-scalar map)",
                 STR_ARG(map->name));
    } else {
        map->is_keyed |= with_key;
        map->is_scalar |= !with_key;
    }
}

static void resolve_list(struct sema *s, struct expr *list)
{
    for (struct expr *e = list; e; e = e->next)
        resolve_expr(s, e);
}

static void resolve_map(struct sema *s, struct expr *e)
{
    resolve_list(s, e->args);
    e->symbol = map_symbol(s, e);
    note_use(s, &e->symbol->map, e->args != NULL, e->span);
}

/* ---- calls ---- */

static struct call *call_new(struct sema *s, const struct expr *e, const struct func_desc *fn,
                             u32 n_args)
{
    struct call *c = arena_new(s->arena, struct call);

    *c = (struct call){.fn = fn,
                       .name = e->name,
                       .span = e->span,
                       .args = arena_array(s->arena, struct call_arg, n_args),
                       .n_args = n_args};
    return c;
}

/* delete(@x[1, 2]) is delete(@x, 1, 2): the keys become arguments of their own. */
static void split_map_argument(struct expr *call)
{
    struct expr *map = call->args;
    struct expr *last = map->args;

    while (last->next)
        last = last->next;
    last->next = map->next;
    map->next = map->args;
    call->n_args += map->n_args;
    map->args = NULL;
    map->n_args = 0;
}

void resolve_whole_map(struct sema *s, struct expr *e)
{
    e->symbol = map_symbol(s, e);
}

static void resolve_map_argument(struct sema *s, struct expr *arg, struct call_arg *out)
{
    resolve_whole_map(s, arg);
    out->map = &arg->symbol->map;
    out->span = arg->span;
}

/* A variable that the call assigns to; declared here if there is none. */
static void resolve_out_argument(struct sema *s, struct expr *arg, struct call_arg *out)
{
    arg->symbol = find_variable(s, arg->name);
    if (!arg->symbol)
        arg->symbol = declare_variable(s, arg->name, arg->span);
    arg->symbol->is_assigned = true;
    out->is_out = true;
}

static void resolve_args(struct sema *s, struct expr *e, const struct func_desc *fn)
{
    u32 i = 0;
    struct expr *first = e->args;

    if (first && first->kind == EXPR_MAP && first->args && vocab_param_is_map(fn, 0)) {
        split_map_argument(e);
        note_use(s, &map_symbol(s, first)->map, true, first->span);
    }
    e->call = call_new(s, e, fn, e->n_args);
    for (struct expr *arg = e->args; arg; arg = arg->next, i++) {
        bool whole_map = arg->kind == EXPR_MAP && !arg->args && vocab_param_takes_map(fn, i);

        if (whole_map) {
            resolve_map_argument(s, arg, &e->call->args[i]);
        } else if (arg->kind == EXPR_VAR && vocab_param_is_variable(fn, i)) {
            resolve_out_argument(s, arg, &e->call->args[i]);
        } else if (arg->kind == EXPR_IDENT && vocab_param_is_word(fn, i)) {
            arg->kind = EXPR_STRING;
            arg->text = arg->name;
            arg->is_const = true;
        } else {
            resolve_expr(s, arg);
        }
    }
}

static void report_agg_place(struct sema *s, const struct expr *e)
{
    struct diag *diag = diag_add(s->v.diags, E_AGG_ASSIGN, e->span,
                                 "%.*s() must be assigned directly to a map", STR_ARG(e->name));

    diag_hint(diag, "Write @name = %.*s(...);", STR_ARG(e->name));
}

/* A call anywhere but on the right of a map's assignment. */
static void resolve_call(struct sema *s, struct expr *e)
{
    u32 number = 0;
    const struct func_desc *fn = vocab_func(e->name, &number);

    if (!fn && vocab_agg(e->name)) {
        report_agg_place(s, e);
        resolve_list(s, e->args);
        return;
    }
    if (!fn && expand_prelude(s, e)) {
        resolve_expr(s, e);
        return;
    }
    if (!fn) {
        vocab_report_unknown(&s->v, e->name, e->span, true);
        if (e->args)
            resolve_list(s, e->args);
        return;
    }
    resolve_args(s, e, fn);
    e->call->number = number;
}

static void resolve_word(struct sema *s, struct expr *e)
{
    u32 number = 0;
    const struct func_desc *fn = vocab_func(e->name, &number);

    if (!fn && is_enumerator(s, e->name))
        return;
    if (!fn && expand_prelude(s, e)) {
        resolve_expr(s, e);
        return;
    }
    if (!fn || !(fn->flags & FN_VARIABLE)) {
        report_unknown_word(s, e->name, e->span);
        return;
    }
    e->call = call_new(s, e, fn, 0);
    e->call->number = number;
}

/* args.filename: the word with its member; else a member of any value. */
static void resolve_field(struct sema *s, struct expr *e)
{
    if (resolve_setting(s, e))
        return;

    const struct expr *of = e->a;
    const struct func_desc *fn = of->kind == EXPR_IDENT ? vocab_func(of->name, NULL) : NULL;

    if (!fn || !(fn->flags & FN_MEMBERS)) {
        resolve_expr(s, e->a);
        return;
    }
    e->call = call_new(s, of, fn, 0);
    e->call->span = e->span;
    e->call->member = e->name;
    e->call->member_span = e->span;
}

/* ---- expressions ---- */

static void resolve_param(struct sema *s, struct expr *e)
{
    const struct script_args *args = &s->opts->args;

    e->is_open = s->opts->is_open && (e->num == 0 || e->num > args->n_params);
    e->is_const = !e->is_open;
    if (e->is_open)
        return;
    if (e->num == 0) { /* $# */
        e->num = args->n_params;
        return;
    }
    if (e->num <= args->n_params) {
        e->text = args->params[e->num - 1];
        return;
    }
    diag_add(s->v.diags, W_PARAM_MISSING, e->span,
             "Positional parameter $%llu is missing: 0 or \"\" is used",
             (unsigned long long)e->num);
    e->text = STR("0");
    e->is_missing = true;
}

static void refuse(struct sema *s, struct span span, const char *what)
{
    diag_add(s->v.diags, E_UNSUPPORTED, span, "'%s' is not supported yet", what);
}

static void resolve_stmt(struct sema *s, struct stmt *stmt);

static void resolve_children(struct sema *s, struct expr *e)
{
    struct expr *const operands[] = {e->a, e->b, e->c};

    for (u32 i = 0; i < ARRAY_SIZE(operands); i++) {
        if (operands[i])
            resolve_expr(s, operands[i]);
    }
    resolve_list(s, e->args);
    if (e->body)
        resolve_block(s, e->body);
    if (e->other) /* a block, or the statement of an else if */
        resolve_stmt(s, e->other);
}

void resolve_expr(struct sema *s, struct expr *e)
{
    switch (e->kind) {
    case EXPR_INT:
    case EXPR_BOOL:
    case EXPR_STRING:
        e->is_const = true;
        return;
    case EXPR_PARAM:
        resolve_param(s, e);
        return;
    case EXPR_VAR:
        resolve_variable(s, e);
        return;
    case EXPR_MAP:
        resolve_map(s, e);
        return;
    case EXPR_IDENT:
        resolve_word(s, e);
        return;
    case EXPR_CALL:
        resolve_call(s, e);
        return;
    case EXPR_FIELD:
        resolve_field(s, e);
        return;
    case EXPR_INCDEC:
        resolve_expr(s, e->a);
        if (e->a->kind == EXPR_MAP && e->a->symbol)
            e->a->symbol->is_assigned = true;
        return;
    case EXPR_CAST:
        resolve_type_name(s, e->type_name);
        resolve_expr(s, e->a);
        return;
    case EXPR_UNARY:
        resolve_children(s, e);
        if (e->op == OP_ADDR)
            refuse(s, e->span, op_text(e->op));
        return;
    case EXPR_BINARY:
    case EXPR_TERNARY:
    case EXPR_TUPLE:
    case EXPR_INDEX:
    case EXPR_RECORD:
    case EXPR_IF:
    case EXPR_BLOCK:
    case EXPR_COMPTIME:
        resolve_children(s, e);
        return;
    case EXPR_SIZEOF:
    case EXPR_OFFSETOF:
    case EXPR_TYPE:
        resolve_query(s, e);
        return;
    case EXPR_COUNT_:
        break;
    }
    ptl_bug("an expression of no kind");
}

/* ---- statements ---- */

/* The one place where an aggregation may stand: @map = count(). */
static bool is_aggregation(const struct stmt *stmt)
{
    const struct expr *value = stmt->value;

    return stmt->op == OP_NONE && stmt->target && stmt->target->kind == EXPR_MAP &&
           (value->kind == EXPR_CALL || value->kind == EXPR_IDENT) && vocab_agg(value->name) &&
           !vocab_func(value->name, NULL);
}

static void resolve_assign(struct sema *s, struct stmt *stmt)
{
    struct expr *target = stmt->target;

    if (is_aggregation(stmt)) {
        resolve_list(s, stmt->value->args);
        stmt->value->call = call_new(s, stmt->value, NULL, stmt->value->n_args);
    } else {
        resolve_expr(s, stmt->value);
    }
    if (!target)
        return;
    if (target->kind == EXPR_VAR && stmt->op == OP_NONE) {
        target->symbol = find_variable(s, target->name);
        if (!target->symbol)
            target->symbol = declare_variable(s, target->name, target->span);
        target->symbol->is_assigned = true;
        return;
    }
    resolve_expr(s, target);
    if (target->kind == EXPR_MAP && target->symbol)
        target->symbol->is_assigned = true;
}

static void resolve_stmt(struct sema *s, struct stmt *stmt)
{
    switch (stmt->kind) {
    case STMT_EXPR:
        resolve_expr(s, stmt->value);
        return;
    case STMT_ASSIGN:
        resolve_assign(s, stmt);
        return;
    case STMT_IF:
        resolve_expr(s, stmt->value);
        resolve_block(s, stmt->body);
        if (stmt->other)
            resolve_stmt(s, stmt->other);
        return;
    case STMT_BLOCK:
        resolve_block(s, stmt);
        return;
    case STMT_RETURN:
        if (stmt->value)
            resolve_expr(s, stmt->value);
        return;
    case STMT_LET:
    case STMT_WHILE:
    case STMT_FOR_RANGE:
    case STMT_FOR_MAP:
    case STMT_UNROLL:
    case STMT_BREAK:
    case STMT_CONTINUE:
        resolve_loop_stmt(s, stmt);
        return;
    case STMT_COUNT_:
        break;
    }
    ptl_bug("a statement of no kind");
}

static bool ends_block(const struct stmt *stmt)
{
    if (stmt_is_jump(stmt))
        return true;
    return stmt->kind == STMT_EXPR && stmt->value->call && stmt->value->call->fn &&
           (stmt->value->call->fn->flags & FN_ENDS);
}

struct span span_with_semicolon(const struct sema *s, struct span span)
{
    struct str next = sources_text(s->v.diags->sources, (struct span){span.end, span.end + 1});

    return str_eq_c(next, ";") ? (struct span){span.begin, span.end + 1} : span;
}

static void report_unreachable(struct sema *s, const struct stmt *stmt)
{
    diag_add(s->v.diags, W_UNREACHABLE, span_with_semicolon(s, stmt->span),
             "Unreachable statement.");
}

void resolve_block(struct sema *s, const struct stmt *block)
{
    enter_scope(s);
    for (struct stmt *stmt = block->body; stmt; stmt = stmt->next) {
        resolve_stmt(s, stmt);
        if (stmt->next && ends_block(stmt))
            report_unreachable(s, stmt->next);
    }
    leave_scope(s);
}

/* ---- clauses ---- */

/* Variables that were declared and never get a value: they are 0. */
static void report_unassigned(struct sema *s)
{
    vec_foreach(let, &s->lets) {
        if (!let->symbol->is_assigned) {
            diag_add(s->v.diags, W_NEVER_ASSIGNED, let->span,
                     "Variable $%.*s was never assigned to.", STR_ARG(let->symbol->name));
            let->symbol->type = type_int(s->v.types, 8, true);
        }
    }
    s->lets.n = 0;
}

static void resolve_clause(struct sema *s, const struct clause *clause)
{
    s->depth = 1;
    if (clause->predicate)
        resolve_expr(s, clause->predicate);
    resolve_block(s, clause->body);
    report_unassigned(s);
}

void resolve_program(struct sema *s, struct program *program)
{
    apply_config(s, program);
    expand_macros(s, program);
    declare_maps(s, program);
    parse_probes(s, program);
    vec_foreach(info, &s->clauses) {
        resolve_clause(s, info->clause);
        resolve_probes(s, info);
    }
    check_uncalled_macros(s, program);
}
