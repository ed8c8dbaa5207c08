/* The programs of pair.c: the same counting on entry and return of a function. */
#include <stdbool.h>

#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 2);
    __type(key, __u32);
    __type(value, __u64);
} counts SEC(".maps");

extern bool bpf_session_is_return(void) __ksym __weak;

static int count(__u32 index)
{
    __u64 *n = bpf_map_lookup_elem(&counts, &index);

    if (n)
        (*n)++;
    return 0;
}

SEC("kprobe")

int entry(void *ctx)
{
    return count(0);
}

SEC("kprobe")

int leave(void *ctx)
{
    return count(1);
}

SEC("kprobe")

int session(void *ctx)
{
    return count(bpf_session_is_return());
}

char _license[] SEC("license") = "GPL";
