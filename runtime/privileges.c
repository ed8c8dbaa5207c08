/* Least privilege while events are drained. What needs a capability later is named here with its
 * reason; files that need one were opened before (open_names()). */
#include "runtime/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <linux/capability.h>

#include <bpf/bpf.h>

#include "abi/record.h"
#include "runtime/capabilities.h"

#define BIT(cap) ((u64)1 << (cap))

static bool has_site(const struct ptl_session *s, enum site_kind kind)
{
    vec_foreach(site, &s->meta.sites) {
        if (site->kind == kind)
            return true;
    }
    return false;
}

/* Maps can be read without capabilities from 5.19 on, or where the administrator allows everything.
 * Asked with the effective set empty. */
static bool maps_need_caps(const struct ptl_session *s)
{
    const struct bpf_map *map = bpf_object__find_map_by_name(s->object, PTL_MAP_RING);
    struct bpf_map_info info = {0};
    u32 size = sizeof(info);

    return bpf_obj_get_info_by_fd(bpf_map__fd(map), &info, &size) == -EPERM;
}

/* Capabilities that are needed until the end. Leaves the effective set empty. */
static u64 needed(const struct ptl_session *s, u64 permitted)
{
    u64 caps = 0;

    if (s->usyms != NULL) {
        caps |= BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH);
        session_log(s, "kept: sys_ptrace and dac_read_search, for symbols of processes");
    }
    if (has_site(s, SITE_CAT)) {
        caps |= BIT(CAP_SYS_PTRACE) | BIT(CAP_DAC_READ_SEARCH);
        session_log(s, "kept: sys_ptrace and dac_read_search, for cat()");
    }
    if (s->cgroups != NULL) {
        caps |= BIT(CAP_DAC_READ_SEARCH);
        session_log(s, "kept: dac_read_search, for cgroup_path()");
    }
    if (s->child.pid != 0) {
        caps |= BIT(CAP_KILL);
        session_log(s, "kept: kill, for the command of -c");
    }
    if (capabilities_set((struct capabilities){.permitted = permitted}) != 0 || maps_need_caps(s)) {
        caps |= BIT(CAP_BPF) | BIT(CAP_SYS_ADMIN);
        session_log(s, "kept: bpf and sys_admin, without which this kernel lets nobody read maps");
    }
    return caps & permitted;
}

/* What draining, showing, and looking names up call. */
static const int allowed_calls[] = {
    /* files, and the output */
    SCMP_SYS(read), SCMP_SYS(pread64), SCMP_SYS(readv), SCMP_SYS(write), SCMP_SYS(writev),
    SCMP_SYS(close), SCMP_SYS(lseek), SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(statx),
    SCMP_SYS(stat), SCMP_SYS(lstat), SCMP_SYS(access), SCMP_SYS(faccessat), SCMP_SYS(faccessat2),
    SCMP_SYS(readlink), SCMP_SYS(readlinkat), SCMP_SYS(getdents64), SCMP_SYS(fcntl),
    SCMP_SYS(ioctl), SCMP_SYS(dup), SCMP_SYS(memfd_create), SCMP_SYS(statfs), SCMP_SYS(fstatfs),
    /* waiting */
    SCMP_SYS(poll), SCMP_SYS(ppoll), SCMP_SYS(epoll_wait), SCMP_SYS(epoll_pwait),
    SCMP_SYS(epoll_ctl), SCMP_SYS(nanosleep), SCMP_SYS(clock_nanosleep), SCMP_SYS(wait4),
    SCMP_SYS(waitid), SCMP_SYS(restart_syscall), SCMP_SYS(futex), SCMP_SYS(sched_yield),
    /* signals, to the -c command too */
    SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn), SCMP_SYS(kill),
    SCMP_SYS(tgkill), SCMP_SYS(pidfd_send_signal), SCMP_SYS(sigaltstack),
    /* memory */
    SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(mprotect),
    SCMP_SYS(madvise),
    /* who and when */
    SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid), SCMP_SYS(getgid),
    SCMP_SYS(getegid), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(getrandom),
    SCMP_SYS(sysinfo), SCMP_SYS(uname), SCMP_SYS(sched_getaffinity), SCMP_SYS(getcpu),
    /* readiness, and names of users where a service knows them; only AF_UNIX can be made */
    SCMP_SYS(connect), SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
    SCMP_SYS(shutdown), SCMP_SYS(bpf), SCMP_SYS(exit), SCMP_SYS(exit_group)};

/* Allow a call with such an argument only. */
static int add_bound(scmp_filter_ctx filter, int call, struct scmp_arg_cmp argument)
{
    return seccomp_rule_add_array(filter, SCMP_ACT_ALLOW, call, 1, &argument);
}

/* bpf(2) is there for maps; what makes programs and maps needs the capabilities that are gone. */
static int add_rules(scmp_filter_ctx filter, const struct ptl_session *s)
{
    struct scmp_arg_cmp read_only = {.arg = 2,
                                     .op = SCMP_CMP_MASKED_EQ,
                                     .datum_a = O_ACCMODE | O_CREAT | O_TRUNC,
                                     .datum_b = O_RDONLY};
    struct scmp_arg_cmp path_only = {
        .arg = 2, .op = SCMP_CMP_MASKED_EQ, .datum_a = O_PATH, .datum_b = O_PATH};
    struct scmp_arg_cmp local = {.arg = 0, .op = SCMP_CMP_EQ, .datum_a = AF_UNIX};
    int err = 0;

    for (size_t i = 0; err == 0 && i < ARRAY_SIZE(allowed_calls); i++)
        err = seccomp_rule_add(filter, SCMP_ACT_ALLOW, allowed_calls[i], 0);
    if (err == 0)
        err = add_bound(filter, SCMP_SYS(openat), read_only);
    if (err == 0 && s->cgroups != NULL)
        err = add_bound(filter, SCMP_SYS(open_by_handle_at), path_only);
    return err == 0 ? add_bound(filter, SCMP_SYS(socket), local) : err;
}

static int filter_calls(const struct ptl_session *s)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    int err = filter == NULL ? -ENOMEM : add_rules(filter, s);

    if (err == 0)
        err = seccomp_load(filter); // with no_new_privs
    seccomp_release(filter);
    return err;
}

int privileges_drop(const struct ptl_session *s)
{
    struct capabilities own;
    u64 caps = 0;
    int err = 0;

    if (has_site(s, SITE_SYSTEM)) {
        session_log(s, "kept: all privileges, for the commands of system()");
        return 0;
    }
    err = capabilities_get(&own);
    if (err != 0)
        return err;
    caps = needed(s, own.permitted);
    err = capabilities_set((struct capabilities){.permitted = caps, .effective = caps});
    if (err == 0)
        err = filter_calls(s);
    if (err == 0)
        session_log(s, "other capabilities are dropped, and system calls are limited");
    return err;
}
