/* Expressions to IR. All types are known and right here: what a user can do wrong was reported
 * before. */
#include "semantic/context.h"

ir_val lower_variable(struct lowering *lo, struct symbol *symbol)
{
    const struct ir_func *program = lo->b.func->root;

    if (symbol->slot_program != program) {
        symbol->slot = ir_shared_slot_new(&lo->b, str_cstr(lo->v->arena, symbol->name),
                                          type_mem_size(symbol->type));
        symbol->slot_program = program;
    }
    return ir_slot_addr(&lo->b, symbol->slot);
}

ir_val lower_key_of(struct sema *s, struct lowering *lo, struct expr *map)
{
    struct operand *keys = arena_array(s->arena, struct operand, map->n_args);
    u32 n = 0;

    for (struct expr *key = map->args; key; key = key->next)
        keys[n++] = lower_expr(s, lo, key);
    return lower_key(lo, &map->symbol->map, keys, n);
}

/* ---- operators ---- */

ir_val lower_arithmetic(struct lowering *lo, enum op op, const struct type *t, ir_val a, ir_val b)
{
    switch (op) {
    case OP_ADD:
        return ir_binary(&lo->b, IR_ADD, a, b);
    case OP_SUB:
        return ir_binary(&lo->b, IR_SUB, a, b);
    case OP_MUL:
        return ir_binary(&lo->b, IR_MUL, a, b);
    case OP_DIV:
        return lower_divide(lo, t->is_signed ? IR_SDIV : IR_UDIV, a, b);
    case OP_MOD:
        return lower_divide(lo, t->is_signed ? IR_SMOD : IR_UMOD, a, b);
    case OP_BAND:
        return ir_binary(&lo->b, IR_AND, a, b);
    case OP_BOR:
        return ir_binary(&lo->b, IR_OR, a, b);
    case OP_BXOR:
        return ir_binary(&lo->b, IR_XOR, a, b);
    case OP_SHL:
        return ir_binary(&lo->b, IR_SHL, a, b);
    case OP_SHR:
        return ir_binary(&lo->b, t->is_signed ? IR_ASHR : IR_LSHR, a, b);
    default:
        ptl_bug("an operator that computes nothing");
    }
}

/* Both are NUL-terminated inside of their sizes, so the shorter size decides. A known text is
 * compared up to its NUL, with all of the other's memory at hand. */
static ir_val lower_string_eq(struct lowering *lo, struct operand a, struct operand b)
{
    u32 size = MIN(type_capacity(a.type), type_capacity(b.type));

    if (a.val->op == IR_STRING) {
        size = type_mem_size(b.type);
    } else if (b.val->op == IR_STRING) {
        size = type_mem_size(a.type);
    }
    return ir_str_eq(&lo->b, a.val, b.val, size);
}

/* Arrays, tuples and shapes: word by word. */
static ir_val lower_same_bytes(struct lowering *lo, struct operand a, struct operand b)
{
    const struct type *t = type_join(lo->v->types, a.type, b.type);
    ir_val x = lower_in_memory(lo, t, a), y = lower_in_memory(lo, t, b);
    ir_val differ = ir_const(&lo->b, 0);

    for (u32 at = 0; at < type_mem_size(t); at += 8) {
        ir_val word = ir_binary(&lo->b, IR_XOR, ir_load64(&lo->b, x, at), ir_load64(&lo->b, y, at));

        differ = ir_binary(&lo->b, IR_OR, differ, word);
    }
    return ir_binary(&lo->b, IR_EQ, differ, ir_const(&lo->b, 0));
}

static ir_val lower_comparison(struct lowering *lo, const struct expr *e, struct operand a,
                               struct operand b)
{
    struct ir_builder *ib = &lo->b;
    bool is_signed = compares_signed(e);
    enum ir_op less = is_signed ? IR_SLT : IR_ULT;
    enum ir_op less_equal = is_signed ? IR_SLE : IR_ULE;

    if (!type_is_word(a.type) && a.type->kind != TYPE_STRING) {
        ir_val same = lower_same_bytes(lo, a, b);

        return e->op == OP_EQ ? same : ir_binary(ib, IR_EQ, same, ir_const(ib, 0));
    }
    if (a.type->kind == TYPE_STRING) {
        ir_val equal = lower_string_eq(lo, a, b);

        return e->op == OP_EQ ? equal : ir_binary(ib, IR_EQ, equal, ir_const(ib, 0));
    }
    switch (e->op) {
    case OP_EQ:
        return ir_binary(ib, IR_EQ, a.val, b.val);
    case OP_NE:
        return ir_binary(ib, IR_NE, a.val, b.val);
    case OP_LT:
        return ir_binary(ib, less, a.val, b.val);
    case OP_LE:
        return ir_binary(ib, less_equal, a.val, b.val);
    case OP_GT:
        return ir_binary(ib, less, b.val, a.val);
    case OP_GE:
        return ir_binary(ib, less_equal, b.val, a.val);
    default:
        ptl_bug("an operator that compares nothing");
    }
}

/* && and ||: the right side runs only if the left one does not decide. */
static ir_val lower_logic(struct sema *s, struct lowering *lo, const struct expr *e)
{
    struct ir_builder *b = &lo->b;
    ir_val result = ir_slot_addr(b, ir_slot_new(b, "logic", 8));
    ir_val left = lower_truth(lo, lower_expr(s, lo, e->a));

    ir_store64(b, result, 0, left);

    ir_val goes_on = e->op == OP_LAND ? left : ir_binary(b, IR_EQ, left, ir_const(b, 0));
    struct branch br = lower_if(lo, goes_on);

    ir_store64(b, result, 0, lower_truth(lo, lower_expr(s, lo, e->b)));
    lower_end_if(lo, &br);
    return ir_load64(b, result, 0);
}

ir_val lower_elements(struct lowering *lo, const struct type *pointer, struct operand n)
{
    ir_val size = ir_const(&lo->b, MAX(type_raw_size(pointer->of), 1u));

    return n.type->kind == TYPE_POINTER ? n.val : ir_binary(&lo->b, IR_MUL, n.val, size);
}

static ir_val lower_binary(struct sema *s, struct lowering *lo, const struct expr *e)
{
    if (e->op == OP_LAND || e->op == OP_LOR)
        return lower_logic(s, lo, e);

    struct operand a = lower_expr(s, lo, e->a);
    struct operand b = lower_expr(s, lo, e->b);

    lo->b.span = e->span;
    if (e->type->kind == TYPE_BOOL)
        return lower_comparison(lo, e, a, b);
    if (e->type->kind == TYPE_POINTER) {
        a.val = lower_elements(lo, e->type, a);
        b.val = lower_elements(lo, e->type, b);
    }
    return lower_arithmetic(lo, e->op, e->type, a.val, b.val);
}

static ir_val lower_unary(struct sema *s, struct lowering *lo, struct expr *e)
{
    struct ir_builder *b = &lo->b;
    struct operand a;

    if (e->op == OP_DEREF)
        return lower_place(s, lo, e);
    a = lower_expr(s, lo, e->a);

    switch (e->op) {
    case OP_NOT:
        return ir_binary(b, IR_EQ, lower_truth(lo, a), ir_const(b, 0));
    case OP_BNOT:
        return ir_binary(b, IR_XOR, a.val, ir_const(b, -1));
    case OP_NEG:
        return ir_binary(b, IR_SUB, ir_const(b, 0), a.val);
    case OP_PLUS:
        return a.val;
    default:
        ptl_bug("not a unary operator");
    }
}

/* What a choice gives: memory for it, NULL for void. */
static void choose(struct lowering *lo, ir_val result, const struct type *t, struct operand chosen)
{
    if (result)
        lower_store(lo, result, 0, t, chosen);
}

/* `a ?: c` gives a, which is computed once. */
static ir_val lower_ternary(struct sema *s, struct lowering *lo, const struct expr *e)
{
    ir_val result = e->type->kind != TYPE_VOID ? lower_slot(lo, "choice", e->type) : NULL;
    struct operand first = lower_expr(s, lo, e->a);
    struct branch br = lower_if(lo, lower_truth(lo, first));

    choose(lo, result, e->type, e->b ? lower_expr(s, lo, e->b) : first);
    lower_else(lo, &br);
    choose(lo, result, e->type, lower_expr(s, lo, e->c));
    lower_end_if(lo, &br);
    return result ? lower_load(lo, e->type, result, 0) : NULL;
}

static ir_val lower_if_expr(struct sema *s, struct lowering *lo, const struct expr *e)
{
    ir_val result = NULL;
    struct branch br;

    if (e->is_comptime) {
        const struct stmt *taken = e->a->num ? e->body : e->other;

        return taken ? lower_block_value(s, lo, taken).val : NULL;
    }
    result = e->type->kind != TYPE_VOID ? lower_slot(lo, "choice", e->type) : NULL;
    br = lower_if(lo, lower_truth(lo, lower_expr(s, lo, e->a)));
    choose(lo, result, e->type, lower_block_value(s, lo, e->body));
    lower_else(lo, &br);
    if (e->other)
        choose(lo, result, e->type, lower_block_value(s, lo, e->other));
    lower_end_if(lo, &br);
    return result ? lower_load(lo, e->type, result, 0) : NULL;
}

static ir_val lower_incdec(struct sema *s, struct lowering *lo, const struct expr *e)
{
    struct ir_builder *b = &lo->b;
    s64 step = e->type->kind == TYPE_POINTER ? MAX(type_raw_size(e->type->of), 1) : 1;
    ir_val delta = ir_const(b, e->op == OP_INC ? step : -step);
    ir_val before = NULL;

    if (e->a->kind == EXPR_MAP) {
        ir_val key = lower_key_of(s, lo, e->a);

        b->span = e->span;
        before = lower_map_add(lo, &e->a->symbol->map, key, delta);
    } else {
        ir_val slot = lower_variable(lo, e->a->symbol);

        before = ir_load64(b, slot, 0);
        ir_store64(b, slot, 0, ir_binary(b, IR_ADD, before, delta));
    }
    return e->is_postfix ? before : ir_binary(b, IR_ADD, before, delta);
}

static ir_val lower_tuple(struct sema *s, struct lowering *lo, const struct expr *e)
{
    ir_val slot = lower_slot(lo, "tuple", e->type);
    u32 i = 0;

    for (struct expr *elem = e->args; elem; elem = elem->next, i++) {
        struct operand value = lower_expr(s, lo, elem);

        lower_store(lo, slot, type_elem_offset(e->type, i), e->type->elems[i], value);
    }
    return slot;
}

static ir_val lower_constant(struct lowering *lo, const struct expr *e)
{
    if (e->type->kind == TYPE_STRING)
        return ir_string(&lo->b, e->text, type_mem_size(e->type));
    return ir_const(&lo->b, (s64)e->num);
}

/* ---- calls ---- */

void lower_args(struct sema *s, struct lowering *lo, struct call *c, struct expr *args)
{
    u32 i = 0;

    for (struct expr *e = args; e; e = e->next, i++) {
        if (c->args[i].is_out) {
            c->args[i].val = lower_variable(lo, e->symbol);
        } else if (c->fn && vocab_param_is_typed(c->fn, i)) {
            c->args[i].val = lower_typed(s, lo, e);
        } else {
            c->args[i].val = c->args[i].map ? NULL : lower_expr(s, lo, e).val;
        }
    }
}

/* A word that differs by attach point has its type there; it is made what it is in the whole
 * clause. */
static ir_val adapt_to_clause(struct lowering *lo, struct call *c, const struct type *t, ir_val val)
{
    if (!(c->fn->flags & FN_PER_POINT) || type_is_word(t))
        return val;

    struct operand here = {vocab_check(lo->v, c), val};

    return lower_in_memory(lo, t, here);
}

static ir_val lower_call(struct sema *s, struct lowering *lo, struct expr *e)
{
    struct call *c = e->call;

    if (e->is_const)
        return lower_constant(lo, e);
    lower_args(s, lo, c, e->args);
    c->point = lo->point;
    lo->b.span = e->span;
    return adapt_to_clause(lo, c, e->type, c->fn->lower(lo, c));
}

/* An aggregation that stands where a number is wanted has the type of a number. */
static ir_val lower_map_value(struct sema *s, struct lowering *lo, struct expr *e)
{
    struct map_info *map = &e->symbol->map;
    ir_val key = lower_key_of(s, lo, e);

    lo->b.span = e->span;
    if (map->value->kind == TYPE_AGG && e->type->kind == TYPE_INT)
        return lower_map_gather(lo, map, key);
    return lower_map_read(lo, map, key);
}

static ir_val lower_kind(struct sema *s, struct lowering *lo, struct expr *e)
{
    switch (e->kind) {
    case EXPR_INT:
    case EXPR_BOOL:
    case EXPR_STRING:
        return lower_constant(lo, e);
    case EXPR_PARAM:
        if (!e->is_open)
            return lower_constant(lo, e);
        return e->is_text ? lower_param_text(lo, e->num) : lower_param(lo, e->num);
    case EXPR_VAR:
        return lower_load(lo, e->type, lower_variable(lo, e->symbol), 0);
    case EXPR_MAP:
        return lower_map_value(s, lo, e);
    case EXPR_IDENT:
        return e->call ? lower_call(s, lo, e) : ir_const(&lo->b, (s64)e->num);
    case EXPR_CALL:
        return lower_call(s, lo, e);
    case EXPR_SIZEOF:
    case EXPR_OFFSETOF:
        return ir_const(&lo->b, (s64)e->num);
    case EXPR_FIELD:
        return e->call ? lower_call(s, lo, e) : lower_place(s, lo, e);
    case EXPR_INDEX:
        return lower_place(s, lo, e);
    case EXPR_UNARY:
        return lower_unary(s, lo, e);
    case EXPR_BINARY:
        return lower_binary(s, lo, e);
    case EXPR_TERNARY:
        return lower_ternary(s, lo, e);
    case EXPR_INCDEC:
        return lower_incdec(s, lo, e);
    case EXPR_CAST:
        return lower_cast(s, lo, e).val;
    case EXPR_TUPLE:
    case EXPR_RECORD:
        return lower_tuple(s, lo, e);
    case EXPR_IF:
        return lower_if_expr(s, lo, e);
    case EXPR_BLOCK:
        return lower_block_value(s, lo, e->body).val;
    case EXPR_COMPTIME:
        return lower_expr(s, lo, e->a).val;
    case EXPR_TYPE:
    case EXPR_COUNT_:
        break;
    }
    ptl_bug("an expression of no kind");
}

struct operand lower_expr(struct sema *s, struct lowering *lo, struct expr *e)
{
    struct span outer = lo->b.span;

    lo->b.span = e->span;

    struct operand o = {e->type, lower_kind(s, lo, e)};

    lo->b.span = outer;
    return o;
}
