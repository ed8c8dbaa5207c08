/* The rules of the IR, checked before codegen/ relies on them: a module that passes makes a program
 * that LLVM accepts, and keeps what the kernel's verifier would complain about with less
 * explanation: accesses outside of a slot, unaligned ones on the stack, writes to read-only data.
 *
 * Blocks that are never reached are checked for everything but the order of definition and use. */
#include "abi/record.h"
#include "ir/dom.h"

struct verifier {
    const struct ir_module *m;
    const struct ir_func *func;
    const struct ir_block *block;
    struct dom dom;
    const struct ir_inst **defs; /* by id: the instruction */
    u32 *def_block, *def_place;  /* its block and place in it */
    const char *why;             /* what is wrong; the first stays */
};

/* Say what is wrong with an instruction (NULL: with the block, or without a block with the
 * function). */
static bool wrong(struct verifier *v, const struct ir_inst *inst, const char *what)
{
    struct arena *arena = v->m->arena;
    struct str where = STR("");

    if (v->why)
        return false;
    if (v->block)
        where = str_printf(arena, ", block %s.%u", v->block->name, v->block->id);
    if (inst)
        where = str_printf(arena, "%.*s, %s", STR_ARG(where), ir_op_name(inst->op));
    v->why = str_cstr(
        arena, str_printf(arena, "function %s%.*s: %s", v->func->name, STR_ARG(where), what));
    return false;
}

/* ---- memory ---- */

/* Bytes of the object that a leaf is the address of; false if unknown. */
static bool object_size(ir_val leaf, u32 *size_out)
{
    switch (leaf->op) {
    case IR_SLOT:
        *size_out = leaf->slot->size;
        return true;
    case IR_STRING:
    case IR_ZERO:
    case IR_RESOLVED_TEXT:
        *size_out = leaf->size;
        return true;
    case IR_TABLE:
        *size_out = names_count((enum names)leaf->imm) * NAMES_TEXT_SIZE;
        return true;
    default:
        return false;
    }
}

/* Alignment that an access needs: its size, and 8 where it is made of words. */
static u32 access_align(const struct ir_inst *inst, u32 size)
{
    switch (inst->op) {
    case IR_COPY:
    case IR_FILL_ZERO:
    case IR_STR_EQ:
    case IR_STR_LEN:
    case IR_STR_FIND:
    case IR_MEM_CMP:
        return 8;
    default:
        return size;
    }
}

/* Check an access of `size` bytes at ptr + imm. */
static bool check_access(struct verifier *v, const struct ir_inst *inst, ir_val ptr, s64 imm,
                         u32 size, bool is_write)
{
    s64 offset = 0, end = 0;
    ir_val base = ir_ptr_base(ptr, &offset);
    u32 limit = 0;

    if (!base)
        return true;
    if (base->op == IR_MAP)
        return wrong(v, inst, "a map is accessed as memory");
    if (is_write && base->op != IR_SLOT)
        return wrong(v, inst, "writes to read-only memory");
    if (__builtin_add_overflow(offset, imm, &offset) ||
        __builtin_add_overflow(offset, (s64)size, &end))
        return wrong(v, inst, "the offset is out of range");
    if (object_size(base, &limit) && (offset < 0 || end > (s64)limit))
        return wrong(v, inst, "accesses bytes outside of the object");
    if (offset % access_align(inst, size) != 0)
        return wrong(v, inst, "is not aligned");
    return true;
}

static bool check_word_access(struct verifier *v, const struct ir_inst *inst, u32 size,
                              bool is_write)
{
    if (!is_word_size(size))
        return wrong(v, inst, "the size is not 1, 2, 4 or 8");
    return check_access(v, inst, inst->args[0], inst->imm, size, is_write);
}

static bool check_context(struct verifier *v, const struct ir_inst *inst)
{
    if (!is_word_size(inst->size))
        return wrong(v, inst, "the size is not 1, 2, 4 or 8");
    if (inst->imm < 0 || inst->imm > UINT16_MAX / 2 || inst->imm % inst->size != 0)
        return wrong(v, inst, "the offset in the context is out of range");
    return true;
}

static bool check_config(struct verifier *v, const struct ir_inst *inst)
{
    if (inst->imm >= 0 && inst->imm % 8 == 0 && inst->imm < (s64)sizeof(struct ptl_config))
        return true;
    return wrong(v, inst, "there is no such member of the configuration");
}

static bool check_copy(struct verifier *v, const struct ir_inst *inst)
{
    if (inst->size == 0)
        return wrong(v, inst, "the size is 0");
    return check_access(v, inst, inst->args[0], 0, inst->size, true) &&
           check_access(v, inst, inst->args[1], 0, inst->size, false);
}

/* A known text is compared up to its NUL: only the other operand is read. */
static bool check_strings(struct verifier *v, const struct ir_inst *inst)
{
    ir_val x = inst->args[0], y = inst->args[1];

    if (inst->size == 0)
        return wrong(v, inst, "the size is 0");
    if (y->op != IR_STRING && !check_access(v, inst, y, 0, inst->size, false))
        return false;
    return (x->op == IR_STRING && y->op != IR_STRING) ||
           check_access(v, inst, x, 0, inst->size, false);
}

/* The string that is searched, or whose length is asked for. */
static bool check_search(struct verifier *v, const struct ir_inst *inst)
{
    const struct ir_inst *needle = inst->n_args > 1 ? inst->args[1] : NULL;

    if (inst->size == 0 || inst->size % 8)
        return wrong(v, inst, "the size is no multiple of 8");
    if (needle && (needle->op != IR_STRING || needle->text.n == 0 || needle->text.n > IR_FIND_MAX))
        return wrong(v, inst, "the second operand is no text of a length that can be found");
    return check_access(v, inst, inst->args[0], 0, inst->size, false);
}

static bool check_mem_cmp(struct verifier *v, const struct ir_inst *inst)
{
    if (inst->size == 0)
        return wrong(v, inst, "the size is 0");
    return check_access(v, inst, inst->args[0], 0, inst->size, false) &&
           check_access(v, inst, inst->args[1], 0, inst->size, false);
}

static bool check_fill(struct verifier *v, const struct ir_inst *inst)
{
    if (inst->size == 0)
        return wrong(v, inst, "the size is 0");
    return check_access(v, inst, inst->args[0], inst->imm, inst->size, true);
}

/* ---- loops ---- */

static bool check_callee(struct verifier *v, const struct ir_inst *inst)
{
    const struct ir_func *callee = inst->callee;
    enum ir_func_kind kind = inst->op == IR_LOOP ? IR_FUNC_LOOP : IR_FUNC_EACH;

    if (!callee || callee->kind != kind || callee->root != v->func->root)
        return wrong(v, inst, "calls a function that is not of this program's loops");
    return true;
}

/* INDEX, KEY and VALUE are parameters. */
static bool check_parameter(struct verifier *v, const struct ir_inst *inst)
{
    enum ir_func_kind kind = inst->op == IR_INDEX ? IR_FUNC_LOOP : IR_FUNC_EACH;

    return v->func->kind == kind ? true : wrong(v, inst, "the function has no such parameter");
}

static bool check_core(struct verifier *v, const struct ir_inst *inst)
{
    if (!inst->access || inst->access->n_steps == 0)
        return wrong(v, inst, "accesses no member");
    switch (inst->imm) {
    case IR_CORE_OFFSET:
    case IR_CORE_SIZE:
    case IR_CORE_EXISTS:
    case IR_CORE_LSHIFT:
    case IR_CORE_RSHIFT:
        return true;
    default:
        return wrong(v, inst, "asks for an unknown fact");
    }
}

static bool has_regs(const struct ir_func *func)
{
    return func->ctx == IR_CTX_PT_REGS;
}

/* ---- names that an instruction refers to ---- */

static bool check_slot(struct verifier *v, const struct ir_inst *inst)
{
    const struct ir_slot *slot = inst->slot;
    const struct ir_func *root = v->func->root;

    if (slot && slot->id < v->func->slots.n && v->func->slots.items[slot->id] == slot)
        return true;
    if (!slot || slot->id >= root->slots.n || root->slots.items[slot->id] != slot)
        return wrong(v, inst, "the slot is not of this function");
    return true;
}

static bool check_map(struct verifier *v, const struct ir_inst *inst)
{
    const struct ir_map *map = inst->map;

    if (!map || map->id >= v->m->maps.n || v->m->maps.items[map->id] != map)
        return wrong(v, inst, "the map is not of this module");
    return true;
}

static bool check_target(struct verifier *v, const struct ir_inst *inst, const struct ir_block *to)
{
    if (!to || to->id >= v->func->blocks.n || v->func->blocks.items[to->id] != to)
        return wrong(v, inst, "goes to a block that is not of this function");
    return true;
}

static bool check_text(struct verifier *v, const struct ir_inst *inst)
{
    if (inst->size <= inst->text.n)
        return wrong(v, inst, "the text does not fit in its size");
    return true;
}

static bool check_resolved(struct verifier *v, const struct ir_inst *inst)
{
    if (inst->imm < 0 || inst->imm + MAX(inst->size / 8, 1) > IR_RESOLVED_MAX)
        return wrong(v, inst, "there is no such resolved word");
    if (inst->op == IR_RESOLVED_TEXT && (inst->size == 0 || inst->size % 8 != 0))
        return wrong(v, inst, "the size is no multiple of 8");
    return true;
}

/* What is special about each op. */
static bool check_fields(struct verifier *v, const struct ir_inst *inst)
{
    switch (inst->op) {
    case IR_STRING:
        return check_text(v, inst);
    case IR_TABLE:
        return inst->imm >= 0 && inst->imm < NAMES_COUNT_
                   ? true
                   : wrong(v, inst, "there is no such table");
    case IR_ZERO:
        return inst->size ? true : wrong(v, inst, "the size is 0");
    case IR_SLOT:
        return check_slot(v, inst);
    case IR_MAP:
    case IR_MAP_LEN:
        return check_map(v, inst);
    case IR_LOOP:
        return check_callee(v, inst);
    case IR_EACH:
        return check_map(v, inst) && check_callee(v, inst);
    case IR_INDEX:
    case IR_KEY:
    case IR_VALUE:
        return check_parameter(v, inst);
    case IR_CORE:
        return check_core(v, inst);
    case IR_CTX_LOAD:
        return check_context(v, inst);
    case IR_ARG:
        return has_regs(v->func) && inst->imm >= 0 ? true
                                                   : wrong(v, inst, "the context has no arguments");
    case IR_RETVAL:
        return has_regs(v->func) ? true : wrong(v, inst, "the context has no return value");
    case IR_CONFIG:
        return check_config(v, inst);
    case IR_RESOLVED:
    case IR_RESOLVED_TEXT:
        return check_resolved(v, inst);
    case IR_LOAD:
        return check_word_access(v, inst, inst->size, false);
    case IR_STORE:
        return check_word_access(v, inst, inst->size, true);
    case IR_ATOMIC_ADD:
    case IR_ATOMIC_FETCH_ADD:
    case IR_COMPARE_EXCHANGE:
        return check_word_access(v, inst, 8, true);
    case IR_COPY:
        return check_copy(v, inst);
    case IR_STR_EQ:
        return check_strings(v, inst);
    case IR_STR_LEN:
    case IR_STR_FIND:
        return check_search(v, inst);
    case IR_MEM_CMP:
        return check_mem_cmp(v, inst);
    case IR_FILL_ZERO:
        return check_fill(v, inst);
    case IR_BSWAP:
    case IR_EXTEND:
        return is_word_size(inst->size) ? true : wrong(v, inst, "the size is not 1, 2, 4 or 8");
    case IR_JMP:
        return check_target(v, inst, inst->block);
    case IR_BR:
        return check_target(v, inst, inst->block) && check_target(v, inst, inst->other);
    default:
        return true;
    }
}

/* ---- operands ---- */

/* Is arg computed on every way to place `place` of the current block? */
static bool is_defined(const struct verifier *v, ir_val arg, u32 place)
{
    u32 def = v->def_block[arg->id], here = v->block->id;

    if (ir_is_leaf(arg->op) || !dom_is_reached(&v->dom, here))
        return true;
    if (def == here)
        return v->def_place[arg->id] < place;
    return dom_is_reached(&v->dom, def) && dom_dominates(&v->dom, def, here);
}

static bool check_operand(struct verifier *v, const struct ir_inst *inst, u32 i, u32 place)
{
    ir_val arg = inst->args[i];
    const struct ir_op_row *row = ir_op_row(inst->op);
    enum ir_result result = IR_NONE;

    if (!arg || arg->id >= v->func->n_insts || v->defs[arg->id] != arg)
        return wrong(v, inst, "an operand is not of this function");
    result = ir_op_result(arg->op);
    if (result == IR_NONE)
        return wrong(v, inst, "an operand has no value");
    if (row->n_args != VARIADIC && (row->operands[i] == 'p') != (result == IR_PTR)) {
        return wrong(v, inst,
                     row->operands[i] == 'p' ? "an operand is no pointer"
                                             : "an operand is no word");
    }
    if (!is_defined(v, arg, place))
        return wrong(v, inst, "an operand is used where it may not be computed yet");
    return true;
}

static bool check_inst(struct verifier *v, const struct ir_inst *inst, u32 place)
{
    const struct ir_op_row *row = ir_op_row(inst->op);
    bool is_last = place + 1 == v->block->insts.n;

    if (row->n_args == VARIADIC ? inst->n_args > 5 : inst->n_args != row->n_args)
        return wrong(v, inst, "has the wrong number of operands");
    if (ir_is_terminator(inst->op) != is_last) {
        return wrong(v, inst,
                     is_last ? "the block does not end"
                             : "ends the block before its last instruction");
    }
    for (u32 i = 0; i < inst->n_args; i++) {
        if (!check_operand(v, inst, i, place))
            return false;
    }
    return check_fields(v, inst);
}

/* ---- functions ---- */

/* Blocks are where their number says and end; note where each instruction is. */
static bool index_func(struct verifier *v)
{
    const struct ir_func *func = v->func;
    struct arena *arena = v->m->arena;

    if (func->blocks.n == 0)
        return wrong(v, NULL, "has no block");
    v->defs = arena_array(arena, const struct ir_inst *, func->n_insts);
    v->def_block = arena_array(arena, u32, func->n_insts);
    v->def_place = arena_array(arena, u32, func->n_insts);
    for (u32 b = 0; b < func->blocks.n; b++) {
        const struct ir_block *block = v->block = func->blocks.items[b];
        const struct ir_inst *last = NULL;

        if (block->id != b || block->insts.n == 0)
            return wrong(v, NULL, "is empty");
        for (u32 i = 0; i < block->insts.n; i++) {
            const struct ir_inst *inst = block->insts.items[i];

            if (inst->op >= IR_OP_COUNT_ || inst->id >= func->n_insts || v->defs[inst->id])
                return wrong(v, NULL, "has an instruction that is not of this function");
            v->defs[inst->id] = inst;
            v->def_block[inst->id] = b;
            v->def_place[inst->id] = i;
        }
        last = block->insts.items[block->insts.n - 1];
        if (!ir_is_terminator(last->op))
            return wrong(v, NULL, "does not end in jmp, br or ret");
        if (last->op != IR_RET && !check_fields(v, last))
            return false;
    }
    return true;
}

static bool check_func(struct verifier *v)
{
    v->block = NULL;
    if (!index_func(v))
        return false;
    v->dom = dom_compute(v->m->arena, v->func);
    vec_foreach(block, &v->func->blocks) {
        v->block = *block;
        for (u32 i = 0; i < v->block->insts.n; i++) {
            if (!check_inst(v, v->block->insts.items[i], i))
                return false;
        }
    }
    return true;
}

const char *ir_verify(const struct ir_module *m)
{
    struct verifier v = {.m = m};

    vec_foreach(func, &m->funcs) {
        v.func = *func;
        if (!check_func(&v))
            return v.why;
    }
    for (u32 i = 0; i < m->funcs.n; i++) {
        for (u32 k = 0; k < i; k++) {
            v.func = m->funcs.items[i];
            v.block = NULL;
            if (strcmp(v.func->name, m->funcs.items[k]->name) == 0) {
                (void)wrong(&v, NULL, "two functions have this name");
                return v.why;
            }
        }
    }
    return NULL;
}
