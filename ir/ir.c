/* Making modules, functions and instructions. The builder folds what it can: operations on
 * constants, and operations that change nothing (x + 0, x * 1, x & -1 ...); so semantic/ may lower
 * without looking for special cases.
 *
 * All memory is the module's arena's. Instructions are never removed: a constant whose use was
 * folded away stays behind unused, and costs nothing. */
#include "ir/ir.h"

struct ir_module *ir_module_new(struct arena *arena, struct types *types,
                                const struct sources *sources)
{
    struct ir_module *m = arena_new(arena, struct ir_module);

    m->arena = arena;
    m->types = types;
    m->sources = sources;
    return m;
}

struct ir_map *ir_map_new(struct ir_module *m, const char *name)
{
    struct ir_map *map = arena_new(m->arena, struct ir_map);

    map->id = m->maps.n;
    map->name = name;
    *vec_push(m->arena, &m->maps) = map;
    return map;
}

struct ir_func *ir_func_new(struct ir_module *m, const char *name, const char *section,
                            enum ir_ctx ctx)
{
    struct ir_func *func = arena_new(m->arena, struct ir_func);

    func->name = name;
    func->section = section;
    func->ctx = ctx;
    func->root = func;
    *vec_push(m->arena, &m->funcs) = func;
    return func;
}

void ir_callback_of(struct ir_module *m, struct ir_func *func, enum ir_func_kind kind,
                    struct ir_func *root)
{
    func->kind = kind;
    func->root = root;
    *vec_push(m->arena, &root->callbacks) = func;
}

struct ir_func *ir_callback_new(struct ir_module *m, const char *name, enum ir_func_kind kind,
                                struct ir_func *root)
{
    struct ir_func *func = ir_func_new(m, name, root->section, root->ctx);

    func->span = root->span;
    ir_callback_of(m, func, kind, root);
    return func;
}

struct ir_block *ir_block_new(struct ir_builder *b, const char *name)
{
    struct ir_block *block = arena_new(b->module->arena, struct ir_block);

    block->id = b->func->blocks.n;
    block->name = name;
    *vec_push(b->module->arena, &b->func->blocks) = block;
    return block;
}

void ir_at(struct ir_builder *b, struct ir_block *block)
{
    b->block = block;
}

bool ir_is_terminated(const struct ir_builder *b)
{
    u32 n = b->block->insts.n;

    return n > 0 && ir_is_terminator(b->block->insts.items[n - 1]->op);
}

static const struct ir_slot *slot_of(struct ir_builder *b, struct ir_func *func, const char *name,
                                     u32 size)
{
    struct ir_slot *slot = arena_new(b->module->arena, struct ir_slot);

    slot->id = func->slots.n;
    slot->size = ROUND_UP(MAX(size, 1u), 8);
    slot->name = name;
    *vec_push(b->module->arena, &func->slots) = slot;
    return slot;
}

const struct ir_slot *ir_slot_new(struct ir_builder *b, const char *name, u32 size)
{
    return slot_of(b, b->func, name, size);
}

const struct ir_slot *ir_shared_slot_new(struct ir_builder *b, const char *name, u32 size)
{
    return slot_of(b, b->func->root, name, size);
}

static struct ir_inst *append(struct ir_builder *b, enum ir_op op, const ir_val *args, u32 n_args)
{
    struct arena *arena = b->module->arena;
    struct ir_inst *inst = arena_new(arena, struct ir_inst);

    inst->op = op;
    inst->id = b->func->n_insts++;
    inst->span = b->span;
    inst->n_args = n_args;
    if (n_args) {
        inst->args = arena_array(arena, ir_val, n_args);
        memcpy(inst->args, args, n_args * sizeof(*args));
    }
    *vec_push(arena, &b->block->insts) = inst;
    return inst;
}

static struct ir_inst *append1(struct ir_builder *b, enum ir_op op, ir_val x)
{
    return append(b, op, &x, 1);
}

static struct ir_inst *append2(struct ir_builder *b, enum ir_op op, ir_val x, ir_val y)
{
    return append(b, op, (ir_val[]){x, y}, 2);
}

/* ---- leaves ---- */

ir_val ir_const(struct ir_builder *b, s64 value)
{
    struct ir_inst *inst = append(b, IR_CONST, NULL, 0);

    inst->imm = value;
    return inst;
}

ir_val ir_string(struct ir_builder *b, struct str text, u32 size)
{
    struct ir_inst *inst = append(b, IR_STRING, NULL, 0);

    inst->text = text;
    inst->size = MAX(size, text.n + 1);
    return inst;
}

ir_val ir_zero(struct ir_builder *b, u32 size)
{
    struct ir_inst *inst = append(b, IR_ZERO, NULL, 0);

    inst->size = size;
    return inst;
}

ir_val ir_slot_addr(struct ir_builder *b, const struct ir_slot *slot)
{
    struct ir_inst *inst = append(b, IR_SLOT, NULL, 0);

    inst->slot = slot;
    return inst;
}

ir_val ir_ctx(struct ir_builder *b)
{
    return append(b, IR_CTX, NULL, 0);
}

ir_val ir_table(struct ir_builder *b, enum names names)
{
    struct ir_inst *inst = append(b, IR_TABLE, NULL, 0);

    inst->imm = names;
    return inst;
}

ir_val ir_map_addr(struct ir_builder *b, const struct ir_map *map)
{
    struct ir_inst *inst = append(b, IR_MAP, NULL, 0);

    inst->map = map;
    return inst;
}

/* ---- the context and the configuration ---- */

ir_val ir_ctx_load(struct ir_builder *b, u32 offset, u32 size, bool is_signed)
{
    struct ir_inst *inst = append(b, IR_CTX_LOAD, NULL, 0);

    inst->imm = offset;
    inst->size = size;
    inst->is_signed = is_signed;
    return inst;
}

ir_val ir_arg(struct ir_builder *b, u32 n)
{
    struct ir_inst *inst = append(b, IR_ARG, NULL, 0);

    inst->imm = n;
    return inst;
}

ir_val ir_retval(struct ir_builder *b)
{
    return append(b, IR_RETVAL, NULL, 0);
}

ir_val ir_config(struct ir_builder *b, u32 offset)
{
    struct ir_inst *inst = append(b, IR_CONFIG, NULL, 0);

    inst->imm = offset;
    return inst;
}

ir_val ir_resolved(struct ir_builder *b, u64 word)
{
    struct ir_inst *inst = append(b, IR_RESOLVED, NULL, 0);

    inst->imm = (s64)word;
    return inst;
}

ir_val ir_resolved_text(struct ir_builder *b, u64 word, u32 size)
{
    struct ir_inst *inst = append(b, IR_RESOLVED_TEXT, NULL, 0);

    inst->imm = (s64)word;
    inst->size = size;
    return inst;
}

/* ---- memory ---- */

ir_val ir_load(struct ir_builder *b, ir_val ptr, s64 offset, u32 size, bool is_signed)
{
    struct ir_inst *inst = append1(b, IR_LOAD, ptr);

    inst->imm = offset;
    inst->size = size;
    inst->is_signed = is_signed;
    return inst;
}

ir_val ir_load64(struct ir_builder *b, ir_val ptr, s64 offset)
{
    return ir_load(b, ptr, offset, 8, false);
}

void ir_store(struct ir_builder *b, ir_val ptr, s64 offset, u32 size, ir_val value)
{
    struct ir_inst *inst = append2(b, IR_STORE, ptr, value);

    inst->imm = offset;
    inst->size = size;
}

void ir_store64(struct ir_builder *b, ir_val ptr, s64 offset, ir_val value)
{
    ir_store(b, ptr, offset, 8, value);
}

void ir_atomic_add(struct ir_builder *b, ir_val ptr, s64 offset, ir_val value)
{
    append2(b, IR_ATOMIC_ADD, ptr, value)->imm = offset;
}

ir_val ir_atomic_fetch_add(struct ir_builder *b, ir_val ptr, s64 offset, ir_val value)
{
    struct ir_inst *inst = append2(b, IR_ATOMIC_FETCH_ADD, ptr, value);

    inst->imm = offset;
    return inst;
}

ir_val ir_compare_exchange(struct ir_builder *b, ir_val ptr, s64 offset, ir_val expected,
                           ir_val value)
{
    struct ir_inst *inst = append(b, IR_COMPARE_EXCHANGE, (ir_val[]){ptr, expected, value}, 3);

    inst->imm = offset;
    return inst;
}

ir_val ir_ptr_add(struct ir_builder *b, ir_val ptr, ir_val bytes)
{
    s64 value = 1;

    if (ir_is_const(bytes, &value) && value == 0)
        return ptr;
    return append2(b, IR_PTR_ADD, ptr, bytes);
}

void ir_copy(struct ir_builder *b, ir_val dst, ir_val src, u32 size)
{
    if (size)
        append2(b, IR_COPY, dst, src)->size = size;
}

void ir_fill_zero(struct ir_builder *b, ir_val ptr, s64 offset, u32 size)
{
    struct ir_inst *inst = NULL;

    if (!size)
        return;
    inst = append1(b, IR_FILL_ZERO, ptr);
    inst->imm = offset;
    inst->size = size;
}

/* Of a C string, at most n. */
static struct str first_bytes(struct str text, u32 n)
{
    return str_sub(text, 0, (u32)strnlen(text.p, MIN(text.n, n)));
}

ir_val ir_str_eq(struct ir_builder *b, ir_val x, ir_val y, u32 size)
{
    struct ir_inst *inst = NULL;

    if (x->op == IR_STRING && y->op == IR_STRING)
        return ir_const(b, str_eq(first_bytes(x->text, size), first_bytes(y->text, size)));
    if (x == y || size == 0)
        return ir_const(b, 1);
    inst = append2(b, IR_STR_EQ, x, y);
    inst->size = size;
    return inst;
}

ir_val ir_str_len(struct ir_builder *b, ir_val str, u32 size)
{
    struct ir_inst *inst = NULL;

    if (str->op == IR_STRING)
        return ir_const(b, (s64)strnlen(str->text.p, str->text.n));
    inst = append1(b, IR_STR_LEN, str);
    inst->size = size;
    return inst;
}

ir_val ir_str_find(struct ir_builder *b, ir_val str, u32 size, struct str needle)
{
    struct ir_inst *inst = append2(b, IR_STR_FIND, str, ir_string(b, needle, needle.n + 1));

    inst->size = size;
    return inst;
}

ir_val ir_mem_cmp(struct ir_builder *b, ir_val x, ir_val y, u32 size)
{
    struct ir_inst *inst = NULL;

    if (x == y || size == 0)
        return ir_const(b, 0);
    inst = append2(b, IR_MEM_CMP, x, y);
    inst->size = size;
    return inst;
}

/* ---- arithmetic ---- */

bool ir_is_const(ir_val v, s64 *value_out)
{
    if (v->op != IR_CONST)
        return false;
    *value_out = v->imm;
    return true;
}

ir_val ir_unary(struct ir_builder *b, enum ir_op op, ir_val a)
{
    s64 value = 0, result = 0;

    if (op == IR_IS_NULL && ir_is_leaf(a->op))
        return ir_const(b, 0);
    if (ir_is_const(a, &value) && ir_fold(op, value, 0, &result))
        return ir_const(b, result);
    return append1(b, op, a);
}

/* The result of `a op c` where the constant c makes it a itself or a constant; NULL otherwise. */
static ir_val fold_with_const(struct ir_builder *b, enum ir_op op, ir_val a, s64 c)
{
    switch (op) {
    case IR_ADD:
    case IR_SUB:
    case IR_XOR:
    case IR_OR:
        return c == 0 ? a : NULL;
    case IR_SHL:
    case IR_LSHR:
    case IR_ASHR:
        return (c & 63) == 0 ? a : NULL;
    case IR_MUL:
        if (c == 0)
            return ir_const(b, 0);
        return c == 1 ? a : NULL;
    case IR_UDIV:
    case IR_SDIV:
        return c == 1 ? a : NULL;
    case IR_UMOD:
    case IR_SMOD:
        return c == 1 ? ir_const(b, 0) : NULL;
    case IR_AND:
        if (c == 0)
            return ir_const(b, 0);
        return c == -1 ? a : NULL;
    case IR_ULT:
        return c == 0 ? ir_const(b, 0) : NULL;
    default:
        return NULL;
    }
}

/* The result of `a op a`; NULL where it depends on a. */
static ir_val fold_same(struct ir_builder *b, enum ir_op op, ir_val a)
{
    switch (op) {
    case IR_SUB:
    case IR_XOR:
    case IR_NE:
    case IR_ULT:
    case IR_SLT:
        return ir_const(b, 0);
    case IR_EQ:
    case IR_ULE:
    case IR_SLE:
        return ir_const(b, 1);
    case IR_AND:
    case IR_OR:
        return a;
    default:
        return NULL;
    }
}

static bool is_commutative(enum ir_op op)
{
    return op == IR_ADD || op == IR_MUL || op == IR_AND || op == IR_OR || op == IR_XOR ||
           op == IR_EQ || op == IR_NE;
}

ir_val ir_binary(struct ir_builder *b, enum ir_op op, ir_val a, ir_val c)
{
    s64 x = 0, y = 0, result = 0;
    bool a_is_const = ir_is_const(a, &x), c_is_const = ir_is_const(c, &y);
    ir_val folded = NULL;

    if (a_is_const && c_is_const && ir_fold(op, x, y, &result))
        return ir_const(b, result);
    if (a_is_const && !c_is_const && is_commutative(op))
        return ir_binary(b, op, c, a);
    /* As numbers LLVM would make an OR of it where the address is aligned, which the verifier
     * refuses. */
    if (op == IR_ADD && c_is_const && a->op == IR_PTR_TO_INT)
        return ir_unary(b, IR_PTR_TO_INT, ir_ptr_add(b, a->args[0], c));
    if (c_is_const) {
        folded = fold_with_const(b, op, a, y);
    } else if (a == c) {
        folded = fold_same(b, op, a);
    }
    return folded ? folded : append2(b, op, a, c);
}

ir_val ir_bswap(struct ir_builder *b, ir_val v, u32 size)
{
    struct ir_inst *inst = NULL;
    s64 value = 0;

    if (ir_is_const(v, &value))
        return ir_const(b, (s64)ir_bswap_value((u64)value, size));
    inst = append1(b, IR_BSWAP, v);
    inst->size = size;
    return inst;
}

ir_val ir_opaque(struct ir_builder *b, ir_val v)
{
    return append1(b, IR_OPAQUE, v);
}

ir_val ir_core(struct ir_builder *b, enum ir_core what, const struct ir_access *access)
{
    struct ir_inst *inst = append(b, IR_CORE, NULL, 0);

    inst->imm = what;
    inst->access = access;
    return inst;
}

ir_val ir_index(struct ir_builder *b)
{
    return append(b, IR_INDEX, NULL, 0);
}

ir_val ir_element_key(struct ir_builder *b)
{
    return append(b, IR_KEY, NULL, 0);
}

ir_val ir_element_value(struct ir_builder *b)
{
    return append(b, IR_VALUE, NULL, 0);
}

ir_val ir_loop(struct ir_builder *b, ir_val n, struct ir_func *callee)
{
    struct ir_inst *inst = append1(b, IR_LOOP, n);

    inst->callee = callee;
    return inst;
}

ir_val ir_each(struct ir_builder *b, const struct ir_map *map, struct ir_func *callee)
{
    struct ir_inst *inst = append(b, IR_EACH, NULL, 0);

    inst->map = map;
    inst->callee = callee;
    return inst;
}

ir_val ir_map_len(struct ir_builder *b, const struct ir_map *map)
{
    struct ir_inst *inst = append(b, IR_MAP_LEN, NULL, 0);

    inst->map = map;
    return inst;
}

ir_val ir_extend(struct ir_builder *b, ir_val v, u32 size, bool is_signed)
{
    struct ir_inst *inst = NULL;
    s64 value = 0;

    if (size == 8)
        return v;
    if (ir_is_const(v, &value))
        return ir_const(b, ir_extend_value(value, size, is_signed));
    if ((v->op == IR_EXTEND || v->op == IR_LOAD || v->op == IR_CTX_LOAD) && v->size == size &&
        v->is_signed == is_signed)
        return v;
    inst = append1(b, IR_EXTEND, v);
    inst->size = size;
    inst->is_signed = is_signed;
    return inst;
}

/* ---- calls and control ---- */

ir_val ir_call(struct ir_builder *b, u32 helper, const ir_val *args, u32 n_args)
{
    struct ir_inst *inst = append(b, IR_CALL, args, n_args);

    inst->helper = helper;
    return inst;
}

ir_val ir_call_ptr(struct ir_builder *b, u32 helper, const ir_val *args, u32 n_args)
{
    struct ir_inst *inst = append(b, IR_CALL_PTR, args, n_args);

    inst->helper = helper;
    return inst;
}

void ir_jmp(struct ir_builder *b, struct ir_block *to)
{
    append(b, IR_JMP, NULL, 0)->block = to;
}

void ir_br(struct ir_builder *b, ir_val cond, struct ir_block *if_true, struct ir_block *if_false)
{
    struct ir_inst *inst = NULL;
    s64 value = 0;

    if (ir_is_const(cond, &value)) {
        ir_jmp(b, value ? if_true : if_false);
        return;
    }
    inst = append1(b, IR_BR, cond);
    inst->block = if_true;
    inst->other = if_false;
}

void ir_ret(struct ir_builder *b, s64 value)
{
    append(b, IR_RET, NULL, 0)->imm = value;
}
