/* A look at the kernel's type information. */
#include "runtime/raw_btf.h"

#include <fcntl.h>
#include <unistd.h>

#include "abi/btf_size.h"

enum {
    PIECE_BYTES = 16 << 10, /* sysfs gives a page for each call */
};

/* Read what there is of n bytes. Returns how many. */
static size_t read_at(int fd, u64 at, char *bytes, size_t n)
{
    size_t got = 0;

    while (got < n) {
        ssize_t more = pread(fd, bytes + got, n - got, (off_t)(at + got));

        if (more <= 0)
            break;
        got += (size_t)more;
    }
    return got;
}

/* n bytes of the file, borrowed until the next call; NULL: they are not there. */
static const char *look(struct raw_btf *btf, u64 at, size_t n)
{
    struct raw_btf_part *piece = &btf->piece;

    if (at < piece->at || at + n > piece->at + piece->n) {
        size_t wanted = MAX(n, (size_t)PIECE_BYTES);

        if (wanted > btf->room) {
            char *bytes = realloc(btf->bytes, wanted);

            if (!bytes)
                return NULL;
            btf->bytes = bytes;
            btf->room = wanted;
        }
        *piece = (struct raw_btf_part){at, read_at(btf->fd, at, btf->bytes, wanted)};
    }
    return n <= piece->n - (at - piece->at) ? btf->bytes + (at - piece->at) : NULL;
}

bool raw_btf_open(const char *path, struct raw_btf *out)
{
    const char *bytes = NULL;
    struct btf_header head;

    *out = (struct raw_btf){.fd = open(path, O_RDONLY | O_CLOEXEC)};
    if (out->fd >= 0)
        bytes = look(out, 0, sizeof(head));
    if (!bytes)
        return false;
    memcpy(&head, bytes, sizeof(head));
    out->types = (struct raw_btf_part){(u64)head.hdr_len + head.type_off, head.type_len};
    out->strings = (struct raw_btf_part){(u64)head.hdr_len + head.str_off, head.str_len};
    return head.magic == BTF_MAGIC;
}

void raw_btf_done(struct raw_btf *btf)
{
    free(btf->bytes);
    close_fd(&btf->fd);
}

bool raw_btf_name(struct raw_btf *btf, const char *name, u32 *out)
{
    char with_nuls[40] = "";
    size_t n = strlen(name) + 2;

    if (n > sizeof(with_nuls))
        ptl_bug("a name that is longer than those of the types that are looked for");
    memcpy(with_nuls + 1, name, n - 2);
    /* Each piece begins with the end of the one before: a name may lie in both. */
    for (u64 at = 0; at + n <= btf->strings.n; at += PIECE_BYTES - (n - 1)) {
        size_t size = MIN((size_t)PIECE_BYTES, btf->strings.n - at);
        const char *piece = look(btf, btf->strings.at + at, size);
        const char *found = piece ? memmem(piece, size, with_nuls, n) : NULL;

        if (found)
            *out = (u32)(at + (u64)(found - piece)) + 1;
        if (found || !piece)
            return found != NULL;
    }
    return false;
}

u32 raw_btf_find(struct raw_btf *btf, u32 kind, u32 name, struct btf_type *type, struct str *tail)
{
    u32 id = 1;

    for (u64 at = 0; at + sizeof(*type) <= btf->types.n; id++) {
        const char *bytes = look(btf, btf->types.at + at, sizeof(*type));
        u32 size = 0;

        if (!bytes)
            return 0;
        memcpy(type, bytes, sizeof(*type));
        size = btf_tail_size(type);
        at += sizeof(*type);
        if (size == UINT32_MAX || size > btf->types.n - at)
            return 0;
        if (BTF_INFO_KIND(type->info) == kind && type->name_off == name) {
            bytes = look(btf, btf->types.at + at, size);
            *tail = (struct str){bytes, size};
            return bytes ? id : 0;
        }
        at += size;
    }
    return 0;
}

bool raw_btf_has_member(struct raw_btf *btf, const char *of, const char *member)
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
