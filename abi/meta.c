/* Encoder and decoder of the metadata section, generated from meta.def.
 *
 * Format, little-endian: 8 bytes of magic, u32 version, then every table in the order of meta.def:
 * u32 number of rows, then the rows, member by member; an integer is 8 bytes, a string is a u32
 * length and its bytes. Nothing follows. The decoder runs as root on bytes that anybody may have
 * written: every read is checked against the end, and a row count is refused when that many rows
 * cannot be in what is left, so memory stays proportional to the input. */
#include "abi/meta.h"

#include <errno.h>
#include <string.h>

static const char magic[8] = {'P', 'T', 'L', 'M', 'E', 'T', 'A', '\n'};

/* ---- encoder ---- */

static void put_u32(struct buf *out, u32 v)
{
    u8 bytes[4];

    for (u32 i = 0; i < sizeof(bytes); i++)
        bytes[i] = (u8)(v >> (8 * i));
    buf_add(out, bytes, sizeof(bytes));
}

static void put_u64(struct buf *out, u64 v)
{
    put_u32(out, (u32)v);
    put_u32(out, (u32)(v >> 32));
}

static void put_str(struct buf *out, struct str s)
{
    put_u32(out, s.n);
    buf_add(out, s.p, s.n);
}

#define META_TABLE(name)                                             \
    static void put_##name##s(struct buf *out, const struct meta *m) \
    {                                                                \
        put_u32(out, m->name##s.n);                                  \
        for (u32 i = 0; i < m->name##s.n; i++) {                     \
            const struct meta_##name *row = &m->name##s.items[i];
#define META_U64(member)        put_u64(out, row->member);
#define META_STR(member)        put_str(out, row->member);
#define META_REF(member, table) put_u64(out, row->member);
#define META_END(name) \
    }                  \
    }
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END

void meta_encode(const struct meta *m, struct buf *out)
{
    buf_add(out, magic, sizeof(magic));
    put_u32(out, META_VERSION);
#define META_TABLE(name) put_##name##s(out, m);
#define META_U64(member)
#define META_STR(member)
#define META_REF(member, table)
#define META_END(name)
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END
}

/* ---- decoder ---- */

/* After a failed read `why` is set and every later read gives zero. */
struct reader {
    struct arena *arena;
    const u8 *p, *end;
    const char *why;
};

static size_t left(const struct reader *r)
{
    return (size_t)(r->end - r->p);
}

static const u8 *take(struct reader *r, size_t n)
{
    const u8 *p = r->p;

    if (r->why)
        return NULL;
    if (left(r) < n) {
        r->why = "the metadata ends too early";
        return NULL;
    }
    r->p += n;
    return p;
}

static u32 get_u32(struct reader *r)
{
    const u8 *p = take(r, 4);

    return p ? (u32)p[0] | (u32)p[1] << 8 | (u32)p[2] << 16 | (u32)p[3] << 24 : 0;
}

static u64 get_u64(struct reader *r)
{
    u64 low = get_u32(r);

    return low | (u64)get_u32(r) << 32;
}

static struct str get_str(struct reader *r)
{
    u32 n = get_u32(r);
    const u8 *p = take(r, n);

    return p ? (struct str){(const char *)p, n} : (struct str){"", 0};
}

/* Read a row count; row_min is the size of the smallest possible row. */
static u32 get_count(struct reader *r, size_t row_min)
{
    u32 n = get_u32(r);

    if (r->why || n <= left(r) / row_min)
        return n;
    r->why = "the metadata announces more rows than it has";
    return 0;
}

/* As large as the smallest row of each table: strings empty. */
#define META_TABLE(name)        struct row_min_##name {
#define META_U64(member)        u8 member[8];
#define META_STR(member)        u8 member[4];
#define META_REF(member, table) u8 member[8];
#define META_END(name) \
    }                  \
    ;
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END

#define META_TABLE(name)                                                            \
    static void get_##name##s(struct reader *r, struct meta *m)                     \
    {                                                                               \
        u32 n = get_count(r, sizeof(struct row_min_##name));                        \
                                                                                    \
        m->name##s.items = n ? arena_array(r->arena, struct meta_##name, n) : NULL; \
        m->name##s.n = m->name##s.cap = n;                                          \
        for (u32 i = 0; i < n; i++) {                                               \
            struct meta_##name *row = &m->name##s.items[i];
#define META_U64(member)        row->member = get_u64(r);
#define META_STR(member)        row->member = get_str(r);
#define META_REF(member, table) row->member = get_u64(r);
#define META_END(name) \
    }                  \
    }
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END

static bool in_table(u64 ref, u32 n_rows)
{
    return ref == META_NO_REF || ref < n_rows;
}

#define META_TABLE(name)                                          \
    static bool refs_ok_##name(const struct meta *m)              \
    {                                                             \
        for (u32 i = 0; i < m->name##s.n; i++) {                  \
            const struct meta_##name *row = &m->name##s.items[i]; \
                                                                  \
            (void)row; /* tables without a reference */
#define META_U64(member)
#define META_STR(member)
#define META_REF(member, table)                \
    if (!in_table(row->member, m->table##s.n)) \
        return false;
#define META_END(name) \
    }                  \
    return true;       \
    }
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END

static bool all_refs_ok(const struct meta *m)
{
    return true
#define META_TABLE(name) &&refs_ok_##name(m)
#define META_U64(member)
#define META_STR(member)
#define META_REF(member, table)
#define META_END(name)
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END
        ;
}

/* n rows from first lie in a table of n_rows. *total sums them up: rows are not shared, so that no
 * reader of the tables does more work than there are rows. */
static bool owns_rows(u64 first, u64 n, u32 n_rows, u64 *total)
{
    if (first > n_rows || n > n_rows - first || n > n_rows - *total)
        return false;
    *total += n;
    return true;
}

/* Fields lie in their table, and their types stand before the tuple: no cycle. */
static const char *check_types(const struct meta *m)
{
    u64 total = 0;

    for (u32 i = 0; i < m->types.n; i++) {
        const struct meta_type *t = &m->types.items[i];

        if (!owns_rows(t->first_field, t->n_fields, m->fields.n, &total))
            return "a type of the metadata has fields that do not exist";
        for (u64 k = 0; k < t->n_fields; k++) {
            u64 type = m->fields.items[t->first_field + k].type;

            if (type >= i && type != META_NO_REF)
                return "a type of the metadata contains itself or a later type";
        }
    }
    return NULL;
}

static const char *check_structure(const struct meta *m)
{
    u64 n_variants = 0, n_pieces = 0;

    if (m->infos.n != 1)
        return "the metadata has not exactly one info row";
    if (!all_refs_ok(m))
        return "the metadata has an index outside of its table";
    vec_foreach(a, &m->attachs) {
        if (!owns_rows(a->first_variant, a->n_variants, m->variants.n, &n_variants))
            return "an attach point of the metadata has variants that do not exist";
    }
    vec_foreach(s, &m->sites) {
        if (!owns_rows(s->first_piece, s->n_pieces, m->pieces.n, &n_pieces))
            return "a site of the metadata has pieces that do not exist";
    }
    return check_types(m);
}

int meta_decode(struct arena *arena, const void *bytes, size_t size, struct meta *m,
                const char **why_out)
{
    struct reader r = {.arena = arena, .p = bytes, .end = (const u8 *)bytes + size};
    struct meta got = {0};
    const u8 *head = take(&r, sizeof(magic));

    if (!head || memcmp(head, magic, sizeof(magic)) != 0) {
        *why_out = "this is no metadata of ptrace-lite";
        return -EPROTO;
    }
    if (get_u32(&r) != META_VERSION && !r.why) {
        *why_out = "the metadata is of another version of ptrace-lite";
        return -EPROTONOSUPPORT;
    }
#define META_TABLE(name) get_##name##s(&r, &got);
#define META_U64(member)
#define META_STR(member)
#define META_REF(member, table)
#define META_END(name)
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END
    if (!r.why && left(&r) != 0)
        r.why = "the metadata has bytes behind its last table";
    if (!r.why)
        r.why = check_structure(&got);
    if (r.why) {
        *why_out = r.why;
        return -EPROTO;
    }
    *m = got;
    return 0;
}

void meta_sources(const struct meta *m, struct sources *out)
{
    vec_foreach(source, &m->sources)
        (void)sources_add(out, source->name, source->text);
    vec_foreach(x, &m->expansions) {
        struct span of = {(u32)x->span_begin, (u32)x->span_end};
        struct span call = {(u32)x->call_begin, (u32)x->call_end};

        (void)sources_expand(out, of, call);
    }
}
