/* The interpreter's heart: functions, blocks, instructions. Pointers of the program are those of
 * this process; each access is looked up in the list of regions. */
#include <linux/bpf.h>

#include "tests/fuzz/interp_state.h"

enum {
    STEPS_MAX = 20000000,
    ARENA_BYTES = 512 << 20,
    CTX_BYTES = 256,
};

#define FAILED_LOOP ((u64)(s64)-7) /* -E2BIG, as bpf_loop() says */

void interp_fail(struct interp *in, const char *what)
{
    if (!in->problem)
        in->problem = what;
}

u8 *interp_memory(struct interp *in, u64 size, bool is_writable)
{
    u8 *p = arena_alloc(&in->arena, MAX(size, 1));
    u32 i = in->regions.n;

    (void)vec_push(&in->arena, &in->regions);
    for (; i > 0 && in->regions.items[i - 1].p > p; i--)
        in->regions.items[i] = in->regions.items[i - 1];
    in->regions.items[i] = (struct region){p, size, is_writable};
    return p;
}

const struct region *interp_region(const struct interp *in, u64 p)
{
    u32 low = 0;
    u32 high = in->regions.n;

    while (low < high) {
        u32 middle = low + (high - low) / 2;

        if ((u64)(uintptr_t)in->regions.items[middle].p <= p) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low > 0 ? &in->regions.items[low - 1] : NULL;
}

bool interp_check(struct interp *in, u64 p, u64 size, bool is_write)
{
    const struct region *r = interp_region(in, p);
    u64 offset = r ? p - (u64)(uintptr_t)r->p : 0;

    if (!r || offset > r->size || size > r->size - offset) {
        interp_fail(in, "the program uses memory that is not its own");
        return false;
    }
    if (is_write && !r->is_writable)
        interp_fail(in, "the program writes to read-only memory");
    return !is_write || r->is_writable;
}

static u64 word_of(const void *p)
{
    return (u64)(uintptr_t)p;
}

static u32 func_index(const struct interp *in, const struct ir_func *func)
{
    u32 i = 0;

    while (in->m->funcs.items[i] != func)
        i++;
    return i;
}

/* ---- instructions ---- */

static u64 load(struct interp *in, u64 p, u32 size, bool is_signed)
{
    u64 word = 0;

    if (!interp_check(in, p, size, false))
        return 0;
    if (p % size != 0)
        interp_fail(in, "the program loads from an address that is not aligned");
    memcpy(&word, interp_pointer(p), size);
    return (u64)ir_extend_value((s64)word, size, is_signed);
}

static void store(struct interp *in, u64 p, u32 size, u64 word)
{
    if (!interp_check(in, p, size, true))
        return;
    if (p % size != 0)
        interp_fail(in, "the program stores to an address that is not aligned");
    memcpy(interp_pointer(p), &word, size);
}

static u64 text_of(struct interp *in, const struct ir_inst *inst)
{
    u8 *p = interp_memory(in, MAX(inst->size, inst->text.n + 1), false);

    memcpy(p, inst->text.p, MIN(inst->text.n, inst->size));
    return word_of(p);
}

static u64 strings_equal(struct interp *in, const struct ir_inst *inst, u64 a, u64 b)
{
    const u8 *x = interp_pointer(a), *y = interp_pointer(b);

    for (u32 i = 0; i < inst->size; i++) {
        if (!interp_check(in, a + i, 1, false) || !interp_check(in, b + i, 1, false))
            return 0;
        if (x[i] != y[i])
            return 0;
        if (x[i] == '\0')
            return 1;
    }
    return 1;
}

static u64 string_length(struct interp *in, u64 p, u32 size)
{
    const char *text = interp_pointer(p);

    if (!interp_check(in, p, size, false))
        return 0;
    if (strnlen(text, size) == size)
        interp_fail(in, "the program measures a string without an end");
    return strnlen(text, size);
}

static u64 string_place(struct interp *in, const struct ir_inst *inst, const u64 *a)
{
    struct str text = {interp_pointer(a[0]), inst->size};

    if (!interp_check(in, a[0], inst->size, false))
        return 0;
    text.n = (u32)strnlen(text.p, text.n);
    return (u64)(s64)str_find(text, inst->args[1]->text);
}

static u64 bytes_compared(struct interp *in, const struct ir_inst *inst, const u64 *a)
{
    int order = 0;

    if (interp_check(in, a[0], inst->size, false) && interp_check(in, a[1], inst->size, false))
        order = memcmp(interp_pointer(a[0]), interp_pointer(a[1]), inst->size);
    return order < 0 ? UINT64_MAX : order > 0;
}

/* The texts of some names, made once. */
static u64 table_of(struct interp *in, enum names names)
{
    if (!in->tables[names]) {
        struct str texts = names_table(names, arch_native(), &in->arena);

        in->tables[names] = interp_memory(in, texts.n, false);
        memcpy(in->tables[names], texts.p, texts.n);
    }
    return (u64)(uintptr_t)in->tables[names];
}

static u64 map_len(struct interp *in, const struct ir_map *ir)
{
    u64 n = 0;

    vec_foreach(entry, &interp_map(in, ir)->entries)
        n += entry->key != NULL;
    return n;
}

/* Constants of the running machine: no limit, one CPU, no namespace, no filter. */
static u64 config(u64 offset)
{
    if (offset == offsetof(struct ptl_config, n_cpus))
        return 1;
    return offset == offsetof(struct ptl_config, ring_data_limit) ? UINT64_MAX : 0;
}

static u8 *slot_of(const struct frame *f, const struct ir_slot *slot)
{
    bool is_own = slot->id < f->func->slots.n && f->func->slots.items[slot->id] == slot;

    return is_own ? f->slots[slot->id] : f->root->slots[slot->id];
}

static u64 leaf(struct interp *in, const struct frame *f, const struct ir_inst *inst)
{
    switch (inst->op) {
    case IR_CONST:
        return (u64)inst->imm;
    case IR_STRING:
        return text_of(in, inst);
    case IR_ZERO:
        return word_of(interp_memory(in, inst->size, false));
    case IR_SLOT:
        return word_of(slot_of(f, inst->slot));
    case IR_CTX:
        return word_of(interp_memory(in, CTX_BYTES, false));
    case IR_MAP:
        return word_of(interp_map(in, inst->map));
    case IR_TABLE:
        return table_of(in, (enum names)inst->imm);
    default:
        ptl_bug("no leaf");
    }
}

static s64 func_run(struct interp *in, struct frame *f);

/* Memory of a function's slots. What was never written is not zero in the kernel either. A function
 * that is called again finds the same memory, but nothing in it. */
static u8 **slots_make(struct interp *in, const struct ir_func *func)
{
    u8 ***place = &in->slots[func_index(in, func)];

    if (!*place)
        *place = arena_array(&in->arena, u8 *, func->slots.n + 1);
    vec_foreach(slot, &func->slots) {
        u8 **memory = &(*place)[(*slot)->id];

        if (!*memory)
            *memory = interp_memory(in, (*slot)->size, true);
        memset(*memory, 0xa5, (*slot)->size);
    }
    return *place;
}

/* A round of a loop. True if it goes on. */
static bool round_run(struct interp *in, const struct frame *outer, const struct ir_func *callee,
                      u64 index, struct entry element)
{
    struct frame f = {.func = callee, .root = outer->root, .index = index, .element = element};

    f.slots = slots_make(in, callee);
    return func_run(in, &f) == 0 && !in->problem;
}

static u64 loop_run(struct interp *in, const struct frame *f, const struct ir_inst *inst, u64 n)
{
    u64 i = 0;

    if ((s64)n < 0 || n > IR_LOOP_MAX)
        return FAILED_LOOP;
    while (i < n) {
        if (!round_run(in, f, inst->callee, i++, (struct entry){0}))
            break;
    }
    return i;
}

static u64 each_run(struct interp *in, const struct frame *f, const struct ir_inst *inst)
{
    struct imap *map = interp_map(in, inst->map);
    u64 n = 0;

    /* By number: the list may grow meanwhile. */
    for (u32 i = 0; i < map->entries.n; i++) {
        struct entry element = map->entries.items[i];

        if (!element.key)
            continue;
        n++;
        if (!round_run(in, f, inst->callee, 0, element))
            break;
    }
    return n;
}

/* Leaves are where they are used: their values are made on demand, once. */
static u64 value_of(struct interp *in, struct frame *f, ir_val val)
{
    bool is_kept = val->op == IR_STRING || val->op == IR_ZERO || val->op == IR_CTX;
    u64 *place = is_kept ? &f->leaves[val->id] : &f->values[val->id];

    if (ir_is_leaf(val->op) && *place == 0)
        *place = leaf(in, f, val);
    return *place;
}

static u64 memory_op(struct interp *in, const struct ir_inst *inst, const u64 *a)
{
    u64 at = a[0] + (u64)inst->imm;
    u64 before = 0;

    switch (inst->op) {
    case IR_LOAD:
        return load(in, at, inst->size, inst->is_signed);
    case IR_STORE:
        store(in, at, inst->size, a[1]);
        return 0;
    case IR_ATOMIC_ADD:
    case IR_ATOMIC_FETCH_ADD:
        before = load(in, at, 8, false);
        store(in, at, 8, before + a[1]);
        return before;
    case IR_COMPARE_EXCHANGE:
        before = load(in, at, 8, false);
        if (before == a[1])
            store(in, at, 8, a[2]);
        return before;
    case IR_COPY:
        if (interp_check(in, a[1], inst->size, false) && interp_check(in, a[0], inst->size, true))
            memmove(interp_pointer(a[0]), interp_pointer(a[1]), inst->size);
        return 0;
    case IR_FILL_ZERO:
        if (interp_check(in, at, inst->size, true))
            memset(interp_pointer(at), 0, inst->size);
        return 0;
    default:
        interp_fail(in, "an instruction that the interpreter does not know");
        return 0;
    }
}

static u64 execute(struct interp *in, struct frame *f, const struct ir_inst *inst, const u64 *a)
{
    s64 result = 0;

    switch (inst->op) {
    case IR_CTX_LOAD:
    case IR_ARG:
    case IR_RETVAL:
        return 0;
    case IR_CONFIG:
        return config((u64)inst->imm);
    case IR_PTR_ADD:
        return a[0] + a[1];
    case IR_PTR_TO_INT:
    case IR_OPAQUE:
        return a[0];
    case IR_IS_NULL:
        return a[0] == 0;
    case IR_STR_EQ:
        return strings_equal(in, inst, a[0], a[1]);
    case IR_STR_LEN:
        return string_length(in, a[0], inst->size);
    case IR_STR_FIND:
        return string_place(in, inst, a);
    case IR_MEM_CMP:
        return bytes_compared(in, inst, a);
    case IR_BSWAP:
        return __builtin_bswap64(a[0]) >> (64 - inst->size * 8);
    case IR_EXTEND:
        return (u64)ir_extend_value((s64)a[0], inst->size, inst->is_signed);
    case IR_MAP_LEN:
        return map_len(in, inst->map);
    case IR_INDEX:
        return f->index;
    case IR_KEY:
        return word_of(f->element.key);
    case IR_VALUE:
        return word_of(f->element.value);
    case IR_LOOP:
        return loop_run(in, f, inst, a[0]);
    case IR_EACH:
        return each_run(in, f, inst);
    case IR_CALL:
    case IR_CALL_PTR:
        return interp_call(in, inst, a);
    default:
        break;
    }
    if (ir_is_leaf(inst->op))
        return value_of(in, f, inst);
    if (ir_fold(inst->op, (s64)a[0], inst->n_args > 1 ? (s64)a[1] : 0, &result))
        return (u64)result;
    if (inst->op == IR_UDIV || inst->op == IR_SDIV || inst->op == IR_UMOD || inst->op == IR_SMOD) {
        interp_fail(in, "the program divides by zero");
        return 0;
    }
    return memory_op(in, inst, a);
}

/* Returns the next block, or NULL at the end of the function. */
static const struct ir_block *block_run(struct interp *in, struct frame *f,
                                        const struct ir_block *block, s64 *result_out)
{
    vec_foreach(item, &block->insts) {
        const struct ir_inst *inst = *item;
        u64 args[8] = {0};

        if (++in->n_steps > STEPS_MAX)
            interp_fail(in, "the program does not end");
        if (in->problem)
            return NULL;
        for (u32 i = 0; i < inst->n_args && i < ARRAY_SIZE(args); i++)
            args[i] = value_of(in, f, inst->args[i]);
        if (inst->op == IR_JMP)
            return inst->block;
        if (inst->op == IR_BR)
            return args[0] != 0 ? inst->block : inst->other;
        if (inst->op == IR_RET) {
            *result_out = inst->imm;
            return NULL;
        }
        f->values[inst->id] = execute(in, f, inst, args);
    }
    ptl_bug("a block without an end");
}

static u64 *leaves_of(struct interp *in, const struct ir_func *func)
{
    u32 i = func_index(in, func);

    if (!in->leaves[i])
        in->leaves[i] = arena_array(&in->arena, u64, func->n_insts + 1);
    return in->leaves[i];
}

static s64 func_run(struct interp *in, struct frame *f)
{
    const struct ir_block *block = f->func->blocks.items[0];
    s64 result = 0;

    f->values = calloc(f->func->n_insts + 1, sizeof(*f->values));
    f->leaves = leaves_of(in, f->func);
    while (block && f->values)
        block = block_run(in, f, block, &result);
    free(f->values);
    return result;
}

static void program_run(struct interp *in, const struct ir_func *func)
{
    struct frame f = {.func = func, .root = &f, .slots = slots_make(in, func)};

    (void)func_run(in, &f);
}

/* ---- the run ---- */

static const struct ir_func *func_of(const struct ir_module *m, const struct meta_attach *row)
{
    const struct meta_variant *variant = &m->meta.variants.items[row->first_variant];
    struct str name = m->meta.progs.items[variant->prog].name;

    vec_foreach(func, &m->funcs) {
        if (str_eq_c(name, (*func)->name))
            return *func;
    }
    ptl_bug("an attach point without its program");
}

static void clauses_run(struct interp *in, enum probe_id provider)
{
    vec_foreach(row, &in->m->meta.attachs) {
        if (row->provider == provider && !in->problem)
            program_run(in, func_of(in->m, row));
    }
    interp_drain(in);
}

static void maps_make(struct interp *in)
{
    in->maps = arena_array(&in->arena, struct imap, in->m->maps.n + 1);
    vec_foreach(ir, &in->m->maps) {
        struct imap *map = &in->maps[ir - in->m->maps.items];
        bool is_array =
            (*ir)->bpf_type == BPF_MAP_TYPE_ARRAY || (*ir)->bpf_type == BPF_MAP_TYPE_PERCPU_ARRAY;

        map->ir = *ir;
        for (u32 i = 0; is_array && i < (*ir)->max_entries; i++) {
            struct entry entry = {interp_memory(in, sizeof(u32), true),
                                  interp_memory(in, (*ir)->value_size, true)};

            memcpy(entry.key, &i, sizeof(i));
            *vec_push(&in->arena, &map->entries) = entry;
        }
    }
}

static void arena_is_full(void *data)
{
    (void)data;
    ptl_bug("the interpreter's memory is full");
}

const char *interp_run(const struct ir_module *m, struct buf *out)
{
    struct interp in = {.m = m, .env.meta = &m->meta, .now_ns = 1000000000};
    _cleanup_free_ char *text = NULL;
    size_t size = 0;
    FILE *shown = open_memstream(&text, &size);

    if (!shown)
        return "there is no memory for the output";
    arena_init(&in.arena, ARENA_BYTES, arena_is_full, NULL);
    sink_init(&in.sink, PTL_FORMAT_TEXT, &in.env, shown, NULL, NULL);
    in.leaves = arena_array(&in.arena, u64 *, m->funcs.n + 1);
    in.slots = arena_array(&in.arena, u8 **, m->funcs.n + 1);
    maps_make(&in);
    clauses_run(&in, PROBE_BEGIN);
    clauses_run(&in, PROBE_END);
    if (!in.problem)
        interp_show_maps(&in);
    buf_printf(out, "exit %lld\n", (long long)(int)in.exit_code);
    if (sink_flush(&in.sink) != 0 || fclose(shown) != 0)
        interp_fail(&in, "the output cannot be kept");
    buf_add(out, text, size);
    sink_done(&in.sink);
    arena_done(&in.arena);
    return in.problem;
}
