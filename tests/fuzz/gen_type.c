/* Types of the generator: shapes, and declarations of C at the head of a script. */
#include <stdio.h>

#include "tests/fuzz/gen.h"

struct c_int {
    const char *word;     /* in casts */
    const char *names[3]; /* in declarations */
    u32 size;
};

static const struct c_int c_ints[] = {
    {"int8", {"signed char", "__s8", "s8"}, 1},
    {"uint8", {"unsigned char", "u8", "__u8"}, 1},
    {"int16", {"short", "__s16", "short int"}, 2},
    {"uint16", {"unsigned short int", "__u16", "u16"}, 2},
    {"int32", {"int", "s32", "signed"}, 4},
    {"uint32", {"unsigned", "u32", "__u32"}, 4},
    {"int64", {"long", "__s64", "long long int"}, 8},
    {"uint64", {"unsigned long", "u64", "__u64"}, 8},
};

u32 gen_int_size(u32 number)
{
    return c_ints[number].size;
}

const char *gen_label(u32 i)
{
    static const char *const labels[ELEMS_MAX] = {"a", "bee", "c_3", "d"};

    return labels[i];
}

/* ---- shapes ---- */

static bool same_elems(const struct shape *a, const struct shape *b, u32 n, bool is_strict);

static bool same(const struct shape *a, const struct shape *b, bool is_strict)
{
    if (a->kind != b->kind)
        return false;
    switch (a->kind) {
    case SHAPE_INT:
    case SHAPE_STRING:
        return !is_strict || a->number == b->number;
    case SHAPE_TUPLE:
    case SHAPE_RECORD:
        return a->n == b->n && same_elems(a, b, a->n, is_strict);
    case SHAPE_ARRAY:
        return a->n == b->n && same_elems(a, b, 1, true);
    case SHAPE_POINTER:
        return same_elems(a, b, 1, true);
    case SHAPE_STRUCT:
    case SHAPE_ENUM:
    case SHAPE_RESULT:
        return a->number == b->number;
    default:
        return true;
    }
}

static bool same_elems(const struct shape *a, const struct shape *b, u32 n, bool is_strict)
{
    for (u32 i = 0; i < n; i++) {
        if (!same(&a->elems[i], &b->elems[i], is_strict))
            return false;
    }
    return true;
}

bool shape_same(const struct shape *a, const struct shape *b)
{
    return same(a, b, false);
}

static const struct shape *kept(struct gen *g, const struct shape *shapes, u32 n)
{
    struct shape *copy = arena_array(g->arena, struct shape, n);

    memcpy(copy, shapes, n * sizeof(*shapes));
    return copy;
}

struct shape gen_scalar_shape(struct gen *g)
{
    static const enum shape_kind kinds[] = {SHAPE_INT, SHAPE_INT, SHAPE_INT, SHAPE_STRING,
                                            SHAPE_BOOL};

    return (struct shape){.kind = kinds[gen_below(g, ARRAY_SIZE(kinds))], .number = 6};
}

static struct shape c_int_shape(struct gen *g)
{
    return (struct shape){.kind = SHAPE_INT, .number = gen_below(g, ARRAY_SIZE(c_ints))};
}

/* What an integer can be cast to. */
static struct shape small_array(struct gen *g)
{
    struct shape of = c_int_shape(g);
    u32 size = gen_int_size(of.number);

    return (struct shape){.kind = SHAPE_ARRAY, .n = 8 / size, .elems = kept(g, &of, 1)};
}

struct shape gen_pointee(struct gen *g)
{
    struct shape array = small_array(g);

    if (g->n_structs && !gen_one_in(g, 3))
        return (struct shape){.kind = SHAPE_STRUCT, .number = gen_below(g, g->n_structs)};
    if (gen_one_in(g, 6))
        return array;
    return c_int_shape(g);
}

static struct shape pointer_to(struct gen *g)
{
    struct shape of = gen_pointee(g);

    if (gen_one_in(g, 8)) {
        struct shape inner = {.kind = SHAPE_POINTER, .elems = kept(g, &of, 1)};

        of = inner;
    }
    return (struct shape){.kind = SHAPE_POINTER, .elems = kept(g, &of, 1)};
}

/* What a tuple or a record is made of, sometimes another one. */
static struct shape several(struct gen *g)
{
    struct shape elems[ELEMS_MAX];
    struct shape shape = {.kind = gen_one_in(g, 3) ? SHAPE_RECORD : SHAPE_TUPLE};

    shape.n = 2 + gen_below(g, ELEMS_MAX - 1);
    for (u32 i = 0; i < shape.n; i++)
        elems[i] = gen_one_in(g, 5) ? gen_shape(g) : gen_scalar_shape(g);
    shape.elems = kept(g, elems, shape.n);
    return shape;
}

struct shape gen_shape(struct gen *g)
{
    struct shape shape = gen_scalar_shape(g);

    if (!gen_one_in(g, 3))
        return shape;
    switch (gen_below(g, 9)) {
    case 0:
    case 1:
        return several(g);
    case 2:
        return small_array(g);
    case 3:
        return pointer_to(g);
    case 4:
        return (struct shape){.kind = SHAPE_BUFFER};
    case 5:
        if (gen_result_shape(g, &shape))
            return shape;
        return gen_scalar_shape(g);
    case 6:
        if (g->n_enums == 0)
            return shape;
        return (struct shape){.kind = SHAPE_ENUM, .number = gen_below(g, g->n_enums)};
    default:
        if (g->n_structs == 0)
            return shape;
        return (struct shape){.kind = SHAPE_STRUCT, .number = gen_below(g, g->n_structs)};
    }
}

/* ---- names ---- */

void gen_type_name(struct gen *g, const struct shape *shape)
{
    switch (shape->kind) {
    case SHAPE_INT:
        gen_put(g, "%s", c_ints[shape->number].word);
        return;
    case SHAPE_BOOL:
        gen_put(g, "bool");
        return;
    case SHAPE_STRING:
        gen_put(g, "string[%u]", MAX(shape->number, 1));
        return;
    case SHAPE_STRUCT:
        gen_put(g, "%s s%u", g->structs[shape->number].is_union ? "union" : "struct",
                shape->number);
        return;
    case SHAPE_ENUM:
        gen_put(g, "enum e%u", shape->number);
        return;
    case SHAPE_POINTER:
        gen_type_name(g, shape->elems);
        gen_put(g, " *");
        return;
    case SHAPE_ARRAY:
        gen_type_name(g, shape->elems);
        gen_put(g, "[%u]", shape->n);
        return;
    default:
        gen_put(g, "int64");
        return;
    }
}

/* ---- declarations ---- */

static void declare_enum(struct gen *g)
{
    u32 n = 2 + gen_below(g, ITEMS_MAX - 1);
    u32 id = g->n_enums++;
    s32 value = 0;

    gen_put(g, "enum e%u {", id);
    for (u32 i = 0; i < ITEMS_MAX; i++) {
        bool is_given = gen_one_in(g, 3);

        if (is_given)
            value = gen_one_in(g, 3) ? -(s32)gen_below(g, 100) : (s32)gen_below(g, 1000);
        g->enums[id][i] = value;
        if (i < n && is_given) {
            gen_put(g, " e%u_%u = %d,", id, i, value);
        } else if (i < n) {
            gen_put(g, " e%u_%u,", id, i);
        }
        value++;
    }
    gen_put(g, " };\n");
}

static struct shape field_shape(struct gen *g, u32 n_complete)
{
    struct shape shape = c_int_shape(g);
    struct shape array = {.kind = SHAPE_ARRAY};

    switch (gen_below(g, 14)) {
    case 0:
        return (struct shape){.kind = SHAPE_STRING, .number = 1 + gen_below(g, 24)};
    case 1:
        return (struct shape){.kind = SHAPE_BOOL};
    case 2:
    case 3:
        array = pointer_to(g);
        return array.elems->kind == SHAPE_INT || array.elems->kind == SHAPE_STRUCT ? array : shape;
    case 4:
        if (g->n_enums == 0)
            return shape;
        return (struct shape){.kind = SHAPE_ENUM, .number = gen_below(g, g->n_enums)};
    case 5:
        if (n_complete == 0)
            return shape;
        return (struct shape){.kind = SHAPE_STRUCT, .number = gen_below(g, n_complete)};
    case 6:
    case 7:
        if (n_complete && gen_one_in(g, 3))
            shape = (struct shape){.kind = SHAPE_STRUCT, .number = gen_below(g, n_complete)};
        array.n = gen_one_in(g, 12) ? 50 + gen_below(g, 300) : 1 + gen_below(g, 6);
        array.elems = kept(g, &shape, 1);
        if (gen_one_in(g, 4)) /* of two dimensions */
            array = (struct shape){.kind = SHAPE_ARRAY, .n = 2, .elems = kept(g, &array, 1)};
        return array;
    default:
        return shape;
    }
}

static void put_field(struct gen *g, const struct gen_field *field)
{
    const struct shape *shape = &field->shape;
    _cleanup_buf_ struct buf behind = {0};

    for (; shape->kind == SHAPE_ARRAY; shape = shape->elems)
        buf_printf(&behind, "[%u]", shape->n);
    buf_add_cstr(&behind, "");
    if (shape->kind == SHAPE_INT) {
        gen_put(g, "%s", c_ints[shape->number].names[gen_below(g, 3)]);
    } else if (shape->kind == SHAPE_STRING) {
        buf_printf(&behind, "[%u]", shape->number);
        gen_put(g, "char");
    } else {
        gen_type_name(g, shape);
    }
    gen_put(g, " %s%s", field->name, behind.p ? behind.p : "");
    if (field->bits)
        gen_put(g, " : %u", field->bits);
    gen_put(g, "; ");
}

static void declare_struct(struct gen *g)
{
    u32 id = g->n_structs++;
    struct gen_struct *s = &g->structs[id];
    u32 n = 1 + gen_below(g, FIELDS_MAX);
    u32 n_inner = 0; /* fields that an anonymous struct or union still takes */

    s->is_union = gen_one_in(g, 6);
    gen_put(g, "%s s%u { ", s->is_union ? "union" : "struct", id);
    for (u32 i = 0; i < n; i++) {
        struct gen_field *field = &s->fields[i];

        field->shape = field_shape(g, id);
        /* A number first: str_printf() would need a copy. */
        (void)snprintf(field->name, sizeof(field->name), "f%u", i);
        if (field->shape.kind == SHAPE_INT && gen_one_in(g, 4))
            field->bits = 1 + gen_below(g, gen_int_size(field->shape.number) * 8);
        if (n_inner == 0 && gen_one_in(g, 6)) {
            gen_put(g, "%s { ", gen_one_in(g, 2) ? "union" : "struct");
            n_inner = 2;
        }
        put_field(g, field);
        s->n_fields++;
        if (n_inner && (--n_inner == 0 || i + 1 == n)) {
            gen_put(g, "}; ");
            n_inner = 0;
        }
        if (gen_one_in(g, 12))
            gen_put(g, "int : %u; ", gen_below(g, 20));
    }
    gen_put(g, "}%s;\n", gen_one_in(g, 6) ? " __attribute__((packed))" : "");
}

void gen_declarations(struct gen *g)
{
    u32 n_structs = gen_one_in(g, 3) ? 0 : 1 + gen_below(g, STRUCTS_MAX);

    if (gen_one_in(g, 4)) {
        gen_put(g,
                "#define LIMIT %u\n#ifdef LIMIT\n#define TWICE (LIMIT * 2)\n#else\n"
                "#error \"no limit\"\n#endif\n",
                gen_below(g, 50));
    }
    for (u32 i = gen_below(g, 3); i > 0; i--)
        declare_enum(g);
    /* Pointers may point to what is declared behind them. */
    for (u32 i = 0; i < n_structs; i++)
        declare_struct(g);
    if (g->n_structs && gen_one_in(g, 3))
        gen_put(g, "typedef %s s0 *s0_ptr;\n", g->structs[0].is_union ? "union" : "struct");
}
