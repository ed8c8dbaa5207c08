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
    if (!type_is_integer(e->type) || !e->type->is_signed || e->type->is_literal)
        return false;
    return !e->is_const || (s64)e->num < 0;
}

static bool is_unsigned(const struct expr *e)
{
    if (e->type->kind == TYPE_ENUM)
        return !e->type->is_signed && !e->is_const;
    return e->type->kind == TYPE_POINTER || (e->type->kind == TYPE_INT && !e->type->is_signed);
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
    return t->kind == TYPE_POINTER || (t->kind == TYPE_INT && t->size == 8 && !t->is_signed);
}

/* <0, 0, >0; numbers as in C: 64 bits without sign win. */
static int compared(const struct expr *e, const struct value *a, const struct value *b)
{
    if (!type_is_word(e->a->type))
        return !eval_same(e->a->type, a, b);
    if (is_wide_unsigned(e->a->type) || is_wide_unsigned(e->b->type))
        return a->word < b->word ? -1 : a->word > b->word;
    return (s64)a->word < (s64)b->word ? -1 : (s64)a->word > (s64)b->word;
}

static struct value number(u64 word)
{
    return (struct value){.word = word};
}

/* A pointer and a number of what it points to. */
static u64 pointer_moved(const struct expr *e, u64 a, u64 b)
{
    u64 size = MAX(type_raw_size(e->type->of), 1u);

    if (e->a->type->kind == TYPE_POINTER)
        return e->op == OP_ADD ? a + b * size : a - b * size;
    return a * size + b;
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
    if (e->type->kind == TYPE_POINTER)
        return number(pointer_moved(e, a.word, b.word));
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
    struct value v;

    if (e->op == OP_DEREF)
        return eval_place(ev, e);
    v = eval_expr(ev, e->a);
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

static u64 cut_word(const struct type *to, u64 word)
{
    u64 mask = to->size < 8 ? ((u64)1 << to->size * 8) - 1 : ~(u64)0;

    if (to->size < 8 && to->is_signed && (word & (mask / 2 + 1)) != 0)
        return word | ~mask;
    return word & mask;
}

/* The bytes of an array, from a word or from another one. */
static struct value to_array(struct eval *ev, const struct type *to, const struct value *v,
                             bool is_word)
{
    struct value array = eval_zero(ev, to);
    const char *from = is_word ? (const char *)&v->word : v->text.p;

    if (from)
        memcpy((char *)array.text.p, from, array.text.n);
    return array;
}

static struct value cast(struct eval *ev, const struct expr *e)
{
    const struct type *from = e->a->type;
    const struct type *to = e->type;
    struct value v = eval_expr(ev, e->a);

    if (ev->problem)
        return v;
    switch (to->kind) {
    case TYPE_BOOL:
        return number(eval_truth(from, &v));
    case TYPE_INT:
    case TYPE_ENUM:
        if (!type_is_word(from) && v.text.p) /* an array */
            memcpy(&v.word, v.text.p, MIN(v.text.n, sizeof(v.word)));
        return number(cut_word(to, v.word));
    case TYPE_ARRAY:
        return to_array(ev, to, &v, type_is_word(from));
    case TYPE_STRING:
        v.text = str_sub(v.text, 0, MIN(v.text.n, to->size - 1));
        return v;
    default:
        return v;
    }
}

/* ---- names ---- */

static struct value incdec(struct eval *ev, const struct expr *e)
{
    bool is_pointer = e->type->kind == TYPE_POINTER;
    u64 step = is_pointer ? MAX(type_raw_size(e->type->of), 1u) : 1;
    u64 delta = e->op == OP_INC ? step : 0 - step;
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

static struct value map_read(struct eval *ev, const struct expr *e)
{
    struct value key = eval_key(ev, e);
    const struct row *row = eval_row(eval_map(ev, e->symbol), &key);

    if (e->symbol->map.value->kind == TYPE_AGG)
        return number(eval_agg_number(e->symbol->map.value, row));
    return row ? row->value : eval_zero(ev, e->type);
}

static struct value tuple(struct eval *ev, const struct expr *e)
{
    struct value v = {.n = e->n_args, .elems = arena_array(ev->arena, struct value, e->n_args)};
    u32 i = 0;

    for (const struct expr *elem = e->args; elem; elem = elem->next)
        v.elems[i++] = eval_expr(ev, elem);
    return v;
}

/* ---- blocks with a value ---- */

static struct value block_value(struct eval *ev, const struct stmt *block)
{
    const struct stmt *stmt = block->kind == STMT_BLOCK ? block->body : block;

    for (; stmt && ev->flow == FLOW_ON; stmt = stmt->next) {
        if (!stmt->next && stmt->kind == STMT_EXPR)
            return eval_expr(ev, stmt->value);
        eval_stmt(ev, stmt);
    }
    return number(0);
}

static struct value choice(struct eval *ev, const struct expr *e)
{
    struct value condition = eval_expr(ev, e->a);
    bool is_true = eval_truth(e->a->type, &condition);

    if (ev->problem)
        return number(0);
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
    if (e->is_const && type_is_integer(e->type))
        return number(e->num);
    if (e->kind == EXPR_PARAM)
        return (struct value){.text = e->text};
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
        return e->call ? eval_call(ev, e) : other(ev, e); /* an enumerator */
    case EXPR_CALL:
        return eval_call(ev, e);
    case EXPR_INDEX:
        return eval_place(ev, e);
    case EXPR_FIELD:
        if (!e->call)
            return eval_place(ev, e);
        eval_fail(ev, "a field of a probe");
        return number(0);
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
    case EXPR_RECORD:
        return tuple(ev, e);
    case EXPR_COMPTIME:
        return eval_expr(ev, e->a);
    default:
        return other(ev, e);
    }
}
