/* Fields of tracepoint records: what their C types mean, and how they are read.
 *
 * A format file has the types as the kernel's source writes them: "const char *", "u8[6]",
 * "enum x", "__data_loc char[]", "struct path *". Where a name is not known its size serves. */
#include "stdlib/field.h"

#include <linux/bpf.h>

#include "stdlib/c_words.h"

/* A field's type, taken apart. */
struct c_type {
    struct str base; /* "unsigned int", "struct path", "u8" */
    u32 n_stars;
    bool is_user;
};

static struct str trim(struct str s)
{
    while (s.n > 0 && s.p[0] == ' ')
        s = str_sub(s, 1, s.n);
    while (s.n > 0 && s.p[s.n - 1] == ' ')
        s.n--;
    return s;
}

/* Words that say nothing about the value. */
static bool is_qualifier(struct str word)
{
    return str_eq_c(word, "const") || str_eq_c(word, "volatile") || str_eq_c(word, "__data_loc") ||
           str_eq_c(word, "__rel_loc");
}

static struct str next_word(struct str *rest)
{
    struct str s = trim(*rest);
    u32 end = 0;

    while (end < s.n && s.p[end] != ' ' && s.p[end] != '*' && s.p[end] != '[')
        end++;
    end = MAX(end, MIN(s.n, 1)); /* a star or a bracket */
    *rest = str_sub(s, end, s.n);
    return str_sub(s, 0, end);
}

/* "const char * const *" -> "char", two stars. */
static struct c_type parse_type(struct arena *arena, struct str text)
{
    struct c_type t = {.base = STR("")};
    struct str word;

    for (word = next_word(&text); word.n && word.p[0] != '['; word = next_word(&text)) {
        if (word.p[0] == '*') {
            t.n_stars++;
        } else if (str_eq_c(word, "__user")) {
            t.is_user = true;
        } else if (!is_qualifier(word)) {
            t.base = str_printf(arena, "%.*s%s%.*s", STR_ARG(t.base), t.base.n ? " " : "",
                                STR_ARG(word));
        }
    }
    return t;
}

/* u8, __s64 */
static const struct type *sized_word(struct types *types, struct str name)
{
    u64 bits = 0;

    if (str_starts(name, "__"))
        name = str_sub(name, 2, name.n);
    if (name.n < 2 || (name.p[0] != 'u' && name.p[0] != 's') ||
        !str_number(str_sub(name, 1, name.n), &bits))
        return NULL;
    if (bits != 8 && bits != 16 && bits != 32 && bits != 64)
        return NULL;
    return type_int(types, (u32)bits / 8, name.p[0] == 's');
}

/* The type that needs no knowledge of the kernel; NULL: it does. */
static const struct type *plain_type(struct vocab *v, struct str base)
{
    const struct type *t = c_words_type(v->types, base);

    if (str_eq_c(base, "bool"))
        return type_bool(v->types);
    if (str_eq_c(base, "void"))
        return type_void(v->types);
    return t ? t : sized_word(v->types, base);
}

static const struct type *base_type(struct vocab *v, struct str base)
{
    const struct type *t = plain_type(v, base);

    if (t)
        return t;
    if (str_starts(base, "struct "))
        return btf_struct(v->btf, str_sub(base, 7, base.n), false);
    if (str_starts(base, "union "))
        return btf_struct(v->btf, str_sub(base, 6, base.n), true);
    if (str_starts(base, "enum "))
        return btf_enum(v->btf, str_sub(base, 5, base.n));
    return btf_typedef(v->btf, base);
}

static const struct type *pointer_type(struct vocab *v, const struct c_type *c, u32 n_stars,
                                       bool is_user)
{
    const struct type *t = base_type(v, c->base);

    if (!t)
        t = type_void(v->types);
    for (u32 i = 0; i < n_stars; i++)
        t = type_pointer(v->types, t, is_user || c->is_user ? SPACE_USER : SPACE_KERNEL);
    return t;
}

static const struct type *array_type(struct vocab *v, const struct c_type *c, u32 size)
{
    const struct type *of =
        c->n_stars ? pointer_type(v, c, c->n_stars, false) : base_type(v, c->base);
    u32 elem = of ? type_raw_size(of) : 0;

    if (str_eq_c(c->base, "char") && c->n_stars == 0)
        return type_string(v->types, size);
    return elem && size % elem == 0 ? type_array(v->types, of, size / elem) : NULL;
}

/* An integer or something of the kernel. Arguments of system calls take 8 bytes whatever their type
 * is: the sign is that of the type. */
static const struct type *single_type(struct vocab *v, const struct c_type *c,
                                      const struct tracepoint_field *field)
{
    const struct type *t = plain_type(v, c->base);
    bool is_named = str_starts(c->base, "struct ") || str_starts(c->base, "union ") ||
                    str_starts(c->base, "enum ") || !is_word_size(field->size);

    if (!t && is_named)
        t = base_type(v, c->base);
    if (t && type_raw_size(t) == field->size)
        return t;
    if (!is_word_size(field->size))
        return NULL;
    return type_int(v->types, field->size,
                    t && t->kind == TYPE_INT ? t->is_signed : field->is_signed);
}

const struct type *field_type(struct vocab *v, const struct tracepoint_field *field, bool is_user)
{
    struct c_type c = parse_type(v->arena, field->type);

    if (field->is_data_loc)
        return pointer_type(v, &c, c.n_stars + 1, false);
    if (field->is_array)
        return array_type(v, &c, field->size);
    if (c.n_stars && field->size == 8)
        return pointer_type(v, &c, c.n_stars, is_user);
    return single_type(v, &c, field);
}

/* ---- reading ---- */

/* Offset of the field in the record. */
static ir_val offset_of(struct lowering *lo, const struct tracepoint *event,
                        const struct tracepoint_field *field)
{
    if (!lo->v->is_open)
        return ir_const(&lo->b, field->offset);
    return lower_event_field(lo, event->name, field);
}

static ir_val record_address(struct lowering *lo, ir_val offset)
{
    return ir_binary(&lo->b, IR_ADD, ir_unary(&lo->b, IR_PTR_TO_INT, ir_ctx(&lo->b)), offset);
}

/* Helpers take no pointer into the context: a value is read from it as from any kernel memory. */
static ir_val read_memory(struct lowering *lo, ir_val offset, u32 size, const struct type *t)
{
    struct ir_builder *b = &lo->b;
    u32 helper =
        t->kind == TYPE_STRING ? BPF_FUNC_probe_read_kernel_str : BPF_FUNC_probe_read_kernel;
    ir_val copy = lower_slot(lo, "field", t);
    ir_val args[] = {copy, ir_const(b, size), record_address(lo, offset)};

    ir_fill_zero(b, copy, 0, type_mem_size(t));
    (void)ir_call(b, helper, args, ARRAY_SIZE(args)); /* the record is there */
    return copy;
}

/* The verifier wants the offset in the instruction. So where the field is elsewhere than the
 * compiler saw it, it is read as memory; of the two ways the verifier keeps the one that is taken.
 */
static ir_val read_word(struct lowering *lo, ir_val offset, const struct tracepoint_field *field,
                        const struct type *t)
{
    struct ir_builder *b = &lo->b;
    ir_val out = NULL, args[3] = {NULL};
    struct branch br;

    if (!lo->v->is_open)
        return ir_ctx_load(b, field->offset, field->size, t->is_signed);
    out = ir_slot_addr(b, ir_slot_new(b, "field", 8));
    ir_store64(b, out, 0, ir_const(b, 0));
    br = lower_if(lo, ir_binary(b, IR_EQ, offset, ir_const(b, field->offset)));
    ir_store(b, out, 0, field->size, ir_ctx_load(b, field->offset, field->size, false));
    lower_else(lo, &br);
    args[0] = out;
    args[1] = ir_const(b, field->size);
    args[2] = record_address(lo, offset);
    (void)ir_call(b, BPF_FUNC_probe_read_kernel, args, ARRAY_SIZE(args)); /* the record is there */
    lower_end_if(lo, &br);
    return ir_load(b, out, 0, field->size, t->is_signed);
}

ir_val field_read(struct lowering *lo, const struct tracepoint *event,
                  const struct tracepoint_field *field, const struct type *t)
{
    struct ir_builder *b = &lo->b;
    ir_val place = offset_of(lo, event, field), word = NULL, data = NULL;

    if (!type_is_word(t))
        return read_memory(lo, place, field->size, t);
    word = read_word(lo, place, field, t);
    if (!field->is_data_loc)
        return word;

    /* The low half is the offset of the data, the high half its length. */
    data = ir_binary(b, IR_AND, word, ir_const(b, 0xffff));
    if (field->is_rel_loc) {
        place = ir_binary(b, IR_ADD, place, ir_const(b, field->size));
        data = ir_binary(b, IR_ADD, data, place);
    }
    return lower_context_address(lo, record_address(lo, data));
}
