/* Processes whose addresses are shown by name: the runtime hears of each when it is first met,
 * since it may have ended when its addresses are shown. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

static const struct ir_map *seen_map(struct vocab *v)
{
    struct ir_map *map = ir_map_new(v->module, PTL_MAP_PROCESSES);

    map->bpf_type = BPF_MAP_TYPE_LRU_HASH;
    map->key_size = sizeof(u64);
    map->value_size = sizeof(u64);
    map->max_entries = PTL_PROCESSES_MAX;
    return map;
}

static void tell(struct lowering *lo, ir_val pid)
{
    u64 site = lower_site_new(lo->v, SITE_PROCESS, lo->b.span);

    lower_site(lo->v, site)->payload_size = sizeof(u64);

    struct record r = lower_record_begin(lo, site);

    ir_store64(&lo->b, r.ptr, sizeof(struct ptl_record), pid);
    lower_record_end(lo, &r);
}

ir_val lower_process(struct lowering *lo)
{
    struct ir_builder *b = &lo->b;
    ir_val pid = ir_binary(b, IR_LSHR, lower_pid_tgid(lo), ir_const(b, 32));
    ir_val key = ir_slot_addr(b, ir_slot_new(b, "process", sizeof(u64)));

    if (!lo->v->processes)
        lo->v->processes = seen_map(lo->v);
    ir_store64(b, key, 0, pid);

    ir_val map = ir_map_addr(b, lo->v->processes);
    ir_val lookup[] = {map, key};
    ir_val update[] = {map, key, key, ir_const(b, BPF_NOEXIST)};
    ir_val found = ir_call_ptr(b, BPF_FUNC_map_lookup_elem, lookup, ARRAY_SIZE(lookup));
    struct branch is_new = lower_if(lo, ir_unary(b, IR_IS_NULL, found));
    ir_val failed = ir_call(b, BPF_FUNC_map_update_elem, update, ARRAY_SIZE(update));
    struct branch is_first = lower_if(lo, ir_binary(b, IR_EQ, failed, ir_const(b, 0)));

    tell(lo, pid);
    lower_end_if(lo, &is_first);
    lower_end_if(lo, &is_new);
    return pid;
}
