/* Members, elements, and what pointers point to: places of the evaluator. Values of C types are
 * kept as their bytes. */
#include "tests/fuzz/eval.h"
#include "tests/fuzz/known.h"

/* Where a value lies: behind an address, or in one that is at hand. */
struct spot {
    const struct type *type;
    bool is_address, is_none; /* is_none: an index was out of bounds */
    u64 address;
    enum space space;
    struct value value; /* else; of a C type that holds it: its bytes */
    bool is_raw;        /* value.text is the C type's bytes from here on */
    u32 bit_offset, bit_size;
};

/* ---- memory ---- */

/* On x86_64 and arm64 the upper half is the kernel's, of which nothing is known here. */
static bool is_user(enum space space, u64 address)
{
    return space == SPACE_USER || (space == SPACE_NONE && (s64)address >= 0);
}

struct str eval_memory(struct eval *ev, enum space space, u64 address, u32 size)
{
    u8 *bytes = arena_alloc(ev->arena, size);

    if (is_user(space, address))
        (void)known_read(address, bytes, size);
    return (struct str){(char *)bytes, size};
}

struct str eval_memory_string(struct eval *ev, enum space space, u64 address, u32 size)
{
    char *text = arena_alloc(ev->arena, size);
    int n = is_user(space, address) ? known_read_string(address, text, size) : -1;

    return (struct str){text, n > 0 ? (u32)n : 0};
}

/* ---- bytes ---- */

struct str eval_text_of(struct str bytes)
{
    return str_sub(bytes, 0, (u32)strnlen(bytes.p, bytes.n));
}

u64 eval_bits(const u8 *bytes, u32 bit_offset, u32 n_bits, bool is_signed)
{
    u64 word = 0;

    for (u32 i = 0; i < n_bits; i++) {
        u32 at = bit_offset + i;

        word |= (u64)(bytes[at / 8] >> at % 8 & 1) << i;
    }
    if (is_signed && n_bits > 0 && n_bits < 64 && (word >> (n_bits - 1) & 1))
        word |= ~(u64)0 << n_bits;
    return word;
}

struct value eval_from_bytes(struct eval *ev, const struct type *t, struct str bytes)
{
    struct value v = {0};

    if (type_is_word(t)) {
        v.word = eval_bits((const u8 *)bytes.p, 0, type_raw_size(t) * 8, t->is_signed);
        return v;
    }
    v.text = str_dup(ev->arena, bytes);
    if (t->kind == TYPE_STRING)
        v.text = eval_text_of(str_sub(v.text, 0, t->is_chars ? t->size : t->size - 1));
    return v;
}

/* ---- steps ---- */

static struct spot place_of(struct eval *ev, const struct expr *e);

static struct spot behind(struct eval *ev, const struct expr *pointer)
{
    return (struct spot){.type = pointer->type->of,
                         .is_address = true,
                         .address = eval_expr(ev, pointer).word,
                         .space = pointer->type->space};
}

static void skip_bytes(struct spot *p, u64 n)
{
    if (p->is_address) {
        p->address += n;
    } else {
        p->value.text = str_sub(p->value.text, (u32)n, p->value.text.n);
        p->is_raw = true;
    }
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

static void enter_elem(struct spot *p, u32 i)
{
    if (i >= p->value.n) {
        p->is_none = true; /* a tuple that was never made: zeros */
    } else {
        p->value = p->value.elems[i];
    }
    p->type = p->type->elems[i];
}

static struct spot field_place(struct eval *ev, const struct expr *e)
{
    struct spot p = e->a->type->kind == TYPE_POINTER ? behind(ev, e->a) : place_of(ev, e->a);
    const struct composite_field *field = NULL;
    u32 bit_offset = 0;

    if (p.type->kind == TYPE_TUPLE) {
        enter_elem(&p, elem_number(p.type, e->name));
        return p;
    }
    if (p.type->kind != TYPE_STRUCT) {
        eval_fail(ev, "a field");
        return p;
    }
    field = composite_find(p.type->composite, e->name, &bit_offset);
    skip_bytes(&p, bit_offset / 8);
    p.type = field->type;
    p.bit_offset = bit_offset % 8;
    p.bit_size = field->bit_size;
    return p;
}

static struct spot index_place(struct eval *ev, const struct expr *e)
{
    const struct type *t = e->a->type;
    struct spot p = t->kind == TYPE_POINTER ? behind(ev, e->a) : place_of(ev, e->a);
    u64 index = eval_expr(ev, e->args).word;

    if (t->kind == TYPE_TUPLE) {
        enter_elem(&p, (u32)index);
        return p;
    }
    p.type = t->of;
    if (t->kind == TYPE_ARRAY && t->n_elems && index >= t->n_elems) {
        p.is_none = true;
    } else {
        skip_bytes(&p, index * type_raw_size(p.type));
    }
    return p;
}

static bool is_place(const struct expr *e)
{
    return (e->kind == EXPR_FIELD && !e->call) || e->kind == EXPR_INDEX ||
           (e->kind == EXPR_UNARY && e->op == OP_DEREF);
}

static struct spot place_of(struct eval *ev, const struct expr *e)
{
    if (!is_place(e))
        return (struct spot){.type = e->type, .value = eval_expr(ev, e)};
    if (e->kind == EXPR_FIELD)
        return field_place(ev, e);
    return e->kind == EXPR_INDEX ? index_place(ev, e) : behind(ev, e->a);
}

static struct value place_read(struct eval *ev, const struct spot *p)
{
    u32 size = p->bit_size ? (p->bit_offset + p->bit_size + 7) / 8 : type_raw_size(p->type);
    struct str bytes = p->value.text;

    if (p->is_none)
        return eval_zero(ev, p->type);
    if (!p->is_address && !p->is_raw)
        return p->value;
    if (p->is_address && p->type->kind == TYPE_STRING) {
        return (struct value){
            .text = eval_memory_string(ev, p->space, p->address, size + p->type->is_chars)};
    }
    if (p->is_address)
        bytes = eval_memory(ev, p->space, p->address, size);
    if (bytes.n < size) {
        eval_fail(ev, "a value that is too short");
        return (struct value){0};
    }
    if (p->bit_size) {
        return (struct value){
            .word = eval_bits((const u8 *)bytes.p, p->bit_offset, p->bit_size, p->type->is_signed)};
    }
    return eval_from_bytes(ev, p->type, str_sub(bytes, 0, size));
}

struct value eval_place(struct eval *ev, const struct expr *e)
{
    struct spot p = place_of(ev, e);

    return ev->problem ? (struct value){0} : place_read(ev, &p);
}

struct value eval_zero(struct eval *ev, const struct type *t)
{
    struct value v = {.n = t->kind == TYPE_TUPLE ? t->n_elems : 0};

    if (v.n)
        v.elems = arena_array(ev->arena, struct value, v.n);
    for (u32 i = 0; i < v.n; i++)
        v.elems[i] = eval_zero(ev, t->elems[i]);
    if (t->kind == TYPE_ARRAY || t->kind == TYPE_STRUCT)
        v.text = (struct str){arena_alloc(ev->arena, type_raw_size(t)), type_raw_size(t)};
    if (t->kind == TYPE_SHAPE)
        v.text = (struct str){arena_alloc(ev->arena, type_mem_size(t)), type_mem_size(t)};
    return v;
}
