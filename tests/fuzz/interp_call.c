/* BPF helpers as the interpreter has them: maps and the ring buffer are tables, time and task are
 * made up, memory is that of the program itself. */
#include <errno.h>

#include <linux/bpf.h>

#include "tests/fuzz/interp_state.h"
#include "tests/fuzz/known.h"

#define FAILED(err) ((u64)(s64) - (err))

struct imap *interp_map(struct interp *in, const struct ir_map *ir)
{
    for (u32 i = 0; i < in->m->maps.n; i++) {
        if (in->maps[i].ir == ir)
            return &in->maps[i];
    }
    ptl_bug("a map of another module");
}

struct entry *interp_find(const struct imap *map, const u8 *key)
{
    vec_foreach(entry, &map->entries) {
        if (entry->key && memcmp(entry->key, key, map->ir->key_size) == 0)
            return entry;
    }
    return NULL;
}

static const u8 *bytes_at(struct interp *in, u64 p, u64 size)
{
    return interp_check(in, p, size, false) ? interp_pointer(p) : NULL;
}

static u64 lookup(struct interp *in, const struct imap *map, u64 key)
{
    const u8 *bytes = bytes_at(in, key, map->ir->key_size);
    const struct entry *entry = bytes ? interp_find(map, bytes) : NULL;

    return entry ? (u64)(uintptr_t)entry->value : 0;
}

static u64 update(struct interp *in, struct imap *map, const u64 *args)
{
    const u8 *key = bytes_at(in, args[1], map->ir->key_size);
    const u8 *value = bytes_at(in, args[2], map->ir->value_size);
    struct entry *entry = key && value ? interp_find(map, key) : NULL;
    u32 n = 0;

    if (!key || !value)
        return 0;
    if (entry && args[3] == BPF_NOEXIST)
        return FAILED(EEXIST);
    if (!entry && args[3] == BPF_EXIST)
        return FAILED(ENOENT);
    if (entry) {
        memcpy(entry->value, value, map->ir->value_size);
        return 0;
    }
    vec_foreach(other, &map->entries)
        n += other->key != NULL;
    if (n >= map->ir->max_entries)
        return FAILED(E2BIG);

    struct entry made = {interp_memory(in, map->ir->key_size, true),
                         interp_memory(in, map->ir->value_size, true)};

    memcpy(made.key, key, map->ir->key_size);
    memcpy(made.value, value, map->ir->value_size);
    *vec_push(&in->arena, &map->entries) = made;
    return 0;
}

static u64 delete_key(struct interp *in, struct imap *map, u64 key)
{
    const u8 *bytes = bytes_at(in, key, map->ir->key_size);
    struct entry *entry = bytes ? interp_find(map, bytes) : NULL;

    if (!entry)
        return FAILED(ENOENT);
    *entry = (struct entry){0};
    return 0;
}

static u64 reserve(struct interp *in, u64 size)
{
    u8 *record = interp_memory(in, size, true);

    memset(record, 0xa5, size); /* the kernel's is not cleared either */
    *vec_push(&in->arena, &in->ring) = record;
    return (u64)(uintptr_t)record;
}

/* Memory of nobody: the kernel fails and clears the copy. */
static bool is_readable(const struct interp *in, u64 p)
{
    const struct region *r = interp_region(in, p);

    return r && p - (u64)(uintptr_t)r->p < r->size;
}

/* A process's memory is the known pages, and nothing else. */
static u64 read_user(struct interp *in, const u64 *args, bool is_text)
{
    int n = 0;

    if (args[1] == 0 || !interp_check(in, args[0], args[1], true))
        return 0;
    if (!is_text)
        return known_read(args[2], interp_pointer(args[0]), args[1]) ? 0 : FAILED(EFAULT);
    n = known_read_string(args[2], interp_pointer(args[0]), args[1]);
    return n < 0 ? FAILED(EFAULT) : (u64)n + 1;
}

static u64 read_kernel(struct interp *in, const u64 *args, bool is_text)
{
    u8 *dst = interp_pointer(args[0]);
    const u8 *src = interp_pointer(args[2]);
    u64 n = 0;

    if (args[1] == 0 || !interp_check(in, args[0], args[1], true))
        return 0;
    if (!is_readable(in, args[2])) {
        memset(dst, 0, args[1]);
        return FAILED(EFAULT);
    }
    if (!is_text) {
        if (interp_check(in, args[2], args[1], false))
            memcpy(dst, src, args[1]);
        return 0;
    }
    while (n + 1 < args[1] && is_readable(in, args[2] + n) && src[n] != '\0') {
        dst[n] = (u8)src[n];
        n++;
    }
    dst[n] = '\0';
    return n + 1;
}

static u64 current_comm(struct interp *in, const u64 *args)
{
    if (!interp_check(in, args[0], args[1], true) || args[1] == 0)
        return 0;
    memset(interp_pointer(args[0]), 0, args[1]);
    memcpy(interp_pointer(args[0]), "interp", MIN(args[1] - 1, 6));
    return 0;
}

static u64 map_helper(struct interp *in, u32 helper, const u64 *args)
{
    struct imap *map = interp_pointer(args[0]);

    switch (helper) {
    case BPF_FUNC_map_lookup_elem:
        return lookup(in, map, args[1]);
    case BPF_FUNC_map_lookup_percpu_elem:
        return args[2] == 0 ? lookup(in, map, args[1]) : 0;
    case BPF_FUNC_map_update_elem:
        return update(in, map, args);
    case BPF_FUNC_map_delete_elem:
        return delete_key(in, map, args[1]);
    case BPF_FUNC_ringbuf_reserve:
        return reserve(in, args[1]);
    case BPF_FUNC_ringbuf_submit:
    case BPF_FUNC_ringbuf_query:
        return 0;
    default:
        interp_fail(in, "a helper that the interpreter does not know");
        return 0;
    }
}

u64 interp_call(struct interp *in, const struct ir_inst *inst, const u64 *args)
{
    switch (inst->helper) {
    case BPF_FUNC_ktime_get_ns:
    case BPF_FUNC_ktime_get_boot_ns:
    case BPF_FUNC_ktime_get_coarse_ns:
    case BPF_FUNC_ktime_get_tai_ns:
        return in->now_ns++;
    case BPF_FUNC_get_smp_processor_id:
    case BPF_FUNC_get_current_uid_gid:
    case BPF_FUNC_get_prandom_u32:
        return 0;
    case BPF_FUNC_get_current_pid_tgid:
        return (u64)1 << 32 | 1;
    case BPF_FUNC_get_current_comm:
        return current_comm(in, args);
    case BPF_FUNC_probe_read_kernel:
        return read_kernel(in, args, false);
    case BPF_FUNC_probe_read_user:
        return read_user(in, args, false);
    case BPF_FUNC_probe_read_kernel_str:
        return read_kernel(in, args, true);
    case BPF_FUNC_probe_read_user_str:
        return read_user(in, args, true);
    default:
        return map_helper(in, inst->helper, args);
    }
}
