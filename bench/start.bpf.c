/* The C that start-up is measured against: the one-liner's counting and nothing else, so that a
 * loader has nothing else to make. */
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
} by_comm SEC(".maps");

SEC("kprobe/do_sys_openat2")

int count_by_comm(void *ctx)
{
    struct comm_key key;
    __u64 *count, one = 1;

    (void)ctx;
    bpf_get_current_comm(key.comm, sizeof(key.comm));
    count = bpf_map_lookup_elem(&by_comm, &key);
    if (count)
        (*count)++;
    else
        bpf_map_update_elem(&by_comm, &key, &one, BPF_NOEXIST);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
