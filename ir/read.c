/* Reading the text form back (the form: ir/print.c). For tests of codegen/ and for people who want
 * to try a program without writing a script for it.
 *
 * Values may be used in lines above their definition (the text has the blocks in the order of their
 * making): such a use makes the instruction, its line fills it in. The result is as the text says;
 * rules are ir_verify()'s business. */
#include <stdio.h>

#include "ir/ir.h"
#include "ir/scan.h"

enum {
    VALUES_MAX = 1 << 20
};

/* A value by its number in the text. */
struct value {
    struct ir_inst *inst; /* NULL: not mentioned yet */
    bool is_defined;
    struct span first_use;
};

/* A callee, which may stand further down. */
struct callee {
    struct ir_inst *inst;
    struct str name;
    struct span span;
};

struct reader {
    struct scan s;
    struct ir_module *m;
    struct ir_func *func;
    struct ir_block *block;
    VEC(struct value) values;
    VEC(struct callee) callees;
};

/* ---- names ---- */

static void unknown(struct reader *r, struct str w, const char *what)
{
    scan_problem(&r->s, E_IR_NAME, r->s.at - w.n, what);
}

static const struct ir_map *find_map(struct reader *r, struct str w)
{
    vec_foreach(map, &r->m->maps) {
        if (w.n && w.p[0] == '@' && str_eq_c(str_sub(w, 1, w.n), (*map)->name))
            return *map;
    }
    unknown(r, w, "there is no such map");
    return NULL;
}

static struct ir_block *read_label(struct reader *r)
{
    struct str w = scan_next_word(&r->s), name;
    u32 id = 0;

    if (scan_split_name(w, &name, &id) && id < r->func->blocks.n &&
        str_eq_c(name, r->func->blocks.items[id]->name))
        return r->func->blocks.items[id];
    unknown(r, w, "there is no such block");
    return NULL;
}

static const struct ir_slot *find_slot(struct reader *r, struct str w)
{
    bool is_shared = str_starts(w, "$^");
    const struct ir_func *func = is_shared ? r->func->root : r->func;
    struct str name;
    u32 id = 0;

    if (scan_split_name(str_sub(w, is_shared ? 2 : 1, w.n), &name, &id) && id < func->slots.n &&
        str_eq_c(name, func->slots.items[id]->name))
        return func->slots.items[id];
    unknown(r, w, "there is no such slot");
    return NULL;
}

/* The value with the number of `%3`; made if this is its first mention. */
static struct value *find_value(struct reader *r, struct str w)
{
    u32 n = (u32)scan_to_number(&r->s, str_sub(w, 1, w.n), 0, VALUES_MAX);
    struct value *v = NULL;

    while (r->values.n <= n)
        *vec_push(r->m->arena, &r->values) = (struct value){0};
    v = &r->values.items[n];
    if (!v->inst) {
        v->inst = arena_new(r->m->arena, struct ir_inst);
        v->first_use = scan_span(&r->s, r->s.at - w.n);
    }
    return v;
}

static struct ir_func *find_func(const struct reader *r, struct str name)
{
    vec_foreach(func, &r->m->funcs) {
        if (str_eq_c(name, (*func)->name))
            return *func;
    }
    return NULL;
}

static u32 find_helper(struct reader *r, struct str w)
{
    u32 prefix = (u32)strlen("helper_");

    for (u32 i = 0; i < 256; i++) {
        if (ir_helper_name(i) && str_eq_c(w, ir_helper_name(i)))
            return i;
    }
    if (str_starts(w, "helper_"))
        return scan_number_behind(&r->s, w, prefix);
    unknown(r, w, "there is no such helper");
    return 0;
}

/* ---- operands ---- */

static void append(struct reader *r, struct ir_inst *inst)
{
    inst->id = r->func->n_insts++;
    *vec_push(r->m->arena, &r->block->insts) = inst;
}

static void read_text(struct reader *r, struct ir_inst *leaf)
{
    struct str w;

    leaf->op = IR_STRING;
    leaf->text = scan_quoted(&r->s);
    w = scan_next_word(&r->s);
    leaf->size = scan_number_behind(&r->s, w, 1);
    if (leaf->size <= leaf->text.n)
        scan_syntax(&r->s, r->s.at - w.n, "the text and its NUL do not fit in this size");
}

/* resolved:WORD:SIZE */
static void read_resolved_text(struct reader *r, struct ir_inst *leaf, struct str w)
{
    u32 prefix = (u32)strlen("resolved:");
    int colon = str_index(str_sub(w, prefix, w.n), ':');
    u32 end = colon < 0 ? w.n : prefix + (u32)colon;

    leaf->op = IR_RESOLVED_TEXT;
    leaf->imm = scan_number_behind(&r->s, str_sub(w, 0, end), prefix);
    leaf->size = colon < 0 ? 0 : scan_number_behind(&r->s, w, end + 1);
}

/* Fill in a leaf from its word. */
static void read_leaf(struct reader *r, struct ir_inst *leaf, struct str w)
{
    if (w.n && w.p[0] == '$') {
        leaf->op = IR_SLOT;
        leaf->slot = find_slot(r, w);
    } else if (w.n && w.p[0] == '@') {
        leaf->op = IR_MAP;
        leaf->map = find_map(r, w);
    } else if (str_starts(w, "zero:")) {
        leaf->op = IR_ZERO;
        leaf->size = scan_number_behind(&r->s, w, (u32)strlen("zero:"));
    } else if (str_starts(w, "table:")) {
        leaf->op = IR_TABLE;
        leaf->imm = scan_number_behind(&r->s, w, (u32)strlen("table:"));
    } else if (str_starts(w, "resolved:")) {
        read_resolved_text(r, leaf, w);
    } else if (str_eq_c(w, "ctx")) {
        leaf->op = IR_CTX;
    } else {
        leaf->op = IR_CONST;
        leaf->imm = scan_to_number(&r->s, w, INT64_MIN, INT64_MAX);
    }
}

static ir_val read_operand(struct reader *r)
{
    struct ir_inst *leaf = NULL;
    struct str w;

    if (!scan_at_line_end(&r->s) && r->s.src->text.p[r->s.at] == '"') {
        leaf = arena_new(r->m->arena, struct ir_inst);
        read_text(r, leaf);
    } else {
        w = scan_next_word(&r->s);
        if (w.n && w.p[0] == '%')
            return find_value(r, w)->inst;
        leaf = arena_new(r->m->arena, struct ir_inst);
        read_leaf(r, leaf, w);
    }
    append(r, leaf);
    return leaf;
}

static void read_operands(struct reader *r, struct ir_inst *inst)
{
    u32 n = ir_op_row(inst->op)->n_args;
    VEC(ir_val) args = {0};

    while (n == VARIADIC ? !scan_at_line_end(&r->s) && !r->s.line_failed : args.n < n)
        *vec_push(r->m->arena, &args) = read_operand(r);
    inst->args = args.items;
    inst->n_args = args.n;
}

/* ---- lines ---- */

/* `u4`, `s8` */
static void read_sized(struct reader *r, struct ir_inst *inst)
{
    struct str w = scan_next_word(&r->s);

    if (w.n == 0 || (w.p[0] != 'u' && w.p[0] != 's')) {
        scan_syntax(&r->s, r->s.at - w.n, "a size as u8 or s4 was expected here");
        return;
    }
    inst->is_signed = w.p[0] == 's';
    inst->size = scan_number_behind(&r->s, w, 1);
}

static void read_callee(struct reader *r, struct ir_inst *inst)
{
    struct str w = scan_next_word(&r->s);

    *vec_push(r->m->arena, &r->callees) = (struct callee){inst, w, scan_span(&r->s, r->s.at - w.n)};
}

static void read_access(struct reader *r, struct ir_inst *inst)
{
    struct str w = scan_next_word(&r->s);

    inst->access = ir_access_parse(r->m->arena, w);
    if (!inst->access)
        scan_syntax(&r->s, r->s.at - w.n, "a member as struct:x.y/u0:32 was expected here");
}

static void read_fields(struct reader *r, struct ir_inst *inst)
{
    for (const char *field = ir_op_row(inst->op)->fields; *field; field++) {
        switch (*field) {
        case 'n':
        case 'o':
            inst->imm = scan_number(&r->s);
            break;
        case 's':
            inst->size = scan_number_behind(&r->s, scan_next_word(&r->s), 1);
            break;
        case 'S':
            read_sized(r, inst);
            break;
        case 'm':
            inst->map = find_map(r, scan_next_word(&r->s));
            break;
        case 'f':
            read_callee(r, inst);
            break;
        case 'a':
            read_access(r, inst);
            break;
        case 'b':
            inst->block = read_label(r);
            break;
        case 'c':
            inst->other = read_label(r);
            break;
        default:
            break; /* of leaves; the helper stands before the operands */
        }
    }
}

static bool find_op(struct str w, enum ir_op *out)
{
    for (u32 i = 0; i < IR_OP_COUNT_; i++) {
        if (!ir_is_leaf((enum ir_op)i) && str_eq_c(w, ir_op_name((enum ir_op)i))) {
            *out = (enum ir_op)i;
            return true;
        }
    }
    return false;
}

/* The instruction that a line defines: the one of `%3 =`, or a new one. */
static struct ir_inst *read_target(struct reader *r, struct str *op_out)
{
    struct str w = scan_next_word(&r->s);
    struct value *v = NULL;

    if (w.n == 0 || w.p[0] != '%') {
        *op_out = w;
        return arena_new(r->m->arena, struct ir_inst);
    }
    v = find_value(r, w);
    if (v->is_defined)
        unknown(r, w, "this value is defined a second time");
    v->is_defined = true;
    scan_expect(&r->s, "=");
    *op_out = scan_next_word(&r->s);
    return v->inst;
}

static void read_inst(struct reader *r)
{
    u32 from = r->s.at;
    struct str op_name;
    struct ir_inst *inst = read_target(r, &op_name);
    bool has_number = r->s.src->text.p[from] == '%';

    if (!find_op(op_name, &inst->op)) {
        scan_syntax(&r->s, r->s.at - op_name.n, "there is no such instruction");
        return;
    }
    if (has_number != (ir_op_result(inst->op) != IR_NONE)) {
        scan_syntax(&r->s, from,
                    has_number ? "this instruction has no result" : "the result has no number");
    }
    if (inst->op == IR_CALL || inst->op == IR_CALL_PTR)
        inst->helper = find_helper(r, scan_next_word(&r->s));
    read_operands(r, inst);
    read_fields(r, inst);
    inst->span = scan_span(&r->s, from);
    append(r, inst);
}

static void read_slot(struct reader *r)
{
    struct ir_builder b = {.module = r->m, .func = r->func};
    struct str w = scan_next_word(&r->s), name;
    u32 id = 0, size = scan_u32(&r->s);

    if (!scan_split_name(str_sub(w, 1, w.n), &name, &id) || id != r->func->slots.n) {
        scan_syntax(&r->s, r->s.at - w.n, "slots are $name.0, $name.1 and so on");
    } else {
        (void)ir_slot_new(&b, str_cstr(r->m->arena, name), size);
    }
}

static void read_line_of_func(struct reader *r)
{
    u32 from = r->s.at;
    struct str w = scan_next_word(&r->s), name;
    u32 id = 0;

    if (str_eq_c(w, "slot")) {
        read_slot(r);
        return;
    }
    if (w.n > 1 && w.p[w.n - 1] == ':') {
        if (scan_split_name(str_sub(w, 0, w.n - 1), &name, &id) && id < r->func->blocks.n)
            r->block = r->func->blocks.items[id];
        return; /* find_blocks() has seen and judged it */
    }
    r->s.at = from;
    if (!r->block) {
        scan_syntax(&r->s, from, "an instruction in front of the first block");
    } else {
        read_inst(r);
    }
}

/* The first pass over a function: make its blocks, so that jumps forward find them. */
static void find_blocks(struct reader *r)
{
    struct ir_builder b = {.module = r->m, .func = r->func};
    u32 from = r->s.at;

    for (; r->s.at < r->s.src->text.n; scan_next_line(&r->s)) {
        struct str w = scan_next_word(&r->s), name;
        u32 id = 0;

        if (str_eq_c(w, "}"))
            break;
        if (w.n < 2 || w.p[w.n - 1] != ':')
            continue;
        if (!scan_split_name(str_sub(w, 0, w.n - 1), &name, &id) || id != r->func->blocks.n) {
            scan_syntax(&r->s, r->s.at - w.n, "blocks are name.0, name.1 and so on");
        } else {
            (void)ir_block_new(&b, str_cstr(r->m->arena, name));
        }
    }
    r->s.at = from;
    r->s.line_failed = false;
}

static void check_values(struct reader *r)
{
    vec_foreach(v, &r->values) {
        if (v->inst && !v->is_defined) {
            (void)diag_add(r->s.diags, E_IR_NAME, v->first_use, "this value is never defined");
            r->s.n_problems++;
        }
    }
}

static enum ir_ctx read_ctx(struct reader *r)
{
    struct str w = scan_next_word(&r->s);

    for (u32 i = 0; i < IR_CTX_COUNT_; i++) {
        if (str_eq_c(w, ir_ctx_name((enum ir_ctx)i)))
            return (enum ir_ctx)i;
    }
    scan_syntax(&r->s, r->s.at - w.n, "there is no such kind of context");
    return IR_CTX_NONE;
}

/* What stands behind the context of a function that loops call: "loop of kprobe_1". */
static void read_caller(struct reader *r, struct ir_func *func)
{
    struct str w = scan_next_word(&r->s), root_name;
    struct ir_func *root = NULL;

    enum ir_func_kind kind = str_eq_c(w, "each") ? IR_FUNC_EACH : IR_FUNC_LOOP;

    if (!str_eq_c(w, ir_func_kind_name(kind)))
        scan_syntax(&r->s, r->s.at - w.n, "loop, each or { was expected here");
    scan_expect(&r->s, "of");
    root_name = scan_next_word(&r->s);
    root = find_func(r, root_name);
    if (!root || root->kind != IR_FUNC_PROGRAM) {
        unknown(r, root_name, "there is no such program above");
    } else {
        ir_callback_of(r->m, func, kind, root);
    }
}

static void read_func(struct reader *r)
{
    u32 from = r->s.at;
    const char *name = str_cstr(r->m->arena, scan_next_word(&r->s));
    const char *section = str_cstr(r->m->arena, scan_quoted(&r->s));

    r->func = ir_func_new(r->m, name, section, read_ctx(r));
    if (!scan_at_line_end(&r->s) && r->s.src->text.p[r->s.at] != '{')
        read_caller(r, r->func);
    r->func->span = scan_span(&r->s, from);
    r->block = NULL;
    r->values.n = 0;
    scan_expect(&r->s, "{");
    scan_next_line(&r->s);
    find_blocks(r);
    for (; r->s.at < r->s.src->text.n; scan_next_line(&r->s)) {
        if (scan_at_line_end(&r->s))
            continue;
        if (r->s.src->text.p[r->s.at] == '}')
            break;
        read_line_of_func(r);
        if (!scan_at_line_end(&r->s))
            scan_syntax(&r->s, r->s.at, "the line goes on where it should end");
    }
    scan_expect(&r->s, "}");
    check_values(r);
}

static void read_map(struct reader *r)
{
    struct str w = scan_next_word(&r->s), name = str_sub(w, 1, w.n);
    struct ir_map *map = ir_map_new(r->m, str_cstr(r->m->arena, name));

    scan_expect(&r->s, "type");
    map->bpf_type = scan_u32(&r->s);
    scan_expect(&r->s, "max_entries");
    map->max_entries = scan_u32(&r->s);
    scan_expect(&r->s, "flags");
    map->map_flags = scan_u32(&r->s);
    scan_expect(&r->s, "key");
    map->key_size = scan_u32(&r->s);
    map->key_type = scan_type(&r->s);
    scan_expect(&r->s, "value");
    map->value_size = scan_u32(&r->s);
    map->value_type = scan_type(&r->s);
    if (!scan_at_line_end(&r->s)) {
        scan_expect(&r->s, "flipped");
        map->is_flipped = true;
    }
}

static void find_callees(struct reader *r)
{
    vec_foreach(callee, &r->callees) {
        callee->inst->callee = find_func(r, callee->name);
        if (callee->inst->callee)
            continue;
        (void)diag_add(r->s.diags, E_IR_NAME, callee->span, "there is no such function");
        r->s.n_problems++;
    }
}

struct ir_module *ir_read(struct arena *arena, struct types *types, const struct source *src,
                          struct diags *diags)
{
    struct reader r = {
        .s = {.src = src, .arena = arena, .types = types, .diags = diags},
        .m = ir_module_new(arena, types, diags->sources),
    };

    for (; r.s.at < src->text.n; scan_next_line(&r.s)) {
        struct str w;

        if (scan_at_line_end(&r.s))
            continue;
        w = scan_next_word(&r.s);
        if (str_eq_c(w, "map")) {
            read_map(&r);
        } else if (str_eq_c(w, "func")) {
            read_func(&r);
        } else {
            scan_syntax(&r.s, r.s.at - w.n, "a map or a func was expected here");
        }
        if (!scan_at_line_end(&r.s))
            scan_syntax(&r.s, r.s.at, "the line goes on where it should end");
    }
    find_callees(&r);
    return r.s.n_problems ? NULL : r.m;
}
