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
        done = gen_map_read(g, &shape, depth);
    if (!done && gen_one_in(g, 3))
        done = gen_path(g, &shape, depth);
    if (!done)
        done = gen_var_of(g, &shape);
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

/* Of what compares by its bytes, and of addresses. */
static void compare_others(struct gen *g, u32 depth)
{
    struct shape shape = gen_shape(g);
    bool has_order = shape.kind == SHAPE_POINTER && gen_one_in(g, 2);

    if (shape.kind == SHAPE_STRUCT || shape.kind == SHAPE_BUFFER)
        shape = (struct shape){.kind = SHAPE_BOOL};
    gen_expr(g, &shape, depth - 1);
    gen_put(g, "%s", has_order ? " < " : gen_one_in(g, 2) ? " == " : " != ");
    gen_expr(g, &shape, depth - 1);
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
    } else if (gen_one_in(g, 4)) {
        compare_others(g, depth);
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
    const struct gen_var *var = g->n_vars ? &g->vars[gen_below(g, g->n_vars)] : NULL;

    static const char *const types[] = {"int8",  "uint8",  "int16", "uint16",
                                        "int32", "uint32", "int64", "uint64"};

    if (var && var->shape.kind == SHAPE_INT && gen_one_in(g, 6)) {
        gen_put(g, "(typeof(%s))(", var->name);
    } else {
        gen_put(g, "(%s)(", types[gen_below(g, ARRAY_SIZE(types))]);
    }
    gen_int(g, depth - 1);
    gen_put(g, ")");
}

static void int_choice(struct gen *g, u32 depth)
{
    const struct shape shape = {.kind = SHAPE_INT};

    gen_choice(g, &shape, depth);
}

static void int_call(struct gen *g, u32 depth)
{
    if (!gen_call(g, SHAPE_INT, depth - 1))
        int_name(g, depth);
}

static void int_sizeof(struct gen *g, u32 depth)
{
    struct shape pointee = gen_pointee(g);
    u32 which = gen_below(g, 4);

    if (which == 0 && g->n_structs) {
        u32 id = gen_below(g, g->n_structs);
        const struct gen_struct *s = &g->structs[id];

        gen_put(g, "offsetof(%s s%u, %s)", s->is_union ? "union" : "struct", id,
                s->fields[gen_below(g, s->n_fields)].name);
        return;
    }
    gen_put(g, "sizeof(");
    if (which == 1 && g->n_vars) {
        gen_put(g, "%s", g->vars[gen_below(g, g->n_vars)].name);
    } else if (which == 2) {
        gen_int(g, depth - 1);
    } else {
        gen_type_name(g, &pointee);
    }
    gen_put(g, ")");
}

/* A number of what is none. */
static void int_of_other(struct gen *g, u32 depth)
{
    struct shape shape = gen_shape(g);
    static const char *const types[] = {"int64", "uint64", "uint32", "int8"};

    if (shape.kind != SHAPE_POINTER && shape.kind != SHAPE_ENUM && shape.kind != SHAPE_ARRAY &&
        shape.kind != SHAPE_BOOL) {
        int_sizeof(g, depth);
        return;
    }
    gen_put(g, "((%s)", types[gen_below(g, ARRAY_SIZE(types))]);
    gen_expr(g, &shape, depth - 1);
    gen_put(g, ")");
}

static void int_word(struct gen *g, u32 depth)
{
    (void)depth;
    if (gen_one_in(g, 2) && gen_kernel_value(g, SHAPE_INT))
        return;
    if (gen_one_in(g, 6)) {
        gen_put(g, gen_one_in(g, 2) ? "$1" : "$#");
    } else if (gen_one_in(g, 6)) {
        gen_put(g, "(comptime (1 + sizeof(int32)))");
    } else if (g->n_enums && gen_one_in(g, 2)) {
        gen_put(g, "e%u_%u", gen_below(g, g->n_enums), gen_below(g, 2));
    } else {
        static const char *const words[] = {"AF_INET", "SIGKILL", "ENOENT",
                                            "INT_MAX", "O_CREAT", "UINT_MAX"};

        gen_put(g, "%s", words[gen_below(g, ARRAY_SIZE(words))]);
    }
}

static void int_macro(struct gen *g, u32 depth)
{
    const struct shape shape = {.kind = SHAPE_INT};

    if (!gen_macro_call(g, &shape, depth - 1))
        int_name(g, depth);
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
                gen_put(g, "%s%s", is_inc ? "++" : "--", var->name);
            } else {
                gen_put(g, "%s%s", var->name, is_inc ? "++" : "--");
            }
            return;
        }
    }
    int_name(g, depth);
}

void gen_int(struct gen *g, u32 depth)
{
    static int_fn *const deep[] = {
        int_binary,      int_binary,  int_binary,   int_truth, int_name, int_unary,
        int_cast,        int_choice,  int_call,     int_name,  int_name, int_sizeof,
        int_aggregation, int_postfix, int_of_other, int_word,  int_macro};

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
        u32 n = gen_below(g, gen_one_in(g, 6) ? 70 : gen_one_in(g, 40) ? 900 : 12);

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

    if (which < 2 && gen_var_of(g, &shape))
        return;
    if (which == 2 && gen_map_read(g, &shape, depth))
        return;
    if (which == 3 && depth > 0) {
        gen_choice(g, &shape, depth);
        return;
    }
    if (which == 4 && depth > 0 && gen_call(g, SHAPE_STRING, depth - 1))
        return;
    if (which == 5 && gen_path(g, &shape, depth))
        return;
    if (which == 7 && gen_kernel_value(g, SHAPE_STRING))
        return;
    if (which == 7 && gen_one_in(g, 6)) {
        gen_put(g, gen_one_in(g, 2) ? "str($2)" : "str($1)");
        return;
    }
    if (which == 7 && depth > 0 && gen_one_in(g, 4)) {
        gen_put(g, gen_one_in(g, 2) ? "((string)" : "((string[12])");
        gen_string(g, depth - 1);
        gen_put(g, ")");
        return;
    }
    if (which == 6 && depth > 0 && gen_macro_call(g, &shape, depth - 1))
        return;
    string_literal(g);
}

void gen_bool(struct gen *g, u32 depth)
{
    const struct shape shape = {.kind = SHAPE_BOOL};
    u32 which = gen_below(g, 8);

    if (which == 0 && gen_var_of(g, &shape))
        return;
    if (which == 1 && gen_map_read(g, &shape, depth))
        return;
    if (which == 2 && depth > 0 && gen_call(g, SHAPE_BOOL, depth - 1))
        return;
    if (which == 3 && depth > 0) {
        logic(g, depth);
    } else if (which == 4 && depth > 0) {
        comparison(g, depth);
    } else if (which == 5 && depth > 0) {
        gen_choice(g, &shape, depth);
    } else if (which == 6 && depth > 0) {
        gen_put(g, gen_one_in(g, 2) ? "(!" : "((bool)");
        gen_int(g, depth - 1);
        gen_put(g, ")");
    } else {
        gen_put(g, gen_one_in(g, 2) ? "true" : "false");
    }
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
    case SHAPE_ANY:
        if (depth == 0 || !gen_call(g, SHAPE_ANY, depth - 1))
            gen_int(g, depth);
        return;
    default:
        gen_compound(g, shape, depth);
        return;
    }
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
