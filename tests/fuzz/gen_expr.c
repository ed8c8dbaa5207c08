/* Expressions of the generator: by shape, so that what is written has the type that is wanted. */
#include "tests/fuzz/gen.h"

typedef void int_fn(struct gen *g, u32 depth);

u32 gen_below(struct gen *g, u32 n)
{
    u64 z = g->state += 0x9e3779b97f4a7c15u; /* splitmix64 */

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    z ^= z >> 31;
    return (u32)((z >> 32) * n >> 32);
}

bool gen_one_in(struct gen *g, u32 n)
{
    return gen_below(g, n) == 0;
}

void gen_small(struct gen *g, u32 n)
{
    gen_put(g, "%u", gen_below(g, n));
}

/* ---- names ---- */

static bool shape_same(const struct shape *a, const struct shape *b)
{
    if (a->kind != b->kind || (a->kind == SHAPE_TUPLE && a->n != b->n))
        return false;
    for (u32 i = 0; a->kind == SHAPE_TUPLE && i < a->n; i++) {
        if (a->elems[i] != b->elems[i])
            return false;
    }
    return true;
}

void gen_map_name(struct gen *g, const struct gen_map *map)
{
    gen_put(g, "@m%u", (u32)(map - g->maps));
}

void gen_map_access(struct gen *g, const struct gen_map *map, u32 depth)
{
    gen_map_name(g, map);
    if (map->n_keys == 0)
        return;
    gen_put(g, "[");
    for (u32 i = 0; i < map->n_keys; i++) {
        if (i > 0)
            gen_put(g, ", ");
        /* Few different keys, so that some are met again. */
        if (map->keys[i].kind == SHAPE_INT && !gen_one_in(g, 3)) {
            gen_small(g, 4);
        } else {
            gen_expr(g, &map->keys[i], depth > 0 ? depth - 1 : 0);
        }
    }
    gen_put(g, "]");
}

const struct gen_map *gen_pick_map(struct gen *g, const struct shape *value)
{
    const struct gen_map *fits[MAPS_MAX];
    u32 n = 0;

    for (u32 i = 0; i < g->n_maps; i++) {
        if (value ? shape_same(&g->maps[i].value, value) : g->maps[i].value.kind != SHAPE_AGG)
            fits[n++] = &g->maps[i];
    }
    return n ? fits[gen_below(g, n)] : NULL;
}

/* A variable of that shape; false if there is none. */
static bool put_var(struct gen *g, const struct shape *shape)
{
    const struct gen_var *fits[VARS_MAX];
    u32 n = 0;

    for (u32 i = 0; i < g->n_vars; i++) {
        if (shape_same(&g->vars[i].shape, shape))
            fits[n++] = &g->vars[i];
    }
    if (n == 0)
        return false;
    gen_put(g, "$v%u", fits[gen_below(g, n)]->id);
    return true;
}

static bool put_map_read(struct gen *g, const struct shape *shape, u32 depth)
{
    const struct gen_map *map = gen_pick_map(g, shape);

    if (!map)
        return false;
    gen_map_access(g, map, depth);
    return true;
}

/* `.N` of a tuple variable whose N-th element is of that kind. */
static bool put_element(struct gen *g, enum shape_kind kind)
{
    for (u32 i = 0; g->has_feature[FEATURE_TUPLE_FIELD] && i < g->n_vars; i++) {
        const struct gen_var *var = &g->vars[(i + gen_below(g, VARS_MAX)) % g->n_vars];
        u32 elem = var->shape.kind == SHAPE_TUPLE ? gen_below(g, var->shape.n) : 0;

        if (var->shape.kind == SHAPE_TUPLE && var->shape.elems[elem] == kind) {
            gen_put(g, "$v%u.%u", var->id, elem);
            return true;
        }
    }
    return false;
}

/* ---- integers ---- */

static void int_literal(struct gen *g, u32 depth)
{
    static const char *const special[] = {
        "0",
        "1",
        "-1",
        "127",
        "128",
        "-128",
        "255",
        "256",
        "32767",
        "-32768",
        "65535",
        "65536",
        "2147483647",
        "2147483648",
        "-2147483648",
        "4294967295",
        "4294967296",
        "9223372036854775807",
        "(-9223372036854775807 - 1)",
        "18446744073709551615",
        "0x7f",
        "0xdeadbeef",
        "1e3",
        "1_000",
        "10ms",
        "1h",
    };

    (void)depth;
    switch (gen_below(g, 4)) {
    case 0:
        gen_small(g, 10);
        return;
    case 1:
        gen_put(g, "%s%u", gen_one_in(g, 3) ? "-" : "", gen_below(g, 100000));
        return;
    case 2:
        gen_put(g, "%s", special[gen_below(g, ARRAY_SIZE(special))]);
        return;
    default:
        gen_put(g, "0x%x%08x", gen_below(g, 1u << 31) >> gen_below(g, 31), gen_below(g, 1u << 31));
        return;
    }
}

static void int_name(struct gen *g, u32 depth)
{
    const struct shape shape = {.kind = SHAPE_INT};
    bool done = false;

    if (gen_one_in(g, 3))
        done = put_map_read(g, &shape, depth);
    if (!done && gen_one_in(g, 4))
        done = put_element(g, SHAPE_INT);
    if (!done)
        done = put_var(g, &shape);
    if (!done)
        int_literal(g, depth);
}

static void int_binary(struct gen *g, u32 depth)
{
    static const char *const ops[] = {"+", "-", "*", "/", "%", "&", "|", "^", "<<", ">>", "+", "-"};
    const char *op = ops[gen_below(g, ARRAY_SIZE(ops))];

    gen_put(g, "(");
    gen_int(g, depth - 1);
    gen_put(g, " %s ", op);
    if ((*op == '<' || *op == '>') && !gen_one_in(g, 8)) {
        gen_small(g, 64);
    } else {
        gen_int(g, depth - 1);
    }
    gen_put(g, ")");
}

static void comparison(struct gen *g, u32 depth)
{
    static const char *const ops[] = {"==", "!=", "<", "<=", ">", ">="};

    gen_put(g, "(");
    if (gen_one_in(g, 4)) {
        bool has_order = g->has_feature[FEATURE_STRING_ORDER];

        gen_string(g, depth - 1);
        gen_put(g, " %s ", ops[gen_below(g, has_order ? ARRAY_SIZE(ops) : 2)]);
        gen_string(g, depth - 1);
    } else {
        gen_int(g, depth - 1);
        gen_put(g, " %s ", ops[gen_below(g, ARRAY_SIZE(ops))]);
        gen_int(g, depth - 1);
    }
    gen_put(g, ")");
}

static void logic(struct gen *g, u32 depth)
{
    gen_put(g, "(");
    gen_condition(g, depth - 1);
    gen_put(g, gen_one_in(g, 2) ? " && " : " || ");
    gen_condition(g, depth - 1);
    gen_put(g, ")");
}

/* The truth of something as a number: bool is a type of its own. */
static void int_truth(struct gen *g, u32 depth)
{
    bool is_cast = gen_one_in(g, 2);

    gen_put(g, is_cast ? "(int32)" : "(");
    if (gen_one_in(g, 3)) {
        logic(g, depth);
    } else {
        comparison(g, depth);
    }
    if (!is_cast)
        gen_put(g, " + %u)", gen_below(g, 3));
}

static void int_unary(struct gen *g, u32 depth)
{
    static const char *const ops[] = {"-", "~", "+"};

    gen_put(g, "(%s", ops[gen_below(g, ARRAY_SIZE(ops))]);
    gen_int(g, depth - 1);
    gen_put(g, ")");
}

static void int_cast(struct gen *g, u32 depth)
{
    static const char *const types[] = {"int8",  "uint8",  "int16", "uint16",
                                        "int32", "uint32", "int64", "uint64"};

    gen_put(g, "(%s)(", types[gen_below(g, ARRAY_SIZE(types))]);
    gen_int(g, depth - 1);
    gen_put(g, ")");
}

/* The value of the last statement: what is chosen between, and blocks, have any shape. */
static void choice(struct gen *g, const struct shape *shape, u32 depth)
{
    u32 which = gen_below(g, 4);

    if (which == 0 && g->has_feature[FEATURE_IF_EXPR]) {
        gen_put(g, "(if (");
        gen_condition(g, depth - 1);
        gen_put(g, ") { ");
        gen_expr(g, shape, depth - 1);
        gen_put(g, " } else { ");
        gen_expr(g, shape, depth - 1);
        gen_put(g, " })");
        return;
    }
    if (which == 1 && g->has_feature[FEATURE_BLOCK_EXPR]) {
        gen_put(g, "({ ");
        gen_expr(g, shape, depth - 1);
        gen_put(g, " })");
        return;
    }
    gen_put(g, "(");
    gen_condition(g, depth - 1);
    gen_put(g, " ? ");
    gen_expr(g, shape, depth - 1);
    gen_put(g, " : ");
    gen_expr(g, shape, depth - 1);
    gen_put(g, ")");
}

static void int_choice(struct gen *g, u32 depth)
{
    const struct shape shape = {.kind = SHAPE_INT};

    choice(g, &shape, depth);
}

static void int_call(struct gen *g, u32 depth)
{
    if (!gen_call(g, SHAPE_INT, depth - 1))
        int_name(g, depth);
}

static void int_sizeof(struct gen *g, u32 depth)
{
    static const char *const types[] = {"int8", "uint16", "int32", "uint64"};

    (void)depth;
    if (g->has_feature[FEATURE_SIZEOF]) {
        gen_put(g, "sizeof(%s)", types[gen_below(g, ARRAY_SIZE(types))]);
    } else {
        int_literal(g, depth);
    }
}

static void int_aggregation(struct gen *g, u32 depth)
{
    const struct shape agg = {.kind = SHAPE_AGG};
    const struct gen_map *map = g->has_feature[FEATURE_AGG_READ] ? gen_pick_map(g, &agg) : NULL;

    if (map && map->agg->id <= AGG_MAX) {
        gen_put(g, "(int64)");
        gen_map_access(g, map, depth - 1);
    } else {
        int_name(g, depth);
    }
}

static void int_postfix(struct gen *g, u32 depth)
{
    for (u32 i = 0; i < g->n_vars; i++) {
        const struct gen_var *var = &g->vars[gen_below(g, g->n_vars)];

        if (var->shape.kind == SHAPE_INT && !var->is_const) {
            bool is_inc = gen_one_in(g, 2);

            if (gen_one_in(g, 2)) {
                gen_put(g, "%s$v%u", is_inc ? "++" : "--", var->id);
            } else {
                gen_put(g, "$v%u%s", var->id, is_inc ? "++" : "--");
            }
            return;
        }
    }
    int_name(g, depth);
}

void gen_int(struct gen *g, u32 depth)
{
    static int_fn *const deep[] = {int_binary, int_binary, int_binary,      int_truth,  int_name,
                                   int_unary,  int_cast,   int_choice,      int_call,   int_name,
                                   int_name,   int_sizeof, int_aggregation, int_postfix};

    if (depth > 0 && !gen_one_in(g, 5)) {
        deep[gen_below(g, ARRAY_SIZE(deep))](g, depth);
    } else if (!gen_one_in(g, 3)) {
        int_name(g, 0);
    } else {
        int_literal(g, 0);
    }
}

/* ---- the other shapes ---- */

static void string_literal(struct gen *g)
{
    static const char *const special[] = {"",
                                          "a",
                                          "b",
                                          "abc",
                                          "hello",
                                          "a b",
                                          "x\\ty",
                                          "100%",
                                          "quote \\\" here",
                                          "0123456789abcdef"};

    if (gen_one_in(g, 3)) {
        u32 n = gen_below(g, gen_one_in(g, 6) ? 70 : 12);

        gen_put(g, "\"");
        for (u32 i = 0; i < n; i++)
            gen_put(g, "%c", 'a' + gen_below(g, 26));
        gen_put(g, "\"");
        return;
    }
    gen_put(g, "\"%s\"", special[gen_below(g, ARRAY_SIZE(special))]);
}

void gen_string(struct gen *g, u32 depth)
{
    const struct shape shape = {.kind = SHAPE_STRING};
    u32 which = gen_below(g, 8);

    if (which < 2 && put_var(g, &shape))
        return;
    if (which == 2 && put_map_read(g, &shape, depth))
        return;
    if (which == 3 && depth > 0) {
        choice(g, &shape, depth);
        return;
    }
    if (which == 4 && depth > 0 && gen_call(g, SHAPE_STRING, depth - 1))
        return;
    if (which == 5 && put_element(g, SHAPE_STRING))
        return;
    string_literal(g);
}

static void gen_bool(struct gen *g, u32 depth)
{
    const struct shape shape = {.kind = SHAPE_BOOL};
    u32 which = gen_below(g, 8);

    if (which == 0 && put_var(g, &shape))
        return;
    if (which == 1 && put_map_read(g, &shape, depth))
        return;
    if (which == 2 && depth > 0 && gen_call(g, SHAPE_BOOL, depth - 1))
        return;
    if (which == 3 && depth > 0) {
        logic(g, depth);
    } else if (which == 4 && depth > 0) {
        comparison(g, depth);
    } else if (which == 5 && depth > 0) {
        choice(g, &shape, depth);
    } else if (which == 6 && depth > 0) {
        gen_put(g, gen_one_in(g, 2) ? "(!" : "((bool)");
        gen_int(g, depth - 1);
        gen_put(g, ")");
    } else {
        gen_put(g, gen_one_in(g, 2) ? "true" : "false");
    }
}

static void gen_tuple(struct gen *g, const struct shape *shape, u32 depth)
{
    u32 which = gen_below(g, 4);

    if (which == 0 && put_var(g, shape))
        return;
    if (which == 1 && put_map_read(g, shape, depth))
        return;
    gen_put(g, "(");
    for (u32 i = 0; i < shape->n; i++) {
        const struct shape elem = {.kind = shape->elems[i]};

        if (i > 0)
            gen_put(g, ", ");
        gen_expr(g, &elem, depth > 0 ? depth - 1 : 0);
    }
    gen_put(g, ")");
}

void gen_expr(struct gen *g, const struct shape *shape, u32 depth)
{
    switch (shape->kind) {
    case SHAPE_INT:
        gen_int(g, depth);
        return;
    case SHAPE_STRING:
        gen_string(g, depth);
        return;
    case SHAPE_BOOL:
        gen_bool(g, depth);
        return;
    case SHAPE_TUPLE:
        gen_tuple(g, shape, depth);
        return;
    case SHAPE_ANY:
        if (depth == 0 || !gen_call(g, SHAPE_ANY, depth - 1))
            gen_int(g, depth);
        return;
    case SHAPE_AGG:
        break;
    }
    ptl_bug("an aggregation is no expression");
}

void gen_condition(struct gen *g, u32 depth)
{
    const struct shape shape = {.kind = gen_one_in(g, 8) ? SHAPE_STRING : SHAPE_BOOL};

    if (gen_one_in(g, 3)) {
        gen_int(g, depth);
    } else {
        gen_expr(g, &shape, depth);
    }
}

struct shape gen_scalar_shape(struct gen *g)
{
    static const enum shape_kind kinds[] = {SHAPE_INT, SHAPE_INT, SHAPE_INT, SHAPE_STRING,
                                            SHAPE_BOOL};

    return (struct shape){.kind = kinds[gen_below(g, ARRAY_SIZE(kinds))]};
}

struct shape gen_shape(struct gen *g)
{
    struct shape shape = gen_scalar_shape(g);

    if (!gen_one_in(g, 6))
        return shape;
    shape = (struct shape){.kind = SHAPE_TUPLE, .n = 2 + gen_below(g, ELEMS_MAX - 1)};
    for (u32 i = 0; i < shape.n; i++)
        shape.elems[i] = gen_scalar_shape(g).kind;
    return shape;
}
