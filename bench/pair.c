/* pair OBJECT none|events|multi|session: what a probe on the entry and one on the return of a
 * function cost together, by two perf events, two links of kprobe.multi, or one of kprobe.session
 * (6.10). Prints nanoseconds for each call of open(2) and close(2), which are instructions in a
 * guest with -icount. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

enum {
    CALLS = 20000,
    TRACE_KPROBE_MULTI = 42, /* enum bpf_attach_type; not all are in headers of 6.1 */
    TRACE_KPROBE_SESSION = 56,
};

static const char *const function = "do_sys_openat2";

static struct bpf_program *find(struct bpf_object *object, const char *name)
{
    return bpf_object__find_program_by_name(object, name);
}

/* Not by libbpf: that of Debian 12 does not know of sessions. */
static long link_multi(const struct bpf_program *program, int type, unsigned int flags)
{
    union bpf_attr attr;

    memset(&attr, 0, sizeof(attr));
    attr.link_create.prog_fd = (unsigned int)bpf_program__fd(program);
    attr.link_create.attach_type = (unsigned int)type;
    attr.link_create.kprobe_multi.flags = flags;
    attr.link_create.kprobe_multi.cnt = 1;
    attr.link_create.kprobe_multi.syms = (unsigned long)&function;
    return syscall(SYS_bpf, BPF_LINK_CREATE, &attr, sizeof(attr));
}

/* Load the programs that the way needs. */
static int load(struct bpf_object *object, const char *way)
{
    int is_session = strcmp(way, "session") == 0;
    int type = is_session ? TRACE_KPROBE_SESSION : TRACE_KPROBE_MULTI;

    (void)bpf_program__set_autoload(find(object, "session"), is_session);
    (void)bpf_program__set_autoload(find(object, "entry"), !is_session);
    (void)bpf_program__set_autoload(find(object, "leave"), !is_session);
    if (strcmp(way, "events") != 0) {
        (void)bpf_program__set_expected_attach_type(find(object, "session"),
                                                    (enum bpf_attach_type)type);
        (void)bpf_program__set_expected_attach_type(find(object, "entry"),
                                                    (enum bpf_attach_type)type);
        (void)bpf_program__set_expected_attach_type(find(object, "leave"),
                                                    (enum bpf_attach_type)type);
    }
    return bpf_object__load(object);
}

static int attach(struct bpf_object *object, const char *way)
{
    if (strcmp(way, "session") == 0)
        return link_multi(find(object, "session"), TRACE_KPROBE_SESSION, 0) < 0;
    if (strcmp(way, "multi") == 0) {
        return link_multi(find(object, "entry"), TRACE_KPROBE_MULTI, 0) < 0 ||
               link_multi(find(object, "leave"), TRACE_KPROBE_MULTI, BPF_F_KPROBE_MULTI_RETURN) < 0;
    }
    return strcmp(way, "events") == 0 &&
           (!bpf_program__attach_kprobe(find(object, "entry"), false, function) ||
            !bpf_program__attach_kprobe(find(object, "leave"), true, function));
}

static long long now_ns(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

int main(int argc, char **argv)
{
    struct bpf_object *object = argc > 2 ? bpf_object__open(argv[1]) : NULL;
    long long begin = 0;

    if (!object || load(object, argv[2]) != 0 || attach(object, argv[2]) != 0) {
        perror("pair");
        return 1;
    }
    begin = now_ns();
    for (int i = 0; i < CALLS; i++)
        (void)close(open("/dev/null", O_RDONLY | O_CLOEXEC));
    printf("%-8s %7lld\n", argv[2], (now_ns() - begin) / CALLS);
    return 0;
}
