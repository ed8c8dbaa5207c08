/* The head of a script: settings, maps that are declared, macros. */
#include <stdio.h>

#include "tests/fuzz/gen.h"

static const struct shape int_shape = {.kind = SHAPE_INT, .number = 6};

/* ---- settings and maps ---- */

static void config(struct gen *g)
{
    gen_put(g, "config = { ");
    if (gen_one_in(g, 2))
        gen_put(g, "max_strlen = %u; ", gen_one_in(g, 2) ? 1024 : 16 + gen_below(g, 200));
    if (gen_one_in(g, 3))
        gen_put(g, "max_map_keys = %u; ", 500 + gen_below(g, 1000));
    if (gen_one_in(g, 4))
        gen_put(g, "print_maps_on_exit = %s", gen_one_in(g, 2) ? "false" : "1");
    gen_put(g, gen_one_in(g, 2) ? "};\n" : "}\n");
}

/* With keys; one of the per-CPU kinds aggregates. */
static void declared_map(struct gen *g)
{
    static const char *const kinds[] = {"hash", "lruhash", "percpuhash", "percpulruhash"};
    u32 kind = gen_below(g, ARRAY_SIZE(kinds));
    struct gen_map *map = gen_new_map(g);

    map->value = gen_shape(g);
    map->n_keys = 1 + gen_below(g, 2);
    for (u32 i = 0; i < map->n_keys; i++)
        map->keys[i] = gen_scalar_shape(g);
    if (kind >= 2) {
        map->value = (struct shape){.kind = SHAPE_AGG};
        gen_agg_choose(g, map);
    }
    gen_put(g, "let %s = %s(%u);\n", map->name, kinds[kind], 2000 + gen_below(g, 1000));
}

/* ---- macros ---- */

/* What a macro's body sees: its parameters, and nothing of the script. */
static void param_add(struct gen *g, struct gen_macro *m, u32 i)
{
    char name[NAME_BYTES];

    m->kinds[i] = (enum param_kind)gen_below(g, 3);
    m->shapes[i] = gen_one_in(g, 3) ? gen_shape(g) : int_shape;
    if (m->kinds[i] == PARAM_MAP) {
        struct gen_map *map = &g->maps[g->n_maps++];

        m->shapes[i] = int_shape;
        *map = (struct gen_map){.value = int_shape, .keys = {int_shape}, .n_keys = 1};
        (void)snprintf(map->name, sizeof(map->name), "@p%u", i % 10); // there are a few
        gen_put(g, "%s", map->name);
        return;
    }
    (void)snprintf(name, sizeof(name), "%sp%u", m->kinds[i] == PARAM_VAR ? "$" : "", i % 10);
    g->vars[g->n_vars] =
        (struct gen_var){.shape = m->shapes[i], .is_const = m->kinds[i] == PARAM_EXPR};
    memcpy(g->vars[g->n_vars++].name, name, sizeof(name));
    gen_put(g, "%s", name);
}

static void macro_text(struct gen *g, struct gen_macro *m)
{
    u32 n_stmts = gen_below(g, 3);

    m->n_params = gen_below(g, PARAMS_MAX + 1);
    m->has_result = !gen_one_in(g, 4);
    m->result = gen_one_in(g, 3) ? gen_shape(g) : int_shape;
    gen_put(g, "macro f%u(", m->id);
    for (u32 i = 0; i < m->n_params; i++) {
        gen_put(g, i > 0 ? ", " : "");
        param_add(g, m, i);
    }
    gen_put(g, ") {\n");
    for (u32 i = 0; i < n_stmts + !m->has_result; i++)
        gen_stmt(g);
    gen_put(g, "    ");
    if (m->has_result)
        gen_expr(g, &m->result, 2);
    gen_put(g, "\n}\n");
}

/* The simplest arguments, for the question whether it is any good. */
static void trial(struct gen *g, const struct gen_macro *m)
{
    gen_put(g, "BEGIN { @t[1] = 1; ");
    for (u32 i = 0; i < m->n_params; i++) {
        gen_put(g, "$a%u = ", i);
        gen_expr(g, &m->shapes[i], 0);
        gen_put(g, "; ");
    }
    gen_put(g, m->has_result ? "print(f%u(" : "f%u(", m->id);
    for (u32 i = 0; i < m->n_params; i++) {
        gen_put(g, i > 0 ? ", " : "");
        if (m->kinds[i] == PARAM_MAP) {
            gen_put(g, "@t");
        } else {
            gen_put(g, "$a%u", i);
        }
    }
    gen_put(g, m->has_result ? ")); }\n" : "); }\n");
}

/* Another kind of the last parameter, by the same name. */
static void overload(struct gen *g, const struct gen_macro *m)
{
    struct gen_macro *other = &g->macros[g->n_macros];

    if (g->n_macros == MACROS_MAX || m->n_params == 0 || !m->has_result ||
        m->result.kind != SHAPE_INT || m->kinds[m->n_params - 1] == PARAM_EXPR)
        return;
    *other = *m;
    other->kinds[m->n_params - 1] = PARAM_EXPR;
    gen_put(g, "macro f%u(", m->id);
    for (u32 i = 0; i < m->n_params; i++) {
        static const char *const sigils[] = {[PARAM_VAR] = "$", [PARAM_MAP] = "@"};

        gen_put(g, "%s%sp%u", i > 0 ? ", " : "",
                other->kinds[i] == PARAM_EXPR ? "" : sigils[other->kinds[i]], i);
    }
    gen_put(g, ") { %u }\n", 100 + gen_below(g, 100));
    g->n_macros++;
}

static void macro(struct gen *g, struct buf *text)
{
    struct gen_macro *m = &g->macros[g->n_macros];
    _cleanup_buf_ struct buf body = {0};
    _cleanup_buf_ struct buf all = {0};
    struct gen_map maps[MAPS_MAX];
    u32 n_maps = g->n_maps;

    memcpy(maps, g->maps, sizeof(maps));
    *m = (struct gen_macro){.id = g->n_macros};
    g->n_maps = 0;
    g->out = &body;
    g->is_macro = true;
    macro_text(g, m);
    g->is_macro = false;
    g->n_vars = 0;
    g->n_maps = 0;
    buf_add(&all, text->p, text->n);
    buf_add(&all, body.p, body.n);
    g->out = &all;
    trial(g, m);
    memcpy(g->maps, maps, sizeof(maps));
    g->n_maps = n_maps;
    g->out = text;
    if (!gen_accepts(g, (struct str){all.p, (u32)all.n}))
        return;
    buf_add(text, body.p, body.n);
    g->n_macros++;
    overload(g, m);
}

void gen_head(struct gen *g, struct buf *text)
{
    g->out = text;
    gen_declarations(g);
    if (gen_one_in(g, 5))
        config(g);
    for (u32 i = gen_below(g, 5); i > 2; i--)
        declared_map(g);
    for (u32 i = gen_below(g, MACROS_MAX); i > 0 && g->n_macros < MACROS_MAX; i--)
        macro(g, text);
}

/* A map for a parameter, with such keys and values. */
static const struct gen_map *map_for_param(struct gen *g)
{
    const struct gen_map *found = NULL;
    u32 n = 0;

    for (u32 i = 0; i < g->n_maps; i++) {
        const struct gen_map *map = &g->maps[i];

        if (map->n_keys == 1 && map->keys[0].kind == SHAPE_INT && map->value.kind == SHAPE_INT &&
            gen_one_in(g, ++n))
            found = map;
    }
    return found;
}

static bool put_arg(struct gen *g, const struct gen_macro *m, u32 i, u32 depth)
{
    const struct gen_map *map = NULL;
    const struct gen_var *fits = NULL;
    u32 n = 0;

    if (m->kinds[i] == PARAM_EXPR) {
        gen_expr(g, &m->shapes[i], MIN(depth, 1));
        return true;
    }
    if (m->kinds[i] == PARAM_MAP) {
        map = map_for_param(g);
        gen_put(g, "%s", map ? map->name : "");
        return map != NULL;
    }
    for (u32 v = 0; v < g->n_vars; v++) {
        if (shape_same(&g->vars[v].shape, &m->shapes[i]) && !g->vars[v].is_const &&
            gen_one_in(g, ++n))
            fits = &g->vars[v];
    }
    gen_put(g, "%s", fits ? fits->name : "");
    return fits != NULL;
}

static bool put_macro(struct gen *g, const struct gen_macro *m, u32 depth)
{
    _cleanup_buf_ struct buf text = {0};
    struct buf *out = g->out;
    bool is_good = true;

    g->out = &text;
    gen_put(g, "f%u(", m->id);
    for (u32 i = 0; i < m->n_params && is_good; i++) {
        gen_put(g, i > 0 ? ", " : "");
        is_good = put_arg(g, m, i, depth);
    }
    gen_put(g, ")");
    g->out = out;
    if (is_good)
        buf_add(out, text.p, text.n);
    return is_good;
}

bool gen_macro_call(struct gen *g, const struct shape *result, u32 depth)
{
    u32 first = g->n_macros ? gen_below(g, g->n_macros) : 0;

    for (u32 i = 0; !g->is_macro && i < g->n_macros; i++) {
        const struct gen_macro *m = &g->macros[(first + i) % g->n_macros];
        bool fits = result ? m->has_result && shape_same(&m->result, result) : !m->has_result;

        if (fits && put_macro(g, m, depth))
            return true;
    }
    return false;
}
