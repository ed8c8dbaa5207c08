/* Lowering tools for maps that are declared as array; see the header for what they are. */
#include "stdlib/lower_array.h"

#include <linux/bpf.h>

bool lower_is_array(const struct map_info *map)
{
    return map->key && map->kind && map->kind->bpf_type == BPF_MAP_TYPE_ARRAY;
}

ir_val lower_array_index(struct lowering *lo, const struct map_info *map, ir_val key)
{
    struct ir_builder *b = &lo->b;
    ir_val index = ir_slot_addr(b, ir_slot_new(b, "index", sizeof(u32)));

    ir_store(b, index, 0, sizeof(u32), lower_clamp(lo, key, map->max_entries));
    return index;
}

static ir_val lookup(struct lowering *lo, struct map_info *map, ir_val index)
{
    ir_val args[] = {ir_map_addr(&lo->b, map->ir), index};

    return ir_call_ptr(&lo->b, BPF_FUNC_map_lookup_elem, args, ARRAY_SIZE(args));
}

/* The end of an "if (the index is one of the array's)", with a warning for the other case. */
static void end_inside(struct lowering *lo, struct branch *br, const struct map_info *map)
{
    lower_else(lo, br);
    lower_run_error(lo, RUN_ERROR_BOUNDS, NULL, map);
    lower_end_if(lo, br);
}

static s64 mark_offset(const struct map_info *map)
{
    return type_mem_size(map->value);
}

ir_val lower_array_read(struct lowering *lo, struct map_info *map, ir_val index)
{
    ir_val copy = lower_slot(lo, "element", map->value);
    ir_val element = NULL;
    struct branch br;

    ir_fill_zero(&lo->b, copy, 0, type_mem_size(map->value));
    element = lookup(lo, map, index);
    br = lower_if_found(lo, element);
    ir_copy(&lo->b, copy, element, type_mem_size(map->value));
    end_inside(lo, &br, map);
    return lower_load(lo, map->value, copy, 0);
}

void lower_array_write(struct lowering *lo, struct map_info *map, ir_val index,
                       struct operand value)
{
    ir_val element = lookup(lo, map, index);
    struct branch br = lower_if_found(lo, element);

    lower_store(lo, element, 0, map->value, value);
    ir_store64(&lo->b, element, mark_offset(map), ir_const(&lo->b, 1));
    end_inside(lo, &br, map);
}

ir_val lower_array_add(struct lowering *lo, struct map_info *map, ir_val index, ir_val delta)
{
    struct ir_builder *b = &lo->b;
    ir_val before = ir_slot_addr(b, ir_slot_new(b, "before", 8));
    ir_val element = NULL;
    struct branch br;

    ir_store64(b, before, 0, ir_const(b, 0));
    element = lookup(lo, map, index);
    br = lower_if_found(lo, element);
    ir_store64(b, before, 0, ir_atomic_fetch_add(b, element, 0, delta));
    ir_store64(b, element, mark_offset(map), ir_const(b, 1));
    end_inside(lo, &br, map);
    return ir_load64(b, before, 0);
}

ir_val lower_array_find(struct lowering *lo, struct map_info *map, ir_val index, struct operand dst)
{
    struct ir_builder *b = &lo->b;
    ir_val is_set = ir_slot_addr(b, ir_slot_new(b, "found", 8));
    ir_val element = NULL;
    struct branch br;

    ir_fill_zero(b, dst.val, 0, type_mem_size(dst.type));
    ir_store64(b, is_set, 0, ir_const(b, 0));
    element = lookup(lo, map, index);
    br = lower_if_found(lo, element);
    ir_store64(b, is_set, 0, ir_load64(b, element, mark_offset(map)));
    lower_store(lo, dst.val, 0, dst.type,
                (struct operand){map->value, lower_load(lo, map->value, element, 0)});
    lower_end_if(lo, &br);
    return ir_load64(b, is_set, 0);
}

/* The mark, 0 outside; and the whole element is cleared then. */
static ir_val take_mark(struct lowering *lo, struct map_info *map, ir_val index, bool is_cleared)
{
    struct ir_builder *b = &lo->b;
    ir_val is_set = ir_slot_addr(b, ir_slot_new(b, "is_set", 8));
    ir_val element = NULL;
    struct branch br;

    ir_store64(b, is_set, 0, ir_const(b, 0));
    element = lookup(lo, map, index);
    br = lower_if_found(lo, element);
    ir_store64(b, is_set, 0, ir_load64(b, element, mark_offset(map)));
    if (is_cleared)
        ir_fill_zero(b, element, 0, map->ir->value_size);
    lower_end_if(lo, &br);
    return ir_load64(b, is_set, 0);
}

ir_val lower_array_has(struct lowering *lo, struct map_info *map, ir_val index)
{
    return take_mark(lo, map, index, false);
}

ir_val lower_array_delete(struct lowering *lo, struct map_info *map, ir_val index)
{
    return take_mark(lo, map, index, true);
}

ir_val lower_array_len(struct lowering *lo, struct map_info *map)
{
    struct ir_builder *b = &lo->b;
    const struct ir_slot *n = ir_shared_slot_new(b, "n_set", 8);
    struct callback cb;
    ir_val sum = NULL;

    ir_store64(b, ir_slot_addr(b, n), 0, ir_const(b, 0));
    cb = lower_callback_begin(lo, IR_FUNC_EACH);
    sum = ir_binary(b, IR_ADD, ir_load64(b, ir_slot_addr(b, n), 0),
                    ir_load64(b, ir_element_value(b), mark_offset(map)));
    ir_store64(b, ir_slot_addr(b, n), 0, sum);
    lower_callback_end(lo, &cb);
    (void)ir_each(b, map->ir, cb.func);
    return ir_load64(b, ir_slot_addr(b, n), 0);
}
