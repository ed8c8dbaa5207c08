/* Statements of the generator, each in a line of its own. */
#include "tests/fuzz/gen.h"

static void indent(struct gen *g)
{
    buf_pad(g->out, ' ', (size_t)4 * (g->nest + 1));
}

/* ---- printf ---- */

static void put_flags(struct gen *g, const char *flags)
{
    for (; *flags; flags++) {
        if (gen_one_in(g, 4))
            gen_put(g, "%c", *flags);
    }
}

/* A conversion for a value of that shape. Only what C defines: another implementation shall be
 * able to say what is right. */
static void put_conversion(struct gen *g, const struct shape *shape)
{
    static const char conversions[] = "ddiuxXos";
    bool is_number = shape->kind == SHAPE_INT ||
                     ((shape->kind == SHAPE_BOOL || shape->kind == SHAPE_ENUM) && gen_one_in(g, 2));
    char conv = 's';
    static const char *const lengths[] = {"l", "ll", "h", "hh"};
    bool is_text = true;

    if (is_number)
        conv = conversions[gen_below(g, sizeof(conversions) - 1)];
    if (shape->kind == SHAPE_POINTER && gen_one_in(g, 2)) {
        gen_put(g, "%%p");
        return;
    }
    if (shape->kind == SHAPE_BUFFER && gen_one_in(g, 2)) {
        gen_put(g, "%%r%s", gen_one_in(g, 2) ? "x" : gen_one_in(g, 2) ? "h" : "");
        return;
    }
    is_text = conv == 's';
    gen_put(g, "%%");
    put_flags(g, is_text ? "-" : conv == 'd' || conv == 'i' ? "-+ 0" : conv == 'u' ? "-0" : "-#0");
    if (gen_one_in(g, 3))
        gen_put(g, "%u", 1 + gen_below(g, 25));
    if (gen_one_in(g, 6))
        gen_put(g, ".%u", gen_below(g, 12));
    if (!is_text && gen_one_in(g, 4))
        gen_put(g, "%s", lengths[gen_below(g, ARRAY_SIZE(lengths))]);
    gen_put(g, "%c", conv);
}

void gen_printf(struct gen *g)
{
    struct shape shapes[4];
    u32 n = gen_below(g, ARRAY_SIZE(shapes) + 1);

    gen_put(g, "printf(\"");
    for (u32 i = 0; i < n; i++) {
        shapes[i] = gen_shape(g);
        gen_put(g, "%s", gen_one_in(g, 4) ? "100%% " : i > 0 ? "|" : "");
        put_conversion(g, &shapes[i]);
    }
    gen_put(g, "\\n\"");
    for (u32 i = 0; i < n; i++) {
        gen_put(g, ", ");
        gen_expr(g, &shapes[i], 3);
    }
    gen_put(g, ")");
}

static void stmt_printf(struct gen *g)
{
    gen_printf(g);
    gen_put(g, ";\n");
}

static void stmt_print(struct gen *g)
{
    struct shape shape = gen_shape(g);

    gen_put(g, "print(");
    if (g->n_maps > 0 && gen_one_in(g, 3)) {
        gen_map_name(g, &g->maps[gen_below(g, g->n_maps)]);
        if (gen_one_in(g, 4))
            gen_put(g, ", %u", gen_below(g, 4));
        /* print(@m, top, div): div without top is not possible. */
    } else if (g->n_maps > 0 && gen_one_in(g, 6)) {
        gen_map_access(g, &g->maps[gen_below(g, g->n_maps)], 2);
    } else {
        gen_expr(g, &shape, 3);
    }
    gen_put(g, ");\n");
}

/* ---- variables and maps ---- */

/* `$v = value`, `let $v = value`, `let $v: type`, `let $v: type = value`. */
static void put_declaration(struct gen *g, const struct shape *shape, const char *value)
{
    static const struct shape wide = {.kind = SHAPE_INT, .number = 6};
    bool has_let = g->has_feature[FEATURE_LET] && gen_one_in(g, 3);
    bool has_type = has_let && gen_one_in(g, 2) && shape->kind != SHAPE_RESULT &&
                    shape->kind != SHAPE_TUPLE && shape->kind != SHAPE_RECORD &&
                    shape->kind != SHAPE_BUFFER;
    const char *name = gen_new_var(g, shape, false)->name;

    gen_put(g, "%s%s", has_let ? "let " : "", name);
    if (has_type) {
        gen_put(g, ": ");
        gen_type_name(g, shape->kind == SHAPE_INT ? &wide : shape);
    }
    if (!has_type || shape->kind == SHAPE_STRING || !gen_one_in(g, 3))
        gen_put(g, " = %s", value);
}

static void stmt_var(struct gen *g)
{
    struct shape shape = gen_shape(g);
    u32 old = g->n_vars ? gen_below(g, g->n_vars) : 0;

    if (g->n_vars > 0 && !g->vars[old].is_const && (gen_one_in(g, 2) || g->n_vars == VARS_MAX)) {
        gen_put(g, "%s = ", g->vars[old].name);
        gen_expr(g, &g->vars[old].shape, DEPTH_MAX);
    } else if (g->n_vars < VARS_MAX) {
        _cleanup_buf_ struct buf value = {0};
        struct buf *out = g->out;

        g->out = &value;
        gen_expr(g, &shape, DEPTH_MAX);
        g->out = out;
        put_declaration(g, &shape, value.p);
    } else {
        gen_put(g, "print(1)");
    }
    gen_put(g, ";\n");
}

static const char *compound_op(struct gen *g)
{
    static const char *const ops[] = {"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="};

    /* What sums up comes out the same in any order. */
    return g->in_map_loop ? "+=" : ops[gen_below(g, ARRAY_SIZE(ops))];
}

static void stmt_var_compound(struct gen *g)
{
    u32 i = g->n_vars ? gen_below(g, g->n_vars) : 0;

    if (g->n_vars == 0 || g->vars[i].shape.kind != SHAPE_INT || g->vars[i].is_const) {
        gen_put(g, "print(2);\n");
        return;
    }
    gen_put(g, "%s %s ", g->vars[i].name, compound_op(g));
    gen_int(g, 2);
    gen_put(g, ";\n");
}

/* A map of the script, or a new one. */
static const struct gen_map *some_map(struct gen *g)
{
    struct gen_map map = {.value = gen_shape(g)};
    struct gen_map *new = NULL;

    if (g->is_macro && g->n_maps == 0)
        return NULL;
    if (g->is_macro || g->n_maps == MAPS_MAX || (g->n_maps > 0 && !gen_one_in(g, 3)))
        return &g->maps[gen_below(g, g->n_maps)];
    map.n_keys = gen_one_in(g, 3) ? 0 : gen_one_in(g, 3) ? 2 : 1;
    for (u32 i = 0; i < map.n_keys; i++)
        map.keys[i] = gen_one_in(g, 4) ? gen_shape(g) : gen_scalar_shape(g);
    if (gen_one_in(g, 2)) {
        map.value = (struct shape){.kind = SHAPE_AGG};
        gen_agg_choose(g, &map);
    }
    new = gen_new_map(g);
    memcpy(map.name, new->name, sizeof(map.name));
    *new = map;
    return new;
}

static void stmt_map(struct gen *g)
{
    const struct gen_map *map = some_map(g);
    bool is_int = map && map->value.kind == SHAPE_INT;

    if (!map) {
        gen_put(g, "print(6);\n");
        return;
    }
    gen_map_access(g, map, 2);
    if (map->value.kind == SHAPE_AGG) {
        gen_put(g, " = ");
        gen_agg_call(g, map);
    } else if (is_int && gen_one_in(g, 3)) {
        gen_put(g, gen_one_in(g, 3) ? "--" : "++");
    } else if (is_int && gen_one_in(g, 3)) {
        gen_put(g, " %s ", compound_op(g));
        gen_int(g, 2);
    } else {
        gen_put(g, " = ");
        gen_expr(g, &map->value, DEPTH_MAX);
    }
    gen_put(g, ";\n");
}

/* ---- blocks ---- */

static void block(struct gen *g, const struct shape *counter)
{
    u32 n_vars = g->n_vars;
    u32 n = 1 + gen_below(g, 3);
    bool is_angled = gen_one_in(g, 8);

    gen_put(g, is_angled ? "<\n" : "{\n");
    g->nest++;
    if (counter && g->n_vars < VARS_MAX)
        (void)gen_new_var(g, counter, true);
    for (u32 i = 0; i < n; i++)
        gen_stmt(g);
    g->nest--;
    g->n_vars = n_vars;
    indent(g);
    gen_put(g, is_angled ? ">" : "}");
}

static void stmt_if(struct gen *g)
{
    if (gen_one_in(g, 6)) {
        gen_put(g, "comptime if (%s == %u) ",
                g->has_feature[FEATURE_SIZEOF] ? "sizeof(uint16)" : "2", 1 + gen_below(g, 2));
        block(g, NULL);
        gen_put(g, " else ");
        block(g, NULL);
        gen_put(g, "\n");
        return;
    }
    gen_put(g, "if (");
    if (!gen_one_in(g, 5) || !gen_find(g, true, 2))
        gen_condition(g, 3);
    gen_put(g, ") ");
    block(g, NULL);
    if (gen_one_in(g, 4)) {
        gen_put(g, " else if (");
        gen_condition(g, 2);
        gen_put(g, ") ");
        block(g, NULL);
    }
    if (gen_one_in(g, 2)) {
        gen_put(g, " else ");
        block(g, NULL);
    }
    gen_put(g, "\n");
}

/* A counter that no statement of the body changes. */
static void stmt_while(struct gen *g)
{
    u32 id = g->next_var++;

    gen_put(g, "$v%u = 0;\n", id);
    indent(g);
    gen_put(g, "while ($v%u < %u", id, 1 + gen_below(g, 6));
    if (gen_one_in(g, 4)) {
        gen_put(g, " && ");
        gen_condition(g, 2);
    }
    gen_put(g, ") {\n");
    g->nest++;
    g->n_loops++;
    indent(g);
    gen_put(g, "$v%u++;\n", id);
    if (gen_one_in(g, 4)) {
        indent(g);
        gen_put(g, "if (");
        gen_condition(g, 2);
        gen_put(g, ") { %s; }\n", gen_one_in(g, 2) ? "break" : "continue");
    }
    indent(g);
    block(g, NULL);
    g->nest--;
    g->n_loops--;
    gen_put(g, "\n");
    indent(g);
    gen_put(g, "}\n");
}

static void stmt_range(struct gen *g)
{
    const struct shape counter = {.kind = SHAPE_INT};
    u32 first = gen_below(g, 4);

    if (g->n_vars == VARS_MAX) {
        gen_put(g, "print(3);\n");
        return;
    }
    gen_put(g, "for ($v%u : ", g->next_var);
    if (gen_one_in(g, 4)) { /* ends that are known when it runs only; few rounds */
        gen_put(g, "(");
        gen_int(g, 2);
        gen_put(g, " & 3)..(");
        gen_int(g, 2);
        gen_put(g, " & 7)) ");
    } else {
        gen_put(g, "%u..%u) ", first, first + gen_below(g, 6));
    }
    g->n_loops++;
    block(g, &counter);
    g->n_loops--;
    gen_put(g, "\n");
}

static void stmt_unroll(struct gen *g)
{
    gen_put(g, "unroll (%u) ", 1 + gen_below(g, 4));
    g->n_loops++;
    block(g, NULL);
    g->n_loops--;
    gen_put(g, "\n");
}

/* About the element, without effects. */
static void for_map_condition(struct gen *g, const struct gen_map *map, u32 id)
{
    if (map->value.kind == SHAPE_STRING || map->value.kind == SHAPE_BOOL) {
        gen_put(g, "$v%u.1", id);
    } else if (map->n_keys == 1 && map->keys[0].kind == SHAPE_STRING) {
        gen_put(g, "$v%u.0 == \"a\"", id);
    } else {
        gen_put(g, "sizeof($v%u) > 16", id);
    }
}

/* Keys come in no order: the body sums up and counts. */
static void stmt_for_map(struct gen *g)
{
    u32 i = g->n_maps ? gen_below(g, g->n_maps) : 0;
    u32 id = g->next_var++;
    u32 sum = g->next_var++;

    if (g->n_maps == 0 || g->maps[i].n_keys == 0) {
        gen_put(g, "print(4);\n");
        return;
    }
    gen_put(g, "$v%u = 0;\n", sum);
    indent(g);
    gen_put(g, "for ($v%u : ", id);
    gen_map_name(g, &g->maps[i]);
    gen_put(g, ") { $v%u += 1", sum);
    if (g->maps[i].n_keys == 1 && g->maps[i].keys[0].kind == SHAPE_INT)
        gen_put(g, " + $v%u.0", id);
    if (g->maps[i].value.kind == SHAPE_INT)
        gen_put(g, " + $v%u.1", id);
    gen_put(g, ";");
    if (gen_one_in(g, 3)) {
        gen_put(g, " if (");
        for_map_condition(g, &g->maps[i], id);
        gen_put(g, ") { $v%u += 7; }", sum);
    }
    gen_put(g, " }\n");
    indent(g);
    gen_put(g, "print($v%u);\n", sum);
}

/* ---- all ---- */

void gen_first(struct gen *g)
{
    static const char *const values[] = {"1", "\"abc\"", "true", "-5", "4000000000"};

    static const enum shape_kind kinds[] = {SHAPE_INT, SHAPE_STRING, SHAPE_BOOL, SHAPE_INT,
                                            SHAPE_INT};

    u32 i = gen_below(g, ARRAY_SIZE(values));
    const struct shape shape = {.kind = kinds[i]};

    if (gen_one_in(g, 2) && g->n_maps < MAPS_MAX) {
        struct gen_map *map = gen_new_map(g);

        map->value = shape;
        gen_put(g, "    %s = %s;\n", map->name, values[i]);
        return;
    }
    gen_put(g, "    %s = %s;\n", gen_new_var(g, &shape, false)->name, values[i]);
}

static void stmt_call(struct gen *g)
{
    u32 which = gen_below(g, 6);

    if (which == 0 && gen_find(g, g->nest == 0, 2)) {
        gen_put(g, ";\n");
        return;
    }
    if (which == 1 && gen_macro_call(g, NULL, 2)) {
        gen_put(g, ";\n");
        return;
    }
    if (!gen_void_call(g))
        gen_put(g, "print(5)");
    gen_put(g, ";\n");
}

static void stmt_loop(struct gen *g)
{
    static const struct {
        enum feature feature;
        void (*fn)(struct gen *g);
    } loops[] = {
        {FEATURE_WHILE, stmt_while},
        {FEATURE_FOR_RANGE, stmt_range},
        {FEATURE_UNROLL, stmt_unroll},
        {FEATURE_FOR_MAP, stmt_for_map},
    };

    u32 i = gen_below(g, ARRAY_SIZE(loops));

    if (g->has_feature[loops[i].feature] && g->n_loops < (gen_one_in(g, 4) ? 3 : 2)) {
        loops[i].fn(g);
    } else {
        stmt_map(g);
    }
}

/* Of other forms: a value that nobody wants, a block. */
static void stmt_other(struct gen *g)
{
    struct shape shape = gen_shape(g);

    if (gen_one_in(g, 2) && g->nest < NEST_MAX) {
        block(g, NULL);
        gen_put(g, "\n");
        return;
    }
    gen_put(g, "_ = ");
    gen_expr(g, &shape, 2);
    gen_put(g, ";\n");
}

void gen_stmt(struct gen *g)
{
    static void (*const flat[])(struct gen * g) = {
        stmt_var,    stmt_var,  stmt_var_compound, stmt_map,    stmt_map,  stmt_map,  stmt_print,
        stmt_printf, stmt_call, stmt_print,        stmt_printf, stmt_call, stmt_other};
    static void (*const deep[])(struct gen * g) = {stmt_if, stmt_loop};

    indent(g);
    if (g->nest > 0 && !g->is_macro && gen_one_in(g, 60)) {
        gen_put(g, "return;\n");
    } else if (g->n_loops > 0 && g->nest > 1 && gen_one_in(g, 30)) {
        gen_put(g, gen_one_in(g, 2) ? "break;\n" : "continue;\n");
    } else if (g->nest < NEST_MAX && gen_one_in(g, 5)) {
        deep[gen_below(g, ARRAY_SIZE(deep))](g);
    } else {
        flat[gen_below(g, ARRAY_SIZE(flat))](g);
    }
}
