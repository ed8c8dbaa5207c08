/* What an object says about itself. */
#include "runtime/object.h"

#include <errno.h>
#include <string.h>

#include "abi/digest.h"
#include "abi/record.h"
#include "runtime/error.h"

/* Memory for metadata: its rows are a few times as large as their bytes, then come diagnostics. */
#define ARENA_FACTOR      16
#define ARENA_EXTRA_BYTES (64u << 20)

/* The cap of the arena stands in a relation to the object: what gets here is a machine without
 * memory. */
static void arena_is_full(void *data)
{
    (void)data;
    ptl_bug("out of memory for the metadata of a script");
}

void object_arena(struct arena *arena, size_t size)
{
    arena_init(arena, size * ARENA_FACTOR + ARENA_EXTRA_BYTES, arena_is_full, NULL);
}

/* Is all of the object as the compiler wrote it? */
static bool is_intact(const struct elf_view *elf)
{
    struct elf_section section;
    u32 digest = 0;

    if (elf_section_find(elf, PTL_SECTION_DIGEST, &section) != 0 ||
        section.data.n != PTL_DIGEST_BYTES)
        return false;
    memcpy(&digest, section.data.p, sizeof(digest));
    return digest ==
           digest_of(elf->bytes, elf->size, (size_t)((const u8 *)section.data.p - elf->bytes));
}

int object_read(struct arena *arena, const struct elf_view *elf, struct meta *out, const char **why)
{
    struct elf_section section;
    int failed = 0;

    if (elf_section_find(elf, PTL_SECTION_META, &section) != 0) {
        *why = "it has no section " PTL_SECTION_META;
        return -EPROTO;
    }
    failed = meta_decode(arena, section.data.p, section.data.n, out, why);
    if (failed == 0)
        failed = meta_check(out, why);
    if (failed == 0 && elf_wants_symbols(elf)) {
        *why = "it calls what is not in it";
        failed = -EPROTO;
    }
    if (failed == 0 && !is_intact(elf)) {
        *why = "it is damaged: its digest is not right";
        failed = -EPROTO;
    }
    return failed;
}

int object_refuse(int failed, const char *why, struct ptl_error *err)
{
    (void)error_set(err, failed, EXIT_USER, "This is not a program for this ptrace-lite: %s.", why);
    error_hint(err, "Compile the script again with this version of ptrace-lite.");
    return failed;
}

/* The metadata in an arena of its own, which is the caller's to free in any case. Returns as
 * object_read(). */
static int look_into(struct arena *arena, const void *elf, size_t size, struct meta *out,
                     const char **why)
{
    struct elf_view view;

    object_arena(arena, size);
    *why = "it is no ELF object with BPF programs";
    return elf_view_init(&view, elf, size) == 0 ? object_read(arena, &view, out, why) : -EPROTO;
}

bool ptl_is_self_contained(const void *elf, size_t size)
{
    struct arena arena;
    struct meta meta;
    const char *why = NULL;
    bool is_object = look_into(&arena, elf, size, &meta, &why) == 0;
    bool has_imports = is_object && meta.infos.items[0].flags & META_FLAG_IMPORTS;

    arena_done(&arena);
    return is_object && !has_imports;
}

bool ptl_script_help(const void *elf, size_t size, const struct script_args *args, const char *name,
                     FILE *out)
{
    _cleanup_buf_ struct buf text = {0};
    struct arena arena;
    struct meta meta;
    const char *why = NULL;

    if (look_into(&arena, elf, size, &meta, &why) == 0) {
        struct script_options options = {meta.options.items, meta.options.n};

        if (script_options_want_help(options, args))
            script_options_help(options, str_of(name), &text);
    }
    arena_done(&arena);
    if (text.n != 0)
        (void)fwrite(text.p, 1, text.n, out); // the caller closes and checks
    return text.n != 0;
}

/* One in a line, whatever is in it. */
static void probe_print(const struct meta_attach *row, FILE *out)
{
    _cleanup_buf_ struct buf line = {0};

    buf_add_escaped(&line, row->name);
    buf_add_char(&line, '\n');
    if (line.n > 0)
        (void)fwrite(line.p, 1, line.n, out); // the caller closes and checks
}

int ptl_object_probes(const void *elf, size_t size, FILE *out, struct ptl_error *err)
{
    struct arena arena;
    struct meta meta;
    const char *why = NULL;
    int failed = look_into(&arena, elf, size, &meta, &why);

    if (failed != 0) {
        (void)object_refuse(failed, why, err);
    } else {
        vec_foreach(row, &meta.attachs)
            probe_print(row, out);
    }
    arena_done(&arena);
    return failed;
}
