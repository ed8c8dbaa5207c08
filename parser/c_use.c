/* Macros of C in the script's own code: a name becomes the expression that the macro stands for, by
 * a parse of its own. Spans inside of it are those of the #define; that of the whole is the name's.
 */
#include "parser/build.h"
#include "parser/c_reader.h"

/* Where the script itself has the macro that led to `span`. */
static struct span use_in_script(const struct parse *ps, struct span span)
{
    for (const struct parse *outer = ps->outer; outer; outer = outer->outer)
        span = outer->use;
    return span;
}

static const struct c_macro *macro_at(const struct parse *ps, struct str name, struct span span)
{
    u32 time = c_time_at(ps->c, use_in_script(ps, span).begin);
    const struct c_macro *macro = c_macro_find(ps->c, name, time);

    return macro && !c_macro_is_self(macro) ? macro : NULL;
}

static bool is_too_deep(const struct parse *ps)
{
    u32 depth = 0;

    for (const struct parse *p = ps; p; p = p->outer)
        depth++;
    return depth > C_MAX_NESTING;
}

static bool is_recursive(const struct parse *ps, const struct c_macro *macro)
{
    for (const struct parse *p = ps; p; p = p->outer) {
        if (p->macro == macro)
            return true;
    }
    return false;
}

/* Reports what keeps the macro from being used there. */
static bool is_usable(struct parse *ps, const struct c_macro *macro, struct span span)
{
    if (is_recursive(ps, macro)) {
        c_macro_report_recursion(ps->diags, macro, use_in_script(ps, span));
    } else if (is_too_deep(ps)) {
        parse_too_deep(ps, use_in_script(ps, span));
    } else if (!macro->body.text.n) {
        diag_note(diag_add(ps->diags, E_MACRO_VALUE, span, "Macro '%.*s' has no value",
                           STR_ARG(macro->name)),
                  macro->span, "This is its definition.");
    } else {
        return true;
    }
    return false;
}

struct expr *parse_macro_use(struct parse *ps, struct span span)
{
    const struct c_macro *macro = macro_at(ps, parse_text(ps, span), span);
    struct expr *e = NULL;

    if (!macro || macro->is_function)
        return NULL;
    ps->use = span;
    if (is_usable(ps, macro, span))
        e = parse_macro_body(ps, macro);
    if (!e) /* reported */
        e = expr_new(ps->arena, EXPR_INT, span);
    e->is_bare = !e->has_parens && (e->kind == EXPR_BINARY || e->kind == EXPR_TERNARY);
    e->span = span;
    if (e->kind == EXPR_IDENT)
        e->name_span = span;
    return e;
}

struct str parse_macro_callee(struct parse *ps, struct span span)
{
    struct str name = parse_text(ps, span);
    const struct c_macro *macro = NULL;

    for (u32 n = 0; n < C_MAX_NESTING; n++) {
        macro = macro_at(ps, name, span);
        if (!macro)
            return name;
        if (macro->is_function)
            break;
        name = macro->body.text;
    }
    if (macro->is_function) {
        c_macro_report_function(ps->diags, macro, span);
    } else {
        c_macro_report_recursion(ps->diags, macro, span);
    }
    return name;
}

/* How tight an operator binds. */
static u32 level_of(enum op op)
{
    switch (op) {
    case OP_MUL:
    case OP_DIV:
    case OP_MOD:
        return 10;
    case OP_ADD:
    case OP_SUB:
        return 9;
    case OP_SHL:
    case OP_SHR:
        return 8;
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        return 7;
    case OP_EQ:
    case OP_NE:
        return 6;
    case OP_BAND:
        return 5;
    case OP_BXOR:
        return 4;
    case OP_BOR:
        return 3;
    case OP_LAND:
        return 2;
    case OP_LOR:
        return 1;
    default: /* unary and postfix ones */
        return 11;
    }
}

void parse_macro_operand(struct parse *ps, const struct expr *operand, enum op op, bool is_right)
{
    u32 own = 0, around = level_of(op);

    if (!operand->is_bare || operand->has_parens)
        return;
    own = operand->kind == EXPR_TERNARY ? 0 : level_of(operand->op);
    if (own > around || (own == around && !is_right))
        return;
    diag_hint(diag_add(ps->diags, E_MACRO_PARENS, operand->span,
                       "Macro '%.*s' needs parentheses around its value to be an operand",
                       STR_ARG(parse_text(ps, operand->span))),
              "In C the operator would take only the end of it that is next to it.");
}
