/* Lowering tools for maps: the one place that knows how a map of the script lies in BPF maps.
 *
 *   scalar             ARRAY of one { value, is_set }
 *   keyed              HASH of values
 *   aggregation        the per-CPU kind of these, a slot a CPU, without is_set
 *   declared as array  see lower_array.h
 *
 * Integers are 8 bytes everywhere, so `@x++` is one atomic instruction on the element. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower_array.h"

static bool is_agg(const struct map_info *map)
{
    return map->value->kind == TYPE_AGG;
}

static u32 bpf_map_type_of(const struct map_info *map, bool percpu)
{
    if (map->kind)
        return map->kind->bpf_type;
    if (map->key)
        return percpu ? BPF_MAP_TYPE_PERCPU_HASH : BPF_MAP_TYPE_HASH;
    return percpu ? BPF_MAP_TYPE_PERCPU_ARRAY : BPF_MAP_TYPE_ARRAY;
}

/* Offset of is_set in the value, or META_NO_REF. */
static u64 set_offset(const struct map_info *map)
{
    bool has_mark = lower_is_array(map) || (!map->key && !is_agg(map));

    return has_mark ? type_mem_size(map->value) : META_NO_REF;
}

void lower_map_declare(struct vocab *v, struct map_info *map)
{
    if (map->ir)
        return;

    bool percpu = is_agg(map) && !v->test_plain_rmw;
    struct str symbol = str_printf(v->arena, "at_%.*s", (int)map->name.n - 1, map->name.p + 1);
    struct ir_map *ir = ir_map_new(v->module, str_cstr(v->arena, symbol));
    const struct type *scalar[] = {map->value, type_int(v->types, 8, false)};
    bool has_set = set_offset(map) != META_NO_REF;

    ir->bpf_type = bpf_map_type_of(map, percpu);
    ir->max_entries = !map->key ? 1 : map->max_entries ? map->max_entries : v->max_map_keys;
    ir->key_type = lower_is_array(map) ? NULL : map->key;
    ir->key_size = ir->key_type ? type_mem_size(map->key) : sizeof(u32);
    ir->value_type = has_set ? type_tuple(v->types, scalar, 2) : map->value;
    ir->value_size = type_mem_size(ir->value_type);
    ir->is_flipped = map->is_flipped;
    map->ir = ir;

    u64 key = map->key ? lower_meta_type(v, map->key) : META_NO_REF;
    u64 value = lower_meta_type(v, map->value);

    map->meta_index = v->module->meta.maps.n;
    *vec_push(v->arena, &v->module->meta.maps) = (struct meta_map){
        .name = map->name,
        .bpf_name = symbol,
        .key = key,
        .value = value,
        .is_percpu = percpu,
        .set_offset = set_offset(map),
        .max_entries = ir->max_entries,
        .is_flipped = map->is_flipped,
        .span_begin = map->span.begin,
        .span_end = map->span.end,
    };
}

const struct type *keys_type(struct vocab *v, const struct type *const *types, u32 n)
{
    if (n == 0)
        return NULL;
    return n == 1 ? types[0] : type_tuple(v->types, types, n);
}

static ir_val map_addr(struct lowering *lo, struct map_info *map)
{
    lower_map_declare(lo->v, map);
    return ir_map_addr(&lo->b, map->ir);
}

static ir_val make_key(struct lowering *lo, const struct map_info *map, const struct operand *keys,
                       u32 n)
{
    struct ir_builder *b = &lo->b;

    if (!map->key) {
        ir_val zero = ir_slot_addr(b, ir_slot_new(b, "index", sizeof(u32)));

        ir_store(b, zero, 0, sizeof(u32), ir_const(b, 0));
        return zero;
    }
    if (n == 1)
        return lower_in_memory(lo, map->key, keys[0]);

    ir_val slot = lower_slot(lo, "key", map->key);

    for (u32 i = 0; i < n; i++)
        lower_store(lo, slot, type_elem_offset(map->key, i), map->key->elems[i], keys[i]);
    return slot;
}

ir_val lower_key(struct lowering *lo, const struct map_info *map, const struct operand *keys, u32 n)
{
    ir_val known = NULL;

    if (n > 0 && lower_is_array(map))
        return lower_array_index(lo, map, keys[0].val);
    known = known_key(lo, map->key, keys, n);
    return known ? known : known_add_key(lo, map->key, keys, n, make_key(lo, map, keys, n));
}

static ir_val lookup(struct lowering *lo, struct map_info *map, ir_val key)
{
    ir_val args[] = {map_addr(lo, map), key};

    return ir_call_ptr(&lo->b, BPF_FUNC_map_lookup_elem, args, ARRAY_SIZE(args));
}

static ir_val update(struct lowering *lo, struct map_info *map, ir_val key, ir_val value, u32 flags)
{
    ir_val args[] = {map_addr(lo, map), key, value, ir_const(&lo->b, flags)};

    /* an int: on 6.1 the upper half of the register is not its sign */
    return ir_extend(&lo->b, ir_call(&lo->b, BPF_FUNC_map_update_elem, args, ARRAY_SIZE(args)), 4,
                     true);
}

static void mark_set(struct lowering *lo, const struct map_info *map, ir_val element)
{
    if (set_offset(map) != META_NO_REF)
        ir_store64(&lo->b, element, (s64)set_offset(map), ir_const(&lo->b, 1));
}

/* The element of a map without key. An array has all its elements: the way out, which the verifier
 * wants, is never taken, so it may end the program; and the address stays. Not while a record is
 * reserved. */
static ir_val only_element(struct lowering *lo, struct map_info *map, ir_val key)
{
    ir_val element = known_of_map(lo, KNOWN_ADDRESS, map, NULL);

    if (element)
        return element;
    element = lookup(lo, map, key);

    struct branch br = lower_if(lo, ir_unary(&lo->b, IR_IS_NULL, element));

    ir_ret(&lo->b, 0);
    lower_end_if(lo, &br);
    return known_add_of_map(lo, KNOWN_ADDRESS, map, NULL, element);
}

void lower_map_touch(struct lowering *lo, struct map_info *map)
{
    if (!map->key)
        (void)only_element(lo, map, lower_key(lo, map, NULL, 0));
}

/* A copy: what is in the map can change while it is used. */
static ir_val read_only_element(struct lowering *lo, struct map_info *map, ir_val key)
{
    ir_val element = only_element(lo, map, key);
    ir_val copy = NULL;

    if (type_is_word(map->value))
        return lower_load(lo, map->value, element, 0);
    copy = lower_slot(lo, "element", map->value);
    ir_copy(&lo->b, copy, element, type_mem_size(map->value));
    return copy;
}

ir_val lower_map_read(struct lowering *lo, struct map_info *map, ir_val key)
{
    ir_val known = known_of_map(lo, KNOWN_ELEMENT, map, key);

    if (known)
        return known;
    if (!map->key)
        return known_add_of_map(lo, KNOWN_ELEMENT, map, key, read_only_element(lo, map, key));
    if (lower_is_array(map))
        return lower_array_read(lo, map, key);

    ir_val copy = lower_slot(lo, "element", map->value);
    ir_val found = lookup(lo, map, key);
    struct branch br = lower_if_found(lo, found);

    ir_copy(&lo->b, copy, found, type_mem_size(map->value));
    lower_else(lo, &br);
    ir_fill_zero(&lo->b, copy, 0, type_mem_size(map->value));
    lower_end_if(lo, &br);
    return known_add_of_map(lo, KNOWN_ELEMENT, map, key, lower_load(lo, map->value, copy, 0));
}

/* Whether a look-up found something, as a value. LLVM would make `a || found` a test of the bits of
 * both at once, and the verifier refuses to compute with what may be no pointer. */
static ir_val as_truth(struct lowering *lo, ir_val is_found)
{
    return ir_opaque(&lo->b, is_found);
}

ir_val lower_map_find(struct lowering *lo, struct map_info *map, ir_val key, struct operand dst)
{
    struct ir_builder *b = &lo->b;
    ir_val result = NULL, found = NULL;
    struct branch br;
    struct operand value = {dst.type, NULL};

    if (lower_is_array(map))
        return lower_array_find(lo, map, key, dst);
    result = ir_slot_addr(b, ir_slot_new(b, "found", 8));
    found = lookup(lo, map, key);
    br = lower_if_found(lo, found);
    if (map->value->kind == TYPE_AGG) {
        value.val = lower_map_gather(lo, map, key);
    } else {
        value = (struct operand){map->value, lower_load(lo, map->value, found, 0)};
    }
    lower_store(lo, dst.val, 0, dst.type, value);
    ir_store64(b, result, 0, ir_const(b, 1));
    lower_else(lo, &br);
    ir_fill_zero(b, dst.val, 0, type_mem_size(dst.type));
    ir_store64(b, result, 0, ir_const(b, 0));
    lower_end_if(lo, &br);
    return as_truth(lo, ir_load64(b, result, 0));
}

void lower_map_write(struct lowering *lo, struct map_info *map, ir_val key, struct operand value)
{
    struct ir_builder *b = &lo->b;

    known_forget_elements(lo, map);
    if (!map->key) {
        ir_val element = only_element(lo, map, key);

        lower_store(lo, element, 0, map->value, value);
        mark_set(lo, map, element);
        return;
    }
    if (lower_is_array(map)) {
        lower_array_write(lo, map, key, value);
        return;
    }

    ir_val rc = update(lo, map, key, lower_in_memory(lo, map->value, value), BPF_ANY);
    struct branch br = lower_if(lo, ir_binary(b, IR_SLT, rc, ir_const(b, 0)));

    lower_run_error(lo, RUN_ERROR_MAP_FULL, rc, map);
    lower_end_if(lo, &br);
}

/* What to do with an element that is there. */
struct visit {
    void (*fn)(struct lowering *lo, struct map_info *map, ir_val element, const struct visit *self);
    ir_val operand; /* delta, or the aggregated value */
    ir_val result;  /* slot */
};

/* Visit the element of a key, which is made, all zero, where it is absent. Two CPUs that make it at
 * once are both right: the second one's BPF_NOEXIST fails and its look-up finds the first one's.
 * The visit is emitted twice, so that the hot path is look-up, test, visit. */
static void visit_element(struct lowering *lo, struct map_info *map, ir_val key,
                          const struct visit *visit)
{
    struct ir_builder *b = &lo->b;

    if (!map->key) {
        visit->fn(lo, map, only_element(lo, map, key), visit);
        return;
    }

    ir_val hit = lookup(lo, map, key);
    struct branch br = lower_if_found(lo, hit);

    visit->fn(lo, map, hit, visit);
    lower_else(lo, &br);

    ir_val rc = update(lo, map, key, ir_zero(b, type_mem_size(map->value)), BPF_NOEXIST);
    ir_val made = lookup(lo, map, key);
    struct branch second = lower_if_found(lo, made);

    visit->fn(lo, map, made, visit);
    lower_else(lo, &second);
    lower_run_error(lo, RUN_ERROR_MAP_FULL, rc, map);
    lower_end_if(lo, &second);
    lower_end_if(lo, &br);
}

static void visit_add(struct lowering *lo, struct map_info *map, ir_val element,
                      const struct visit *self)
{
    ir_val before = ir_atomic_fetch_add(&lo->b, element, 0, self->operand);

    ir_store64(&lo->b, self->result, 0, before);
    mark_set(lo, map, element);
}

ir_val lower_map_add(struct lowering *lo, struct map_info *map, ir_val key, ir_val delta)
{
    struct visit visit = {visit_add, delta, NULL};

    known_forget_elements(lo, map);
    if (lower_is_array(map))
        return lower_array_add(lo, map, key, delta);
    visit.result = ir_slot_addr(&lo->b, ir_slot_new(&lo->b, "before", 8));
    ir_store64(&lo->b, visit.result, 0, ir_const(&lo->b, 0));
    visit_element(lo, map, key, &visit);
    return ir_load64(&lo->b, visit.result, 0);
}

static void visit_aggregate(struct lowering *lo, struct map_info *map, ir_val element,
                            const struct visit *self)
{
    vocab_agg_by_id(map->value->agg)->update(lo, map->value, element, self->operand);
}

void lower_map_aggregate(struct lowering *lo, struct map_info *map, ir_val key, ir_val value)
{
    const struct agg_desc *agg = vocab_agg_by_id(map->value->agg);
    struct visit visit = {visit_aggregate, value, NULL};

    if (agg->prepare)
        visit.operand = agg->prepare(lo, map->value, value);

    lo->is_slot_shared = map->is_deleted && !map->key;
    visit_element(lo, map, key, &visit);
    lo->is_slot_shared = false;
}

/* Per-CPU slots of EXEC_ALONE and EXEC_GUARDED programs have one writer at a time: a plain update
 * is exact. Where a program of the script can interrupt another one of it, the add is atomic; and a
 * slot that other CPUs clear must not come back by the store of a sum from before. */
void lower_slot_add(struct lowering *lo, ir_val ptr, s64 offset, ir_val delta)
{
    ir_val sum = NULL;

    if (lo->v->has_open_exec || lo->is_slot_shared) {
        ir_atomic_add(&lo->b, ptr, offset, delta);
        return;
    }
    sum = ir_binary(&lo->b, IR_ADD, ir_load64(&lo->b, ptr, offset), delta);
    ir_store64(&lo->b, ptr, offset, sum);
}

ir_val lower_map_has(struct lowering *lo, struct map_info *map, ir_val key)
{
    ir_val is_null = NULL;

    if (lower_is_array(map))
        return lower_array_has(lo, map, key);
    is_null = ir_unary(&lo->b, IR_IS_NULL, lookup(lo, map, key));
    return as_truth(lo, ir_binary(&lo->b, IR_EQ, is_null, ir_const(&lo->b, 0)));
}

/* The element of an array cannot be removed: it is cleared, is_set included. */
static ir_val delete_scalar(struct lowering *lo, struct map_info *map, ir_val key)
{
    struct ir_builder *b = &lo->b;
    ir_val element = NULL;
    ir_val was_set = ir_const(b, 0);

    lower_map_declare(lo->v, map);
    if (map->ir->bpf_type == BPF_MAP_TYPE_PERCPU_ARRAY)
        return lower_map_clear_slots(lo, map);
    element = only_element(lo, map, key);
    if (set_offset(map) != META_NO_REF)
        was_set = ir_load64(b, element, (s64)set_offset(map));
    ir_fill_zero(b, element, 0, map->ir->value_size);
    return was_set;
}

ir_val lower_map_delete(struct lowering *lo, struct map_info *map, ir_val key)
{
    known_forget_elements(lo, map);
    if (!map->key)
        return delete_scalar(lo, map, key);
    if (lower_is_array(map))
        return lower_array_delete(lo, map, key);

    ir_val args[] = {map_addr(lo, map), key};
    ir_val rc = ir_call(&lo->b, BPF_FUNC_map_delete_elem, args, ARRAY_SIZE(args));

    return ir_binary(&lo->b, IR_EQ, ir_extend(&lo->b, rc, 4, true), ir_const(&lo->b, 0));
}

ir_val lower_bucket(struct lowering *lo, ir_val bucket)
{
    return ir_opaque(&lo->b, bucket);
}

/* The verifier must see the bound on the index: the test stays although the arithmetic keeps it. */
void lower_bucket_add(struct lowering *lo, const struct type *t, ir_val ptr, ir_val bucket)
{
    struct ir_builder *b = &lo->b;
    struct branch br = lower_if(lo, ir_binary(b, IR_ULT, bucket, ir_const(b, type_agg_words(t))));
    ir_val offset = ir_binary(b, IR_SHL, bucket, ir_const(b, 3));

    lower_slot_add(lo, ir_ptr_add(b, ptr, offset), 0, ir_const(b, 1));
    lower_end_if(lo, &br);
}
