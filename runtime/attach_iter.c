/* iter: BPF iterators. The program is loaded for one kind of thing; reading from an iterator runs
 * it for each of them. What it has to say goes into the ring, nothing comes out of the file. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include <bpf/bpf.h>

#include "runtime/attach.h"

#define KIND_BYTES 128

static int iter_aim(struct attach_point *point, struct diags *diags)
{
    char kind[KIND_BYTES];
    int n = snprintf(kind, sizeof(kind), "%.*s", STR_ARG(point->row->text0));
    int err = n >= (int)sizeof(kind) ? -ENOENT : 0;

    if (err == 0)
        err = bpf_program__set_attach_target(point->program, 0, kind); // adds bpf_iter_
    if (err == 0)
        return 0;
    if (err != -ENOENT && err != -ESRCH)
        return attach_report(point, diags, err);
    (void)diag_add(diags, E_ATTACH_NO_MATCH, attach_span(point), "No matches for iter %s.", kind);
    return -ENOENT;
}

static int iter_run(const struct attach_point *point)
{
    _cleanup_close_ int fd =
        point->n_events != 0 ? bpf_iter_create(point->events[0].link_fd) : -ENOENT;
    char nothing[64];
    ssize_t n = 0;

    if (fd < 0)
        return fd;
    /* -EAGAIN: the kernel went through a million, and there are more. */
    do {
        n = read(fd, nothing, sizeof(nothing));
    } while (n > 0 || (n < 0 && (errno == EAGAIN || errno == EINTR)));
    return n < 0 ? -errno : 0;
}

const struct attach_ops attach_ops_iter = {
    .when = ATTACH_ONCE,
    .methods = 1u << METHOD_ITER,
    .aim = iter_aim,
    .enable = attach_enable_link,
    .run = iter_run,
};
