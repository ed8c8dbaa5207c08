/* The text form of a module: words between spaces, one map, slot, label or instruction a line, `#`
 * begins a comment.
 *
 *   map @m type 5 max_entries 4096 flags 0 key 16 string[16] value 8 count_t[u,0,0,0]
 *   func kprobe_1 "kprobe" pt_regs {
 *   slot $key.0 16
 *   entry.0:
 *       call get_current_comm $key.0 16
 *       %0 = call_ptr map_lookup_elem @m $key.0
 *       %1 = is_null %0
 *       br %1 new.1 old.2
 *   }
 *   func kprobe_1.0 "kprobe" pt_regs loop of kprobe_1 {
 *
 * A slot of the program is $^name.n in the functions of its loops.
 *
 * An instruction is: [%result =] name [helper] operands fields, as ops.def says. Operands: %n, 42,
 * "text":size, zero:size, $slot.n, ctx, @map. Fields: +8 an offset, u4 or s4 a size with
 * signedness, :16 a size, 3 a number, name.n a block. Values are numbered in the order of the text;
 * leaves that are not used do not show. */
#include "ir/ir.h"

#define NOT_NUMBERED (~(u32)0)

struct printer {
    struct buf *out;
    const struct ir_func *func;
    u32 *numbers; /* by instruction id */
};

const char *ir_ctx_name(enum ir_ctx ctx)
{
    static const char *const names[IR_CTX_COUNT_] = {
        [IR_CTX_NONE] = "none",
        [IR_CTX_PT_REGS] = "pt_regs",
        [IR_CTX_TRACEPOINT] = "tracepoint",
        [IR_CTX_PERF_EVENT] = "perf_event",
        [IR_CTX_RAW_TP] = "raw_tp",
        [IR_CTX_TRAMPOLINE] = "trampoline",
    };

    return names[ctx];
}

const char *ir_func_kind_name(enum ir_func_kind kind)
{
    static const char *const names[IR_FUNC_COUNT_] = {
        [IR_FUNC_PROGRAM] = "program",
        [IR_FUNC_LOOP] = "loop",
        [IR_FUNC_EACH] = "each",
    };

    return names[kind];
}

/* A name as a word: what would not read back becomes '_'. */
static void print_word(struct buf *out, const char *name)
{
    for (const char *p = name; *p; p++) {
        bool is_plain = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
                        (*p >= '0' && *p <= '9') || *p == '_';

        buf_add_char(out, (char)(is_plain ? *p : '_'));
    }
}

static void print_text(struct buf *out, struct str text, u32 size)
{
    buf_add_char(out, '"');
    for (u32 i = 0; i < text.n; i++) {
        u8 c = (u8)text.p[i];

        if (c < ' ' || c >= 127 || c == '"' || c == '\\') {
            buf_printf(out, "\\x%02x", c);
        } else {
            buf_add_char(out, (char)c);
        }
    }
    buf_printf(out, "\":%u", size);
}

static bool is_slot_of(const struct ir_func *func, const struct ir_slot *slot)
{
    return slot->id < func->slots.n && func->slots.items[slot->id] == slot;
}

static void print_slot(struct buf *out, const struct ir_func *func, const struct ir_slot *slot)
{
    buf_add_cstr(out, is_slot_of(func, slot) ? "$" : "$^");
    print_word(out, slot->name);
    buf_printf(out, ".%u", slot->id);
}

static void print_block_name(struct buf *out, const struct ir_block *block)
{
    print_word(out, block->name);
    buf_printf(out, ".%u", block->id);
}

static void print_operand(const struct printer *p, ir_val v)
{
    struct buf *out = p->out;

    buf_add_char(out, ' ');
    switch (v->op) {
    case IR_CONST:
        buf_printf(out, "%lld", (long long)v->imm);
        break;
    case IR_STRING:
        print_text(out, v->text, v->size);
        break;
    case IR_ZERO:
        buf_printf(out, "zero:%u", v->size);
        break;
    case IR_TABLE:
        buf_printf(out, "table:%lld", (long long)v->imm);
        break;
    case IR_RESOLVED_TEXT:
        buf_printf(out, "resolved:%lld:%u", (long long)v->imm, v->size);
        break;
    case IR_SLOT:
        print_slot(out, p->func, v->slot);
        break;
    case IR_CTX:
        buf_add_cstr(out, "ctx");
        break;
    case IR_MAP:
        buf_printf(out, "@%s", v->map->name);
        break;
    default:
        if (v->id < p->func->n_insts && p->numbers[v->id] != NOT_NUMBERED) {
            buf_printf(out, "%%%u", p->numbers[v->id]);
        } else {
            buf_add_cstr(out, "%?"); /* of another function: a bug that ir_verify() tells */
        }
    }
}

static void print_helper(struct buf *out, u32 helper)
{
    const char *name = ir_helper_name(helper);

    if (name) {
        buf_printf(out, " %s", name);
    } else {
        buf_printf(out, " helper_%u", helper);
    }
}

static void print_fields(struct buf *out, const struct ir_inst *inst)
{
    for (const char *field = ir_op_row(inst->op)->fields; *field; field++) {
        switch (*field) {
        case 'n':
            buf_printf(out, " %lld", (long long)inst->imm);
            break;
        case 'o':
            buf_printf(out, " %+lld", (long long)inst->imm);
            break;
        case 's':
            buf_printf(out, " :%u", inst->size);
            break;
        case 'S':
            buf_printf(out, " %c%u", inst->is_signed ? 's' : 'u', inst->size);
            break;
        case 'm':
            buf_printf(out, " @%s", inst->map->name);
            break;
        case 'f':
            buf_printf(out, " %s", inst->callee->name);
            break;
        case 'a':
            buf_add_char(out, ' ');
            ir_access_print(inst->access, out);
            break;
        case 'b':
        case 'c':
            buf_add_char(out, ' ');
            print_block_name(out, *field == 'b' ? inst->block : inst->other);
            break;
        default:
            break; /* of leaves, which stand in operands; the helper is already there */
        }
    }
}

static void print_inst(const struct printer *p, const struct ir_inst *inst)
{
    struct buf *out = p->out;

    buf_add_cstr(out, "    ");
    if (ir_op_result(inst->op) != IR_NONE)
        buf_printf(out, "%%%u = ", p->numbers[inst->id]);
    buf_add_cstr(out, ir_op_name(inst->op));
    if (inst->op == IR_CALL || inst->op == IR_CALL_PTR)
        print_helper(out, inst->helper);
    for (u32 i = 0; i < inst->n_args; i++)
        print_operand(p, inst->args[i]);
    print_fields(out, inst);
    buf_add_char(out, '\n');
}

/* Number the values of a function that have a line. */
static u32 *number_values(struct arena *arena, const struct ir_func *func)
{
    u32 *numbers = arena_array(arena, u32, func->n_insts);
    u32 n = 0;

    for (u32 i = 0; i < func->n_insts; i++)
        numbers[i] = NOT_NUMBERED;
    vec_foreach(block, &func->blocks) {
        vec_foreach(inst, &(*block)->insts) {
            if (!ir_is_leaf((*inst)->op) && ir_op_result((*inst)->op) != IR_NONE)
                numbers[(*inst)->id] = n++;
        }
    }
    return numbers;
}

static void print_func(struct arena *arena, const struct ir_func *func, struct buf *out)
{
    struct printer p = {out, func, number_values(arena, func)};

    buf_printf(out, "func %s \"%s\" %s", func->name, func->section, ir_ctx_name(func->ctx));
    if (func->kind != IR_FUNC_PROGRAM)
        buf_printf(out, " %s of %s", ir_func_kind_name(func->kind), func->root->name);
    buf_add_cstr(out, " {\n");
    vec_foreach(slot, &func->slots) {
        buf_add_cstr(out, "slot ");
        print_slot(out, func, *slot);
        buf_printf(out, " %u\n", (*slot)->size);
    }
    vec_foreach(block, &func->blocks) {
        print_block_name(out, *block);
        buf_add_cstr(out, ":\n");
        vec_foreach(inst, &(*block)->insts) {
            if (!ir_is_leaf((*inst)->op))
                print_inst(&p, *inst);
        }
    }
    buf_add_cstr(out, "}\n");
}

/* The layout of a type is what the BTF of a map tells: an aggregation with all that makes its slot,
 * other memory by its size. */
static void print_layout(struct buf *out, const struct type *t)
{
    u32 size = type_mem_size(t);

    switch (t->kind) {
    case TYPE_AGG:
        type_print(out, t);
        buf_printf(out, "[%c,%lld,%lld,%lld]", t->is_signed ? 's' : 'u', (long long)t->params[0],
                   (long long)t->params[1], (long long)t->params[2]);
        return;
    case TYPE_TUPLE:
        for (u32 i = 0; i < t->n_elems; i++) {
            buf_add_char(out, i ? ',' : '(');
            print_layout(out, t->elems[i]);
        }
        buf_add_char(out, ')');
        return;
    case TYPE_ARRAY:
    case TYPE_STRUCT:
    case TYPE_BUFFER:
    case TYPE_SHAPE:
        if (size > 8) {
            buf_printf(out, "buffer[%u]", size - 8);
            return;
        }
        buf_add_cstr(out, "uint64");
        return;
    case TYPE_ENUM:
        buf_printf(out, "%sint%u", t->is_signed ? "" : "u", t->size * 8);
        return;
    case TYPE_POINTER:
        buf_add_cstr(out, "uint64");
        return;
    default:
        type_print(out, t);
    }
}

/* The type of a key or value. */
static void print_type(struct buf *out, const struct type *t)
{
    buf_add_char(out, ' ');
    if (t) {
        print_layout(out, t);
    } else {
        buf_add_char(out, '-');
    }
}

static void print_map(const struct ir_map *map, struct buf *out)
{
    buf_printf(out, "map @%s type %u max_entries %u flags %u key %u", map->name, map->bpf_type,
               map->max_entries, map->map_flags, map->key_size);
    print_type(out, map->key_type);
    buf_printf(out, " value %u", map->value_size);
    print_type(out, map->value_type);
    buf_add_cstr(out, map->is_flipped ? " flipped\n" : "\n");
}

void ir_print(const struct ir_module *m, struct buf *out)
{
    vec_foreach(map, &m->maps) {
        print_map(*map, out);
    }
    vec_foreach(func, &m->funcs) {
        print_func(m->arena, *func, out);
    }
}
