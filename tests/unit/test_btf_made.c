/* stdlib/btf.h over files that are made here: what the compiler of tests/btf/kernel.c does not
 * write (modules, old bit-fields, 64-bit enums, signed ones, variable arguments), and damaged
 * files. Those may say anything, so every truncation and every changed byte is tried: whatever it
 * answers, it must not crash (run under ASan). */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include <linux/btf.h>

#include "stdlib/btf.h"
#include "tests/unit/check.h"
#include "tools/file.h"

static void arena_full(void *data)
{
    (void)data;
    (void)fputs("test_btf_made: arena is full\n", stderr);
    abort();
}

// --- writing BTF ---------------------------------------------------------------------------------

/* A file in the making. first_string: where a module's strings begin. */
struct maker {
    struct buf types, strings;
    u32 first_string;
};

static void maker_done(struct maker *m)
{
    buf_done(&m->types);
    buf_done(&m->strings);
}

static u32 add_string(struct maker *m, const char *s)
{
    u32 at = m->first_string + (u32)m->strings.n;

    buf_add(&m->strings, s, strlen(s) + 1);
    return at;
}

static void add_word(struct maker *m, u32 word)
{
    buf_add(&m->types, &word, sizeof(word));
}

/* The head of a type; `size` is also its other type. */
static void add_type(struct maker *m, u32 kind, u32 n, const char *name, u32 size)
{
    add_word(m, *name ? add_string(m, name) : 0);
    add_word(m, kind << 24 | n);
    add_word(m, size);
}

#define KIND_FLAG 0x80u

static void add_int(struct maker *m, const char *name, u32 size, u32 word)
{
    add_type(m, BTF_KIND_INT, 0, name, size);
    add_word(m, word);
}

static void add_member(struct maker *m, const char *name, u32 type, u32 offset)
{
    add_word(m, *name ? add_string(m, name) : 0);
    add_word(m, type);
    add_word(m, offset);
}

static void write_file(const char *path, const char *bytes, size_t n)
{
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    CHECK(fd >= 0 && file_write_all(fd, bytes, n) == 0);
}

static void write_made(struct maker *m, const char *path)
{
    struct btf_header h = {
        .magic = BTF_MAGIC,
        .version = BTF_VERSION,
        .hdr_len = sizeof(h),
        .type_len = (u32)m->types.n,
        .str_off = (u32)m->types.n,
        .str_len = (u32)m->strings.n,
    };
    _cleanup_buf_ struct buf out = {0};

    buf_add(&out, &h, sizeof(h));
    buf_add(&out, m->types.p, m->types.n);
    buf_add(&out, m->strings.p, m->strings.n);
    write_file(path, out.p, out.n);
}

/* A new folder in /tmp; its files' paths. */
struct place {
    char dir[32], vmlinux[48], module[48];
};

static struct place place_make(void)
{
    struct place p = {.dir = "/tmp/test_btf.XXXXXX"};

    CHECK(mkdtemp(p.dir) != NULL);
    (void)snprintf(p.vmlinux, sizeof(p.vmlinux), "%s/vmlinux", p.dir);
    (void)snprintf(p.module, sizeof(p.module), "%s/module", p.dir);
    return p;
}

static void place_done(struct place *p)
{
    (void)unlink(p->vmlinux);
    (void)unlink(p->module);
    (void)rmdir(p->dir);
}

static struct arena new_arena(void)
{
    struct arena a;

    arena_init(&a, (size_t)64 << 20, arena_full, NULL);
    return a;
}

// --- unusual, but in order -----------------------------------------------------------------------

enum {
    ID_INT = 1,
    ID_BITS,
    ID_OLD,
    ID_ENUM,
    ID_ENUM64,
    ID_PROTO,
    ID_FUNC,
    ID_BOOL4,
    ID_END
};

static void make_vmlinux(struct maker *m)
{
    (void)add_string(m, "");
    add_int(m, "int", 4, BTF_INT_SIGNED << 24 | 32);
    add_int(m, "unsigned int", 4, 3u << 16 | 5); /* 5 bits from bit 3 on */
    add_type(m, BTF_KIND_STRUCT, 4, "old", 8);
    add_member(m, "plain", ID_INT, 0);
    add_member(m, "bits", ID_BITS, 32);
    add_member(m, "outside", ID_INT, 40 * 8);
    add_member(m, "skew", ID_INT, 3);
    add_type(m, BTF_KIND_ENUM | KIND_FLAG, 2, "signs", 4);
    add_word(m, add_string(m, "SIGN_MINUS"));
    add_word(m, (u32)-5);
    add_word(m, add_string(m, "SIGN_PLUS"));
    add_word(m, 5);
    add_type(m, BTF_KIND_ENUM64, 1, "wide", 8);
    add_word(m, add_string(m, "WIDE_VALUE"));
    add_word(m, 1);
    add_word(m, 0x80000000);
    add_type(m, BTF_KIND_FUNC_PROTO, 2, "", ID_INT);
    add_word(m, add_string(m, "text"));
    add_word(m, ID_INT);
    add_word(m, 0);
    add_word(m, 0);
    add_type(m, BTF_KIND_FUNC, 0, "print", ID_PROTO);
    add_int(m, "bool4", 4, BTF_INT_BOOL << 24 | 32);
}

/* Its struct holds one of vmlinux by value. */
static void make_module(struct maker *m, const struct maker *vmlinux)
{
    m->first_string = (u32)vmlinux->strings.n;
    add_type(m, BTF_KIND_STRUCT, 2, "of_module", 16);
    add_member(m, "inner", ID_OLD, 0);
    add_member(m, "self", ID_END + 1, 64);
    add_type(m, BTF_KIND_PTR, 0, "", ID_END);
    add_type(m, BTF_KIND_STRUCT, 0, "old", 1); /* the one of vmlinux comes first */
}

static void check_old_bits(const struct type *old)
{
    u32 at = 0;
    const struct composite_field *bits = composite_find(old->composite, STR("bits"), &at);

    CHECK(bits && at == 35 && bits->bit_size == 5);
    CHECK(!composite_find(old->composite, STR("outside"), &at));
    CHECK(!composite_find(old->composite, STR("skew"), &at));
    CHECK(composite_find(old->composite, STR("plain"), &at) != NULL);
}

static void check_enums(struct btf *b)
{
    const struct type *of = NULL;
    s64 value = 0;

    CHECK(btf_enumerator(b, STR("SIGN_MINUS"), &value, &of) && value == -5 && of->is_signed);
    CHECK(btf_enumerator(b, STR("WIDE_VALUE"), &value, &of) && value == INT64_MIN + 1);
    CHECK(of == btf_enum(b, STR("wide")) && of->size == 8 && !of->is_signed);
}

static void check_module(struct btf *b, const struct type *old)
{
    const struct type *t = btf_struct(b, STR("of_module"), false);
    u32 at = 0;
    const struct composite_field *f = NULL;

    CHECK(t && t->composite->size == 16);
    if (!t)
        return;
    f = composite_find(t->composite, STR("inner"), &at);
    CHECK(f && f->type == old);
    f = composite_find(t->composite, STR("self"), &at);
    CHECK(f && at == 64 && f->type->kind == TYPE_POINTER && f->type->of == t);
}

static void test_made(void)
{
    _cleanup_(place_done) struct place place = place_make();
    _cleanup_(maker_done) struct maker vmlinux = {0}, module = {0};
    _cleanup_(arena_done) struct arena arena = new_arena();
    struct types *types = types_new(&arena);
    struct btf *b = btf_new(types, place.dir);
    const struct btf_function *f = NULL;
    const struct type *old = NULL;

    make_vmlinux(&vmlinux);
    make_module(&module, &vmlinux);
    write_made(&vmlinux, place.vmlinux);
    write_made(&module, place.module);
    old = btf_struct(b, STR("old"), false);
    CHECK(old && old->composite->size == 8);
    if (!old)
        return;
    check_old_bits(old);
    check_enums(b);
    check_module(b, old);
    f = btf_func(b, STR("print"));
    CHECK(f && f->is_variadic && f->n_params == 1);
    b = btf_new(types, place.vmlinux); /* a file alone has no modules */
    CHECK(!btf_struct(b, STR("of_module"), false));
}

// --- damaged -------------------------------------------------------------------------------------

static void walk_type(const struct type *t, u32 depth);

static void walk_composite(const struct composite *c, u32 depth)
{
    u32 n = 0, at = 0;
    const struct composite_field *fields = composite_fields(c, &n);

    for (u32 i = 0; i < n; i++) {
        walk_type(fields[i].type, depth + 1);
        (void)composite_find(c, fields[i].name, &at);
    }
    (void)composite_find(c, STR("nobody"), &at);
}

/* All that can be reached. */
static void walk_type(const struct type *t, u32 depth)
{
    if (depth > 4)
        return;
    (void)type_mem_size(t);
    if (t->of)
        walk_type(t->of, depth + 1);
    if (t->composite)
        walk_composite(t->composite, depth);
}

/* Ask for everything. */
static void walk_names(struct btf *b)
{
    static const char *const names[] = {"old",     "signs",      "wide",      "print", "of_module",
                                        "a_loop",  "a_typedef",  "SIGN_PLUS", "plain", "int",
                                        "pointer", "WIDE_VALUE", "a_nest"};
    const struct type *of = NULL;
    s64 value = 0;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct str name = str_of(names[i]);
        const struct type *found[] = {btf_struct(b, name, false), btf_struct(b, name, true),
                                      btf_enum(b, name), btf_typedef(b, name)};

        for (size_t k = 0; k < ARRAY_SIZE(found); k++) {
            if (found[k])
                walk_type(found[k], 0);
        }
        (void)btf_enumerator(b, name, &value, &of);
        (void)btf_func(b, name);
    }
}

static void try_bytes(const struct place *place, const char *bytes, size_t n)
{
    _cleanup_(arena_done) struct arena arena = new_arena();

    write_file(place->vmlinux, bytes, n);
    walk_names(btf_new(types_new(&arena), place->dir));
}

/* Chains without an end, and structs inside of themselves. */
static void add_loops(struct maker *m)
{
    u32 id = ID_END;

    add_type(m, BTF_KIND_TYPEDEF, 0, "a_typedef", id);
    add_type(m, BTF_KIND_PTR, 0, "", id + 1);
    add_type(m, BTF_KIND_STRUCT, 3, "a_loop", 8);
    add_member(m, "", id + 3, 0);
    add_member(m, "by_pointer", id + 1, 0);
    add_member(m, "by_typedef", id, 0);
    add_type(m, BTF_KIND_STRUCT, 2, "", 8);
    add_member(m, "", id + 2, 0);
    add_member(m, "by_value", id + 2, 0);
    add_type(m, BTF_KIND_STRUCT, 1, "a_nest", 8);
    add_member(m, "", id + 5, 0);
    add_type(m, BTF_KIND_ARRAY, 0, "", 0);
    add_word(m, id + 5); /* an array of itself */
    add_word(m, ID_INT);
    add_word(m, 1u << 31);
}

static void test_damaged(void)
{
    _cleanup_(place_done) struct place place = place_make();
    _cleanup_(maker_done) struct maker m = {0};
    _cleanup_buf_ struct buf whole = {0}, copy = {0};
    _cleanup_close_ int fd = -1;

    make_vmlinux(&m);
    add_loops(&m);
    write_made(&m, place.vmlinux);
    fd = open(place.vmlinux, O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0 && file_read_all(fd, 1 << 20, &whole) == 0 &&
          whole.n > sizeof(struct btf_header));
    try_bytes(&place, whole.p, whole.n);
    for (size_t n = 0; n < whole.n; n++)
        try_bytes(&place, whole.p, n);
    for (size_t i = 0; i < whole.n; i++) {
        static const unsigned char masks[] = {0x01, 0x80, 0xff};

        for (size_t k = 0; k < ARRAY_SIZE(masks); k++) {
            buf_reset(&copy);
            buf_add(&copy, whole.p, whole.n);
            copy.p[i] = (char)(copy.p[i] ^ masks[k]);
            try_bytes(&place, copy.p, copy.n);
        }
    }
}

// --- what is wrong -------------------------------------------------------------------------------

static void check_fault(const char *path, const char *bytes, size_t n, const char *wanted)
{
    _cleanup_(arena_done) struct arena arena = new_arena();
    struct btf *b = btf_new(types_new(&arena), path);

    write_file(path, bytes, n);
    CHECK_STR(btf_fault(b), str_printf(&arena, "%s: %s", path, wanted));
    CHECK(!btf_struct(b, STR("old"), false));
    CHECK_STR(btf_nearest(b, BTF_NAMES_STRUCT, STR("olt")), "");
}

static void test_faults(void)
{
    _cleanup_(place_done) struct place place = place_make();
    _cleanup_(arena_done) struct arena arena = new_arena();
    struct btf *b = btf_new(types_new(&arena), place.dir);
    struct btf_header h = {.magic = BTF_MAGIC, .version = BTF_VERSION, .hdr_len = sizeof(h)};

    CHECK_STR(btf_fault(b), str_printf(&arena, "%s: No such file or directory", place.vmlinux));
    check_fault(place.vmlinux, "", 0, "it is no BTF");
    check_fault(place.vmlinux, "\177ELF which is longer than a header", 33, "it is no BTF");
    check_fault(place.vmlinux, (char *)&h, sizeof(h), "it is damaged"); /* no strings */
    h.version = 2;
    check_fault(place.vmlinux, (char *)&h, sizeof(h), "its version of BTF is not known");
    h.magic = __builtin_bswap16(BTF_MAGIC);
    check_fault(place.vmlinux, (char *)&h, sizeof(h), "it is of a machine with another byte order");
}

int main(void)
{
    test_made();
    test_damaged();
    test_faults();
    return check_result();
}
