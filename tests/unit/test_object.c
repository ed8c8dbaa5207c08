/* What an object that was cut or changed can do: it is refused, or what is left of it passes all
 * checks. Every length, and every byte of the metadata in turn, as it is and with the digest made
 * right again. */
#include <elf.h>
#include <stdio.h>

#include <bpf/btf.h>
#include <bpf/libbpf.h>

#include "abi/digest.h"
#include "abi/record.h"
#include "runtime/maps.h"
#include "runtime/object.h"
#include "runtime/runtime.h"
#include "tests/unit/check.h"

#define SCRIPT                                                                                             \
    "config = { max_probes = 7; } macro twice(x) { x * 2 } "                                               \
    "BEGIN { @h[1, \"a\"] = hist(5); @l = lhist($1, 0, 10, 1); @t = (1, (\"b\", nsecs)); "                 \
    "printf(\"%5d %s %-*d\\n\", twice($1), str($2), 4, 5); print(@h); clear(@h); time(\"%H\"); "           \
    "@s = stats(1); @pinning = 1; print(kstack(3)); print(getopt(\"name\", \"x\")); errorf(\"%d\", 1); } " \
    "kprobe:f ?? kprobe:g { @[comm, ksym(kaddr(\"avenrun\"))] = count(); exit(3); } "                      \
    "uprobe:/bin/sh:* { join(arg0); } interval:s:1 { zero(@s); }"

struct image {
    u8 *bytes; /* a copy that may be changed */
    size_t size, meta, meta_n, digest;
};

static int print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
    (void)level;
    (void)fmt;
    (void)args;
    return 0;
}

/* Read it as a session does, up to the kernel. Returns whether it was taken. */
static bool take(const u8 *bytes, size_t size)
{
    LIBBPF_OPTS(bpf_object_open_opts, opts, .object_name = "test");
    struct arena arena;
    struct elf_view view;
    struct meta meta = {0};
    struct bpf_object *object = NULL;
    struct maps *maps = NULL;
    const char *why = NULL;
    bool is_taken = false;

    object_arena(&arena, size);
    is_taken =
        elf_view_init(&view, bytes, size) == 0 && object_read(&arena, &view, &meta, &why) == 0;
    if (is_taken) {
        object = bpf_object__open_mem(bytes, size, &opts);
        is_taken = object != NULL && maps_new(&maps, &meta, object) == 0;
        maps_free(&maps);
        bpf_object__close(object);
    }
    arena_done(&arena);
    return is_taken;
}

static void digest_mend(struct image *o)
{
    u32 digest = digest_of(o->bytes, o->size, o->digest);

    memcpy(o->bytes + o->digest, &digest, sizeof(digest));
}

static void test_cuts(const struct image *o)
{
    u32 n_taken = 0;

    for (size_t n = 0; n < o->size; n++) {
        u8 *cut = malloc(MAX(n, 1)); /* so that a sanitizer sees what is read behind it */

        memcpy(cut, o->bytes, n);
        n_taken += take(cut, n);
        free(cut);
    }
    CHECK(n_taken == 0);
}

static void test_changes(struct image *o)
{
    static const u8 changes[] = {0xff, 0x01, 0x80};
    u32 n_taken = 0, n_mended = 0;

    for (size_t i = 0; i < o->meta_n * ARRAY_SIZE(changes); i++) {
        u8 *byte = o->bytes + o->meta + i / ARRAY_SIZE(changes);
        u8 change = changes[i % ARRAY_SIZE(changes)];

        *byte ^= change;
        n_taken += take(o->bytes, o->size);
        digest_mend(o);
        n_mended += take(o->bytes, o->size);
        *byte ^= change;
        digest_mend(o);
    }
    CHECK(n_taken == 0);
    /* Texts may be any, numbers of lines and the like, too; sizes, kinds and references may not. */
    CHECK(n_mended > 0 && n_mended < o->meta_n * ARRAY_SIZE(changes));
    CHECK(take(o->bytes, o->size));
}

/* Make a member of a map's definition be `pinning`, by which libbpf would share the map. */
static void test_pins(struct image *o, const struct elf_view *view)
{
    struct elf_section section;
    struct btf *btf = NULL;
    const struct btf_type *var = NULL;
    struct btf_member *member = NULL;
    u32 offset = 0, size = 0, name = 0;

    CHECK(elf_section_find(view, ".BTF", &section) == 0);
    btf = btf__new(section.data.p, section.data.n);
    CHECK(btf != NULL);
    var = btf__type_by_id(btf, (u32)btf__find_by_name_kind(btf, "at_pinning", BTF_KIND_VAR));
    CHECK(var != NULL);
    if (var) {
        member = btf_members(btf__type_by_id(btf, var->type)) + 1;
        CHECK_STR(str_of(btf__name_by_offset(btf, member->name_off)), "max_entries");
        offset = (u32)((const char *)&member->name_off - (const char *)btf__raw_data(btf, &size));
        name = var->name_off + (u32)strlen("at_");
        memcpy(o->bytes + ((const u8 *)section.data.p - o->bytes) + offset, &name, sizeof(name));
        digest_mend(o);
        CHECK(!take(o->bytes, o->size));
    }
    btf__free(btf);
}

/* A symbol that is not in the object. */
static void test_symbols(struct image *o, const struct elf_view *view)
{
    static const u16 undefined = 0;
    struct elf_section section;
    size_t at = 0;
    u16 old = 0;

    CHECK(elf_section_find(view, ".symtab", &section) == 0);
    at = (size_t)((const u8 *)section.data.p - o->bytes) + section.data.n - sizeof(Elf64_Sym) +
         offsetof(Elf64_Sym, st_shndx);
    CHECK(!elf_wants_symbols(view));
    memcpy(&old, o->bytes + at, sizeof(old));
    memcpy(o->bytes + at, &undefined, sizeof(undefined));
    CHECK(elf_wants_symbols(view));
    digest_mend(o);
    CHECK(!take(o->bytes, o->size));
    memcpy(o->bytes + at, &old, sizeof(old));
    digest_mend(o);
    CHECK(take(o->bytes, o->size));
}

/* Change bytes of the metadata to as many others, wherever they are. */
static void replace(struct image *o, const char *from, const char *to)
{
    size_t n = strlen(from);
    u8 *at = NULL;

    CHECK(n == strlen(to) && memmem(o->bytes + o->meta, o->meta_n, from, n));
    while ((at = memmem(o->bytes + o->meta, o->meta_n, from, n)))
        memcpy(at, to, n);
    digest_mend(o);
}

/* What a list of its probes shows. */
static void test_list(struct image *o)
{
    _cleanup_free_ char *text = NULL;
    size_t n = 0;
    FILE *out = NULL;
    struct ptl_error err;

    replace(o, "uprobe:/bin/sh:*", "uprobe:/\x1b[31mx:*");
    out = open_memstream(&text, &n);
    CHECK(out && ptl_object_probes(o->bytes, o->size, out, &err) == 0);
    if (out)
        (void)fclose(out); /* memory */
    CHECK_STR(text, "begin\nkprobe:f\nkprobe:g\nuprobe:/\\x1b[31mx:*\ninterval:s:1\n");
    replace(o, "uprobe:/\x1b[31mx:*", "uprobe:/bin/sh:*");
    CHECK(take(o->bytes, o->size));
}

static void compile(struct buf *out)
{
    /* A constant of the build. NOLINTNEXTLINE(cert-env33-c) */
    FILE *f = popen(TEST_PTLC " --aot --unsafe --no-warnings --object-fd 1 -e '" SCRIPT "'", "r");
    char chunk[4096];
    size_t n = 0;

    CHECK(f != NULL);
    while (f && (n = fread(chunk, 1, sizeof(chunk), f)) > 0)
        buf_add(out, chunk, n);
    CHECK(f && pclose(f) == 0);
}

int main(void)
{
    _cleanup_buf_ struct buf object = {0};
    struct elf_view view;
    struct elf_section meta, digest;
    struct image o = {0};

    (void)libbpf_set_print(print_nothing);
    compile(&object);
    CHECK(object.p != NULL);
    if (object.p == NULL)
        return check_result();
    o.bytes = (u8 *)object.p;
    o.size = object.n;
    CHECK(elf_view_init(&view, o.bytes, o.size) == 0);
    CHECK(elf_section_find(&view, PTL_SECTION_META, &meta) == 0);
    CHECK(elf_section_find(&view, PTL_SECTION_DIGEST, &digest) == 0);
    o.meta = (size_t)((const u8 *)meta.data.p - o.bytes);
    o.meta_n = meta.data.n;
    o.digest = (size_t)((const u8 *)digest.data.p - o.bytes);
    CHECK(take(o.bytes, o.size));
    test_cuts(&o);
    test_changes(&o);
    test_list(&o);
    test_symbols(&o, &view);
    test_pins(&o, &view);
    return check_result();
}
