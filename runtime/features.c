/* What the running kernel can do. Each probe tries the thing itself; nothing is concluded from a
 * version number. Where a probe is refused for want of privileges, the sentence names the
 * capability. */
#include "runtime/features.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include <linux/capability.h>
#include <linux/perf_event.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#include "runtime/capabilities.h"
#include "runtime/error.h"
#include "runtime/link.h"
#include "runtime/perf.h"
#include "runtime/tracefs.h"

struct feature {
    const char *name, *missing, *hint;
    int (*probe)(
        struct ptl_error *err); /* 0, or a negative errno; may fill *err with more detail */
};

/* The words of /sys/kernel/security/lockdown: the one in brackets is in force. */
static bool is_locked_down(void)
{
    char text[128] = "";
    _cleanup_close_ int fd = open("/sys/kernel/security/lockdown", O_RDONLY | O_CLOEXEC);

    if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
        return false;
    return strstr(text, "[confidentiality]") != NULL;
}

/* The first capability that is missing for tracing, or NULL. */
static const char *missing_capability(void)
{
    const u64 admin = (u64)1 << CAP_SYS_ADMIN;
    struct capabilities own;

    if (capabilities_get(&own) != 0)
        return NULL; // then the kernel's refusals must do
    if ((own.effective & (admin | (u64)1 << CAP_BPF)) == 0)
        return "CAP_BPF";
    if ((own.effective & (admin | (u64)1 << CAP_PERFMON)) == 0)
        return "CAP_PERFMON";
    return NULL;
}

/* Say why something was refused, when it is for want of rights. Returns err_code. */
static int explain_refusal(int err_code, struct ptl_error *err)
{
    const char *capability = missing_capability();

    if (err_code != -EPERM && err_code != -EACCES)
        return err_code;
    if (is_locked_down()) {
        (void)error_set(err, err_code, EXIT_USER,
                        "The kernel is locked down (confidentiality): it lets nobody trace it.");
        error_hint(err, "Boot without lockdown=confidentiality; see "
                        "/sys/kernel/security/lockdown.");
    } else if (capability != NULL) {
        (void)error_set(err, err_code, EXIT_USER, "Missing %s capability: tracing needs it.",
                        capability);
        error_hint(err, "Run ptrace-lite as root, for example with sudo.");
    }
    return err_code;
}

static int probe_bpf(struct ptl_error *err)
{
    _cleanup_close_ int fd = -1;

    /* Maps alone may be open to everybody, so the rights are looked at as well. */
    if (missing_capability() != NULL)
        return explain_refusal(-EPERM, err);
    fd = bpf_map_create(BPF_MAP_TYPE_ARRAY, "ptl_probe", sizeof(u32), sizeof(u64), 1, NULL);
    return fd < 0 ? explain_refusal(fd, err) : 0;
}

static int probe_ringbuf(struct ptl_error *err)
{
    _cleanup_close_ int fd =
        bpf_map_create(BPF_MAP_TYPE_RINGBUF, "ptl_probe", 0, 0, (u32)sysconf(_SC_PAGESIZE), NULL);

    (void)err;
    return fd < 0 ? fd : 0;
}

static int probe_btf(struct ptl_error *err)
{
    (void)err;
    return access("/sys/kernel/btf/vmlinux", R_OK) == 0 ? 0 : -errno;
}

static int probe_fentry(struct ptl_error *err)
{
    (void)err;
    return libbpf_probe_bpf_prog_type(BPF_PROG_TYPE_TRACING, NULL) == 1 ? 0 : -ENOTSUP;
}

/* Iterators are programs of this type for targets in BTF, and older than trampolines' links. */
static int probe_iter(struct ptl_error *err)
{
    int probed = probe_btf(err);

    return probed != 0 ? probed : probe_fentry(err);
}

static int probe_kprobe(struct ptl_error *err)
{
    int type = perf_pmu_type("kprobe");

    (void)err;
    return type < 0 ? type : 0;
}

/* Does the kernel know links of this type? One that cannot be is refused late, with an error of its
 * own, where there are such links at all. */
static int probe_link(u32 attach_type, struct link_request request, int refusal)
{
    const struct bpf_insn nothing[] = {
        {.code = BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0},
        {.code = BPF_JMP | BPF_EXIT},
    };
    LIBBPF_OPTS(bpf_prog_load_opts, load,
                .expected_attach_type = (enum bpf_attach_type)attach_type);
    _cleanup_close_ int prog = bpf_prog_load(BPF_PROG_TYPE_KPROBE, "ptl_probe", "GPL", nothing,
                                             ARRAY_SIZE(nothing), &load);
    _cleanup_close_ int link = prog;

    if (prog < 0)
        return -ENOTSUP;
    request.prog_fd = (u32)prog;
    request.attach_type = attach_type;
    link = link_create(&request);
    return link == refusal ? 0 : -ENOTSUP;
}

/* Places at an address that cannot be read. */
static int probe_kprobe_multi(struct ptl_error *err)
{
    (void)err;
    return probe_link(BPF_TRACE_KPROBE_MULTI,
                      (struct link_request){.kprobes = {.cnt = 1, .addrs = 1}}, -EFAULT);
}

static int probe_kprobe_session(struct ptl_error *err)
{
    (void)err;
    return probe_link(LINK_KPROBE_SESSION, (struct link_request){.kprobes = {.cnt = 1, .addrs = 1}},
                      -EFAULT);
}

static int probe_uprobe_multi(struct ptl_error *err)
{
    (void)err;
    return probe_link(LINK_UPROBE_MULTI,
                      (struct link_request){.uprobes = {.path = 1, .offsets = 1, .cnt = 1}},
                      -EFAULT);
}

/* No event at all. */
static int probe_perf_link(struct ptl_error *err)
{
    (void)err;
    return probe_link(BPF_PERF_EVENT, (struct link_request){.target_fd = UINT32_MAX}, -EBADF);
}

static int probe_uprobe(struct ptl_error *err)
{
    int type = perf_pmu_type("uprobe");

    (void)err;
    return type < 0 ? type : 0;
}

static int probe_tracepoint(struct ptl_error *err)
{
    const char *root = tracefs_root();

    if (root != NULL)
        return 0;
    return explain_refusal(errno == EACCES || errno == EPERM ? -errno : -ENOENT, err);
}

static int probe_perf(struct ptl_error *err)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_SOFTWARE,
        .size = sizeof(attr),
        .config = PERF_COUNT_SW_CPU_CLOCK,
        .sample_period = 1000000000,
        .disabled = 1,
    };
    _cleanup_close_ int fd = perf_event_open(&attr, 0);

    return fd < 0 ? explain_refusal(fd, err) : 0;
}

static const struct feature *feature_row(enum feature_id id)
{
    static const struct feature rows[] = {
#define FEATURE(id, name, missing, hint) {#name, missing, hint, probe_##name},
#include "runtime/features.def"
#undef FEATURE
    };

    return &rows[id];
}

static int find_feature(const char *name)
{
    for (int id = 0; id < FEATURE_ID_COUNT_; id++) {
        if (strcmp(feature_row((enum feature_id)id)->name, name) == 0)
            return id;
    }
    return -1;
}

int features_init(struct features *f, const char *const *names, u32 n, struct ptl_error *err)
{
    static const char known[] =
#define FEATURE(id, name, missing, hint) #name " "
#include "runtime/features.def"
#undef FEATURE
        ;

    *f = (struct features){0};
    for (u32 i = 0; i < n; i++) {
        int id = find_feature(names[i]);

        if (id < 0) {
            (void)error_set(err, -EINVAL, EXIT_USER, "Unknown feature: '%s'", names[i]);
            error_hint(err, "Known features: %.*s", (int)sizeof(known) - 2, known);
            return -EINVAL;
        }
        f->states[id] = FEATURE_NO;
    }
    return 0;
}

bool features_is_off(const struct features *f, enum feature_id id)
{
    return f->states[id] == FEATURE_NO;
}

bool ptl_has_kprobes(const char *const *no_features, u32 n, bool is_elsewhere)
{
    struct features features;
    struct ptl_error err = {0};

    if (features_init(&features, no_features, n, &err) != 0)
        return true;
    if (is_elsewhere)
        return !features_is_off(&features, FEATURE_KPROBE);
    return features_need(&features, FEATURE_KPROBE, &err) == 0;
}

int features_need(struct features *f, enum feature_id id, struct ptl_error *err)
{
    const struct feature *row = feature_row(id);
    int probed = -ENOTSUP; /* of a feature that --no-feature switched off */

    if (f->states[id] == FEATURE_YES)
        return 0;
    (void)error_set(err, probed, EXIT_USER, "%s", row->missing);
    error_hint(err, "%s", row->hint);
    if (f->states[id] == FEATURE_UNKNOWN)
        probed = row->probe(err);
    f->states[id] = probed == 0 ? FEATURE_YES : FEATURE_NO;
    err->err = probed;
    return probed;
}

const char *feature_name(enum feature_id id)
{
    return feature_row(id)->name;
}
