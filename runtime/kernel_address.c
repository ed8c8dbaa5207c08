/* The kernel finds a name in its sorted table at once, for a program of type "syscall" (5.16). */
#include "runtime/kernel_address.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include <bpf/bpf.h>

#include "runtime/tiny_prog.h"

enum {
    NAME_BYTES = 512, /* the kernel's longest symbol name */
};

/* The value of the map that both sides look into. */
struct question {
    u64 address; /* the answer */
    char name[NAME_BYTES];
};

/* Returns the helper's result. */
static int load(int map)
{
    LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
    const struct bpf_insn code[] = {
        TINY_MAP_VALUE(BPF_REG_1, map, offsetof(struct question, name)),
        TINY_SET(BPF_REG_2, NAME_BYTES),
        TINY_SET(BPF_REG_3, 0),
        TINY_MAP_VALUE(BPF_REG_4, map, offsetof(struct question, address)),
        TINY_CALL(BPF_FUNC_kallsyms_lookup_name),
        TINY_EXIT,
    };

    return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "ptl_address", "GPL", code, ARRAY_SIZE(code),
                         &opts);
}

static int ask(int prog, int map, const char *name, u64 *out)
{
    struct question question = {0};
    LIBBPF_OPTS(bpf_test_run_opts, run);
    u32 key = 0;
    int err = 0;

    if (snprintf(question.name, sizeof(question.name), "%s", name) >= NAME_BYTES)
        return -ENOENT;
    err = bpf_map_update_elem(map, &key, &question, BPF_ANY);
    if (err == 0)
        err = bpf_prog_test_run_opts(prog, &run);
    if (err == 0)
        err = (int)run.retval;
    if (err == 0)
        err = bpf_map_lookup_elem(map, &key, &question);
    if (err == 0)
        *out = question.address;
    return err;
}

int kernel_addresses(const char *const *names, u32 n, u64 *out)
{
    _cleanup_close_ int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptl_address", sizeof(u32),
                                             sizeof(struct question), 1, NULL);
    _cleanup_close_ int prog = map < 0 ? map : load(map);
    int err = MIN(prog, 0);

    for (u32 i = 0; err == 0 && i < n; i++)
        err = ask(prog, map, names[i], &out[i]);
    return err;
}
