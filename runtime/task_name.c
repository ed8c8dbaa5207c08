/* The offset of task_struct.comm, from which programs read the name themselves: a tenth of the cost
 * of bpf_get_current_comm(). */
#include "runtime/task_name.h"

#include "runtime/raw_btf.h"

enum {
    NAME_BITS = 16 * 8,
};

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

/* The kernel pads names with zeros since 5.17. What tells is an enumerator that came a little
 * later. */
static const char padded_since[] = "BPF_MAP_TYPE_USER_RINGBUF";

u32 task_name_offset(const char *btf_path)
{
    _cleanup_raw_btf_ struct raw_btf btf = {.fd = -1};
    struct btf_type type;
    struct str members;
    u32 task = 0, comm = 0, unused = 0;

    if (!raw_btf_open(btf_path, &btf) || !raw_btf_name(&btf, "task_struct", &task) ||
        !raw_btf_name(&btf, "comm", &comm) || !raw_btf_name(&btf, padded_since, &unused) ||
        raw_btf_find(&btf, BTF_KIND_STRUCT, task, &type, &members) == 0)
        return 0;
    return find_member(members, BTF_INFO_KFLAG(type.info), comm);
}
