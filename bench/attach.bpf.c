/* The C that attaching is measured against: one function; and a pattern, for which libbpf finds the
 * functions in the kernel's list of symbols and makes one kprobe.multi link. */
#include <linux/bpf.h>

#include <bpf/bpf_helpers.h>

struct {
    __uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
    __uint(max_entries, 1);
    __type(key, __u32);
    __type(value, __u64);
} counts SEC(".maps");

static int count(void)
{
    __u32 zero = 0;
    __u64 *n = bpf_map_lookup_elem(&counts, &zero);

    if (n)
        (*n)++;
    return 0;
}

SEC("kprobe.multi/vfs_*")

int count_vfs(void *ctx)
{
    return count();
}

SEC("kprobe/do_sys_openat2")

int count_opens(void *ctx)
{
    (void)ctx;
    return count();
}

char _license[] SEC("license") = "GPL";
