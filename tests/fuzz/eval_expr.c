/* Expressions of the evaluator. */
#include "tests/fuzz/eval.h"

bool eval_truth(const struct type *t, const struct value *v)
{
    return t->kind == TYPE_STRING ? v->text.n > 0 : v->word != 0;
}

/* ---- arithmetic ---- */

static u64 divided(bool is_signed, u64 a, u64 b)
{
    if (b == 0)
        return 1; /* with a warning */
    if (!is_signed)
        return a / b;
    return b == UINT64_MAX ? 0 - a : (u64)((s64)a / (s64)b);
}

static u64 remainder_of(bool is_signed, u64 a, u64 b)
{
    if (b == 0)
        return 1;
    if (!is_signed)
        return a % b;
    return b == UINT64_MAX ? 0 : (u64)((s64)a % (s64)b);
}

u64 eval_arithmetic(enum op op, bool is_signed, u64 a, u64 b)
{
    switch (op) {
    case OP_ADD:
        return a + b;
    case OP_SUB:
        return a - b;
    case OP_MUL:
        return a * b;
    case OP_DIV:
        return divided(is_signed, a, b);
    case OP_MOD:
        return remainder_of(is_signed, a, b);
    case OP_BAND:
        return a & b;
    case OP_BOR:
        return a | b;
    case OP_BXOR:
        return a ^ b;
    case OP_SHL:
        return a << b % 64;
    case OP_SHR:
        return is_signed ? (u64)((s64)a >> b % 64) : a >> b % 64;
    default:
        ptl_bug("an operator that computes nothing");
    }
}

/* Could it be negative? A literal that is not is no reason to compute with signs. */
static bool may_be_negative(const struct expr *e)
{
    if (e->type->kind != TYPE_INT || !e->type->is_signed || e->type->is_literal)
        return false;
    return !e->is_const || (s64)e->num < 0;
}

static bool is_unsigned(const struct expr *e)
{
    return e->type->kind == TYPE_INT && !e->type->is_signed;
}

bool eval_is_signed(enum op op, const struct expr *a, const struct expr *b)
{
    if (op == OP_SHR || op == OP_SHL)
        return !is_unsigned(a);
    if (may_be_negative(a) || may_be_negative(b))
        return true;
    return !is_unsigned(a) && !is_unsigned(b);
}

static bool is_wide_unsigned(const struct type *t)
{
    return t->kind == TYPE_INT && t->size == 8 && !t->is_signed;
}

/* <0, 0, >0; numbers as in C: 64 bits without sign win. */
static int compared(const struct expr *e, const struct value *a, const struct value *b)
{
    if (e->a->type->kind == TYPE_STRING)
        return str_cmp(a->text, b->text);
    if (is_wide_unsigned(e->a->type) || is_wide_unsigned(e->b->type))
        return a->word < b->word ? -1 : a->word > b->word;
    return (s64)a->word < (s64)b->word ? -1 : (s64)a->word > (s64)b->word;
}

static struct value number(u64 word)
{
    return (struct value){.word = word};
}

static struct value binary(struct eval *ev, const struct expr *e)
{
    struct value a = eval_expr(ev, e->a);
    struct value b = {0};

    if (e->op == OP_LAND && !eval_truth(e->a->type, &a))
        return number(0);
    if (e->op == OP_LOR && eval_truth(e->a->type, &a))
        return number(1);
    b = eval_expr(ev, e->b);
    switch (e->op) {
    case OP_LAND:
    case OP_LOR:
        return number(eval_truth(e->b->type, &b));
    case OP_EQ:
        return number(compared(e, &a, &b) == 0);
    case OP_NE:
        return number(compared(e, &a, &b) != 0);
    case OP_LT:
        return number(compared(e, &a, &b) < 0);
    case OP_LE:
        return number(compared(e, &a, &b) <= 0);
    case OP_GT:
        return number(compared(e, &a, &b) > 0);
    case OP_GE:
        return number(compared(e, &a, &b) >= 0);
    default:
        return number(eval_arithmetic(e->op, eval_is_signed(e->op, e->a, e->b), a.word, b.word));
    }
}

static struct value unary(struct eval *ev, const struct expr *e)
{
    struct value v = eval_expr(ev, e->a);

    switch (e->op) {
    case OP_NOT:
        return number(!eval_truth(e->a->type, &v));
    case OP_BNOT:
        return number(~v.word);
    case OP_NEG:
        return number(0 - v.word);
    case OP_PLUS:
        return v;
    default:
        eval_fail(ev, "a unary operator");
        return v;
    }
}

static struct value cast(struct eval *ev, const struct expr *e)
{
    const struct type *from = e->a->type;
    const struct type *to = e->type;
    struct value v = eval_expr(ev, e->a);

    if (to->kind == TYPE_BOOL)
        return number(eval_truth(from, &v));
    if (to->kind != TYPE_INT || from->kind == TYPE_STRING || from->kind == TYPE_TUPLE) {
        eval_fail(ev, "a cast");
        return v;
    }
    if (to->size < 8) {
        u64 mask = ((u64)1 << to->size * 8) - 1;
        bool is_negative = to->is_signed && (v.word & (mask / 2 + 1)) != 0;

        v.word = (v.word & mask) | (is_negative ? ~mask : 0);
    }
    return number(v.word);
}

/* ---- names ---- */

static struct value incdec(struct eval *ev, const struct expr *e)
{
    u64 delta = e->op == OP_INC ? 1 : (u64)-1;
    struct value *place = NULL;
    u64 before = 0;

    if (e->a->kind == EXPR_MAP) {
        struct value key = eval_key(ev, e->a);

        place = &eval_row_made(ev, eval_map(ev, e->a->symbol), &key)->value;
    } else {
        place = eval_variable(ev, e->a->symbol);
    }
    before = place->word;
    place->word += delta;
    return number(e->is_postfix ? before : before + delta);
}

/* What an absent key gives: zeros all through. */
static struct value zero_of(struct eval *ev, const struct type *t)
{
    struct value v = {.n = t->kind == TYPE_TUPLE ? t->n_elems : 0};

    if (v.n)
        v.elems = arena_array(ev->arena, struct value, v.n);
    for (u32 i = 0; i < v.n; i++)
        v.elems[i] = zero_of(ev, t->elems[i]);
    return v;
}

static struct value map_read(struct eval *ev, const struct expr *e)
{
    struct value key = eval_key(ev, e);
    const struct row *row = eval_row(eval_map(ev, e->symbol), &key);

    if (e->symbol->map.value->kind == TYPE_AGG)
        return number(eval_agg_number(e->symbol->map.value, row));
    return row ? row->value : zero_of(ev, e->type);
}

static struct value tuple(struct eval *ev, const struct expr *e)
{
    struct value v = {.n = e->n_args, .elems = arena_array(ev->arena, struct value, e->n_args)};
    u32 i = 0;

    for (const struct expr *elem = e->args; elem; elem = elem->next)
        v.elems[i++] = eval_expr(ev, elem);
    return v;
}

static struct value field(struct eval *ev, const struct expr *e)
{
    u64 i = 0;
    struct value v = {0};

    if (!e->a || !e->a->type || e->a->type->kind != TYPE_TUPLE || !str_number(e->name, &i) ||
        i >= e->a->type->n_elems) {
        eval_fail(ev, "a field");
        return v;
    }
    v = eval_expr(ev, e->a);
    return v.n > i ? v.elems[i] : zero_of(ev, e->type);
}

/* ---- blocks with a value ---- */

static struct value block_value(struct eval *ev, const struct stmt *block)
{
    const struct stmt *last = block->kind == STMT_BLOCK ? block->body : block;

    while (last && last->next)
        last = last->next;
    if (!last || last->kind != STMT_EXPR || (block->kind == STMT_BLOCK && block->body != last)) {
        eval_fail(ev, "a block of several statements as a value");
        return number(0);
    }
    return eval_expr(ev, last->value);
}

static struct value choice(struct eval *ev, const struct expr *e)
{
    struct value condition = eval_expr(ev, e->a);
    bool is_true = eval_truth(e->a->type, &condition);

    if (e->kind == EXPR_IF && !is_true && !e->other)
        return number(0);
    if (e->kind == EXPR_IF)
        return block_value(ev, is_true ? e->body : e->other);
    if (is_true)
        return e->b ? eval_expr(ev, e->b) : condition;
    return eval_expr(ev, e->c);
}

static struct value other(struct eval *ev, const struct expr *e)
{
    if (e->is_const && e->type->kind == TYPE_INT)
        return number(e->num);
    eval_fail(ev, "an expression of this kind");
    return number(0);
}

struct value eval_expr(struct eval *ev, const struct expr *e)
{
    if (ev->problem)
        return number(0);
    switch (e->kind) {
    case EXPR_INT:
    case EXPR_BOOL:
        return number(e->num);
    case EXPR_STRING:
        return (struct value){.text = e->text};
    case EXPR_VAR:
        return *eval_variable(ev, e->symbol);
    case EXPR_MAP:
        return map_read(ev, e);
    case EXPR_IDENT:
    case EXPR_CALL:
        return eval_call(ev, e);
    case EXPR_FIELD:
        return field(ev, e);
    case EXPR_UNARY:
        return unary(ev, e);
    case EXPR_BINARY:
        return binary(ev, e);
    case EXPR_TERNARY:
    case EXPR_IF:
        return choice(ev, e);
    case EXPR_BLOCK:
        return block_value(ev, e->body);
    case EXPR_INCDEC:
        return incdec(ev, e);
    case EXPR_CAST:
        return cast(ev, e);
    case EXPR_TUPLE:
        return tuple(ev, e);
    case EXPR_COMPTIME:
        return eval_expr(ev, e->a);
    default:
        return other(ev, e);
    }
}
