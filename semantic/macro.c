/* Macros: a pass before names are resolved. The clauses of a script that has macros are copied, and
 * a copy of the macro's body stands in the place of each call. Macros of the prelude (prelude.c)
 * are expanded later, where a name is found to be none of the script's and of the vocabulary.
 *
 * Hygiene: a variable of the body has a NUL and the number of the expansion behind its name. No
 * script can write that, so it is none of the caller's; and it is printed as it was written.
 *
 * Positions in a copy are those of an expansion (base/source.h), so that what is reported about it
 * names the call, too. Nobody can mend the prelude: there, the call is the place of everything. */
#include "semantic/macro.h"

enum {
    MAX_NESTED = 64, /* expansions within each other */
};

/* An expansion: what the body's names stand for. */
struct frame {
    struct macro *macro;
    struct expr *args; /* as written in the outer frame */
    u32 number;
    struct span call;    /* in the outer frame's positions */
    u32 shift;           /* from positions in the macro to those of the copy */
    bool is_check;       /* no call: the parameters stand for anything */
    struct frame *outer; /* NULL: the clause */
};

struct expander {
    struct sema *s;
    struct macro *macros;
    bool is_prelude;
    struct frame *frame;
    u32 n_nested;
};

/* ---- which macro ---- */

/* The argument for a name of the body, NULL if it is no parameter. */
static const struct expr *argument_of(const struct frame *frame, enum expr_kind kind,
                                      struct str name)
{
    const struct expr *arg = frame->args;

    for (const struct expr *param = frame->macro->params; param; param = param->next) {
        if (param->kind == kind && str_eq(param->name, name))
            return frame->is_check ? param : arg;
        arg = arg ? arg->next : NULL;
    }
    return NULL;
}

static bool is_name(const struct expr *e)
{
    return e->kind == EXPR_VAR || e->kind == EXPR_MAP || e->kind == EXPR_IDENT;
}

/* What an argument stands for, if it is itself a parameter of the macro that the call stands in.
 * NULL: that cannot be known. */
static const struct expr *meant(const struct frame *frame, const struct expr *arg)
{
    const struct expr *outer = NULL;

    while (frame && is_name(arg) && !arg->args) {
        outer = argument_of(frame, arg->kind, arg->name);
        if (!outer)
            break;
        if (frame->is_check)
            return outer->kind == EXPR_IDENT ? NULL : outer;
        arg = outer;
        frame = frame->outer;
    }
    return arg;
}

static bool fits(const struct expr *param, const struct expr *arg)
{
    if (!arg)
        return true;
    if (param->kind == EXPR_MAP)
        return arg->kind == EXPR_MAP && !arg->args;
    return param->kind == EXPR_IDENT || arg->kind == param->kind;
}

/* How well the arguments fit: 0 not at all, more for each one that only its kind of parameter
 * takes. */
static u32 fit_of(const struct frame *frame, const struct macro *macro, const struct expr *call)
{
    const struct expr *arg = call->args;
    u32 fit = 1;

    if (macro->n_params != call->n_args)
        return 0;
    for (const struct expr *param = macro->params; param; param = param->next, arg = arg->next) {
        if (!fits(param, meant(frame, arg)))
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

static struct span place_of(struct expander *x, struct span span)
{
    const struct frame *frame = x->frame;

    if (!frame)
        return span;
    if (x->is_prelude)
        return frame->call;
    /* What a macro of C stands for lies where it was defined. */
    if (span.begin < frame->macro->span.begin || span.end > frame->macro->body->span.end)
        return span;
    return (struct span){span.begin + frame->shift, span.end + frame->shift};
}

static void report_misfit(struct expander *x, const struct macro *named, const struct expr *call)
{
    bool is_count = named->n_params != call->n_args;
    struct str text = signature(x->s, named);
    struct diag *diag =
        diag_add(x->s->v.diags, is_count ? E_ARG_COUNT : E_ARG_TYPE, place_of(x, call->span),
                 "Call to macro has %s arguments: %.*s",
                 is_count ? "the wrong number of" : "the wrong kinds of", STR_ARG(text));

    if (!x->is_prelude)
        diag_note(diag, named->span, "This is the macro.");
}

/* The macro that a call means; NULL: none has the name, or *bad_out: it was reported. */
static struct macro *find_macro(struct expander *x, const struct expr *call, bool *bad_out)
{
    struct macro *best = NULL, *named = NULL;
    u32 best_fit = 0;

    for (struct macro *macro = x->macros; macro; macro = macro->next) {
        if (!str_eq(macro->name, call->name))
            continue;

        u32 fit = fit_of(x->frame, macro, call);

        named = named ? named : macro;
        if (fit > best_fit) {
            best_fit = fit;
            best = macro;
        }
    }
    *bad_out = named && !best;
    if (*bad_out)
        report_misfit(x, named, call);
    return best;
}

/* ---- expansion ---- */

/* What stands for a call that was reported: a block with a number, since nobody uses its value. */
static struct expr *nothing(struct expander *x, struct span span)
{
    struct arena *arena = x->s->arena;
    struct expr *block = expr_new(arena, EXPR_BLOCK, span);

    block->body = stmt_new(arena, STMT_BLOCK, span);
    block->body->body = stmt_new(arena, STMT_EXPR, span);
    block->body->body->value = expr_new(arena, EXPR_INT, span);
    block->depth = 4;
    return block;
}

static bool may_expand(struct expander *x, const struct macro *macro, struct span span)
{
    for (const struct frame *f = x->frame; f; f = f->outer) {
        if (f->macro != macro)
            continue;
        diag_add(x->s->v.diags, E_MACRO_RECURSION, span, "Recursive macro call: %.*s",
                 STR_ARG(macro->name));
        return false;
    }
    if (x->n_nested < MAX_NESTED)
        return true;
    diag_add(x->s->v.diags, E_TOO_DEEP, span, "Macros nest more than %d deep", MAX_NESTED);
    return false;
}

static struct expr *expand_call(struct ast_clone *clone, const struct expr *call)
{
    struct expander *x = clone->data;
    bool is_bad = false, is_check = x->frame && x->frame->is_check;
    struct span span = place_of(x, call->span);
    struct macro *macro = find_macro(x, call, &is_bad);

    if (!macro)
        return is_bad ? nothing(x, span) : NULL;
    if (!may_expand(x, macro, span) || is_check) /* that one is checked by itself */
        return nothing(x, span);

    struct frame frame = {macro, call->args, ++x->s->n_expansions, span, 0, false, x->frame};
    struct expr *block = expr_new(x->s->arena, EXPR_BLOCK, span);

    if (!x->is_prelude) {
        frame.shift =
            sources_expand(x->s->v.diags->sources, span_join(macro->span, macro->body->span), span);
    }
    macro->is_called = true;
    x->frame = &frame;
    x->n_nested++;
    block->body = ast_clone_stmt(clone, macro->body);
    x->n_nested--;
    x->frame = frame.outer;
    block->depth = block->body->depth + 1;
    if (block->depth <= AST_MAX_DEPTH)
        return block;
    diag_add(x->s->v.diags, E_TOO_DEEP, span, "Expands to what is nested too deeply");
    return nothing(x, span);
}

/* A name that stands for nothing but itself in this expansion. */
static struct expr *own_name(struct expander *x, const struct expr *e)
{
    struct expr *copy = expr_new(x->s->arena, e->kind, place_of(x, e->span));

    copy->name = str_printf(x->s->arena, "%.*s%c%u", STR_ARG(e->name), 0, x->frame->number);
    return copy;
}

/* What a parameter stands for. */
static struct expr *clone_argument(struct ast_clone *clone, const struct expr *arg,
                                   const struct expr *e)
{
    struct expander *x = clone->data;
    struct frame *frame = x->frame;
    struct expr *copy = NULL;

    if (frame->is_check)
        return e->kind == EXPR_IDENT ? nothing(x, place_of(x, e->span)) : own_name(x, e);
    x->frame = frame->outer;
    copy = ast_clone_expr(clone, arg);
    x->frame = frame;
    return copy;
}

static struct expr *replace_name(struct ast_clone *clone, const struct expr *e)
{
    struct expander *x = clone->data;
    const struct expr *arg = argument_of(x->frame, e->kind, e->name);
    struct expr *copy = NULL;

    if (arg) {
        copy = clone_argument(clone, arg, e);
    } else if (e->kind == EXPR_VAR) {
        copy = own_name(x, e);
    }
    if (arg && e->kind == EXPR_MAP && e->args) { /* @m[key] of the parameter @m */
        struct expr **end = &copy->args;

        for (const struct expr *key = e->args; key; key = key->next, end = &(*end)->next) {
            *end = ast_clone_expr(clone, key);
            copy->depth = MAX(copy->depth, (*end)->depth + 1);
        }
        copy->n_args = e->n_args;
        copy->span = place_of(x, e->span);
    }
    return copy;
}

/* offsetof(type, member), where member is a parameter: its path takes the argument's names. */
static struct expr *replace_path(struct ast_clone *clone, const struct expr *e)
{
    struct expander *x = clone->data;
    const struct expr *arg =
        e->n_args == 1 ? argument_of(x->frame, EXPR_IDENT, e->args->name) : NULL;
    struct expr copy = *e, *path = NULL;

    if (!arg || x->frame->is_check)
        return NULL;
    copy.args = NULL;
    copy.n_args = 0;
    for (; arg->kind == EXPR_FIELD; arg = arg->a, copy.n_args++) {
        path = expr_new(x->s->arena, EXPR_IDENT, arg->name_span);
        path->name = arg->name;
        path->next = copy.args;
        copy.args = path;
    }
    if (arg->kind != EXPR_IDENT)
        return NULL;
    path = expr_new(x->s->arena, EXPR_IDENT, arg->span);
    path->name = arg->name;
    path->next = copy.args;
    copy.args = path;
    copy.n_args++;
    return ast_clone_expr(clone, &copy);
}

static struct expr *replace(struct ast_clone *clone, const struct expr *e)
{
    struct expander *x = clone->data;
    struct expr *copy = is_name(e) && x->frame ? replace_name(clone, e) : NULL;

    if (!copy && x->frame && e->kind == EXPR_OFFSETOF)
        copy = replace_path(clone, e);
    if (!copy && (e->kind == EXPR_CALL || e->kind == EXPR_IDENT))
        copy = expand_call(clone, e);
    return copy;
}

/* A parameter that stands for a type: (type *)p. */
static struct type_name *replace_type(struct ast_clone *clone, const struct type_name *t)
{
    struct expander *x = clone->data;
    struct frame *frame = x->frame;
    const struct expr *arg = frame ? argument_of(frame, EXPR_IDENT, t->name) : NULL;
    struct type_name *copy = NULL;

    if (!arg || frame->is_check || t->count)
        return NULL;
    x->frame = frame->outer;
    if (arg->kind == EXPR_TYPE) {
        copy = ast_clone_type(clone, arg->type_name);
    } else if (arg->kind == EXPR_IDENT) {
        copy = arena_new(x->s->arena, struct type_name);
        *copy = *t;
        copy->name = arg->name;
        copy->span = place_of(x, arg->span);
    }
    x->frame = frame;
    return copy;
}

static struct span place(struct ast_clone *clone, struct span span)
{
    return place_of(clone->data, span);
}

static struct ast_clone clone_for(struct expander *x)
{
    return (struct ast_clone){.arena = x->s->arena,
                              .replace = replace,
                              .replace_type = replace_type,
                              .place = place,
                              .data = x};
}

/* ---- the script's macros ---- */

static int compare_macros(const void *a, const void *b)
{
    const struct macro *x = *(struct macro *const *)a, *y = *(struct macro *const *)b;
    int order = x->name.n != y->name.n ? (x->name.n < y->name.n ? -1 : 1)
                                       : memcmp(x->name.p, y->name.p, x->name.n);

    return order ? order : x->span.begin < y->span.begin ? -1 : 1;
}

static bool have_same_params(const struct macro *a, const struct macro *b)
{
    const struct expr *p = a->params, *q = b->params;

    if (a->n_params != b->n_params)
        return false;
    for (; p; p = p->next, q = q->next) {
        if (p->kind != q->kind)
            return false;
    }
    return true;
}

/* Two that every call would fit to alike. */
static void report_duplicates(struct sema *s, const struct program *program)
{
    struct macro **sorted = NULL;
    u32 n = 0;

    for (struct macro *macro = program->macros.first; macro; macro = macro->next)
        n++;
    sorted = arena_array(s->arena, struct macro *, n);
    n = 0;
    for (struct macro *macro = program->macros.first; macro; macro = macro->next)
        sorted[n++] = macro;
    qsort(sorted, n, sizeof(*sorted), compare_macros);
    for (u32 i = 1; i < n; i++) {
        for (u32 k = i; k-- > 0 && str_eq(sorted[k]->name, sorted[i]->name);) {
            if (!have_same_params(sorted[k], sorted[i]))
                continue;
            diag_note(diag_add(s->v.diags, E_MACRO_REDEFINED, sorted[i]->span,
                               "Redefinition of macro: %.*s", STR_ARG(sorted[i]->name)),
                      sorted[k]->span, "This is the original definition.");
            break;
        }
    }
}

void note_macro_names(struct sema *s, const struct macro *macros)
{
    for (const struct macro *macro = macros; macro; macro = macro->next)
        *vec_push(s->arena, &s->v.macro_names) = str_cstr(s->arena, macro->name);
}

void expand_macros(struct sema *s, struct program *program)
{
    struct expander x = {.s = s, .macros = program->macros.first};
    struct ast_clone clone = clone_for(&x);

    if (!program->macros.first)
        return;
    note_macro_names(s, program->macros.first);
    report_duplicates(s, program);
    for (struct clause *clause = program->clauses; clause; clause = clause->next) {
        clause->predicate = ast_clone_expr(&clone, clause->predicate);
        clause->body = ast_clone_stmt(&clone, clause->body);
        if (clause->body->depth > AST_MAX_DEPTH)
            diag_add(s->v.diags, E_TOO_DEEP, clause->span, "Expands to what is nested too deeply");
    }
}

/* What its body names, without a call: parameters are there, and of no known type. */
static void check_macro(struct sema *s, struct expander *x, struct macro *macro)
{
    struct frame frame = {
        .macro = macro, .number = ++s->n_expansions, .call = macro->span, .is_check = true};
    struct ast_clone clone = clone_for(x);
    struct stmt *body = NULL;

    x->frame = &frame;
    body = ast_clone_stmt(&clone, macro->body);
    enter_scope(s);
    for (const struct expr *param = macro->params; param; param = param->next) {
        if (param->kind == EXPR_VAR)
            (void)declare_variable(s, own_name(x, param)->name, param->span);
    }
    x->frame = NULL;
    resolve_block(s, body);
    leave_scope(s);
}

void check_uncalled_macros(struct sema *s, const struct program *program)
{
    struct expander x = {.s = s, .macros = program->macros.first};
    u32 n_maps = s->maps.n;
    struct map_info *before = arena_array(s->arena, struct map_info, n_maps + 1);

    for (u32 i = 0; i < n_maps; i++)
        before[i] = s->maps.items[i]->map;
    for (struct macro *macro = program->macros.first; macro; macro = macro->next) {
        if (!macro->is_called)
            check_macro(s, &x, macro);
    }
    /* It uses no map. */
    for (u32 i = 0; i < n_maps; i++)
        s->maps.items[i]->map = before[i];
    s->maps.n = n_maps;
}

bool expand_call_of(struct sema *s, struct macro *macros, struct expr *e)
{
    struct expander x = {.s = s, .macros = macros, .is_prelude = true};
    struct ast_clone clone = clone_for(&x);
    struct expr *copy = expand_call(&clone, e);

    if (!copy)
        return false;
    copy->next = e->next;
    copy->label = e->label;
    copy->label_span = e->label_span;
    *e = *copy;
    return true;
}
