/* Constant expressions as C computes them: int and unsigned int of 32 bits, long of 64. */
#include "parser/c_eval.h"

enum {
    INT_SIZE = 4,
    LONG_SIZE = 8,
};

struct c_value c_value_of(u64 num, u32 size, bool is_unsigned)
{
    u32 unused_bits = 64 - size * 8;

    num <<= unused_bits;
    num = is_unsigned ? num >> unused_bits : (u64)((s64)num >> unused_bits);
    if (size < INT_SIZE) /* promoted */
        return (struct c_value){num, INT_SIZE, false};
    return (struct c_value){num, size, is_unsigned};
}

static struct c_value value_int(bool num)
{
    return (struct c_value){num, INT_SIZE, false};
}

static bool report(const struct c_eval *eval, const struct expr *e)
{
    diag_add(eval->diags, E_C_CONSTANT, e->span, "This is no constant expression of integers");
    return false;
}

static bool eval_int(const struct c_eval *eval, const struct expr *e, struct c_value *out)
{
    bool is_small = e->num <= (e->is_unsigned ? UINT32_MAX : (u64)INT32_MAX);

    out->size = is_small && !e->is_long && !eval->is_directive ? INT_SIZE : LONG_SIZE;
    out->is_unsigned = e->is_unsigned || e->num > INT64_MAX;
    out->num = e->num;
    return true;
}

static bool eval_unary(const struct c_eval *eval, const struct expr *e, struct c_value *out)
{
    if (!c_eval(eval, e->a, out))
        return false;
    switch (e->op) {
    case OP_NOT:
        *out = value_int(!out->num);
        return true;
    case OP_NEG:
        *out = c_value_of(0 - out->num, out->size, out->is_unsigned);
        return true;
    case OP_BNOT:
        *out = c_value_of(~out->num, out->size, out->is_unsigned);
        return true;
    case OP_PLUS:
        return true;
    default: /* & and * give no constants */
        return report(eval, e);
    }
}

static bool is_less(struct c_value a, struct c_value b)
{
    return a.is_unsigned ? a.num < b.num : (s64)a.num < (s64)b.num;
}

/* A divisor of 0 was reported; -1 would overflow with the least number. */
static u64 divide(struct c_value a, struct c_value b, bool wants_rest)
{
    if (a.is_unsigned)
        return wants_rest ? a.num % b.num : a.num / b.num;
    if (b.num == UINT64_MAX)
        return wants_rest ? 0 : 0 - a.num;
    return (u64)(wants_rest ? (s64)a.num % (s64)b.num : (s64)a.num / (s64)b.num);
}

static u64 shift(struct c_value a, struct c_value b, bool is_left)
{
    bool is_over = b.num >= (u64)a.size * 8;

    if (is_left)
        return is_over ? 0 : a.num << b.num;
    if (a.is_unsigned)
        return is_over ? 0 : a.num >> b.num;
    return (u64)((s64)a.num >> (is_over ? 63 : b.num));
}

/* Both operands to the type that C computes in. */
static void convert(struct c_value *a, struct c_value *b)
{
    u32 size = MAX(a->size, b->size);
    bool is_unsigned = (a->is_unsigned && a->size == size) || (b->is_unsigned && b->size == size);

    *a = c_value_of(a->num, size, is_unsigned);
    *b = c_value_of(b->num, size, is_unsigned);
}

static u64 arithmetic(enum op op, struct c_value a, struct c_value b)
{
    switch (op) {
    case OP_ADD:
        return a.num + b.num;
    case OP_SUB:
        return a.num - b.num;
    case OP_MUL:
        return a.num * b.num;
    case OP_DIV:
        return divide(a, b, false);
    case OP_MOD:
        return divide(a, b, true);
    case OP_BAND:
        return a.num & b.num;
    case OP_BOR:
        return a.num | b.num;
    default:
        return a.num ^ b.num;
    }
}

static bool compare(enum op op, struct c_value a, struct c_value b)
{
    switch (op) {
    case OP_EQ:
        return a.num == b.num;
    case OP_NE:
        return a.num != b.num;
    case OP_LT:
        return is_less(a, b);
    case OP_GT:
        return is_less(b, a);
    case OP_LE:
        return !is_less(b, a);
    default:
        return !is_less(a, b);
    }
}

static bool eval_binary(const struct c_eval *eval, const struct expr *e, struct c_value *out)
{
    struct c_value a, b;

    if (!c_eval(eval, e->a, &a))
        return false;
    if ((e->op == OP_LAND && !a.num) || (e->op == OP_LOR && a.num)) {
        *out = value_int(e->op == OP_LOR);
        return true;
    }
    if (!c_eval(eval, e->b, &b))
        return false;
    if (e->op == OP_LAND || e->op == OP_LOR) {
        *out = value_int(b.num);
        return true;
    }
    if (e->op == OP_SHL || e->op == OP_SHR) {
        *out = c_value_of(shift(a, b, e->op == OP_SHL), a.size, a.is_unsigned);
        return true;
    }
    if ((e->op == OP_DIV || e->op == OP_MOD) && !b.num) {
        diag_add(eval->diags, E_C_DIV_ZERO, e->span, "Division by zero");
        return false;
    }
    convert(&a, &b);
    if (e->op >= OP_EQ && e->op <= OP_GE) {
        *out = value_int(compare(e->op, a, b));
    } else {
        *out = c_value_of(arithmetic(e->op, a, b), a.size, a.is_unsigned);
    }
    return true;
}

static bool eval_leaf(const struct c_eval *eval, const struct expr *e, struct c_value *out)
{
    if (e->kind == EXPR_CAST && !c_eval(eval, e->a, out))
        return false;
    if (!eval->is_directive)
        return eval->leaf(eval->data, e, out);
    if (e->kind != EXPR_IDENT)
        return report(eval, e);
    *out = (struct c_value){0, LONG_SIZE, false};
    return true;
}

bool c_eval(const struct c_eval *eval, const struct expr *e, struct c_value *out)
{
    switch (e->kind) {
    case EXPR_INT:
        return eval_int(eval, e, out);
    case EXPR_UNARY:
        return eval_unary(eval, e, out);
    case EXPR_BINARY:
        return eval_binary(eval, e, out);
    case EXPR_TERNARY:
        return c_eval(eval, e->a, out) && c_eval(eval, out->num ? e->b : e->c, out);
    case EXPR_IDENT:
    case EXPR_SIZEOF:
    case EXPR_OFFSETOF:
    case EXPR_CAST:
        return eval_leaf(eval, e, out);
    default:
        return report(eval, e);
    }
}
