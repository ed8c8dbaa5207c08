/* Reading BTF. The file may be anybody's (BPFTRACE_BTF): nothing in it is believed before it has
 * been compared with the file's size. */
#include "stdlib/btf_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "abi/btf_size.h"

/* Those of kernels have 5 to 15 MB. */
#define MAX_FILE ((off_t)48 << 20)

static const char *const text_damaged = "it is damaged";

static void unmap(void *p, size_t size)
{
    (void)munmap(p, size); /* cannot fail: it is what mmap() gave */
}

/* Newer kernels let their own BTF be mapped, which saves 5 MB of copies. Other files may shrink
 * while they are read: never mapped. Returns false where it is not possible. */
static bool map_whole(struct arena *arena, int fd, size_t n, const char **bytes_out)
{
    struct statfs fs;
    void *p = NULL;

    if (n == 0 || fstatfs(fd, &fs) < 0 || fs.f_type != SYSFS_MAGIC)
        return false;
    p = mmap(NULL, n, PROT_READ, MAP_PRIVATE, fd, 0);
    if (p == MAP_FAILED)
        return false;
    arena_adopt(arena, unmap, p, n);
    *bytes_out = p;
    return true;
}

static const char *read_whole(struct arena *arena, const char *path, const char **bytes_out,
                              u32 *n_out)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;

    if (fd < 0 || fstat(fd, &st) < 0)
        return strerrordesc_np(errno);
    if (st.st_size > MAX_FILE)
        return "it is too large";
    *n_out = (u32)st.st_size;
    if (map_whole(arena, fd, (size_t)st.st_size, bytes_out))
        return NULL;

    char *bytes = arena_alloc(arena, (size_t)st.st_size);
    u32 n = 0;

    while (n < st.st_size) {
        ssize_t got = read(fd, bytes + n, (size_t)st.st_size - n);

        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return strerrordesc_np(errno);
        if (got == 0)
            break;
        n += (u32)got;
    }
    *bytes_out = bytes;
    *n_out = n;
    return NULL;
}

/* Find the two sections. */
static const char *read_header(const char *bytes, u32 n, struct btf_file *f, u32 *n_type_bytes_out)
{
    const struct btf_header *h = (const struct btf_header *)bytes;

    if (n < sizeof(*h) || (h->magic != BTF_MAGIC && h->magic != __builtin_bswap16(BTF_MAGIC)))
        return "it is no BTF";
    if (h->magic != BTF_MAGIC)
        return "it is of a machine with another byte order";
    if (h->version != BTF_VERSION)
        return "its version of BTF is not known";
    if (h->hdr_len < sizeof(*h) || h->hdr_len > n)
        return text_damaged;

    u32 left = n - h->hdr_len;

    if (h->type_off > left || h->type_len > left - h->type_off || h->str_off > left ||
        h->str_len > left - h->str_off || (h->hdr_len + h->type_off) % 4)
        return text_damaged;
    f->types = bytes + h->hdr_len + h->type_off;
    f->strings = bytes + h->hdr_len + h->str_off;
    f->n_string_bytes = h->str_len;
    if (h->str_len == 0 || f->strings[h->str_len - 1] != '\0')
        return text_damaged;
    *n_type_bytes_out = h->type_len;
    return NULL;
}

/* Note where each type begins. */
static const char *index_types(struct arena *arena, struct btf_file *f, u32 n_bytes)
{
    u32 *offsets = arena_array(arena, u32, n_bytes / sizeof(struct btf_type) + 1);
    u32 n = 0;

    for (u32 at = 0; at < n_bytes; n++) {
        const struct btf_type *t = (const struct btf_type *)(f->types + at);
        u32 left = n_bytes - at;
        u32 behind = 0;

        if (left < sizeof(*t))
            return text_damaged;
        behind = btf_tail_size(t);
        if (behind == UINT32_MAX)
            return "it has types of a kind that is not known";
        if (behind > left - sizeof(*t))
            return text_damaged;
        offsets[n] = at;
        at += (u32)sizeof(*t) + behind;
    }
    f->offsets = offsets;
    f->n_types = n;
    return NULL;
}

const char *btf_file_read(struct arena *arena, const char *path, const struct btf_file *base,
                          struct btf_file *out)
{
    struct btf_file f = {.base = base, .first_id = 1};
    const char *bytes = "";
    u32 n = 0, n_type_bytes = 0;
    const char *why = read_whole(arena, path, &bytes, &n);

    if (!why)
        why = read_header(bytes, n, &f, &n_type_bytes);
    if (!why)
        why = index_types(arena, &f, n_type_bytes);
    if (why)
        return why;
    if (base) {
        f.first_id = base->first_id + base->n_types;
        f.first_string = base->n_string_bytes;
    }
    f.made = arena_array(arena, const struct type *, f.n_types + 1);
    *out = f;
    return NULL;
}

const struct btf_file *btf_file_of(const struct btf_file *f, u32 id)
{
    return f->base && id < f->first_id ? f->base : f;
}

const struct btf_type *btf_file_type(const struct btf_file *f, u32 id)
{
    const struct btf_file *own = btf_file_of(f, id);

    if (id < own->first_id || id - own->first_id >= own->n_types)
        return NULL;
    return (const struct btf_type *)(own->types + own->offsets[id - own->first_id]);
}

const char *btf_file_string(const struct btf_file *f, u32 offset)
{
    const struct btf_file *own = f->base && offset < f->first_string ? f->base : f;

    if (offset < own->first_string || offset - own->first_string >= own->n_string_bytes)
        return "";
    return own->strings + (offset - own->first_string);
}
