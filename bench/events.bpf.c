/* The programs of events.txt in C, as a careful programmer writes them with clang and libbpf: what
 * ours are measured against. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

#define MAX_KEYS 4096

/* Bits of a 64-bit value: buckets of the latency histogram. */
#define LOG2_BUCKETS 64

#define CORE __attribute__((preserve_access_index))

struct inode {
    unsigned long i_ino;
} CORE;

struct dentry {
    struct inode *d_inode;
} CORE;

struct path {
    struct dentry *dentry;
} CORE;

struct pt_regs {
    unsigned long di;
} CORE;

struct comm_key {
    char comm[16];
};

struct pid_comm_key {
    __u64 pid;
    char comm[16];
};

struct stats {
    __u64 count, total;
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, MAX_KEYS);
    __type(key, struct comm_key);
    __type(value, __u64);
} by_comm SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, MAX_KEYS);
    __type(key, __u64);
    __type(value, __u64);
} started SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, LOG2_BUCKETS);
    __type(key, __u32);
    __type(value, __u64);
} latencies SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, MAX_KEYS);
    __type(key, __u64);
    __type(value, __u64);
} by_inode SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, MAX_KEYS);
    __type(key, struct pid_comm_key);
    __type(value, __u64);
} by_pid_comm SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} total SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 12);
    __type(key, __u32);
    __type(value, __u64);
} steps SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, MAX_KEYS);
    __type(key, __u64);
    __type(value, struct stats);
} by_pid SEC(".maps");

static __always_inline void count_key(void *map, const void *key)
{
    __u64 *count = bpf_map_lookup_elem(map, key);
    __u64 one = 1;

    if (count) {
        (*count)++;
        return;
    }
    bpf_map_update_elem(map, key, &one, BPF_NOEXIST);
}

/* Array maps: the element is there unless the index is too large. */
static __always_inline void count_index(void *map, __u32 index)
{
    __u64 *count = bpf_map_lookup_elem(map, &index);

    if (count)
        (*count)++;
}

SEC("kprobe/do_sys_openat2")

int count_by_comm(void *ctx)
{
    struct comm_key key;

    (void)ctx;
    bpf_get_current_comm(key.comm, sizeof(key.comm));
    count_key(&by_comm, &key);
    return 0;
}

SEC("kprobe/do_sys_openat2")

int latency_entry(void *ctx)
{
    __u64 tid = (__u32)bpf_get_current_pid_tgid();
    __u64 now = bpf_ktime_get_ns();

    (void)ctx;
    bpf_map_update_elem(&started, &tid, &now, BPF_ANY);
    return 0;
}

static __always_inline __u32 log2_floor(__u64 value)
{
    __u32 log = 0;

    for (int step = LOG2_BUCKETS / 2; step; step /= 2) {
        if (value >> step) {
            log += step;
            value >>= step;
        }
    }
    return log;
}

SEC("kretprobe/do_sys_openat2")

int latency_return(void *ctx)
{
    __u64 tid = (__u32)bpf_get_current_pid_tgid();
    __u64 *begin = bpf_map_lookup_elem(&started, &tid);

    (void)ctx;
    if (!begin)
        return 0;
    count_index(&latencies, log2_floor(bpf_ktime_get_ns() - *begin) % LOG2_BUCKETS);
    bpf_map_delete_elem(&started, &tid);
    return 0;
}

#define READ(to, from) \
    bpf_probe_read_kernel(&(to), sizeof(to), __builtin_preserve_access_index(&(from)))

SEC("kprobe/vfs_open")

int count_by_inode(struct pt_regs *ctx)
{
    struct path *path = (struct path *)ctx->di;
    struct dentry *dentry;
    struct inode *inode;
    __u64 number = 0;

    READ(dentry, path->dentry);
    READ(inode, dentry->d_inode);
    READ(number, inode->i_ino);
    count_key(&by_inode, &number);
    return 0;
}

SEC("kprobe/do_sys_openat2")

int count_by_pid_comm(void *ctx)
{
    struct pid_comm_key key = {.pid = bpf_get_current_pid_tgid() >> 32};

    (void)ctx;
    bpf_get_current_comm(key.comm, sizeof(key.comm));
    count_key(&by_pid_comm, &key);
    return 0;
}

SEC("kprobe/do_sys_openat2")

int count_of_comm(void *ctx)
{
    static const char wanted[8] = "opener";
    char comm[16];

    (void)ctx;
    bpf_get_current_comm(comm, sizeof(comm));
    for (int i = 0; i < 8; i += 4) {
        if (*(__u32 *)(comm + i) != *(const __u32 *)(wanted + i))
            return 0;
    }
    count_index(&total, 0);
    return 0;
}

SEC("kprobe/do_sys_openat2")

int count_steps(void *ctx)
{
    (void)ctx;
    count_index(&steps, bpf_ktime_get_ns() % 1000 / 100 + 1);
    return 0;
}

SEC("kprobe/do_sys_openat2")

int stats_by_pid(void *ctx)
{
    __u64 value = bpf_ktime_get_ns() % 1000;
    __u64 pid = bpf_get_current_pid_tgid() >> 32;
    struct stats *stats = bpf_map_lookup_elem(&by_pid, &pid);
    struct stats first = {1, value};

    (void)ctx;
    if (stats) {
        stats->count++;
        stats->total += value;
        return 0;
    }
    bpf_map_update_elem(&by_pid, &pid, &first, BPF_NOEXIST);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
