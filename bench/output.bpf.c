/* What guest-print measures, in C: a record for each call, and a map with many keys. output.c reads
 * them. */
#include "output.h"

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_RINGBUF);
    __uint(max_entries, RING_BYTES);
} ring SEC(".maps");

struct {
    __uint(type, BPF_MAP_TYPE_HASH);
    __uint(max_entries, KEYS_MAX);
    __type(key, __u64);
    __type(value, __u64);
} keys SEC(".maps");

__u64 n;

static __always_inline int is_opener(const char *comm)
{
    static const char wanted[8] = "opener";

    for (int i = 0; i < 8; i += 4) {
        if (*(const __u32 *)(comm + i) != *(const __u32 *)(wanted + i))
            return 0;
    }
    return 1;
}

SEC("kprobe/do_sys_openat2")

int print_open(void *ctx)
{
    char comm[COMM_BYTES];
    struct open *record;

    (void)ctx;
    bpf_get_current_comm(comm, sizeof(comm));
    if (!is_opener(comm))
        return 0;
    record = bpf_ringbuf_reserve(&ring, sizeof(*record), 0);
    if (!record)
        return 0;
    record->pid = (__u32)(bpf_get_current_pid_tgid() >> 32);
    __builtin_memcpy(record->comm, comm, sizeof(comm));
    bpf_ringbuf_submit(record, 0);
    return 0;
}

SEC("kprobe/do_sys_openat2")

int fill_keys(void *ctx)
{
    char comm[COMM_BYTES];
    __u64 key, one = 1;

    (void)ctx;
    bpf_get_current_comm(comm, sizeof(comm));
    if (!is_opener(comm))
        return 0;
    key = ++n;
    bpf_map_update_elem(&keys, &key, &one, BPF_ANY);
    return 0;
}

char LICENSE[] SEC("license") = "GPL";
