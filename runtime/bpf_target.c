/* The kernel numbers all programs. The name in a program's info has 15 characters at most: its
 * functions have theirs in its types, which it may share with other programs of an object. */
#include "runtime/bpf_target.h"

#include <errno.h>
#include <stdlib.h>

#include <linux/btf.h>

#include <bpf/bpf.h>
#include <bpf/btf.h>

#include "base/util.h"

/* Is the type among those of the program's functions? */
static bool has_function(int fd, struct bpf_prog_info *info, u32 type)
{
    u32 n = info->nr_func_info, record = info->func_info_rec_size, size = sizeof(*info);
    _cleanup_free_ char *records = calloc(MAX(n, 1), MAX(record, 1));

    if (records == NULL || record < sizeof(struct bpf_func_info))
        return false;
    *info = (struct bpf_prog_info){
        .nr_func_info = n, .func_info_rec_size = record, .func_info = (u64)(uintptr_t)records};
    if (bpf_obj_get_info_by_fd(fd, info, &size) != 0)
        return false;
    for (u32 i = 0; i < MIN(n, info->nr_func_info); i++) {
        struct bpf_func_info function;

        memcpy(&function, records + (size_t)i * record, sizeof(function));
        if (function.type_id == type)
            return true;
    }
    return false;
}

static bool is_target(int fd, const char *name)
{
    struct bpf_prog_info info = {0};
    u32 size = sizeof(info);
    struct btf *btf = NULL;
    bool is_found = false;
    int type = -1;

    if (bpf_obj_get_info_by_fd(fd, &info, &size) != 0 || info.btf_id == 0)
        return false;
    btf = btf__load_from_kernel_by_id(info.btf_id);
    if (btf != NULL)
        type = btf__find_by_name_kind(btf, name, BTF_KIND_FUNC);
    is_found = type > 0 && has_function(fd, &info, (u32)type);
    btf__free(btf);
    return is_found;
}

int bpf_target_find(const char *name, u32 id)
{
    _cleanup_close_ int found = -1;
    u32 at = id == 0 ? 0 : id - 1;
    int err = 0;

    while ((err = bpf_prog_get_next_id(at, &at)) == 0 && (id == 0 || at == id)) {
        _cleanup_close_ int fd = bpf_prog_get_fd_by_id(at);

        if (fd < 0 && fd != -ENOENT) // it may have gone meanwhile
            return fd;
        if (fd < 0 || !is_target(fd, name))
            continue;
        if (found >= 0)
            return -ENOTUNIQ;
        found = take_fd(&fd);
    }
    if (err != 0 && err != -ENOENT) // -EPERM: CAP_BPF is not enough for numbers
        return err;
    return found >= 0 ? take_fd(&found) : -ENOENT;
}
