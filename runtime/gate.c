/* Gates: programs written by hand, which call the script's by bpf_tail_call(): what these return is
 * what the kernel sees, and they have the event's context, cookie and address. */
#include "runtime/gate.h"

#include <errno.h>

#include <bpf/bpf.h>

#include "runtime/link.h"
#include "runtime/raw_btf.h"
#include "runtime/tiny_prog.h"

/* Where the programs are in the map. */
enum {
    ON_ENTRY,
    ON_RETURN,
    PLACES,
};

static int load(const struct bpf_insn *code, u32 n, u32 attach_type)
{
    LIBBPF_OPTS(bpf_prog_load_opts, opts,
                .expected_attach_type = (enum bpf_attach_type)attach_type);

    return bpf_prog_load(BPF_PROG_TYPE_KPROBE, "ptl_gate", "GPL", code, n, &opts);
}

static int load_plain(int programs_fd, int closed_fd, u32 attach_type)
{
    const struct bpf_insn code[] = {
        TINY_MAP(BPF_REG_2, programs_fd), TINY_SET(BPF_REG_3, ON_ENTRY),
        TINY_CALL(BPF_FUNC_tail_call),    TINY_COUNT(closed_fd),
        TINY_SET(BPF_REG_0, 0),           TINY_EXIT,
    };

    return load(code, ARRAY_SIZE(code), attach_type);
}

/* What one look at the kernel's type information tells. */
struct facts {
    u32 is_return; /* number of the function that tells return from entry; 0: there is none */
    bool has_pool;
};

static struct facts find_facts(void)
{
    _cleanup_raw_btf_ struct raw_btf btf = {.fd = -1};
    struct facts facts = {0};
    struct btf_type type;
    struct str tail;
    u32 name = 0;

    if (!raw_btf_open(RAW_BTF_KERNEL, &btf))
        return facts;
    if (raw_btf_name(&btf, "bpf_session_is_return", &name))
        facts.is_return = raw_btf_find(&btf, BTF_KIND_FUNC, name, &type, &tail);
    facts.has_pool = raw_btf_has_member(&btf, "fprobe", "rethook");
    return facts;
}

bool gate_has_pool(void)
{
    return find_facts().has_pool;
}

/* Each call with a place that is known: the kernel makes jumps of these. */
static int load_session(int programs_fd, int closed_fd, u32 is_return)
{
    const struct bpf_insn code[] = {
        TINY_MOV(BPF_REG_6, BPF_REG_1),
        TINY_CALL_KERNEL((s32)is_return),
        TINY_MOV(BPF_REG_1, BPF_REG_6),
        TINY_MAP(BPF_REG_2, programs_fd),
        TINY_SKIP_IF(BPF_REG_0, 1, 3),
        TINY_SET(BPF_REG_3, ON_ENTRY),
        TINY_CALL(BPF_FUNC_tail_call),
        TINY_SKIP(2),
        TINY_SET(BPF_REG_3, ON_RETURN),
        TINY_CALL(BPF_FUNC_tail_call),
        TINY_COUNT(closed_fd),
        TINY_SET(BPF_REG_0, 0), /* after an entry: the return is wanted */
        TINY_EXIT,
    };

    return is_return == 0 ? -ENOENT : load(code, ARRAY_SIZE(code), LINK_KPROBE_SESSION);
}

int gate_init(struct gate *gate, u32 attach_type)
{
    _cleanup_close_ int programs =
        bpf_map_create(BPF_MAP_TYPE_PROG_ARRAY, "ptl_gate", sizeof(u32), sizeof(u32), PLACES, NULL);
    _cleanup_close_ int closed =
        bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptl_closed", sizeof(u32), sizeof(u64), 1, NULL);
    struct facts facts = {0};
    int prog = MIN(programs, closed);

    if (prog < 0)
        return prog;
    if (attach_type == LINK_KPROBE_SESSION) {
        facts = find_facts();
        prog = load_session(programs, closed, facts.is_return);
    } else {
        prog = load_plain(programs, closed, attach_type);
    }
    if (prog < 0)
        return prog;
    *gate = (struct gate){.prog_fd = prog,
                          .programs_fd = take_fd(&programs),
                          .closed_fd = take_fd(&closed),
                          .has_pool = facts.has_pool};
    return 0;
}

/* What the kernel has counted of the program so far. */
static bool counts(const struct gate *gate, u64 *n_hits, u64 *n_missed)
{
    struct bpf_prog_info info = {0};
    u32 size = sizeof(info);

    if (bpf_obj_get_info_by_fd(gate->prog_fd, &info, &size) != 0)
        return false;
    *n_hits = info.run_cnt;
    *n_missed = info.recursion_misses;
    return true;
}

static int put(const struct gate *gate, u32 place, int prog_fd)
{
    return prog_fd < 0 ? 0 : bpf_map_update_elem(gate->programs_fd, &place, &prog_fd, BPF_ANY);
}

int gate_open(struct gate *gate, int prog_fd, int return_fd)
{
    u64 unused = 0, n_missed = 0;
    bool knows = counts(gate, &unused, &gate->n_missed);
    int err = put(gate, ON_RETURN, return_fd);

    if (err == 0)
        err = put(gate, ON_ENTRY, prog_fd);
    gate->knows_before = counts(gate, &unused, &n_missed) && knows && n_missed == gate->n_missed;
    return err;
}

bool gate_counts(const struct gate *gate, u64 *n_hits, u64 *n_missed)
{
    u32 key = 0;
    u64 n_closed = 0;

    if (!counts(gate, n_hits, n_missed) ||
        bpf_map_lookup_elem(gate->closed_fd, &key, &n_closed) != 0) {
        *n_hits = *n_missed = 0;
        return false;
    }
    *n_hits -= MIN(*n_hits, n_closed);
    *n_missed -= gate->n_missed;
    return gate->knows_before;
}

void gate_done(struct gate *gate)
{
    close_fd(&gate->prog_fd);
    close_fd(&gate->programs_fd);
    close_fd(&gate->closed_fd);
    *gate = GATE_NONE;
}
