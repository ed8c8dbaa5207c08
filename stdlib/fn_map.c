/* Words about maps: clear, zero, delete, has_key, len. */
#include "abi/record.h"
#include "stdlib/lower_array.h"

static void control_record(struct lowering *lo, struct call *c, enum site_kind kind)
{
    struct map_info *map = c->args[0].map;
    u64 site = lower_site_new(lo->v, kind, c->span);

    lower_map_declare(lo->v, map);
    lower_site(lo->v, site)->map = map->meta_index;
    lower_site(lo->v, site)->num0 = c->flip;

    struct record r = lower_record_begin(lo, site);

    lower_record_end(lo, &r);
}

static ir_val lower_clear(struct lowering *lo, struct call *c)
{
    control_record(lo, c, SITE_CLEAR);
    return NULL;
}

const struct func_desc fn_clear = {
    .name = "clear",
    .sig = "(map) -> void",
    .doc =
        "Removes all entries of a map. The tracer does it when it comes to this record, in the order of the output.",
    .example = "BEGIN { @a[1] = 1; clear(@a); }",
    .flags = FN_EMPTIES,
    .lower = lower_clear,
};

static ir_val lower_zero(struct lowering *lo, struct call *c)
{
    control_record(lo, c, SITE_ZERO);
    return NULL;
}

const struct func_desc fn_zero = {
    .name = "zero",
    .sig = "(map) -> void",
    .doc =
        "Sets all values of a map to 0 and keeps the keys. Done by the tracer, in the order of the output.",
    .example = "BEGIN { @a[1] = count(); zero(@a); }",
    .flags = FN_EMPTIES | FN_KEEPS_KEYS,
    .lower = lower_zero,
};

/* ---- words with a key ---- */

/* Type of the key that is written behind the map: arguments 1 and up. */
static const struct type *written_key(struct vocab *v, const struct call *c)
{
    const struct type **types = arena_array(v->arena, const struct type *, c->n_args);

    for (u32 i = 1; i < c->n_args; i++) {
        types[i - 1] = c->args[i].type;
        if (!type_is_known(types[i - 1]))
            return NULL;
    }
    return keys_type(v, types, c->n_args - 1);
}

static const struct type *check_keyed(struct vocab *v, struct call *c)
{
    struct map_info *map = c->args[0].map;

    if (c->n_args == 1 && map->is_keyed) {
        diag_add(v->diags, E_MAP_NEEDS_KEY, c->span, "%.*s() needs a key of %.*s", STR_ARG(c->name),
                 STR_ARG(map->name));
        return type_error(v->types);
    }
    if (c->n_args > 1 && map->is_scalar) {
        diag_add(v->diags, E_MAP_IS_SCALAR, c->span,
                 "%.*s() with a key, but %.*s has no keys (scalar map)", STR_ARG(c->name),
                 STR_ARG(map->name));
        return type_error(v->types);
    }
    if (!map_join_key(v, map, written_key(v, c), c->span))
        return type_error(v->types);
    return NULL;
}

static ir_val key_of(struct lowering *lo, const struct call *c)
{
    struct operand *keys = arena_array(lo->v->arena, struct operand, c->n_args);

    for (u32 i = 1; i < c->n_args; i++)
        keys[i - 1] = (struct operand){c->args[i].type, c->args[i].val};
    lower_map_declare(lo->v, c->args[0].map);
    return lower_key(lo, c->args[0].map, keys, c->n_args - 1);
}

static const struct type *check_delete(struct vocab *v, struct call *c)
{
    c->args[0].map->is_deleted = true;
    return check_keyed(v, c);
}

static ir_val lower_delete(struct lowering *lo, struct call *c)
{
    return lower_map_delete(lo, c->args[0].map, key_of(lo, c));
}

const struct func_desc fn_delete = {
    .name = "delete",
    .sig = "(map, ...) -> bool",
    .doc =
        "delete(@map, key) removes an entry, delete(@scalar) the value; true if it was there. Several keys are "
        "written as a tuple: delete(@map, (1, 2)).",
    .example = "BEGIN { @a[1] = 1; if (delete(@a, 1)) { print(\"gone\"); } }",
    .check = check_delete,
    .lower = lower_delete,
};

static const struct type *check_has_key(struct vocab *v, struct call *c)
{
    if (c->n_args == 1 || c->args[0].map->is_scalar) {
        diag_add(v->diags, E_MAP_IS_SCALAR, c->span, "%.*s() expects a map with keys, and a key",
                 STR_ARG(c->name));
        return type_error(v->types);
    }
    return check_keyed(v, c);
}

static ir_val lower_has_key(struct lowering *lo, struct call *c)
{
    return lower_map_has(lo, c->args[0].map, key_of(lo, c));
}

const struct func_desc fn_has_key = {
    .name = "has_key",
    .sig = "(map, ...) -> bool",
    .doc = "True if the map has an entry for the key. Does not make one.",
    .example = "BEGIN { @a[1] = 1; print(has_key(@a, 1)); }",
    .check = check_has_key,
    .lower = lower_has_key,
};

/* The value as the variable gets it: an aggregation is the number that it stands for. */
static const struct type *found_type(struct vocab *v, const struct call *c)
{
    const struct type *value = c->args[0].map->value;

    if (!value || value->kind != TYPE_AGG)
        return value;
    if (vocab_agg_by_id(value->agg)->gather)
        return type_int(v->types, 8, value->is_signed);

    struct str name = type_name(v->arena, value);

    diag_add(v->diags, E_AGG_READ, c->args[0].span,
             "A value of type '%.*s' can not be used in an expression", STR_ARG(name));
    return type_error(v->types);
}

static const struct type *check_find(struct vocab *v, struct call *c)
{
    struct map_info *map = c->args[0].map;

    if (map->is_scalar) {
        diag_add(v->diags, E_MAP_IS_SCALAR, c->span, "%.*s() expects a map with keys, and a key",
                 STR_ARG(c->name));
        return type_error(v->types);
    }
    if (!map_join_key(v, map, c->args[1].type, c->span))
        return type_error(v->types);
    c->args[2].out_type = found_type(v, c);
    return NULL;
}

static ir_val lower_find(struct lowering *lo, struct call *c)
{
    struct map_info *map = c->args[0].map;
    struct operand key = {c->args[1].type, c->args[1].val};
    struct operand dst = {c->args[2].type, c->args[2].val};

    lower_map_declare(lo->v, map);
    return lower_map_find(lo, map, lower_key(lo, map, &key, 1), dst);
}

const struct func_desc fn_find = {
    .name = "find",
    .sig = "(map, any, variable) -> bool",
    .doc =
        "find(@map, key, $x): true if the map has an entry for the key, whose value $x then holds; else $x is 0 or "
        "empty. One look-up does both.",
    .example = "BEGIN { @a[1] = 2; if (find(@a, 1, $x)) { print($x); } }",
    .check = check_find,
    .lower = lower_find,
};

static bool is_stack(const struct type *t)
{
    return t->kind == TYPE_SHAPE && (t->shape == SHAPE_KSTACK || t->shape == SHAPE_USTACK);
}

static const struct type *check_len(struct vocab *v, struct call *c)
{
    const struct call_arg *arg = &c->args[0];

    if (arg->map) {
        if (!arg->map->is_scalar)
            return NULL;
        diag_add(v->diags, E_MAP_IS_SCALAR, c->span, "len() expects a map with keys");
        return type_error(v->types);
    }
    if (arg->type->kind == TYPE_ERROR || is_stack(arg->type) || arg->type->kind == TYPE_ARRAY)
        return NULL;

    struct str name = type_name(v->arena, arg->type);

    diag_add(v->diags, E_ARG_TYPE, arg->span,
             "len() expects a map, a stack or an array (%.*s provided)", STR_ARG(name));
    return type_error(v->types);
}

static ir_val lower_len(struct lowering *lo, struct call *c)
{
    const struct call_arg *arg = &c->args[0];
    struct map_info *map = arg->map;

    if (!map) {
        return is_stack(arg->type) ? ir_load64(&lo->b, arg->val, STACK_HEADER_BYTES - sizeof(u64))
                                   : ir_const(&lo->b, arg->type->n_elems);
    }
    lower_map_declare(lo->v, map);
    if (lower_is_array(map))
        return lower_array_len(lo, map);
    return ir_map_len(&lo->b, map->ir);
}

const struct func_desc fn_len = {
    .name = "len",
    .sig = "(printable) -> uint64",
    .doc =
        "Number of entries of a map with keys, of frames of a stack, or of elements of an array.",
    .example = "BEGIN { @a[1] = 1; @a[2] = 1; print(len(@a)); }",
    .check = check_len,
    .lower = lower_len,
};
