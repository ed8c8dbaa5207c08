/* The AST as an indented tree: what --emit=ast and --emit=types show, and the golden tests compare.
 *
 * Text of the script is escaped, so that one node stays one line. */
#include "parser/ast.h"

struct printer {
    struct buf *out;
    const struct sources *sources;
    const struct ast_print *opts;
};

static void print_head(const struct printer *pr, u32 level, const char *name, struct span span)
{
    const struct source *src = sources_find(pr->sources, span.begin);
    u32 base = src ? src->base : 0;

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
    buf_add_escaped(pr->out, name);
}

static void print_detail(const struct printer *pr, const struct expr *e)
{
    switch (e->kind) {
    case EXPR_INT:
        buf_printf(pr->out, " %llu%s", (unsigned long long)e->num,
                   e->is_duration   ? "ns"
                   : e->is_unsigned ? "u"
                                    : "");
        break;
    case EXPR_BOOL:
        buf_add_cstr(pr->out, e->num ? " true" : " false");
        break;
    case EXPR_STRING:
        print_name(pr, " \"", e->text);
        buf_add_char(pr->out, '"');
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
    case EXPR_CAST:
        print_name(pr, " ", e->type_name->name);
        break;
    case EXPR_UNARY:
    case EXPR_BINARY:
        buf_printf(pr->out, " %s", op_text(e->op));
        break;
    case EXPR_INCDEC:
        buf_printf(pr->out, " %s %s", op_text(e->op), e->is_postfix ? "postfix" : "prefix");
        break;
    case EXPR_TERNARY:
    case EXPR_TUPLE:
    case EXPR_INDEX:
    case EXPR_RECORD:
    case EXPR_SIZEOF:
    case EXPR_OFFSETOF:
    case EXPR_TYPE:
    case EXPR_IF:
    case EXPR_BLOCK:
    case EXPR_COMPTIME:
    case EXPR_COUNT_:
        break;
    }
}

static void print_expr(const struct printer *pr, u32 level, const struct expr *e)
{
    const struct expr *const children[] = {e->a, e->b, e->c};

    print_head(pr, level, expr_kind_name(e->kind), e->span);
    print_detail(pr, e);
    if (pr->opts->with_types && e->type) {
        buf_add_cstr(pr->out, " :: ");
        pr->opts->print_type(pr->out, e->type);
    }
    buf_add_char(pr->out, '\n');
    for (u32 i = 0; i < ARRAY_SIZE(children); i++) {
        if (children[i])
            print_expr(pr, level + 1, children[i]);
    }
    for (const struct expr *arg = e->args; arg; arg = arg->next)
        print_expr(pr, level + 1, arg);
}

static void print_stmt(const struct printer *pr, u32 level, const struct stmt *s)
{
    print_head(pr, level, stmt_kind_name(s->kind), s->span);
    if (s->kind == STMT_ASSIGN)
        buf_printf(pr->out, " %s=", op_text(s->op));
    buf_add_char(pr->out, '\n');
    if (s->target)
        print_expr(pr, level + 1, s->target);
    if (s->value)
        print_expr(pr, level + 1, s->value);
    for (const struct stmt *child = s->body; child; child = child->next)
        print_stmt(pr, level + 1, child);
    if (s->other) {
        print_label(pr, level, "else");
        print_stmt(pr, level + 1, s->other);
    }
}

static void print_clause(const struct printer *pr, const struct clause *c)
{
    print_head(pr, 1, "clause", c->span);
    buf_add_char(pr->out, '\n');
    for (const struct attach_spec *spec = c->specs; spec; spec = spec->next) {
        print_head(pr, 2, "probe", spec->span);
        print_name(pr, " ", spec->text);
        buf_add_char(pr->out, '\n');
    }
    if (c->predicate) {
        print_label(pr, 2, "predicate");
        print_expr(pr, 3, c->predicate);
    }
    print_stmt(pr, 2, c->body);
}

void ast_print(const struct program *p, const struct sources *sources, const struct ast_print *opts,
               struct buf *out)
{
    const struct printer pr = {.out = out, .sources = sources, .opts = opts};

    print_label(&pr, 0, "program");
    for (const struct clause *c = p->clauses; c; c = c->next)
        print_clause(&pr, c);
}
