/* The kernel finds a name in its sorted table at once, for a program of type "syscall" (5.16). */
#include "runtime/kernel_address.h"

#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <bpf/bpf.h>

#include "runtime/tiny_prog.h"

enum {
    NAME_BYTES = 512, /* the kernel's longest symbol name */
    BATCH = 64,       /* names for each run of the program */
    INSNS_EACH = 7,   /* the address of a place in a map takes two */
};

/* The value of the map that both sides look into has BATCH of them. */
struct question {
    u64 address; /* the answer; 0: there is none */
    char name[NAME_BYTES];
};

/* A program that answers them all, and returns the helper's last result. */
static int load(int map)
{
    LIBBPF_OPTS(bpf_prog_load_opts, opts, .prog_flags = BPF_F_SLEEPABLE);
    const struct bpf_insn end = TINY_EXIT;
    struct bpf_insn code[BATCH * INSNS_EACH + 1];
    u32 n = 0;

    for (u32 i = 0; i < BATCH; i++) {
        s32 at = (s32)(i * sizeof(struct question));
        const struct bpf_insn one[] = {
            TINY_MAP_VALUE(BPF_REG_1, map, at + (s32)offsetof(struct question, name)),
            TINY_SET(BPF_REG_2, NAME_BYTES),
            TINY_SET(BPF_REG_3, 0),
            TINY_MAP_VALUE(BPF_REG_4, map, at + (s32)offsetof(struct question, address)),
            TINY_CALL(BPF_FUNC_kallsyms_lookup_name),
        };

        _Static_assert(ARRAY_SIZE(one) == INSNS_EACH, "the code has room for all names");
        memcpy(code + n, one, sizeof(one));
        n += ARRAY_SIZE(one);
    }
    code[n++] = end;
    return bpf_prog_load(BPF_PROG_TYPE_SYSCALL, "ptl_address", "GPL", code, n, &opts);
}

/* Ask for at most BATCH names. questions: room for them. */
static int ask(int prog, int map, const char *const *names, u32 n, struct question *questions,
               u64 *out)
{
    LIBBPF_OPTS(bpf_test_run_opts, run);
    u32 key = 0;
    int err = 0;

    memset(questions, 0, BATCH * sizeof(*questions));
    for (u32 i = 0; i < n; i++) {
        if (snprintf(questions[i].name, NAME_BYTES, "%s", names[i]) >= NAME_BYTES)
            return -ENOENT;
    }
    err = bpf_map_update_elem(map, &key, questions, BPF_ANY);
    if (err == 0)
        err = bpf_prog_test_run_opts(prog, &run);
    if (err == 0 && (int)run.retval == -EPERM) // kptr_restrict: then all names are refused alike
        err = -EPERM;
    if (err == 0)
        err = bpf_map_lookup_elem(map, &key, questions);
    for (u32 i = 0; err == 0 && i < n; i++) {
        out[i] = questions[i].address;
        err = out[i] == 0 ? -ENOENT : 0;
    }
    return err;
}

int kernel_addresses(const char *const *names, u32 n, u64 *out)
{
    _cleanup_free_ struct question *questions = calloc(BATCH, sizeof(*questions));
    _cleanup_close_ int map = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptl_address", sizeof(u32),
                                             BATCH * sizeof(*questions), 1, NULL);
    _cleanup_close_ int prog = map < 0 ? map : load(map);
    int err = questions == NULL ? -ENOMEM : MIN(prog, 0);

    for (u32 i = 0; err == 0 && i < n; i += BATCH)
        err = ask(prog, map, names + i, MIN(n - i, (u32)BATCH), questions, out + i);
    return err;
}
