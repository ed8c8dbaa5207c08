/* Slots of all CPUs, by a loop over the possible CPUs (bpf_map_lookup_percpu_elem: 5.19): they are
 * gathered where an aggregation is read in an expression, and cleared where one without a key is
 * deleted. */
#include <linux/bpf.h>

#include "stdlib/lower.h"

/* What the loop's function shares with its caller. */
struct gather {
    const struct type *type;
    const struct agg_desc *agg;
    struct map_info *map;
    const struct ir_slot *key, *sum;
};

static void gather_one(struct lowering *lo, const struct gather *g, ir_val slot)
{
    struct ir_builder *b = &lo->b;
    struct branch br = lower_if_found(lo, slot);

    g->agg->gather(lo, g->type, slot, ir_slot_addr(b, g->sum));
    lower_end_if(lo, &br);
}

static void gather_cpus(struct lowering *lo, const struct gather *g)
{
    struct ir_builder *b = &lo->b;
    struct callback cb = lower_callback_begin(lo, IR_FUNC_LOOP);
    ir_val args[] = {ir_map_addr(b, g->map->ir), ir_slot_addr(b, g->key), ir_index(b)};

    gather_one(lo, g, ir_call_ptr(b, BPF_FUNC_map_lookup_percpu_elem, args, ARRAY_SIZE(args)));
    lower_callback_end(lo, &cb);
    (void)ir_loop(b, ir_config(b, offsetof(struct ptl_config, n_cpus)), cb.func);
}

ir_val lower_map_gather(struct lowering *lo, struct map_info *map, ir_val key)
{
    struct ir_builder *b = &lo->b;
    u32 key_size = map->key ? type_mem_size(map->key) : 8;
    struct gather g = {.type = map->value,
                       .agg = vocab_agg_by_id(map->value->agg),
                       .map = map,
                       .key = ir_shared_slot_new(b, "gather_key", key_size),
                       .sum = ir_shared_slot_new(b, "gathered", 16)};

    lower_map_declare(lo->v, map);
    ir_fill_zero(b, ir_slot_addr(b, g.sum), 0, 16);
    if (map->key) {
        ir_copy(b, ir_slot_addr(b, g.key), key, key_size);
    } else {
        ir_store64(b, ir_slot_addr(b, g.key), 0, ir_const(b, 0));
    }
    if (lo->v->test_plain_rmw) { /* one slot for all */
        ir_val args[] = {ir_map_addr(b, map->ir), ir_slot_addr(b, g.key)};

        gather_one(lo, &g, ir_call_ptr(b, BPF_FUNC_map_lookup_elem, args, ARRAY_SIZE(args)));
    } else {
        gather_cpus(lo, &g);
    }
    return g.agg->gathered(lo, map->value, ir_slot_addr(b, g.sum));
}

ir_val lower_gathered_first(struct lowering *lo, const struct type *t, ir_val sum)
{
    (void)t;
    return ir_load64(&lo->b, sum, 0);
}

/* ---- delete(@x) ---- */

static void clear_one(struct lowering *lo, const struct map_info *map, ir_val slot,
                      const struct ir_slot *was_set)
{
    struct ir_builder *b = &lo->b;
    u32 size = type_mem_size(map->value);
    struct branch br = lower_if_found(lo, slot);
    ir_val difference = ir_mem_cmp(b, slot, ir_zero(b, size), size);
    struct branch is_set = lower_if(lo, ir_binary(b, IR_NE, difference, ir_const(b, 0)));

    ir_fill_zero(b, slot, 0, size);
    ir_store64(b, ir_slot_addr(b, was_set), 0, ir_const(b, 1));
    lower_end_if(lo, &is_set);
    lower_end_if(lo, &br);
}

ir_val lower_map_clear_slots(struct lowering *lo, struct map_info *map)
{
    struct ir_builder *b = &lo->b;
    const struct ir_slot *key = ir_shared_slot_new(b, "clear_key", 8);
    const struct ir_slot *was_set = ir_shared_slot_new(b, "was_set", 8);
    struct callback cb;

    ir_store64(b, ir_slot_addr(b, key), 0, ir_const(b, 0));
    ir_store64(b, ir_slot_addr(b, was_set), 0, ir_const(b, 0));
    cb = lower_callback_begin(lo, IR_FUNC_LOOP);

    ir_val args[] = {ir_map_addr(b, map->ir), ir_slot_addr(b, key), ir_index(b)};

    clear_one(lo, map, ir_call_ptr(b, BPF_FUNC_map_lookup_percpu_elem, args, ARRAY_SIZE(args)),
              was_set);
    lower_callback_end(lo, &cb);
    (void)ir_loop(b, ir_config(b, offsetof(struct ptl_config, n_cpus)), cb.func);
    return ir_load64(b, ir_slot_addr(b, was_set), 0);
}
