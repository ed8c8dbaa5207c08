/* Values of the generator that may have any shape: names, ways through members, choices; and those
 * of shapes with parts. */
#include <stdio.h>

#include "tests/fuzz/gen.h"
#include "tests/fuzz/known.h"

/* ---- names ---- */

struct gen_var *gen_new_var(struct gen *g, const struct shape *shape, bool is_const)
{
    struct gen_var *var = &g->vars[g->n_vars++];

    *var = (struct gen_var){.shape = *shape, .is_const = is_const};
    (void)snprintf(var->name, sizeof(var->name), "$v%u", g->next_var++);
    return var;
}

struct gen_map *gen_new_map(struct gen *g)
{
    struct gen_map *map = &g->maps[g->n_maps++];

    *map = (struct gen_map){.n_keys = 0};
    (void)snprintf(map->name, sizeof(map->name), "@m%u", g->next_map++);
    return map;
}

void gen_map_name(struct gen *g, const struct gen_map *map)
{
    gen_put(g, "%s", map->name);
}

static void one_key(struct gen *g, const struct shape *key, u32 depth)
{
    /* Few different keys, so that some are met again. */
    if (key->kind == SHAPE_INT && !gen_one_in(g, 3)) {
        gen_small(g, 4);
    } else {
        gen_expr(g, key, depth > 0 ? depth - 1 : 0);
    }
}

static void keys(struct gen *g, const struct gen_map *map, u32 depth)
{
    for (u32 i = 0; i < map->n_keys; i++) {
        gen_put(g, i > 0 ? ", " : "");
        one_key(g, &map->keys[i], depth);
    }
}

void gen_map_access(struct gen *g, const struct gen_map *map, u32 depth)
{
    gen_map_name(g, map);
    if (map->n_keys == 0)
        return;
    gen_put(g, "[");
    keys(g, map, depth);
    gen_put(g, "]");
}

void gen_map_key(struct gen *g, const struct gen_map *map, u32 depth)
{
    gen_put(g, map->n_keys > 1 ? "(" : "");
    keys(g, map, depth);
    gen_put(g, map->n_keys > 1 ? ")" : "");
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

bool gen_var_of(struct gen *g, const struct shape *shape)
{
    const struct gen_var *fits[VARS_MAX];
    u32 n = 0;

    for (u32 i = 0; i < g->n_vars; i++) {
        if (shape_same(&g->vars[i].shape, shape))
            fits[n++] = &g->vars[i];
    }
    if (n == 0)
        return false;
    gen_put(g, "%s", fits[gen_below(g, n)]->name);
    return true;
}

bool gen_map_read(struct gen *g, const struct shape *shape, u32 depth)
{
    const struct gen_map *map = g->n_within > 2 ? NULL : gen_pick_map(g, shape);

    if (!map)
        return false;
    g->n_within++;
    gen_map_access(g, map, depth);
    g->n_within--;
    return true;
}

/* ---- pointers ---- */

/* An address: mostly one where something is. */
static void address(struct gen *g)
{
    static const char *const special[] = {"0", "0x10", "0x20001ffc", "0x20002000", "-8"};

    if (gen_one_in(g, 12)) {
        gen_put(g, "%s", special[gen_below(g, ARRAY_SIZE(special))]);
        return;
    }
    gen_put(g, "0x%x",
            PAGES_ADDRESS + 8 * gen_below(g, PAGES_BYTES / 8) +
                (gen_one_in(g, 6) ? gen_below(g, 8) : 0));
}

static void fresh_pointer(struct gen *g, const struct shape *shape)
{
    static const char *const words[] = {"curtask", "arg0", "arg1", "retval"};

    gen_put(g, "((");
    gen_type_name(g, shape);
    gen_put(g, ")");
    if (g->mode == SCRIPT_EVENTS && gen_one_in(g, 3)) {
        gen_put(g, "%s)", words[gen_below(g, ARRAY_SIZE(words))]);
        return;
    }
    gen_put(g, gen_one_in(g, 12) ? "kptr(" : "uptr(");
    address(g);
    gen_put(g, "))");
}

static void pointer(struct gen *g, const struct shape *shape, u32 depth)
{
    if (depth > 0 && gen_one_in(g, 4)) {
        gen_put(g, "(");
        gen_expr(g, shape, depth - 1);
        gen_put(g, gen_one_in(g, 2) ? " + " : " - ");
        gen_small(g, 5);
        gen_put(g, ")");
        return;
    }
    fresh_pointer(g, shape);
}

/* ---- ways ---- */

static bool has_parts(const struct shape *shape)
{
    return shape->kind == SHAPE_TUPLE || shape->kind == SHAPE_RECORD ||
           shape->kind == SHAPE_ARRAY || shape->kind == SHAPE_STRUCT ||
           shape->kind == SHAPE_POINTER;
}

static bool path_root(struct gen *g, struct shape *at_out, u32 depth)
{
    u32 first = gen_below(g, VARS_MAX);

    for (u32 i = 0; i < g->n_vars && !gen_one_in(g, 3); i++) {
        const struct gen_var *var = &g->vars[(first + i) % g->n_vars];

        if (has_parts(&var->shape)) {
            gen_put(g, "%s", var->name);
            *at_out = var->shape;
            return true;
        }
    }
    for (u32 i = 0; i < g->n_maps && !gen_one_in(g, 3); i++) {
        const struct gen_map *map = &g->maps[(first + i) % g->n_maps];

        if (has_parts(&map->value)) {
            gen_map_access(g, map, depth);
            *at_out = map->value;
            return true;
        }
    }
    if (g->n_structs == 0)
        return false;

    struct shape *of = arena_new(g->arena, struct shape);

    *of = (struct shape){.kind = SHAPE_STRUCT, .number = gen_below(g, g->n_structs)};
    *at_out = (struct shape){.kind = SHAPE_POINTER, .elems = of};
    fresh_pointer(g, at_out);
    return true;
}

static void put_index(struct gen *g, u32 n)
{
    gen_put(g, "[");
    if (gen_one_in(g, 3)) {
        gen_int(g, 1);
    } else {
        gen_small(g, MAX(n, 1));
    }
    gen_put(g, "]");
}

static struct shape enter_struct(struct gen *g, const struct shape *at, const char *dot)
{
    const struct gen_struct *s = &g->structs[at->number];
    const struct gen_field *field = &s->fields[gen_below(g, s->n_fields)];

    gen_put(g, "%s%s", dot, field->name);
    return field->shape;
}

/* One step further; false where there is none. */
static bool path_step(struct gen *g, struct shape *at)
{
    u32 i = at->n ? gen_below(g, at->n) : 0;

    switch (at->kind) {
    case SHAPE_TUPLE:
        gen_put(g, gen_one_in(g, 4) ? "[%u]" : ".%u", i);
        *at = at->elems[i];
        return true;
    case SHAPE_RECORD:
        gen_put(g, ".%s", gen_label(i));
        *at = at->elems[i];
        return true;
    case SHAPE_ARRAY:
        put_index(g, at->n);
        *at = at->elems[0];
        return true;
    case SHAPE_STRUCT:
        *at = enter_struct(g, at, ".");
        return true;
    case SHAPE_POINTER:
        if (at->elems->kind == SHAPE_STRUCT && !gen_one_in(g, 3)) {
            *at = enter_struct(g, at->elems, "->");
        } else {
            put_index(g, 4);
            *at = at->elems[0];
        }
        return true;
    default:
        return false;
    }
}

bool gen_path(struct gen *g, const struct shape *shape, u32 depth)
{
    struct buf *out = g->out;
    bool is_found = false;

    if (g->n_within > 2)
        return false;
    g->n_within++;
    for (u32 tries = 0; tries < 5 && !is_found; tries++) {
        _cleanup_buf_ struct buf text = {0};
        struct shape at = {.kind = SHAPE_ANY};

        g->out = &text;
        if (path_root(g, &at, MIN(depth, 1))) {
            for (u32 steps = 0; steps < 6 && !is_found && path_step(g, &at); steps++)
                is_found = shape_same(&at, shape);
        }
        g->out = out;
        if (is_found)
            buf_add(out, text.p, text.n);
    }
    g->n_within--;
    return is_found;
}

/* ---- choices ---- */

/* A block with a value: its last statement's. */
static void value_block(struct gen *g, const struct shape *shape, u32 depth)
{
    u32 n_vars = g->n_vars;

    gen_put(g, "{ ");
    if (depth > 0 && g->n_vars < VARS_MAX && gen_one_in(g, 2)) {
        struct shape inner = gen_shape(g);
        _cleanup_buf_ struct buf text = {0};
        struct buf *out = g->out;

        g->out = &text;
        gen_expr(g, &inner, depth - 1);
        g->out = out;
        gen_put(g, "let %s = %s; ", gen_new_var(g, &inner, false)->name, text.p);
    }
    gen_expr(g, shape, depth > 0 ? depth - 1 : 0);
    gen_put(g, " }");
    g->n_vars = n_vars;
}

static void if_value(struct gen *g, const struct shape *shape, u32 depth)
{
    bool is_comptime = gen_one_in(g, 4);

    gen_put(g, "(%sif (", is_comptime ? "comptime " : "");
    if (is_comptime) {
        gen_put(g, "sizeof(int32) == %u", 3 + gen_below(g, 2));
    } else {
        gen_condition(g, depth - 1);
    }
    gen_put(g, ") ");
    value_block(g, shape, depth - 1);
    if (gen_one_in(g, 4)) {
        gen_put(g, " else if (");
        gen_condition(g, depth - 1);
        gen_put(g, ") ");
        value_block(g, shape, depth - 1);
    }
    gen_put(g, " else ");
    value_block(g, shape, depth - 1);
    gen_put(g, ")");
}

void gen_choice(struct gen *g, const struct shape *shape, u32 depth)
{
    u32 which = gen_below(g, 5);
    bool is_elvis = which == 2 && (shape->kind == SHAPE_INT || shape->kind == SHAPE_STRING ||
                                   shape->kind == SHAPE_BOOL || shape->kind == SHAPE_POINTER);

    if (which == 0) {
        if_value(g, shape, depth);
        return;
    }
    gen_put(g, "(");
    if (which == 1) {
        value_block(g, shape, depth - 1);
    } else if (is_elvis) {
        gen_expr(g, shape, depth - 1);
        gen_put(g, " ?: ");
        gen_expr(g, shape, depth - 1);
    } else {
        gen_condition(g, depth - 1);
        gen_put(g, " ? ");
        gen_expr(g, shape, depth - 1);
        gen_put(g, " : ");
        gen_expr(g, shape, depth - 1);
    }
    gen_put(g, ")");
}

/* ---- shapes with parts ---- */

static void list(struct gen *g, const struct shape *shape, u32 depth)
{
    gen_put(g, "(");
    for (u32 i = 0; i < shape->n; i++) {
        gen_put(g, i > 0 ? ", " : "");
        if (shape->kind == SHAPE_RECORD)
            gen_put(g, "%s = ", gen_label(i));
        gen_expr(g, &shape->elems[i], depth > 0 ? depth - 1 : 0);
    }
    gen_put(g, ")");
}

static void structure(struct gen *g, const struct shape *shape)
{
    const struct shape pointer = {.kind = SHAPE_POINTER, .elems = shape};

    gen_put(g, "(*");
    if (!gen_var_of(g, &pointer))
        fresh_pointer(g, &pointer);
    gen_put(g, ")");
}

/* By a cast, where an integer has its size; else from memory. */
static void array(struct gen *g, const struct shape *shape, u32 depth)
{
    const struct shape pointer = {.kind = SHAPE_POINTER, .elems = shape};

    if (shape->elems->kind == SHAPE_INT && shape->n * gen_int_size(shape->elems->number) == 8 &&
        !gen_one_in(g, 4)) {
        gen_put(g, "((");
        gen_type_name(g, shape);
        gen_put(g, gen_one_in(g, 2) ? ")(uint64)(" : ")(int64)(");
        gen_int(g, depth > 0 ? depth - 1 : 0);
        gen_put(g, "))");
        return;
    }
    gen_put(g, "(*");
    fresh_pointer(g, &pointer);
    gen_put(g, ")");
}

static void enumerator(struct gen *g, const struct shape *shape, u32 depth)
{
    if (gen_one_in(g, 2)) {
        gen_put(g, "e%u_%u", shape->number, gen_below(g, 2));
        return;
    }
    gen_put(g, "((enum e%u)", shape->number);
    if (gen_one_in(g, 2)) {
        gen_small(g, 8);
    } else {
        gen_put(g, "(");
        gen_int(g, depth > 0 ? depth - 1 : 0);
        gen_put(g, ")");
    }
    gen_put(g, ")");
}

static void buffer(struct gen *g, u32 depth)
{
    struct shape shape = gen_shape(g);

    if (shape.kind != SHAPE_STRUCT && shape.kind != SHAPE_ARRAY && shape.kind != SHAPE_POINTER)
        shape = (struct shape){.kind = SHAPE_STRING};
    gen_put(g, "buf(");
    gen_expr(g, &shape, depth > 0 ? depth - 1 : 0);
    if (shape.kind == SHAPE_POINTER || gen_one_in(g, 2)) {
        gen_put(g, ", ");
        if (depth > 0 && gen_one_in(g, 4)) {
            gen_int(g, depth - 1);
        } else {
            gen_small(g, gen_one_in(g, 8) ? 1024 : 24);
        }
    }
    gen_put(g, ")");
}

void gen_compound(struct gen *g, const struct shape *shape, u32 depth)
{
    u32 which = gen_below(g, 8);

    if (which < 2 && gen_var_of(g, shape))
        return;
    if (which == 2 && gen_map_read(g, shape, depth))
        return;
    if (which == 3 && gen_path(g, shape, depth))
        return;
    if (which == 4 && depth > 0) {
        gen_choice(g, shape, depth);
        return;
    }
    switch (shape->kind) {
    case SHAPE_TUPLE:
    case SHAPE_RECORD:
        list(g, shape, depth);
        return;
    case SHAPE_STRUCT:
        structure(g, shape);
        return;
    case SHAPE_ARRAY:
        array(g, shape, depth);
        return;
    case SHAPE_POINTER:
        pointer(g, shape, depth);
        return;
    case SHAPE_ENUM:
        enumerator(g, shape, depth);
        return;
    case SHAPE_BUFFER:
        buffer(g, depth);
        return;
    case SHAPE_RESULT:
        gen_result_call(g, shape, depth);
        return;
    default:
        ptl_bug("a shape that is no expression");
    }
}
