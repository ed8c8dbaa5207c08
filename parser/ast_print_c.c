/* The C declarations of a program in --emit=ast: one line each, types in short. */
#include "parser/ast_print_c.h"

struct printer {
    struct buf *out;
    const struct sources *sources;
};

static void print_expr(const struct printer *pr, const struct expr *e);
static void print_type(const struct printer *pr, const struct type_name *t);

static void print_head(const struct printer *pr, u32 level, const char *what, struct span span)
{
    const struct source *src = sources_find(pr->sources, span.begin);
    u32 base = src ? src->base : 0;

    span = sources_origin(pr->sources, span);
    buf_pad(pr->out, ' ', (size_t)level * 2);
    buf_printf(pr->out, "%s %u-%u ", what, span.begin - base, span.end - base);
}

/* sizeof, offsetof, casts. */
static void print_typed(const struct printer *pr, const struct expr *e)
{
    const char *dot = ",";

    buf_add_cstr(pr->out, e->kind == EXPR_CAST     ? "("
                          : e->kind == EXPR_SIZEOF ? "sizeof("
                                                   : "offsetof(");
    print_type(pr, e->type_name);
    for (const struct expr *arg = e->args; arg; arg = arg->next) {
        buf_printf(pr->out, "%s%.*s", dot, STR_ARG(arg->name));
        dot = ".";
    }
    buf_add_char(pr->out, ')');
    if (e->a)
        print_expr(pr, e->a);
}

static void print_expr(const struct printer *pr, const struct expr *e)
{
    switch (e->kind) {
    case EXPR_INT:
        buf_printf(pr->out, "%llu%s%s", (unsigned long long)e->num, e->is_unsigned ? "u" : "",
                   e->is_long ? "l" : "");
        break;
    case EXPR_IDENT:
        buf_add_str(pr->out, e->name);
        break;
    case EXPR_UNARY:
        buf_add_cstr(pr->out, op_text(e->op));
        print_expr(pr, e->a);
        break;
    case EXPR_BINARY:
    case EXPR_TERNARY:
        buf_add_char(pr->out, '(');
        print_expr(pr, e->a);
        buf_add_cstr(pr->out, e->kind == EXPR_TERNARY ? "?" : op_text(e->op));
        print_expr(pr, e->b);
        if (e->c) {
            buf_add_char(pr->out, ':');
            print_expr(pr, e->c);
        }
        buf_add_char(pr->out, ')');
        break;
    default:
        print_typed(pr, e);
        break;
    }
}

/* Inner types first, as our own language writes them: char[4] is `char a[4]`. */
static void print_type(const struct printer *pr, const struct type_name *t)
{
    switch (t->kind) {
    case TYPE_NAME_STRUCT:
        buf_add_cstr(pr->out, "struct ");
        break;
    case TYPE_NAME_UNION:
        buf_add_cstr(pr->out, "union ");
        break;
    case TYPE_NAME_ENUM:
        buf_add_cstr(pr->out, t->decl ? "enum {}" : "enum ");
        break;
    case TYPE_NAME_RECORD:
        buf_add_cstr(pr->out, t->decl->is_union ? "union {}" : "struct {}");
        break;
    default:
        if (t->inner)
            print_type(pr, t->inner);
        break;
    }
    buf_add_str(pr->out, t->name);
    if (t->kind == TYPE_NAME_POINTER)
        buf_add_char(pr->out, '*');
    if (t->kind == TYPE_NAME_ARRAY) {
        buf_add_char(pr->out, '[');
        if (t->count)
            print_expr(pr, t->count);
        buf_add_char(pr->out, ']');
    }
}

static void print_layout(const struct printer *pr, bool is_packed, const struct expr *align)
{
    if (is_packed)
        buf_add_cstr(pr->out, " packed");
    if (align) {
        buf_add_cstr(pr->out, " aligned ");
        print_expr(pr, align);
    }
    buf_add_char(pr->out, '\n');
}

static void print_field(const struct printer *pr, const struct c_field *field)
{
    print_head(pr, 2, "field", field->span);
    print_type(pr, field->type);
    buf_printf(pr->out, " %.*s", STR_ARG(field->name));
    if (field->bits) {
        buf_add_cstr(pr->out, ":");
        print_expr(pr, field->bits);
    }
    print_layout(pr, field->is_packed, field->align);
}

static void print_enumerator(const struct printer *pr, const struct c_enumerator *item)
{
    print_head(pr, 2, "enumerator", item->span);
    buf_add_str(pr->out, item->name);
    if (item->value) {
        buf_add_cstr(pr->out, " = ");
        print_expr(pr, item->value);
    }
    buf_add_char(pr->out, '\n');
}

static const char *decl_word(const struct c_decl *decl)
{
    switch (decl->kind) {
    case C_DECL_RECORD:
        return decl->is_union ? "union" : "struct";
    case C_DECL_ENUM:
        return "enum";
    case C_DECL_TYPEDEF:
        return "typedef";
    }
    return "";
}

void ast_print_c(const struct c_decl *first, const struct sources *sources, struct buf *out)
{
    const struct printer pr = {out, sources};

    for (const struct c_decl *decl = first; decl; decl = decl->next) {
        print_head(&pr, 1, decl_word(decl), decl->span);
        buf_add_str(out, decl->name);
        if (decl->is_forward)
            buf_add_cstr(out, " forward");
        if (decl->type) {
            buf_add_char(out, ' ');
            print_type(&pr, decl->type);
        }
        print_layout(&pr, decl->is_packed, decl->align);
        for (const struct c_field *field = decl->fields; field; field = field->next)
            print_field(&pr, field);
        for (const struct c_enumerator *item = decl->enumerators; item; item = item->next)
            print_enumerator(&pr, item);
    }
}
