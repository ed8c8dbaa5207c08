/* What the runtime writes about each match of a pattern, in array maps whose index is the match's
 * attach cookie (bpf_get_attach_cookie: 5.15). */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

static const struct ir_map *match_map(struct vocab *v, const char *name, u32 value_size)
{
    struct ir_map *map = ir_map_new(v->module, name);

    map->bpf_type = BPF_MAP_TYPE_ARRAY;
    map->key_size = sizeof(u32);
    map->value_size = value_size;
    map->max_entries = v->max_probes;
    return map;
}

/* One link may be for entry of a function and for return from it (abi/record.h). */
static ir_val lower_index(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    ir_val ctx[] = {ir_ctx(b)};
    ir_val cookie = ir_call(b, BPF_FUNC_get_attach_cookie, ctx, ARRAY_SIZE(ctx));

    return lo->point->probe->id == PROBE_KRETPROBE
               ? ir_binary(b, IR_LSHR, cookie, ir_const(b, PTL_COOKIE_RETURN_SHIFT))
               : cookie;
}

ir_val lower_match(struct lowering *lo, const struct ir_map **map, const char *name, u32 value_size)
{
    struct ir_builder *b = &lo->b;
    ir_val index = ir_slot_addr(b, ir_slot_new(b, "index", sizeof(u32)));

    if (!*map)
        *map = match_map(lo->v, name, value_size);
    ir_store(b, index, 0, sizeof(u32), lower_index(lo));

    ir_val args[] = {ir_map_addr(b, *map), index};

    return ir_call_ptr(b, BPF_FUNC_map_lookup_elem, args, ARRAY_SIZE(args));
}
