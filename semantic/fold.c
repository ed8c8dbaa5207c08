/* Constants that are known at compile time, for the rules that need a literal: `lhist(n, -10, 4 *
 * 1024, 10)`. The IR folds what remains. */
#include "semantic/context.h"

static enum ir_op arithmetic_op(enum op op)
{
    switch (op) {
    case OP_ADD:
        return IR_ADD;
    case OP_SUB:
        return IR_SUB;
    case OP_MUL:
        return IR_MUL;
    case OP_BAND:
        return IR_AND;
    case OP_BOR:
        return IR_OR;
    case OP_BXOR:
        return IR_XOR;
    case OP_SHL:
        return IR_SHL;
    default:
        return IR_OP_COUNT_; /* division may warn at run time; the rest gives no number */
    }
}

static bool is_number(const struct expr *e)
{
    return e->is_const && type_is_integer(e->type);
}

bool compares_signed(const struct expr *e)
{
    const struct expr *sides[] = {e->a, e->b};

    for (u32 i = 0; i < 2; i++) {
        const struct type *t = sides[i]->type;

        if (t->kind == TYPE_POINTER || t->kind == TYPE_KSYM)
            return false;
        if (!type_is_integer(t) || (t->is_signed && !sides[i]->is_const))
            continue;
        if (!t->is_signed && t->size == 8)
            return false; /* as in C: 64 bits without sign win */
    }
    return true;
}

static bool is_word(const struct expr *e)
{
    return e->is_const && type_is_word(e->type);
}

static struct str until_nul(struct str s)
{
    int end = str_index(s, '\0');

    return end < 0 ? s : str_sub(s, 0, (u32)end);
}

/* The order of two known words: below, at or above 0. */
static int order_of(const struct expr *e)
{
    u64 a = e->a->num, b = e->b->num;

    if (a == b)
        return 0;
    return (compares_signed(e) ? (s64)a < (s64)b : a < b) ? -1 : 1;
}

static bool holds(enum op op, int order)
{
    switch (op) {
    case OP_EQ:
        return order == 0;
    case OP_NE:
        return order != 0;
    case OP_LT:
        return order < 0;
    case OP_LE:
        return order <= 0;
    case OP_GT:
        return order > 0;
    default:
        return order >= 0;
    }
}

static void fold_comparison(struct expr *e)
{
    if (is_word(e->a) && is_word(e->b)) {
        e->is_const = true;
        e->num = holds(e->op, order_of(e));
    } else if (e->a->is_const && e->b->is_const && e->a->type->kind == TYPE_STRING &&
               e->b->type->kind == TYPE_STRING) {
        e->is_const = true;
        e->num = str_eq(until_nul(e->a->text), until_nul(e->b->text)) == (e->op == OP_EQ);
    }
}

static void fold_logic(struct expr *e)
{
    bool ends = e->op == OP_LOR; /* what the left side must be for the right one not to matter */

    if (!is_word(e->a))
        return;
    e->is_const = (bool)e->a->num == ends || is_word(e->b);
    e->num = (bool)e->a->num == ends ? ends : e->b->num != 0;
}

static void fold_unary(struct expr *e)
{
    if (e->op == OP_NOT && is_word(e->a)) {
        e->is_const = true;
        e->num = !e->a->num;
    } else if (e->type->kind == TYPE_INT && is_number(e->a)) {
        e->is_const = true;
        e->num = e->op == OP_NEG ? 0 - e->a->num : e->op == OP_BNOT ? ~e->a->num : e->a->num;
    }
}

static void fold_arithmetic(struct expr *e)
{
    enum ir_op op = arithmetic_op(e->op);
    s64 result = 0;

    if (e->type->kind == TYPE_INT && is_number(e->a) && is_number(e->b) && op != IR_OP_COUNT_ &&
        ir_fold(op, (s64)e->a->num, (s64)e->b->num, &result)) {
        e->is_const = true;
        e->num = (u64)result;
    }
}

static void fold_binary(struct expr *e)
{
    switch (e->op) {
    case OP_EQ:
    case OP_NE:
    case OP_LT:
    case OP_LE:
    case OP_GT:
    case OP_GE:
        fold_comparison(e);
        return;
    case OP_LAND:
    case OP_LOR:
        fold_logic(e);
        return;
    default:
        fold_arithmetic(e);
    }
}

/* A block of one expression, as macros make them, is that. */
static void fold_block(struct expr *e)
{
    const struct stmt *only = e->body->body;

    e->is_const = only && !only->next && only->kind == STMT_EXPR && only->value->is_const;
    if (e->is_const) {
        e->num = only->value->num;
        e->text = only->value->text;
    }
}

void fold_expr(struct expr *e)
{
    if (e->kind == EXPR_UNARY) {
        fold_unary(e);
    } else if (e->kind == EXPR_BINARY) {
        fold_binary(e);
    } else if (e->kind == EXPR_BLOCK) {
        fold_block(e);
    }
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as the expression
bool needs_param(const struct expr *e)
{
    return e && ((e->is_open && e->num != 0) || needs_param(e->a) || needs_param(e->b) ||
                 needs_param(e->c));
}

void report_not_constant(struct sema *s, const struct expr *e)
{
    vocab_hint_param(
        diag_add(s->v.diags, E_NOT_CONSTANT, e->span, "This is not known at compile time"),
        needs_param(e));
}
