/* Places: what lies inside of structs, arrays and tuples, and behind pointers. A place is found
 * first and read once, so that `a->b.c[2].d` reads the pointer and `d`, nothing else.
 *
 * A place is either memory that the program may use (a variable, a map's value, a tuple), or an
 * address, whose memory is read through a helper that survives a fault. Offsets in structs of the
 * kernel are collected as a path, of which CO-RE makes the offset on the kernel at hand. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "semantic/context.h"

enum {
    PATH_MAX_STEPS = 16
};

struct lvalue {
    const struct type *type; /* of what lies there */
    bool is_address;
    bool is_raw;      /* in C layout: inside of a struct or array, or behind a pointer */
    bool may_be_none; /* an address that is 0 where an index was out of bounds */
    ir_val base;      /* pointer, or word */
    s64 offset;       /* bytes behind base */
    enum space space;
    u32 bit_offset, bit_size;     /* a bit-field: from base + offset. bit_size 0: none */
    const struct composite *root; /* of the path; NULL: there is none */
    struct ir_step steps[PATH_MAX_STEPS];
    u32 n_steps;
};

static struct lvalue place_behind(ir_val address, const struct type *pointer)
{
    return (struct lvalue){.type = pointer->of,
                           .is_address = true,
                           .is_raw = true,
                           .base = address,
                           .space = pointer->space};
}

/* ---- paths ---- */

static const struct ir_access *access_of(struct lowering *lo, const struct lvalue *p)
{
    struct ir_access *access = arena_new(lo->v->arena, struct ir_access);
    struct ir_step *steps = arena_array(lo->v->arena, struct ir_step, p->n_steps);

    memcpy(steps, p->steps, p->n_steps * sizeof(*steps));
    *access = (struct ir_access){.root = p->root->name,
                                 .is_union = p->root->is_union,
                                 .steps = steps,
                                 .n_steps = p->n_steps};
    return access;
}

static ir_val add_words(struct lowering *lo, ir_val a, ir_val b)
{
    return ir_binary(&lo->b, IR_ADD, a, b);
}

/* Make the path an offset: the place then is its base plus a constant. */
static void end_path(struct lowering *lo, struct lvalue *p)
{
    if (p->n_steps == 0)
        return;
    p->base = add_words(lo, p->base, ir_core(&lo->b, IR_CORE_OFFSET, access_of(lo, p)));
    p->n_steps = 0;
    p->root = NULL;
}

static char kind_letter(const struct type *t, bool is_bit_field)
{
    if (t->kind == TYPE_POINTER)
        return 'p';
    if (t->kind == TYPE_STRUCT && t->composite->is_union)
        return 'n';
    if (t->kind == TYPE_STRUCT)
        return 's';
    if (t->kind == TYPE_ENUM)
        return is_bit_field ? 'U' : 'e';
    if (is_bit_field)
        return t->is_signed ? 'I' : 'U';
    return t->is_signed ? 'i' : 'u';
}

static struct ir_step step_of(const struct composite_field *field, u32 bit_offset)
{
    struct ir_step step = {.name = field->name,
                           .bit_offset = bit_offset,
                           .bit_size =
                               field->bit_size ? field->bit_size : type_raw_size(field->type) * 8};
    const struct type *t = field->type;
    u32 n = 0;

    while (t->kind == TYPE_ARRAY && n < sizeof(step.kind) - 2) {
        step.kind[n++] = 'a';
        t = t->of;
    }
    if (t->kind == TYPE_STRING) { /* char[N] */
        step.kind[n++] = 'a';
        step.kind[n] = 'i';
    } else {
        step.kind[n] = kind_letter(t, field->bit_size > 0);
    }
    return step;
}

/* ---- steps ---- */

static void enter_field(struct lowering *lo, struct lvalue *p, struct str name)
{
    const struct composite *composite = p->type->composite;
    u32 bit_offset = 0;
    const struct composite_field *field = composite_find(composite, name, &bit_offset);

    if (p->n_steps == PATH_MAX_STEPS)
        end_path(lo, p);
    p->type = field->type;
    p->is_raw = true;
    p->bit_size = field->bit_size;
    if (p->is_address && (p->n_steps || composite->is_kernel)) {
        if (p->n_steps == 0)
            p->root = composite;
        p->steps[p->n_steps++] = step_of(field, bit_offset);
        return;
    }
    if (field->bit_size) {
        p->bit_offset = bit_offset;
    } else {
        p->offset += bit_offset / 8;
    }
}

static void enter_elem(struct lvalue *p, u32 i)
{
    p->offset += type_elem_offset(p->type, i);
    p->type = p->type->elems[i];
    p->is_raw = false;
}

static u32 elem_number(const struct type *t, struct str name)
{
    u64 number = 0;

    for (u32 i = 0; t->names && i < t->n_elems; i++) {
        if (str_eq(t->names[i], name))
            return i;
    }
    (void)str_number(name, &number);
    return (u32)number;
}

static struct lvalue place_of(struct sema *s, struct lowering *lo, struct expr *e);

static struct lvalue field_place(struct sema *s, struct lowering *lo, struct expr *e)
{
    const struct type *t = e->a->type;
    struct lvalue p;

    if (t->kind == TYPE_POINTER) {
        p = place_behind(lower_expr(s, lo, e->a).val, t);
    } else {
        p = place_of(s, lo, e->a);
    }
    if (p.type->kind == TYPE_TUPLE) {
        enter_elem(&p, elem_number(p.type, e->name));
    } else {
        enter_field(lo, &p, e->name);
    }
    return p;
}

/* index * size */
static ir_val scaled(struct lowering *lo, ir_val index, u32 size)
{
    return ir_binary(&lo->b, IR_MUL, index, ir_const(&lo->b, size));
}

/* An element of an array at an address, by a number that is known at run time only. */
static void enter_address(struct lowering *lo, struct lvalue *p, ir_val index, u32 n)
{
    struct ir_builder *b = &lo->b;
    u32 size = type_raw_size(p->type);

    end_path(lo, p);
    if (n == 0) { /* of unknown length */
        p->base = add_words(lo, p->base, scaled(lo, index, size));
        return;
    }

    ir_val slot = ir_slot_addr(b, ir_slot_new(b, "element_at", 8));
    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, index, ir_const(b, n)));

    ir_store64(b, slot, 0, add_words(lo, p->base, scaled(lo, index, size)));
    lower_else(lo, &br);
    ir_store64(b, slot, 0, ir_const(b, -p->offset));
    lower_run_error(lo, RUN_ERROR_BOUNDS, NULL, NULL);
    lower_end_if(lo, &br);
    p->base = ir_load64(b, slot, 0);
    p->may_be_none = true;
}

/* The same of an array in memory: the element is copied, so that the verifier need not follow the
 * address. */
static void enter_memory(struct lowering *lo, struct lvalue *p, ir_val index, u32 n)
{
    struct ir_builder *b = &lo->b;
    u32 size = type_raw_size(p->type);
    ir_val copy = lower_slot(lo, "element", p->type);
    ir_val known = ir_opaque(b, index);
    /* Of an aligned address and a small offset LLVM makes `address | offset`, which the verifier
     * does not take. */
    ir_val array =
        ir_opaque(b, ir_unary(b, IR_PTR_TO_INT, ir_ptr_add(b, p->base, ir_const(b, p->offset))));

    ir_fill_zero(b, copy, 0, type_mem_size(p->type));

    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, known, ir_const(b, n)));
    ir_val args[] = {copy, ir_const(b, size), add_words(lo, array, scaled(lo, known, size))};

    (void)ir_call(b, BPF_FUNC_probe_read_kernel, args, ARRAY_SIZE(args)); /* our own memory */
    lower_else(lo, &br);
    lower_run_error(lo, RUN_ERROR_BOUNDS, NULL, NULL);
    lower_end_if(lo, &br);
    p->base = copy;
    p->offset = 0;
}

static struct lvalue index_place(struct sema *s, struct lowering *lo, struct expr *e)
{
    const struct type *t = e->a->type;
    struct expr *index = e->args;
    struct lvalue p;

    if (t->kind == TYPE_TUPLE) {
        p = place_of(s, lo, e->a);
        enter_elem(&p, (u32)index->num);
        return p;
    }
    if (t->kind == TYPE_POINTER) {
        p = place_behind(lower_expr(s, lo, e->a).val, t);
    } else {
        p = place_of(s, lo, e->a);
        p.type = t->of;
    }
    p.is_raw = true;
    if (index->is_const) {
        end_path(lo, &p);
        p.offset += (s64)index->num * type_raw_size(p.type);
        return p;
    }

    ir_val number = lower_expr(s, lo, index).val;

    lo->b.span = e->span;
    if (p.is_address) {
        enter_address(lo, &p, number, t->n_elems);
    } else {
        enter_memory(lo, &p, number, t->n_elems);
    }
    return p;
}

/* What an integer stands for is not said: 64 bits of whosesoever memory it is the address of. */
static struct lvalue deref_place(struct sema *s, struct lowering *lo, struct expr *e)
{
    const struct type *t = e->a->type;

    if (t->kind != TYPE_POINTER)
        t = type_pointer(s->v.types, e->type, SPACE_NONE);
    return place_behind(lower_expr(s, lo, e->a).val, t);
}

bool expr_is_place(const struct expr *e)
{
    return (e->kind == EXPR_FIELD && !e->call) || e->kind == EXPR_INDEX ||
           (e->kind == EXPR_UNARY && e->op == OP_DEREF);
}

static struct lvalue place_of(struct sema *s, struct lowering *lo, struct expr *e)
{
    struct span outer = lo->b.span;
    struct lvalue p = {.type = e->type};

    lo->b.span = e->span;
    if (e->kind == EXPR_FIELD && !e->call) {
        p = field_place(s, lo, e);
    } else if (e->kind == EXPR_INDEX) {
        p = index_place(s, lo, e);
    } else if (e->kind == EXPR_UNARY && e->op == OP_DEREF) {
        p = deref_place(s, lo, e);
    } else {
        p.base = lower_expr(s, lo, e).val;
    }
    lo->b.span = outer;
    return p;
}

/* ---- reading ---- */

/* The bit-field of `size` bits in a word that has `shift` bits below it. */
static ir_val cut_bits(struct lowering *lo, ir_val word, u32 shift, u32 size, bool is_signed)
{
    struct ir_builder *b = &lo->b;
    ir_val high = ir_binary(b, IR_SHL, word, ir_const(b, 64 - size - shift));

    return ir_binary(b, is_signed ? IR_ASHR : IR_LSHR, high, ir_const(b, 64 - size));
}

static ir_val address_of(struct lowering *lo, const struct lvalue *p)
{
    return add_words(lo, p->base, ir_const(&lo->b, p->offset));
}

/* A bit-field of a kernel struct: where its word lies, how large it is and where in it the bits are
 * is CO-RE's to say. */
static ir_val read_core_bits(struct lowering *lo, const struct lvalue *p)
{
    struct ir_builder *b = &lo->b;
    const struct ir_access *access = access_of(lo, p);
    ir_val word = ir_slot_addr(b, ir_slot_new(b, "bits", 8));
    ir_val from = add_words(lo, address_of(lo, p), ir_core(b, IR_CORE_OFFSET, access));
    ir_val value = NULL;

    ir_store64(b, word, 0, ir_const(b, 0));
    lower_read(lo, word, ir_core(b, IR_CORE_SIZE, access), from, p->space);
    value = ir_binary(b, IR_SHL, ir_load64(b, word, 0), ir_core(b, IR_CORE_LSHIFT, access));
    return ir_binary(b, p->type->is_signed ? IR_ASHR : IR_LSHR, value,
                     ir_core(b, IR_CORE_RSHIFT, access));
}

/* The bytes around a bit-field whose place is known, and its first bit in them. */
static u32 bit_bytes(const struct lvalue *p, s64 *offset_out, u32 *shift_out)
{
    *shift_out = p->bit_offset % 8;
    *offset_out = p->offset + p->bit_offset / 8;
    return (*shift_out + p->bit_size + 7) / 8;
}

static ir_val read_bits(struct lowering *lo, const struct lvalue *p)
{
    struct ir_builder *b = &lo->b;
    ir_val word = ir_slot_addr(b, ir_slot_new(b, "bits", 8));
    u32 shift = 0;
    s64 offset = 0;
    u32 n = MIN(bit_bytes(p, &offset, &shift), 8u);

    if (p->n_steps)
        return read_core_bits(lo, p);
    ir_store64(b, word, 0, ir_const(b, 0));
    if (p->is_address) {
        lower_read(lo, word, ir_const(b, n), add_words(lo, p->base, ir_const(b, offset)), p->space);
    } else {
        ir_val from = ir_unary(b, IR_PTR_TO_INT, ir_ptr_add(b, p->base, ir_const(b, offset)));

        lower_read(lo, word, ir_const(b, n), from, SPACE_KERNEL);
    }
    return cut_bits(lo, ir_load64(b, word, 0), shift, p->bit_size, p->type->is_signed);
}

/* What reads a string puts a NUL at the end: of an array that is full, in place of the last one of
 * its n characters. */
static void read_last_char(struct lowering *lo, ir_val slot, ir_val from, enum space space, u32 n)
{
    struct ir_builder *b = &lo->b;
    ir_val at = ir_const(b, (s64)n - 1);
    ir_val is_full = ir_const(b, 1);
    struct branch br;

    if (n > 1)
        is_full = ir_binary(b, IR_NE, ir_load(b, slot, (s64)n - 2, 1, false), ir_const(b, 0));
    br = lower_if(lo, is_full);
    lower_try_read(lo, ir_ptr_add(b, slot, at), ir_const(b, 1), add_words(lo, from, at), space);
    lower_end_if(lo, &br);
}

/* Into a new slot, zeros behind it and where it cannot be read. */
static ir_val read_to_slot(struct lowering *lo, ir_val from, enum space space, const struct type *t)
{
    struct str name = type_name(lo->v->arena, t);

    struct ir_builder *b = &lo->b;
    u32 raw_size = type_raw_size(t);
    ir_val slot = lower_slot(lo, "read", t);

    if (raw_size > VALUE_SIZE_MAX) {
        diag_add(lo->v->diags, E_VALUE_TOO_LARGE, lo->b.span,
                 "A value of type '%.*s' has %u bytes: at most %u can be read", STR_ARG(name),
                 raw_size, (unsigned)VALUE_SIZE_MAX);
        return slot;
    }
    if (t->kind == TYPE_STRING) {
        ir_fill_zero(b, slot, 0, type_mem_size(t));
        lower_read_string(lo, slot, ir_const(b, raw_size), from, space);
        if (t->is_chars)
            read_last_char(lo, slot, from, space, raw_size);
        return slot;
    }
    if (raw_size < type_mem_size(t) && !type_is_word(t))
        ir_fill_zero(b, slot, raw_size & ~7u, type_mem_size(t) - (raw_size & ~7u));
    lower_read(lo, slot, ir_const(b, raw_size), from, space);
    return slot;
}

static ir_val load_raw(struct lowering *lo, const struct type *t, ir_val ptr, s64 offset)
{
    return ir_load(&lo->b, ptr, offset, type_raw_size(t), t->is_signed);
}

static ir_val read_memory(struct lowering *lo, const struct lvalue *p)
{
    struct ir_builder *b = &lo->b;
    const struct type *t = p->type;
    u32 raw_size = type_raw_size(t);
    bool is_whole = p->offset % 8 == 0 && raw_size % 8 == 0 && t->kind != TYPE_STRING;

    if (!p->is_raw)
        return lower_load(lo, t, p->base, (u32)p->offset);
    if (type_is_word(t) && p->offset % raw_size == 0)
        return load_raw(lo, t, p->base, p->offset);

    ir_val at = ir_ptr_add(b, p->base, ir_const(b, p->offset));

    if (is_whole)
        return at;

    ir_val slot = read_to_slot(lo, ir_unary(b, IR_PTR_TO_INT, at), SPACE_KERNEL, t);

    return type_is_word(t) ? load_raw(lo, t, slot, 0) : slot;
}

static ir_val read_address(struct lowering *lo, struct lvalue *p)
{
    ir_val slot = NULL;

    end_path(lo, p);
    slot = read_to_slot(lo, address_of(lo, p), p->space, p->type);
    return type_is_word(p->type) ? load_raw(lo, p->type, slot, 0) : slot;
}

static ir_val read_value(struct lowering *lo, struct lvalue *p)
{
    if (p->bit_size)
        return read_bits(lo, p);
    return p->is_address ? read_address(lo, p) : read_memory(lo, p);
}

/* Behind an index that was out of bounds there is 0, and no second warning. */
static ir_val read_or_zero(struct lowering *lo, struct lvalue *p)
{
    struct ir_builder *b = &lo->b;
    ir_val result = lower_slot(lo, "element", p->type);
    struct branch br;

    ir_fill_zero(b, result, 0, type_mem_size(p->type));
    br = lower_if(lo, ir_binary(b, IR_NE, address_of(lo, p), ir_const(b, 0)));
    lower_store(lo, result, 0, p->type, (struct operand){p->type, read_value(lo, p)});
    lower_end_if(lo, &br);
    return lower_load(lo, p->type, result, 0);
}

ir_val lower_place(struct sema *s, struct lowering *lo, struct expr *e)
{
    struct lvalue p = place_of(s, lo, e);

    return p.may_be_none && p.is_address ? read_or_zero(lo, &p) : read_value(lo, &p);
}

/* ---- what the verifier knows the type of ---- */

static bool is_parameter(const struct expr *e)
{
    return e->kind == EXPR_FIELD && e->call && e->type->kind == TYPE_POINTER;
}

/* A struct that a parameter points to, or one inside of it: no pointer is followed in between. */
static bool is_in_parameter(const struct expr *e)
{
    while (e->kind == EXPR_FIELD && !e->call && e->a->type->kind != TYPE_POINTER)
        e = e->a;
    if (e->kind == EXPR_UNARY && e->op == OP_DEREF)
        return is_parameter(e->a);
    return e->kind == EXPR_FIELD && !e->call && is_parameter(e->a);
}

ir_val lower_typed(struct sema *s, struct lowering *lo, struct expr *e)
{
    struct lvalue p = {.type = e->type};
    bool is_place = e->type->kind != TYPE_POINTER;

    if (is_place ? !is_in_parameter(e) : !is_parameter(e)) {
        diag_hint(diag_add(s->v.diags, E_NOT_IN_PARAMETER, e->span,
                           "The kernel takes only what lies in a parameter of the function here"),
                  "Write args.NAME, or args.NAME->FIELD.");
        return ir_const(&lo->b, 0);
    }
    lo->wants_typed = true;
    if (is_place) {
        p = place_of(s, lo, e);
        end_path(lo, &p);
    } else {
        p.base = lower_expr(s, lo, e).val;
    }
    lo->wants_typed = false;
    return is_place ? address_of(lo, &p) : p.base;
}
