/* BTF of several objects as one: types and strings one behind the other, with the numbers of types
 * and the offsets of strings moved; the tables of .BTF.ext by section, as the kernel's reader and
 * libbpf's want them. Types that several parts have stay several: they are few. */
#include <errno.h>

#include <linux/btf.h>

#include "codegen/link.h"

/* What is added to the numbers of a part; 0 stays 0 (void, the empty string). */
struct shift {
    u32 type, string;
};

static void move(u32 *number, u32 by)
{
    *number += *number ? by : 0;
}

/* ---- types ---- */

/* Words behind a struct btf_type, in groups: each a pattern of t (type), s (string) and . (other).
 */
struct kind_row {
    const char *words; /* of one group, or NULL: a kind that LLVM makes nothing of from us */
    bool is_list;      /* as many groups as the type says, else one */
    bool has_type;     /* the last word of struct btf_type is a type, not a size */
};

static const struct kind_row kinds[BTF_KIND_DATASEC + 1] = {
    [BTF_KIND_INT] = {".", false, false},     [BTF_KIND_PTR] = {"", false, true},
    [BTF_KIND_ARRAY] = {"tt.", false, false}, [BTF_KIND_STRUCT] = {"st.", true, false},
    [BTF_KIND_UNION] = {"st.", true, false},  [BTF_KIND_ENUM] = {"s.", true, false},
    [BTF_KIND_FUNC] = {"", false, true},      [BTF_KIND_FUNC_PROTO] = {"st", true, true},
    [BTF_KIND_VAR] = {".", false, true},      [BTF_KIND_DATASEC] = {"t..", true, false},
};

static void move_words(u32 *words, const char *pattern, const struct shift *shift)
{
    for (; *pattern; pattern++, words++) {
        if (*pattern == 't')
            move(words, shift->type);
        if (*pattern == 's')
            move(words, shift->string);
    }
}

/* Move the type at p, of which n bytes are there. Returns its size; 0: it is none. */
static u32 move_type(char *p, u32 n, const struct shift *shift)
{
    struct btf_type *type = (void *)p;
    u32 *words = (void *)(p + sizeof(*type));
    const struct kind_row *row = NULL;
    u32 n_groups = 1, group = 0;

    if (n < sizeof(*type) || BTF_INFO_KIND(type->info) >= ARRAY_SIZE(kinds))
        return 0;
    row = &kinds[BTF_INFO_KIND(type->info)];
    if (!row->words)
        return 0;
    group = (u32)strlen(row->words);
    n_groups = row->is_list ? BTF_INFO_VLEN(type->info) : 1;
    if ((n - sizeof(*type)) / 4 < (size_t)n_groups * group)
        return 0;
    move(&type->name_off, shift->string);
    if (row->has_type)
        move(&type->type, shift->type);
    for (u32 i = 0; i < n_groups; i++)
        move_words(words + (size_t)i * group, row->words, shift);
    return (u32)sizeof(*type) + n_groups * group * 4;
}

static int add_types(struct link *l, struct str part, const struct shift *shift)
{
    size_t at = l->types.n;
    u32 size = 0;

    buf_add(&l->types, part.p, part.n);
    if (l->types.failed)
        return -ENOMEM;
    for (; at < l->types.n; at += size) {
        size = move_type(l->types.p + at, (u32)(l->types.n - at), shift);
        if (!size)
            return -EPROTO;
        l->n_types++;
    }
    return 0;
}

/* ---- .BTF.ext ---- */

/* Words of a record of each table; the first is an offset in the section. */
static const char *const records[LINK_EXT_COUNT_] = {".t", ".ss.", ".ts."};

static struct link_section *find_section(struct link *l, const char *name)
{
    vec_foreach(section, &l->sections) {
        if (strcmp(section->name, name) == 0)
            return section;
    }
    return NULL;
}

static int add_records(struct link_section *section, enum link_ext ext, struct str part,
                       const struct shift *shift)
{
    struct buf *out = &section->ext[ext];
    u32 size = (u32)strlen(records[ext]) * 4;
    size_t at = out->n;

    buf_add(out, part.p, part.n);
    if (out->failed)
        return -ENOMEM;
    for (; at < out->n; at += size) {
        u32 *words = (void *)(out->p + at);

        words[0] += (u32)section->base;
        move_words(words, records[ext], shift);
    }
    return 0;
}

/* One table: the size of its records, then for each section its name, their number, and they. */
static int add_table(struct link *l, enum link_ext ext, struct str table, struct str strings,
                     const struct shift *shift)
{
    u32 size = (u32)strlen(records[ext]) * 4, at = 4;
    int rc = 0;

    if (table.n < 4)
        return table.n ? -EPROTO : 0;
    if (*(const u32 *)(const void *)table.p != size)
        return -EPROTO;
    while (at < table.n && rc == 0) {
        const struct btf_ext_head {
            u32 name, n;
        } *head = (const void *)(table.p + at);
        struct link_section *section = NULL;

        at += sizeof(*head);
        if (at > table.n || head->name >= strings.n || (table.n - at) / size < head->n)
            return -EPROTO;
        section = find_section(l, strings.p + head->name);
        if (!section)
            return -EPROTO;
        rc = add_records(section, ext, str_sub(table, at, at + head->n * size), shift);
        at += head->n * size;
    }
    return rc;
}

/* struct btf_ext_header of libbpf */
struct ext_header {
    u16 magic;
    u8 version, flags;
    u32 header_size;

    struct {
        u32 offset, size;
    } tables[LINK_EXT_COUNT_];
};

static int add_ext(struct link *l, struct str ext, struct str strings, const struct shift *shift)
{
    const struct ext_header *header = (const void *)ext.p;
    int rc = 0;

    if (ext.n < sizeof(*header) || header->magic != BTF_MAGIC ||
        header->header_size < sizeof(*header) || header->header_size > ext.n)
        return -EPROTO;
    ext = str_sub(ext, header->header_size, ext.n);
    for (u32 i = 0; i < LINK_EXT_COUNT_ && rc == 0; i++) {
        u32 offset = header->tables[i].offset, size = header->tables[i].size;

        if (offset > ext.n || size > ext.n - offset || offset % 4 != 0)
            return -EPROTO;
        rc = add_table(l, i, str_sub(ext, offset, offset + size), strings, shift);
    }
    return rc;
}

/* ---- a part ---- */

int link_btf_add(struct link *l, const struct elf_view *part)
{
    u32 btf_number = elf_view_find(part, ".BTF"), ext_number = elf_view_find(part, ".BTF.ext");
    struct str btf = elf_view_content(part, btf_number), types, strings;
    const struct btf_header *header = (const void *)btf.p;
    struct shift shift = {.type = l->n_types};
    int rc = 0;

    if (!btf_number)
        return 0;
    if (btf.n < sizeof(*header) || header->magic != BTF_MAGIC || header->hdr_len > btf.n)
        return -EPROTO;
    btf = str_sub(btf, header->hdr_len, btf.n);
    types = str_sub(btf, header->type_off, header->type_off + header->type_len);
    strings = str_sub(btf, header->str_off, header->str_off + header->str_len);
    if (types.n != header->type_len || strings.n != header->str_len || strings.n == 0 ||
        strings.p[0] != '\0' || strings.p[strings.n - 1] != '\0')
        return -EPROTO;
    if (l->strings.n == 0)
        buf_add_char(&l->strings, '\0');
    shift.string = (u32)l->strings.n - 1;
    buf_add(&l->strings, strings.p + 1, strings.n - 1);
    rc = add_types(l, types, &shift);
    if (rc == 0 && ext_number)
        rc = add_ext(l, elf_view_content(part, ext_number), strings, &shift);
    return l->strings.failed ? -ENOMEM : rc;
}

/* ---- the whole ---- */

static u32 add_string(struct link *l, const char *s)
{
    u32 at = (u32)l->strings.n;

    buf_add(&l->strings, s, strlen(s) + 1);
    return at;
}

static void write_table(struct link *l, enum link_ext ext, struct buf *out)
{
    u32 size = (u32)strlen(records[ext]) * 4;
    bool is_begun = false;

    vec_foreach(section, &l->sections) {
        const struct buf *bytes = &section->ext[ext];
        u32 head[] = {0, (u32)bytes->n / size};

        if (bytes->n == 0)
            continue;
        if (!is_begun)
            buf_add(out, &size, sizeof(size)); /* libbpf refuses a table without records */
        is_begun = true;
        head[0] = add_string(l, section->name);
        buf_add(out, head, sizeof(head));
        buf_add(out, bytes->p, bytes->n);
    }
}

void link_btf_write(struct link *l, struct buf *btf_out, struct buf *ext_out)
{
    struct ext_header ext = {BTF_MAGIC, BTF_VERSION, 0, sizeof(ext), {{0}}};
    struct btf_header btf = {.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(btf)};

    buf_add(ext_out, &ext, sizeof(ext));
    for (u32 i = 0; i < LINK_EXT_COUNT_; i++) {
        ext.tables[i].offset = (u32)(ext_out->n - sizeof(ext));
        write_table(l, i, ext_out);
        ext.tables[i].size = (u32)(ext_out->n - sizeof(ext)) - ext.tables[i].offset;
    }
    if (!ext_out->failed)
        memcpy(ext_out->p, &ext, sizeof(ext));
    btf.type_len = (u32)l->types.n;
    btf.str_off = btf.type_len;
    btf.str_len = (u32)l->strings.n;
    buf_add(btf_out, &btf, sizeof(btf));
    buf_add(btf_out, l->types.p, l->types.n);
    buf_add(btf_out, l->strings.p, l->strings.n);
}
