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

void fold_expr(struct expr *e)
{
    s64 result = 0;

    if (e->kind == EXPR_UNARY && e->type->kind == TYPE_INT && is_number(e->a)) {
        e->is_const = true;
        e->num = e->op == OP_NEG ? 0 - e->a->num : e->op == OP_BNOT ? ~e->a->num : e->a->num;
    } else if (e->kind == EXPR_BINARY && e->type->kind == TYPE_INT && is_number(e->a) &&
               is_number(e->b)) {
        enum ir_op op = arithmetic_op(e->op);

        if (op != IR_OP_COUNT_ && ir_fold(op, (s64)e->a->num, (s64)e->b->num, &result)) {
            e->is_const = true;
            e->num = (u64)result;
        }
    }
}
