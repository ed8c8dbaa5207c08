/* Sizes of maps and constants of the running machine. Everything here is computed before the kernel
 * is asked for anything: a script that needs more memory than allowed never takes it. */
#include "runtime/prepare.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "abi/config.h"
#include "abi/record.h"
#include "base/clock.h"
#include "runtime/error.h"
#include "runtime/raw_btf.h"
#include "runtime/task_name.h"

enum {
    SIZE_TEXT_BYTES = 32
};

#define KIB ((u64)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

#define PAGE_BYTES           (4 * KIB)
#define RING_MIN_BYTES       (256 * KIB)
#define RING_MAX_BYTES       (16 * MIB)
#define RING_CPU_BYTES       (1 * MIB) /* for each: all of them may write at once */
#define RING_ASKED_MAX_BYTES (1 * GIB)
#define RING_MEMORY_SHARE    256 /* at most this part of the available memory */
#define RING_RESERVE_BYTES   (64 * KIB)
#define PREALLOC_MAX_BYTES   (16 * MIB) /* larger hash maps allocate their elements when needed */
#define MEMORY_DEFAULT_BYTES (1 * GIB)

/* LAYOUT: include/linux/proc_ns.h: inode of the initial PID namespace. */
#define PIDNS_INITIAL_INO 0xEFFFFFFCu
/* LAYOUT: include/linux/kdev_t.h: the kernel's own device numbers have 20 bits of minor. */
#define KERNEL_MINOR_BITS 20

u64 prepare_ring_limit(u64 ring_bytes, u32 n_cpus, u64 largest_record)
{
    u64 reserve = MAX(RING_RESERVE_BYTES, n_cpus * largest_record);

    return ring_bytes - MIN(reserve, ring_bytes / 2);
}

u64 prepare_ring_bytes(u64 wanted, bool has_data, u32 n_cpus, u64 available_bytes)
{
    u64 own =
        MIN(MIN(RING_MAX_BYTES, n_cpus * RING_CPU_BYTES), available_bytes / RING_MEMORY_SHARE);
    u64 aim = wanted != 0 ? wanted : own;
    u64 size = RING_MIN_BYTES;

    if (wanted == 0 && !has_data)
        return RING_MIN_BYTES;
    /* A size that was asked for is rounded up, one of our own choice down. */
    while (size < RING_ASKED_MAX_BYTES && (wanted != 0 ? size < aim : size * 2 <= aim))
        size *= 2;
    return size;
}

u64 prepare_map_bytes(u64 key_size, u64 value_size, u64 max_entries, u64 n_copies)
{
    u64 values = 0;
    u64 entry = 0;
    u64 total = 0;

    if (__builtin_mul_overflow(ROUND_UP(value_size, 8), n_copies, &values) ||
        __builtin_add_overflow(ROUND_UP(key_size, 8), values, &entry) ||
        __builtin_mul_overflow(entry, max_entries, &total))
        return UINT64_MAX;
    return total;
}

/* MemAvailable of /proc/meminfo in bytes; 0 if it cannot be told. */
static u64 available_memory(void)
{
    char text[4096] = "";
    _cleanup_close_ int fd = open("/proc/meminfo", O_RDONLY | O_CLOEXEC);
    const char *line = NULL;

    if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
        return 0;
    line = strstr(text, "MemAvailable:");
    return line == NULL ? 0 : strtoull(line + strlen("MemAvailable:"), NULL, 10) * KIB;
}

static bool site_is_data(u64 kind)
{
    return kind == SITE_PRINT || kind == SITE_TIME || kind == SITE_JOIN ||
           site_has_pieces((enum site_kind)kind);
}

static u64 map_bytes(const struct ptl_session *s, struct bpf_map *map)
{
    const struct bpf_map *content = maps_content(map);
    u64 n_halves = content == map ? 1 : 2;

    if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF)
        return bpf_map__max_entries(map);
    return prepare_map_bytes(bpf_map__key_size(content), bpf_map__value_size(content),
                             bpf_map__max_entries(content),
                             n_halves * (map_is_percpu(content) ? maps_cpu_count(s->maps) : 1));
}

/* The name that the script knows the map by. */
static struct str shown_name(const struct ptl_session *s, const struct bpf_map *map)
{
    const char *name = bpf_map__name(map);

    if (bpf_map__type(map) == BPF_MAP_TYPE_RINGBUF)
        return STR("the ring buffer");
    vec_foreach(row, &s->meta.maps) {
        if (str_eq_c(row->bpf_name, name))
            return row->name;
    }
    return str_of(name);
}

/* Elements of large hash maps are allocated as keys appear: few scripts use all they may. The
 * kernel has only few at hand then, of large values one: a program that makes several new keys in a
 * row finds the map "full". So this is for maps that are a burden. */
static int choose_prealloc(const struct ptl_session *s, struct bpf_map *map)
{
    struct bpf_map *content = maps_content(map);
    enum bpf_map_type type = bpf_map__type(content);

    if (type != BPF_MAP_TYPE_HASH && type != BPF_MAP_TYPE_PERCPU_HASH)
        return 0;
    if (map_bytes(s, map) <= PREALLOC_MAX_BYTES)
        return 0;
    return bpf_map__set_map_flags(content, bpf_map__map_flags(content) | BPF_F_NO_PREALLOC);
}

/* Write a size in the largest unit that leaves a whole number above 9: it is an order of magnitude.
 */
static const char *size_text(u64 bytes, char *text, size_t size)
{
    static const char *const units[] = {"bytes", "KiB", "MiB", "GiB", "TiB"};
    u32 unit = 0;

    for (; bytes >= 10 * KIB && unit + 1 < ARRAY_SIZE(units); unit++)
        bytes /= KIB;
    (void)snprintf(text, size, "%" PRIu64 " %s", bytes, units[unit]); // fits
    return text;
}

static int too_much_memory(const struct ptl_session *s, struct bpf_map *largest, u64 total,
                           u64 bound, struct ptl_error *err)
{
    struct str name = shown_name(s, largest);
    char total_text[SIZE_TEXT_BYTES];
    char bound_text[SIZE_TEXT_BYTES];
    char map_text[SIZE_TEXT_BYTES];

    (void)error_set(err, -E2BIG, EXIT_USER,
                    "The maps of this script can take %s, and %s are allowed. The largest is "
                    "%.*s: %s (%u entries%s).",
                    size_text(total, total_text, SIZE_TEXT_BYTES),
                    size_text(bound, bound_text, SIZE_TEXT_BYTES), STR_ARG(name),
                    size_text(map_bytes(s, largest), map_text, SIZE_TEXT_BYTES),
                    bpf_map__max_entries(maps_content(largest)),
                    map_is_percpu(maps_content(largest)) ? ", a value for each CPU" : "");
    error_hint(err, "Give the map fewer entries (config max_map_keys) or smaller values, or allow "
                    "more memory.");
    return -E2BIG;
}

static int size_ring(struct ptl_session *s, struct ptl_error *err)
{
    struct bpf_map *ring = bpf_object__find_map_by_name(s->object, PTL_MAP_RING);
    u64 pages = config_of(&s->meta, CONFIG_perf_rb_pages).num, asked = 0;
    bool has_data = false;

    if (ring == NULL || bpf_map__type(ring) != BPF_MAP_TYPE_RINGBUF)
        return error_set(err, -EPROTO, EXIT_USER, "The object has no ring buffer.");
    vec_foreach(site, &s->meta.sites)
        has_data = has_data || site_is_data(site->kind);
    asked = s->opts->ring_bytes != 0 ? s->opts->ring_bytes : pages * PAGE_BYTES;
    s->ring_bytes =
        prepare_ring_bytes(asked, has_data, maps_cpu_count(s->maps), available_memory());
    return bpf_map__set_max_entries(ring, (u32)s->ring_bytes);
}

int prepare_maps(struct ptl_session *s, struct ptl_error *err)
{
    u64 bound = s->opts->max_map_memory_bytes;
    struct bpf_map *largest = NULL;
    struct bpf_map *map = NULL;
    u64 total = 0;
    int failed = size_ring(s, err);

    if (failed != 0)
        return failed;
    bound = bound != 0 ? bound : MEMORY_DEFAULT_BYTES;
    bpf_object__for_each_map(map, s->object)
    {
        if (__builtin_add_overflow(total, map_bytes(s, map), &total))
            total = UINT64_MAX;
        if (largest == NULL || map_bytes(s, map) > map_bytes(s, largest))
            largest = map;
        failed = choose_prealloc(s, map);
        if (failed != 0) {
            return error_set(err, failed, EXIT_MACHINE, "Cannot prepare the map %s: %s",
                             bpf_map__name(map), error_text(failed));
        }
    }
    if (largest != NULL && total > bound)
        return too_much_memory(s, largest, total, bound, err);
    session_log(s, "maps take up to %" PRIu64 " KiB, the ring buffer %" PRIu64 " KiB of it",
                total / KIB, s->ring_bytes / KIB);
    return 0;
}

/* Device and inode of our PID namespace in the kernel's form; zeros for the initial one. */
static int fill_pidns(struct ptl_config *config)
{
    struct stat st;

    if (stat("/proc/self/ns/pid", &st) != 0)
        return -errno;
    if (st.st_ino == PIDNS_INITIAL_INO)
        return 0;
    config->pidns_dev = (u64)major(st.st_dev) << KERNEL_MINOR_BITS | minor(st.st_dev);
    config->pidns_ino = st.st_ino;
    return 0;
}

static u64 largest_record(const struct meta *meta)
{
    u64 largest = 0;

    vec_foreach(site, &meta->sites)
        largest = MAX(largest, site->payload_size);
    return largest + sizeof(struct ptl_record);
}

int prepare_config(struct ptl_session *s, struct ptl_error *err)
{
    struct bpf_map *map = bpf_object__find_map_by_name(s->object, PTL_SECTION_CONFIG);
    struct ptl_config config = {
        .ring_data_limit =
            prepare_ring_limit(s->ring_bytes, maps_cpu_count(s->maps), largest_record(&s->meta)),
        .start_ns = s->start_ns,
        .cpid = (u64)s->child.pid,
        .filter_pid = (u64)s->opts->filter_pid,
        .n_cpus = maps_cpu_count(s->maps),
        .tai_offset = clock_ns(CLOCK_TAI) - clock_ns(CLOCK_MONOTONIC),
        .wall_offset = clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME),
    };
    int failed = fill_pidns(&config);

    if (s->meta.infos.items[0].flags & META_FLAG_TASK_NAME)
        config.task_name = task_name_offset(RAW_BTF_KERNEL);

    if (failed == 0 && map == NULL)
        return 0; // nothing in the programs depends on it
    if (failed == 0)
        failed = bpf_map__set_initial_value(map, &config, sizeof(config));
    if (failed == 0)
        return 0;
    return error_set(err, failed, EXIT_MACHINE, "Cannot set the constants of the object: %s",
                     error_text(failed));
}
