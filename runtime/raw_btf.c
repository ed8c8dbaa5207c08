/* One look at the kernel's type information. */
#include "runtime/raw_btf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "abi/btf_size.h"

bool raw_btf_open(struct str bytes, struct raw_btf *out)
{
    struct btf_header head;

    if (bytes.n < sizeof(head))
        return false;
    memcpy(&head, bytes.p, sizeof(head));
    if (head.magic != BTF_MAGIC || head.hdr_len > bytes.n)
        return false;
    bytes = str_sub(bytes, head.hdr_len, bytes.n);
    if (head.type_off > bytes.n || head.type_len > bytes.n - head.type_off ||
        head.str_off > bytes.n || head.str_len > bytes.n - head.str_off)
        return false;
    out->types = str_sub(bytes, head.type_off, head.type_off + head.type_len);
    out->strings = str_sub(bytes, head.str_off, head.str_off + head.str_len);
    return true;
}

bool raw_btf_name(const struct raw_btf *btf, const char *name, u32 *out)
{
    char with_nuls[40] = "";
    size_t n = strlen(name) + 2;
    const char *at = NULL;

    memcpy(with_nuls + 1, name, n - 2);
    at = memmem(btf->strings.p, btf->strings.n, with_nuls, n);
    if (at)
        *out = (u32)(at - btf->strings.p) + 1;
    return at != NULL;
}

u32 raw_btf_find(const struct raw_btf *btf, u32 kind, u32 name, struct btf_type *type,
                 struct str *tail)
{
    u32 id = 1;

    for (u64 at = 0; at + sizeof(*type) <= btf->types.n; id++) {
        u32 size = 0;

        memcpy(type, btf->types.p + at, sizeof(*type));
        size = btf_tail_size(type);
        at += sizeof(*type);
        if (size == UINT32_MAX || size > btf->types.n - at)
            return 0;
        *tail = str_sub(btf->types, (u32)at, (u32)(at + size));
        if (BTF_INFO_KIND(type->info) == kind && type->name_off == name)
            return id;
        at += size;
    }
    return 0;
}

bool raw_btf_has_member(const struct raw_btf *btf, const char *of, const char *member)
{
    u32 struct_name = 0, name = 0;
    struct btf_type type;
    struct str members;

    if (!raw_btf_name(btf, of, &struct_name) || !raw_btf_name(btf, member, &name) ||
        raw_btf_find(btf, BTF_KIND_STRUCT, struct_name, &type, &members) == 0)
        return false;
    for (u32 at = 0; at + sizeof(struct btf_member) <= members.n; at += sizeof(struct btf_member)) {
        struct btf_member row;

        memcpy(&row, members.p + at, sizeof(row));
        if (row.name_off == name)
            return true;
    }
    return false;
}

/* Read all n bytes. */
static bool read_all(int fd, char *bytes, size_t n)
{
    size_t got = 0;

    while (got < n) {
        ssize_t more = read(fd, bytes + got, n - got);

        if (more <= 0)
            return false;
        got += (size_t)more;
    }
    return true;
}

char *raw_btf_read(u32 *size)
{
    _cleanup_close_ int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
    _cleanup_free_ char *bytes = NULL;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > INT32_MAX)
        return NULL;
    bytes = malloc((size_t)st.st_size + 1);
    if (!bytes || !read_all(fd, bytes, (size_t)st.st_size))
        return NULL;
    *size = (u32)st.st_size;
    return take_ptr(bytes);
}
