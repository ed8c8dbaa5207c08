/* The system call behind bpf_link_create(). */
#include "runtime/link.h"

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/bpf.h>

int link_create(const struct link_request *request)
{
    long fd = syscall(SYS_bpf, BPF_LINK_CREATE, request, sizeof(*request));

    return fd < 0 ? -errno : (int)fd; // a link's is close-on-exec
}
