/* Macros: a pass before names are resolved. The clauses of a script that has macros are copied, and
 * a copy of the macro's body stands in the place of each call.
 *
 * Hygiene: a variable of the body has a NUL and the number of the expansion behind its name. No
 * script can write that, so it is none of the caller's; and it is printed as it was written. */
#include "parser/ast_clone.h"
#include "semantic/context.h"

enum {
    MAX_NESTED = 64, /* expansions within each other */
};

/* An expansion: what the body's names stand for. */
struct frame {
    const struct macro *macro;
    struct expr *args; /* as written in the outer frame */
    u32 number;
    struct frame *outer; /* NULL: the clause */
};

struct expansion {
    struct sema *s;
    const struct program *program;
    struct frame *frame;
    u32 n_made, n_nested;
};

static bool fits(const struct expr *param, const struct expr *arg)
{
    if (param->kind == EXPR_MAP)
        return arg->kind == EXPR_MAP && !arg->args;
    return param->kind == EXPR_IDENT || arg->kind == param->kind;
}

/* How well the arguments fit: 0 not at all, more for each one that only its kind of parameter
 * takes. */
static u32 fit_of(const struct macro *macro, const struct expr *call)
{
    const struct expr *arg = call->args;
    u32 fit = 1;

    if (macro->n_params != call->n_args)
        return 0;
    for (const struct expr *param = macro->params; param; param = param->next, arg = arg->next) {
        if (!fits(param, arg))
            return 0;
        fit += param->kind != EXPR_IDENT;
    }
    return fit;
}

static struct str signature(struct sema *s, const struct macro *macro)
{
    struct str text = str_printf(s->arena, "%.*s(", STR_ARG(macro->name));

    for (const struct expr *param = macro->params; param; param = param->next) {
        const char *sigil = param->kind == EXPR_VAR ? "$" : param->kind == EXPR_MAP ? "@" : "";

        text = str_printf(s->arena, "%.*s%s%.*s%s", STR_ARG(text), sigil, STR_ARG(param->name),
                          param->next ? ", " : "");
    }
    return str_printf(s->arena, "%.*s)", STR_ARG(text));
}

/* The macro that a call means; NULL: none has the name, or *bad_out: it was reported. */
static const struct macro *find_macro(struct expansion *x, const struct expr *call, bool *bad_out)
{
    const struct macro *best = NULL, *named = NULL;
    u32 best_fit = 0;

    for (const struct macro *macro = x->program->macros.first; macro; macro = macro->next) {
        if (!str_eq(macro->name, call->name))
            continue;
        named = named ? named : macro;
        if (fit_of(macro, call) > best_fit) {
            best_fit = fit_of(macro, call);
            best = macro;
        }
    }
    *bad_out = named && !best;
    if (!*bad_out)
        return best;

    bool is_count = named->n_params != call->n_args;
    struct str text = signature(x->s, named);
    struct diag *diag =
        diag_add(x->s->v.diags, is_count ? E_ARG_COUNT : E_ARG_TYPE, call->span,
                 "Call to macro has %s arguments: %.*s",
                 is_count ? "the wrong number of" : "the wrong kinds of", STR_ARG(text));

    diag_note(diag, named->span, "This is the macro.");
    return NULL;
}

/* What stands for a call that was reported. */
static struct expr *nothing(struct expansion *x, struct span span)
{
    return expr_new(x->s->arena, EXPR_INT, span);
}

static bool may_expand(struct expansion *x, const struct macro *macro, const struct expr *call)
{
    for (const struct frame *f = x->frame; f; f = f->outer) {
        if (f->macro != macro)
            continue;
        diag_add(x->s->v.diags, E_MACRO_RECURSION, call->span, "Recursive macro call: %.*s",
                 STR_ARG(macro->name));
        return false;
    }
    if (x->n_nested < MAX_NESTED)
        return true;
    diag_add(x->s->v.diags, E_TOO_DEEP, call->span, "Macros nest more than %d deep", MAX_NESTED);
    return false;
}

static struct expr *expand_call(struct ast_clone *clone, const struct expr *call)
{
    struct expansion *x = clone->data;
    bool is_bad = false;
    const struct macro *macro = find_macro(x, call, &is_bad);

    if (!macro)
        return is_bad ? nothing(x, call->span) : NULL;
    if (!may_expand(x, macro, call))
        return nothing(x, call->span);

    struct frame frame = {macro, call->args, ++x->n_made, x->frame};
    struct expr *block = expr_new(x->s->arena, EXPR_BLOCK, call->span);

    x->frame = &frame;
    x->n_nested++;
    block->body = ast_clone_stmt(clone, macro->body);
    x->n_nested--;
    x->frame = frame.outer;
    block->depth = block->body->depth + 1;
    if (block->depth <= AST_MAX_DEPTH)
        return block;
    diag_add(x->s->v.diags, E_TOO_DEEP, call->span, "Expands to what is nested too deeply");
    return nothing(x, call->span);
}

/* The argument for a name of the body, NULL if it is no parameter. */
static const struct expr *argument_of(const struct frame *frame, const struct expr *e)
{
    const struct expr *arg = frame->args;

    for (const struct expr *param = frame->macro->params; param; param = param->next) {
        if (param->kind == e->kind && str_eq(param->name, e->name))
            return arg;
        arg = arg->next;
    }
    return NULL;
}

static struct expr *replace_name(struct ast_clone *clone, const struct expr *e)
{
    struct expansion *x = clone->data;
    struct frame *frame = x->frame;
    const struct expr *arg = argument_of(frame, e);
    struct expr *copy = NULL;

    if (arg) {
        x->frame = frame->outer;
        copy = ast_clone_expr(clone, arg);
        x->frame = frame;
    } else if (e->kind == EXPR_VAR) {
        copy = expr_new(x->s->arena, EXPR_VAR, e->span);
        copy->name = str_printf(x->s->arena, "%.*s%c%u", STR_ARG(e->name), 0, frame->number);
    }
    if (arg && e->kind == EXPR_MAP && e->args) { /* @m[key] of the parameter @m */
        struct expr **end = &copy->args;

        for (const struct expr *key = e->args; key; key = key->next, end = &(*end)->next) {
            *end = ast_clone_expr(clone, key);
            copy->depth = MAX(copy->depth, (*end)->depth + 1);
        }
        copy->n_args = e->n_args;
        copy->span = e->span;
    }
    return copy;
}

static struct expr *replace(struct ast_clone *clone, const struct expr *e)
{
    struct expansion *x = clone->data;
    bool is_name = e->kind == EXPR_VAR || e->kind == EXPR_MAP || e->kind == EXPR_IDENT;
    struct expr *copy = is_name && x->frame ? replace_name(clone, e) : NULL;

    if (!copy && (e->kind == EXPR_CALL || e->kind == EXPR_IDENT))
        copy = expand_call(clone, e);
    return copy;
}

void expand_macros(struct sema *s, struct program *program)
{
    struct expansion x = {.s = s, .program = program};
    struct ast_clone clone = {.arena = s->arena, .replace = replace, .data = &x};

    if (!program->macros.first)
        return;
    for (struct clause *clause = program->clauses; clause; clause = clause->next) {
        clause->predicate = ast_clone_expr(&clone, clause->predicate);
        clause->body = ast_clone_stmt(&clone, clause->body);
        if (clause->body->depth > AST_MAX_DEPTH)
            diag_add(s->v.diags, E_TOO_DEEP, clause->span, "Expands to what is nested too deeply");
    }
}
