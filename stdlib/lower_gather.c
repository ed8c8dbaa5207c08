/* Reading an aggregation in an expression: its slots of all CPUs are gathered, by a loop over the
 * possible CPUs (bpf_map_lookup_percpu_elem: 5.19). */
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
    ir_val is_there = ir_binary(b, IR_EQ, ir_unary(b, IR_IS_NULL, slot), ir_const(b, 0));
    struct branch br = lower_if(lo, is_there);

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
