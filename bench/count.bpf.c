/* The one-liner in C, as a careful programmer writes it with clang and libbpf: what ours is
 * measured against.
 *
 *   kprobe:do_sys_openat2 { @[comm] = count(); } */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct comm_key {
    char comm[16];
};

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_HASH);
    __uint(max_entries, 4096);
    __type(key, struct comm_key);
    __type(value, __u64);
} counts SEC(".maps");

SEC("kprobe/do_sys_openat2")

int count_by_comm(void *ctx)
{
    struct comm_key key;
    __u64 one = 1;
    __u64 *count;

    (void)ctx;
    bpf_get_current_comm(key.comm, sizeof(key.comm));
    count = bpf_map_lookup_elem(&counts, &key);
    if (count) {
        (*count)++;
        return 0;
    }
    bpf_map_update_elem(&counts, &key, &one, BPF_NOEXIST);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
