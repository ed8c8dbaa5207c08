/* What is known of the ops themselves, without a function around them: their rows, the names of
 * helpers, and what an op computes of constants. */
#include "ir/ir.h"

static const struct ir_op_row rows[] = {
#define OP(id, name, n_args, result, operands, fields) \
    [IR_##id] = {#name, n_args, IR_##result, operands, fields},
#include "ir/ops.def"
#undef OP
};

const struct ir_op_row *ir_op_row(enum ir_op op)
{
    return &rows[op];
}

const char *ir_op_name(enum ir_op op)
{
    return rows[op].name;
}

enum ir_result ir_op_result(enum ir_op op)
{
    return rows[op].result;
}

bool ir_is_leaf(enum ir_op op)
{
    return op == IR_CONST || op == IR_STRING || op == IR_ZERO || op == IR_TABLE || op == IR_SLOT ||
           op == IR_CTX || op == IR_MAP || op == IR_RESOLVED_TEXT;
}

bool ir_is_terminator(enum ir_op op)
{
    return op == IR_JMP || op == IR_BR || op == IR_RET;
}

const char *ir_helper_name(u32 helper)
{
    switch (helper) {
#define HELPER(number, name) \
    case number:             \
        return #name;
#include "ir/helpers.def"
#undef HELPER
    default:
        return NULL;
    }
}

ir_val ir_ptr_base(ir_val ptr, s64 *offset_out)
{
    s64 offset = 0, bytes = 0;

    while (ptr->op == IR_PTR_ADD) {
        if (!ir_is_const(ptr->args[1], &bytes) || __builtin_add_overflow(offset, bytes, &offset))
            return NULL;
        ptr = ptr->args[0];
    }
    *offset_out = offset;
    return ir_is_leaf(ptr->op) ? ptr : NULL;
}

s64 ir_extend_value(s64 v, u32 size, bool is_signed)
{
    switch (size) {
    case 1:
        return is_signed ? (s64)(s8)v : (s64)(u8)v;
    case 2:
        return is_signed ? (s64)(s16)v : (s64)(u16)v;
    case 4:
        return is_signed ? (s64)(s32)v : (s64)(u32)v;
    default:
        return v;
    }
}

u64 ir_bswap_value(u64 v, u32 size)
{
    return __builtin_bswap64(v) >> (64 - 8 * size);
}

static bool fold_division(enum ir_op op, u64 a, u64 b, u64 *out)
{
    bool is_minus_one = b == ~(u64)0;

    if (b == 0)
        return false;
    if (op == IR_UDIV) {
        *out = a / b;
    } else if (op == IR_UMOD) {
        *out = a % b;
    } else if (op == IR_SDIV) {
        *out = is_minus_one ? 0 - a : (u64)((s64)a / (s64)b); /* INT64_MIN / -1 traps in C */
    } else {
        *out = is_minus_one ? 0 : (u64)((s64)a % (s64)b);
    }
    return true;
}

static bool fold_comparison(enum ir_op op, u64 a, u64 b, u64 *out)
{
    switch (op) {
    case IR_EQ:
        *out = a == b;
        return true;
    case IR_NE:
        *out = a != b;
        return true;
    case IR_ULT:
        *out = a < b;
        return true;
    case IR_ULE:
        *out = a <= b;
        return true;
    case IR_SLT:
        *out = (s64)a < (s64)b;
        return true;
    case IR_SLE:
        *out = (s64)a <= (s64)b;
        return true;
    case IR_LOG2:
        *out = a ? 63u - (u32)__builtin_clzll(a) : 0;
        return true;
    default:
        return false;
    }
}

static bool fold_arithmetic(enum ir_op op, u64 a, u64 b, u64 *out)
{
    u32 count = b & 63;

    switch (op) {
    case IR_ADD:
        *out = a + b;
        return true;
    case IR_SUB:
        *out = a - b;
        return true;
    case IR_MUL:
        *out = a * b;
        return true;
    case IR_AND:
        *out = a & b;
        return true;
    case IR_OR:
        *out = a | b;
        return true;
    case IR_XOR:
        *out = a ^ b;
        return true;
    case IR_SHL:
        *out = a << count;
        return true;
    case IR_LSHR:
        *out = a >> count;
        return true;
    case IR_ASHR:
        *out = (u64)((s64)a >> count);
        return true;
    case IR_UDIV:
    case IR_UMOD:
    case IR_SDIV:
    case IR_SMOD:
        return fold_division(op, a, b, out);
    default:
        return fold_comparison(op, a, b, out);
    }
}

bool ir_fold(enum ir_op op, s64 a, s64 b, s64 *result_out)
{
    u64 out = 0;

    if (!fold_arithmetic(op, (u64)a, (u64)b, &out))
        return false;
    *result_out = (s64)out;
    return true;
}

/* Constants, registers of the context, and words that are computed of words. */
static bool is_pure(enum ir_op op)
{
    switch (op) {
    case IR_CONST:
    case IR_STRING:
    case IR_CONFIG:
    case IR_RESOLVED:
    case IR_RESOLVED_TEXT:
    case IR_CTX_LOAD:
    case IR_ARG:
    case IR_RETVAL:
    case IR_EXTEND:
        return true;
    default:
        return op >= IR_ADD && op <= IR_SLE;
    }
}

/* Deeper than this it is not worth the search. */
#define SAME_DEPTH 4

static bool is_same(ir_val a, ir_val b, u32 depth)
{
    if (a == b)
        return true;
    if (depth == 0 || a->op != b->op || !is_pure(a->op) || a->imm != b->imm || a->size != b->size ||
        a->is_signed != b->is_signed || a->n_args != b->n_args)
        return false;
    if (a->op == IR_STRING && !str_eq(a->text, b->text))
        return false;
    for (u32 i = 0; i < a->n_args; i++) {
        if (!is_same(a->args[i], b->args[i], depth - 1))
            return false;
    }
    return true;
}

bool ir_is_same(ir_val a, ir_val b)
{
    return is_same(a, b, SAME_DEPTH);
}
