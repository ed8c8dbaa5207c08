/* The layout of C types, against that of the compiler of this test: both read the text of
 * layouts.def. */
#include "parser/parse.h"
#include "semantic/c_types.h"
#include "stdlib/btf.h"
#include "tests/unit/check.h"

#define PLAIN(...)                         __VA_ARGS__;
#define LAYOUT(keyword, tag, members, ...) __VA_ARGS__;
#include "tests/unit/layouts.def"
#undef LAYOUT
#undef PLAIN

#define TAG_X86_64  1
#define TAG_AARCH64 2

static const char text[] =
#define PLAIN(...)                         #__VA_ARGS__ ";\n"
#define LAYOUT(keyword, tag, members, ...) #__VA_ARGS__ ";\n"
#include "tests/unit/layouts.def"
#undef LAYOUT
#undef PLAIN
    "";

static void arena_full(void *data)
{
    (void)data;
    (void)fputs("test_c_layout: arena is full\n", stderr);
    abort();
}

/* All of the text, analysed. */
struct reading {
    struct arena arena;
    struct sources sources;
    struct diags diags;
    struct sema sema;
};

static void reading_begin(struct reading *r, struct str script, u32 arch_tag)
{
    const struct source *src = NULL;

    arena_init(&r->arena, (size_t)64 << 20, arena_full, NULL);
    sources_init(&r->sources, &r->arena);
    diags_init(&r->diags, &r->arena, &r->sources);
    src = sources_add(&r->sources, STR("text"), script);
    r->sema.arena = &r->arena;
    r->sema.v = (struct vocab){.arena = &r->arena,
                               .types = types_new(&r->arena),
                               .diags = &r->diags,
                               .arch = arch_by_tag(arch_tag)};
    r->sema.v.btf = btf_new(r->sema.v.types, "/nonexistent");
    c_declare(&r->sema, parse_program(&r->arena, src, &r->diags));
}

static void reading_end(struct reading *r)
{
    _cleanup_buf_ struct buf out = {0};

    diags_render(&r->diags, &out, false);
    CHECK(out.n == 0);
    (void)printf("%.*s", (int)out.n, out.p ? out.p : "");
    arena_done(&r->arena);
}

static const struct type *find(struct reading *r, const char *keyword, const char *tag)
{
    bool is_union = str_eq_c(str_of(keyword), "union");
    const struct type *t =
        c_type_find(&r->sema, is_union ? TYPE_NAME_UNION : TYPE_NAME_STRUCT, str_of(tag));

    CHECK(t && t->kind == TYPE_STRUCT);
    return t;
}

/* Follow a path "a.b"; says so where it is not there. */
static struct composite_field member_of(const struct type *t, const char *path)
{
    struct str rest = str_of(path);
    struct composite_field all = {0};

    for (;;) {
        int dot = str_index(rest, '.');
        struct str name = dot < 0 ? rest : str_sub(rest, 0, (u32)dot);
        const struct composite_field *field = NULL;
        u32 offset = 0;

        if (t->kind == TYPE_STRUCT)
            field = composite_find(t->composite, name, &offset);
        CHECK(field != NULL);
        if (!field)
            return all;
        all.bit_offset += offset;
        all.bit_size = field->bit_size;
        all.type = t = field->type;
        if (dot < 0)
            return all;
        rest = str_sub(rest, (u32)dot + 1, rest.n);
    }
}

static void check_number(const char *what, const char *path, u64 is, u64 wanted)
{
    CHECK(is == wanted);
    if (is != wanted) {
        (void)printf("  %s of %s is %llu, wanted %llu\n", what, path, (unsigned long long)is,
                     (unsigned long long)wanted);
    }
}

static void check_member(const struct type *t, const char *path, size_t offset, size_t size)
{
    struct composite_field m = member_of(t, path);

    check_number("offset", path, m.bit_offset, offset * 8);
    check_number("width", path, m.bit_size, 0);
    if (m.type)
        check_number("size", path, type_raw_size(m.type), size);
}

/* bytes: of the struct, with all bits of the member set and no others. */
static void check_bits(const struct type *t, const char *path, const u8 *bytes, size_t n)
{
    struct composite_field m = member_of(t, path);
    u64 first = n * 8, count = 0;

    for (size_t i = 0; i < n * 8; i++) {
        if (!(bytes[i / 8] >> (i % 8) & 1))
            continue;
        first = MIN(first, i);
        count++;
    }
    check_number("first bit", path, m.bit_offset, first);
    check_number("width", path, m.bit_size, count);
}

#define M(path) check_member(t, #path, offsetof(T, path), sizeof(((T *)0)->path));
/* A flexible array: no size for the compiler, 0 for us. */
#define Z(path) check_member(t, #path, offsetof(T, path), 0);
#define B(path)                                   \
    {                                             \
        union {                                   \
            T value;                              \
            u8 bytes[sizeof(T)];                  \
        } u;                                      \
                                                  \
        memset(&u, 0, sizeof(u));                 \
        u.value.path = minus_one;                 \
        check_bits(t, #path, u.bytes, sizeof(T)); \
    }

#define PLAIN(...)
#define LAYOUT(keyword, tag, members, ...)                               \
    static void test_##tag(struct reading *r)                            \
    {                                                                    \
        typedef keyword tag T;                                           \
        const volatile int minus_one = -1;                               \
        const struct type *t = find(r, #keyword, #tag);                  \
                                                                         \
        (void)minus_one;                                                 \
        if (!t)                                                          \
            return;                                                      \
        check_number("size", #tag, type_raw_size(t), sizeof(T));         \
        check_number("alignment", #tag, type_raw_align(t), _Alignof(T)); \
        members                                                          \
    }
#include "tests/unit/layouts.def"
#undef LAYOUT
#undef PLAIN

static void test_x86_64(void)
{
    struct reading r = {0};

    reading_begin(&r, STR(text), TAG_X86_64);
#define PLAIN(...)
#define LAYOUT(keyword, tag, members, ...) test_##tag(&r);
#include "tests/unit/layouts.def"
#undef LAYOUT
#undef PLAIN
    reading_end(&r);
}

/* The one difference: bit-fields without a name align the struct. */
static void test_aarch64(void)
{
    struct reading r = {0};

    reading_begin(&r,
                  STR("struct a { char c; long : 20; }; struct b { char c; int : 9; char d; };"
                      "struct p { char c; long : 20; } __attribute__((packed));"
                      "struct z { char c; int : 0; };"),
                  TAG_AARCH64);
    check_number("size", "a", type_raw_size(find(&r, "struct", "a")), 8);
    check_number("alignment", "a", type_raw_align(find(&r, "struct", "a")), 8);
    check_number("alignment", "b", type_raw_align(find(&r, "struct", "b")), 4);
    check_number("size", "p", type_raw_size(find(&r, "struct", "p")), 4);
    check_number("alignment", "z", type_raw_align(find(&r, "struct", "z")), 4);
    reading_end(&r);
}

static s64 enumerator(struct reading *r, const char *name)
{
    s64 value = 0;
    const struct type *t = c_enumerator_find(&r->sema, str_of(name), &value);

    CHECK(t && t->kind == TYPE_ENUM);
    return value;
}

static void check_enum(struct reading *r, const char *tag, u32 size, bool is_signed)
{
    const struct type *t = c_type_find(&r->sema, TYPE_NAME_ENUM, str_of(tag));

    CHECK(t && t->kind == TYPE_ENUM);
    if (t) {
        check_number("size", tag, t->size, size);
        check_number("sign", tag, t->is_signed, is_signed);
    }
}

static void test_enums(void)
{
    struct reading r = {0};

    reading_begin(&r, STR(text), TAG_X86_64);
#define ENUM(type) check_enum(&r, &#type[5], sizeof(type), (type)-1 < (type)1)
    ENUM(enum small);
    ENUM(enum negative);
    ENUM(enum wide);
    ENUM(enum tiny);
    ENUM(enum both);
    ENUM(enum top);
    ENUM(enum huge);
#undef ENUM
#define VALUE(name) check_number("value", #name, (u64)enumerator(&r, #name), (u64)(s64)(name))
    VALUE(SMALL_B);
    VALUE(NEGATIVE);
    VALUE(WIDE);
    VALUE(TINY_B);
    VALUE(COUNT);
    VALUE(SIZE);
    VALUE(SHIFTED);
    VALUE(BOTH_NEXT);
    VALUE(TOP);
    VALUE(TOP_NOT);
    VALUE(HUGE_NEXT);
    VALUE(SHORTER);
    VALUE(DIVIDED);
    VALUE(REST);
    VALUE(COMPARED);
    VALUE(OFFSET);
    VALUE(LETTER);
#undef VALUE
    reading_end(&r);
}

int main(void)
{
    test_x86_64();
    test_aarch64();
    test_enums();
    return check_result();
}
