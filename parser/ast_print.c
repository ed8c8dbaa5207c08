/* The AST as an indented tree: what --emit=ast and --emit=types show, and the golden tests compare.
 *
 * Text of the script is escaped, so that one node stays one line. */
#include "parser/ast.h"
#include "parser/ast_print_c.h"

struct printer {
    struct buf *out;
    const struct sources *sources;
    const struct ast_print *opts;
};

static void print_head(const struct printer *pr, u32 level, const char *name, struct span span)
{
    const struct source *src = sources_find(pr->sources, span.begin);
    u32 base = src ? src->base : 0;

    span = sources_origin(pr->sources, span);
    buf_pad(pr->out, ' ', (size_t)level * 2);
    buf_printf(pr->out, "%s %u-%u", name, span.begin - base, span.end - base);
}

static void print_label(const struct printer *pr, u32 level, const char *label)
{
    buf_pad(pr->out, ' ', (size_t)level * 2);
    buf_add_cstr(pr->out, label);
    buf_add_char(pr->out, '\n');
}

static void print_name(const struct printer *pr, const char *before, struct str name)
{
    buf_add_cstr(pr->out, before);
    buf_add_escaped(pr->out,
                    str_sub(name, 0, (u32)strnlen(name.p, name.n))); /* of a macro: a mark */
}

static const char *const tag_words[TYPE_NAME_COUNT_] = {
    [TYPE_NAME_STRUCT] = "struct ",
    [TYPE_NAME_UNION] = "union ",
    [TYPE_NAME_ENUM] = "enum ",
};

/* Is the number in [ ] a literal, so that the type's text can show it? */
static bool has_plain_count(const struct type_name *t)
{
    return t->count && t->count->kind == EXPR_INT && !t->count->is_unsigned;
}

/* A type in the script's own words. What is an expression in it, print_type_exprs() shows. */
static void print_type_text(const struct printer *pr, const struct type_name *t)
{
    switch (t->kind) {
    case TYPE_NAME_WORD:
    case TYPE_NAME_STRUCT:
    case TYPE_NAME_UNION:
    case TYPE_NAME_ENUM:
        print_name(pr, tag_words[t->kind] ? tag_words[t->kind] : "", t->name);
        break;
    case TYPE_NAME_TYPEOF:
        buf_add_cstr(pr->out, "typeof(");
        if (t->inner)
            print_type_text(pr, t->inner);
        buf_add_char(pr->out, ')');
        break;
    case TYPE_NAME_POINTER:
        print_type_text(pr, t->inner);
        buf_add_char(pr->out, '*');
        break;
    case TYPE_NAME_ARRAY:
        print_type_text(pr, t->inner);
        break;
    case TYPE_NAME_RECORD:
        buf_add_cstr(pr->out, "{ }");
        break;
    case TYPE_NAME_COUNT_:
        break;
    }
    if (has_plain_count(t)) {
        buf_printf(pr->out, "[%llu]", (unsigned long long)t->count->num);
    } else if (t->kind == TYPE_NAME_ARRAY || t->count) {
        buf_add_cstr(pr->out, "[]");
    }
}

static void print_literal(const struct printer *pr, const struct expr *e)
{
    const char *unit = e->is_duration ? "ns" : e->is_unsigned ? "u" : "";

    if (e->kind == EXPR_INT) {
        buf_printf(pr->out, " %llu%s", (unsigned long long)e->num, unit);
    } else if (e->kind == EXPR_BOOL) {
        buf_add_cstr(pr->out, e->num ? " true" : " false");
    } else {
        print_name(pr, " \"", e->text);
        buf_add_char(pr->out, '"');
    }
}

static void print_detail(const struct printer *pr, const struct expr *e)
{
    switch (e->kind) {
    case EXPR_INT:
    case EXPR_BOOL:
    case EXPR_STRING:
        print_literal(pr, e);
        break;
    case EXPR_VAR:
        print_name(pr, " $", e->name);
        break;
    case EXPR_MAP:
        print_name(pr, " @", e->name);
        break;
    case EXPR_PARAM: {
        struct str text = sources_text(pr->sources, e->span);

        buf_printf(pr->out, " %.*s", STR_ARG(text));
        break;
    }
    case EXPR_IDENT:
    case EXPR_CALL:
    case EXPR_FIELD:
        print_name(pr, " ", e->name);
        break;
    case EXPR_UNARY:
    case EXPR_BINARY:
        buf_printf(pr->out, " %s", op_text(e->op));
        break;
    case EXPR_INCDEC:
        buf_printf(pr->out, " %s %s", op_text(e->op), e->is_postfix ? "postfix" : "prefix");
        break;
    case EXPR_IF:
        buf_add_cstr(pr->out, e->is_comptime ? " comptime" : "");
        break;
    case EXPR_CAST:
    case EXPR_SIZEOF:
    case EXPR_OFFSETOF:
    case EXPR_TYPE: /* the type is printed for all that have one */
    case EXPR_TERNARY:
    case EXPR_TUPLE:
    case EXPR_INDEX:
    case EXPR_RECORD:
    case EXPR_BLOCK:
    case EXPR_COMPTIME:
    case EXPR_COUNT_:
        break;
    }
}

static void print_expr(const struct printer *pr, u32 level, const struct expr *e);
static void print_stmt(const struct printer *pr, u32 level, const struct stmt *s);

static void print_type_exprs(const struct printer *pr, u32 level, const struct type_name *t)
{
    if (t->inner)
        print_type_exprs(pr, level, t->inner);
    if (t->of)
        print_expr(pr, level, t->of);
    if (t->count && !has_plain_count(t))
        print_expr(pr, level, t->count);
}

static void print_else(const struct printer *pr, u32 level, const struct stmt *other)
{
    if (!other)
        return;
    print_label(pr, level, "else");
    print_stmt(pr, level + 1, other);
}

static void print_expr(const struct printer *pr, u32 level, const struct expr *e)
{
    const struct expr *const children[] = {e->a, e->b, e->c};

    print_head(pr, level, expr_kind_name(e->kind), e->span);
    print_detail(pr, e);
    if (e->type_name) {
        buf_add_char(pr->out, ' ');
        print_type_text(pr, e->type_name);
    }
    if (e->label.n)
        print_name(pr, " label=", e->label);
    if (pr->opts->with_types && e->type) {
        buf_add_cstr(pr->out, " :: ");
        pr->opts->print_type(pr->out, e->type);
    }
    buf_add_char(pr->out, '\n');
    if (e->type_name)
        print_type_exprs(pr, level + 1, e->type_name);
    for (u32 i = 0; i < ARRAY_SIZE(children); i++) {
        if (children[i])
            print_expr(pr, level + 1, children[i]);
    }
    for (const struct expr *arg = e->args; arg; arg = arg->next)
        print_expr(pr, level + 1, arg);
    if (e->body)
        print_stmt(pr, level + 1, e->body);
    print_else(pr, level, e->other);
}

static void print_stmt(const struct printer *pr, u32 level, const struct stmt *s)
{
    const struct expr *const exprs[] = {s->target, s->value, s->limit};

    print_head(pr, level, stmt_kind_name(s->kind), s->span);
    if (s->kind == STMT_ASSIGN)
        buf_printf(pr->out, " %s%s=", s->target ? "" : "_ ", op_text(s->op));
    if (s->is_comptime)
        buf_add_cstr(pr->out, " comptime");
    if (s->type_name) {
        buf_add_char(pr->out, ' ');
        print_type_text(pr, s->type_name);
    }
    buf_add_char(pr->out, '\n');
    if (s->type_name)
        print_type_exprs(pr, level + 1, s->type_name);
    for (u32 i = 0; i < ARRAY_SIZE(exprs); i++) {
        if (exprs[i])
            print_expr(pr, level + 1, exprs[i]);
    }
    for (const struct stmt *child = s->body; child; child = child->next)
        print_stmt(pr, level + 1, child);
    print_else(pr, level, s->other);
}

static void print_clause(const struct printer *pr, const struct clause *c)
{
    print_head(pr, 1, "clause", c->span);
    buf_add_char(pr->out, '\n');
    for (const struct attach_spec *spec = c->specs; spec; spec = spec->next) {
        print_head(pr, 2, spec->is_alternative ? "alternative" : "probe", spec->span);
        print_name(pr, " ", spec->text);
        buf_add_char(pr->out, '\n');
    }
    if (c->predicate) {
        print_label(pr, 2, "predicate");
        print_expr(pr, 3, c->predicate);
    }
    print_stmt(pr, 2, c->body);
}

/* A named thing at the top of the script. */
static void print_top(const struct printer *pr, const char *what, struct span span,
                      const char *before, struct str name)
{
    print_head(pr, 1, what, span);
    print_name(pr, before, name);
    buf_add_char(pr->out, '\n');
}

static void print_tops(const struct printer *pr, const struct program *p)
{
    for (const struct config_item *item = p->config.first; item; item = item->next) {
        print_top(pr, "config", item->span, " ", item->name);
        print_expr(pr, 2, item->value);
    }
    for (const struct import *import = p->imports.first; import; import = import->next)
        print_top(pr, "import", import->span, " ", import->path);
    for (const struct map_decl *decl = p->map_decls.first; decl; decl = decl->next) {
        print_head(pr, 1, "map", decl->span);
        print_name(pr, " @", decl->name);
        print_name(pr, " ", decl->kind);
        buf_add_char(pr->out, '\n');
        if (decl->size)
            print_expr(pr, 2, decl->size);
    }
    for (const struct macro *macro = p->macros.first; macro; macro = macro->next) {
        print_top(pr, "macro", macro->span, " ", macro->name);
        for (const struct expr *param = macro->params; param; param = param->next)
            print_expr(pr, 2, param);
        print_stmt(pr, 2, macro->body);
    }
}

void ast_print(const struct program *p, const struct sources *sources, const struct ast_print *opts,
               struct buf *out)
{
    const struct printer pr = {.out = out, .sources = sources, .opts = opts};

    print_label(&pr, 0, "program");
    ast_print_c(p->c_decls.first, sources, out);
    print_tops(&pr, p);
    for (const struct clause *c = p->clauses; c; c = c->next)
        print_clause(&pr, c);
}
