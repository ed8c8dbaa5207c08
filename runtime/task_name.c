/* The offset of task_struct.comm, from which programs read the name themselves: a tenth of the cost
 * of bpf_get_current_comm(). The kernel's BTF has some 150 000 types; libbpf's parser would index
 * them all, this looks at their headers once. LAYOUT: Documentation/bpf/btf.rst of the kernel. */
#include "runtime/task_name.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/btf.h>

enum {
    NAME_BITS = 16 * 8,
    NEVER = -1,
};

struct btf_view {
    struct str types, strings;
};

static bool open_btf(struct str btf, struct btf_view *out)
{
    struct btf_header head;

    if (btf.n < sizeof(head))
        return false;
    memcpy(&head, btf.p, sizeof(head));
    if (head.magic != BTF_MAGIC || head.hdr_len > btf.n)
        return false;
    btf = str_sub(btf, head.hdr_len, btf.n);
    if (head.type_off > btf.n || head.type_len > btf.n - head.type_off || head.str_off > btf.n ||
        head.str_len > btf.n - head.str_off)
        return false;
    out->types = str_sub(btf, head.type_off, head.type_off + head.type_len);
    out->strings = str_sub(btf, head.str_off, head.str_off + head.str_len);
    return true;
}

/* Offset of a name in the strings; a string is there once. */
static bool find_name(const struct btf_view *btf, const char *name, u32 *out)
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

/* Bytes behind the header of a type; NEVER for a kind that is not known. */
static s64 tail_size(const struct btf_type *type)
{
    s64 n = BTF_INFO_VLEN(type->info);

    switch (BTF_INFO_KIND(type->info)) {
    case BTF_KIND_INT:
    case BTF_KIND_VAR:
    case BTF_KIND_DECL_TAG:
        return sizeof(u32);
    case BTF_KIND_ARRAY:
        return sizeof(struct btf_array);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
        return n * (s64)sizeof(struct btf_member);
    case BTF_KIND_ENUM:
        return n * (s64)sizeof(struct btf_enum);
    case BTF_KIND_ENUM64:
        return n * (s64)sizeof(struct btf_enum64);
    case BTF_KIND_FUNC_PROTO:
        return n * (s64)sizeof(struct btf_param);
    case BTF_KIND_DATASEC:
        return n * (s64)sizeof(struct btf_var_secinfo);
    default:
        return BTF_INFO_KIND(type->info) > BTF_KIND_ENUM64 ? NEVER : 0;
    }
}

/* Offset of a member that takes 16 bytes, in bytes; 0 if it is not there. members: whole rows. */
static u32 find_member(struct str members, bool has_bitfields, u32 name)
{
    struct btf_member member, next;

    for (u32 at = 0; at + 2 * sizeof(member) <= members.n; at += sizeof(member)) {
        u32 offset = 0, next_offset = 0;

        memcpy(&member, members.p + at, sizeof(member));
        memcpy(&next, members.p + at + sizeof(member), sizeof(next));
        offset = has_bitfields ? BTF_MEMBER_BIT_OFFSET(member.offset) : member.offset;
        next_offset = has_bitfields ? BTF_MEMBER_BIT_OFFSET(next.offset) : next.offset;
        if (member.name_off == name)
            return next_offset - offset == NAME_BITS && offset % 8 == 0 ? offset / 8 : 0;
    }
    return 0;
}

static u32 find_in_struct(const struct btf_view *btf, u32 struct_name, u32 member_name)
{
    struct btf_type type;

    for (u64 at = 0; at + sizeof(type) <= btf->types.n;) {
        s64 tail = 0;

        memcpy(&type, btf->types.p + at, sizeof(type));
        tail = tail_size(&type);
        at += sizeof(type);
        if (tail == NEVER || (u64)tail > btf->types.n - at)
            return 0;
        if (BTF_INFO_KIND(type.info) == BTF_KIND_STRUCT && type.name_off == struct_name) {
            struct str members = str_sub(btf->types, (u32)at, (u32)(at + (u64)tail));

            return find_member(members, BTF_INFO_KFLAG(type.info), member_name);
        }
        at += (u64)tail;
    }
    return 0;
}

/* The kernel pads names with zeros since 5.17. What tells is an enumerator that came a little
 * later. */
static const char padded_since[] = "BPF_MAP_TYPE_USER_RINGBUF";

u32 task_name_find(struct str btf)
{
    struct btf_view view;
    u32 task = 0, comm = 0, unused = 0;

    if (!open_btf(btf, &view) || !find_name(&view, padded_since, &unused) ||
        !find_name(&view, "task_struct", &task) || !find_name(&view, "comm", &comm))
        return 0;
    return find_in_struct(&view, task, comm);
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

u32 task_name_offset(void)
{
    _cleanup_close_ int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
    _cleanup_free_ char *bytes = NULL;
    struct stat st;

    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size > INT32_MAX)
        return 0;
    bytes = malloc((size_t)st.st_size + 1);
    if (!bytes || !read_all(fd, bytes, (size_t)st.st_size))
        return 0;
    return task_name_find((struct str){bytes, (u32)st.st_size});
}
