/* codegen/: objects of the programs in tests/unit/ir/ open in libbpf with the programs and maps
 * that they should have, are the same bytes every time, carry their metadata and no DWARF, and
 * disassemble. Nothing is loaded. And what becomes of a function that needs much stack. Run in
 * the project's root. covers: diag:005 */
#include <errno.h>
#include <stdio.h>

#include <bpf/libbpf.h>
#include <gelf.h>

#include "codegen/codegen.h"
#include "runtime/runtime.h"
#include "tests/unit/check.h"

struct fixture {
    struct arena arena;
    struct types *types;
    struct sources sources;
    struct diags diags;
    struct codegen_opts opts;
};

static void arena_full(void *data)
{
    (void)data;
    (void)fputs("test_codegen: arena is full\n", stderr);
    abort();
}

static void fixture_init(struct fixture *f)
{
    arena_init(&f->arena, 64 << 20, arena_full, NULL);
    f->types = types_new(&f->arena);
    sources_init(&f->sources, &f->arena);
    diags_init(&f->diags, &f->arena, &f->sources);
    f->opts = (struct codegen_opts){.arch = arch_by_tag(1), .file_name = STR("test")};
}

static void add_info(struct ir_module *m)
{
    *vec_push(m->arena, &m->meta.infos) =
        (struct meta_info){.tool_version = STR("test"), .arch_tag = 1};
}

static struct ir_module *read_program(struct fixture *f, const char *name)
{
    const char *path = str_cstr(&f->arena, str_printf(&f->arena, "tests/unit/ir/%s.ir", name));
    char *text = arena_alloc(&f->arena, 1 << 16);
    FILE *file = fopen(path, "re");
    struct ir_module *m = NULL;

    if (file) {
        (void)fread(text, 1, (1 << 16) - 1, file);
        (void)fclose(file);
    }
    m = ir_read(&f->arena, f->types, sources_add(&f->sources, STR("stdin"), str_of(text)),
                &f->diags);
    CHECK(m && m->funcs.n > 0);
    if (m)
        add_info(m);
    return m;
}

static int print_nothing(enum libbpf_print_level level, const char *format, va_list args)
{
    (void)level;
    (void)format;
    (void)args;
    return 0;
}

/* libbpf's view: all programs and maps of the module are there. */
static void check_opens(const struct ir_module *m, const struct buf *bytes)
{
    struct bpf_object *object = bpf_object__open_mem(bytes->p, bytes->n, NULL);

    CHECK(object != NULL);
    if (!object)
        return;
    vec_foreach(func, &m->funcs) {
        const struct bpf_program *program = bpf_object__find_program_by_name(object, (*func)->name);

        if ((*func)->kind == IR_FUNC_PROGRAM)
            CHECK(program && strcmp(bpf_program__section_name(program), (*func)->section) == 0);
    }
    vec_foreach(ir, &m->maps) {
        const struct bpf_map *map = bpf_object__find_map_by_name(object, (*ir)->name);

        CHECK(map != NULL);
        CHECK(map && bpf_map__type(map) == (*ir)->bpf_type);
        CHECK(map && bpf_map__key_size(map) == (*ir)->key_size);
        CHECK(map && bpf_map__value_size(map) == (*ir)->value_size);
        CHECK(map && bpf_map__max_entries(map) == (*ir)->max_entries);
        CHECK(map && bpf_map__map_flags(map) == (*ir)->map_flags);
    }
    bpf_object__close(object);
}

/* The bytes of a section; empty if there is none. */
static struct str find_section(const struct buf *bytes, const char *wanted)
{
    Elf *elf = elf_memory(bytes->p, bytes->n);
    struct str found = {0};
    Elf_Scn *section = NULL;
    size_t names = 0;

    (void)elf_getshdrstrndx(elf, &names);
    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;

        if (gelf_getshdr(section, &header) &&
            strncmp(elf_strptr(elf, names, header.sh_name), wanted, strlen(wanted)) == 0)
            found = (struct str){bytes->p + header.sh_offset, (u32)header.sh_size};
    }
    (void)elf_end(elf);
    return found;
}

static void check_sections(struct fixture *f, const struct buf *bytes)
{
    struct str section = find_section(bytes, PTL_SECTION_META);
    struct meta meta = {0};
    const char *why = NULL;

    CHECK(meta_decode(&f->arena, section.p, section.n, &meta, &why) == 0);
    CHECK_STR(why, "");
    CHECK(find_section(bytes, ".debug_").n == 0);
    CHECK(find_section(bytes, ".BTF").n > 0 && find_section(bytes, ".BTF.ext").n > 0);
    CHECK(find_section(bytes, ".eh_frame").n == 0);
}

static bool contains(const struct buf *text, const char *wanted)
{
    return text->p && memmem(text->p, text->n, wanted, strlen(wanted));
}

static void test_program(const char *name)
{
    struct fixture f;
    _cleanup_buf_ struct buf first = {0}, second = {0}, text = {0};
    struct ir_module *m = NULL;

    fixture_init(&f);
    m = read_program(&f, name);
    if (m) {
        CHECK_STR(ir_verify(m), "");
        CHECK(codegen_object(m, &f.opts, &f.diags, &first));
        CHECK(codegen_object(m, &f.opts, &f.diags, &second));
        CHECK(first.n == second.n && memcmp(first.p, second.p, first.n) == 0);
        check_opens(m, &first);
        check_sections(&f, &first);
        CHECK(codegen_disassemble(first.p, first.n, &text) == 0);
        CHECK(contains(&text, m->funcs.items[0]->name) && contains(&text, "exit"));
        CHECK(!contains(&text, "(unknown)"));
    }
    arena_done(&f.arena);
}

/* An object of one part and one of a part for each program have the same programs and maps. */
static void test_parts(const char *name)
{
    struct fixture f;
    _cleanup_buf_ struct buf whole = {0}, parts = {0}, whole_text = {0}, parts_text = {0};
    struct ir_module *m = NULL;

    fixture_init(&f);
    m = read_program(&f, name);
    CHECK(m && m->funcs.n > 1);
    if (m) {
        CHECK(codegen_object(m, &f.opts, &f.diags, &whole));
        f.opts.part_insts = 1;
        CHECK(codegen_object(m, &f.opts, &f.diags, &parts));
        check_opens(m, &parts);
        check_sections(&f, &parts);
        CHECK(codegen_disassemble(whole.p, whole.n, &whole_text) == 0);
        CHECK(codegen_disassemble(parts.p, parts.n, &parts_text) == 0);
        CHECK(whole_text.n == parts_text.n);
    }
    arena_done(&f.arena);
}

/* The hot path of @[comm] = count(): as long as what clang makes of careful C (bench/): 26
 * instruction slots in all. */
static void test_count_is_short(void)
{
    struct fixture f;
    _cleanup_buf_ struct buf object = {0}, text = {0};
    struct ir_module *m = NULL;
    u32 n_lines = 0;

    fixture_init(&f);
    m = read_program(&f, "count");
    if (m) {
        m->funcs.n = 1;
        CHECK(codegen_object(m, &f.opts, &f.diags, &object));
        CHECK(codegen_disassemble(object.p, object.n, &text) == 0);
        for (size_t i = 0; i < text.n; i++)
            n_lines += text.p[i] == '\n';
        CHECK(n_lines <= 1 + 24);
        CHECK(contains(&text, "# m_1"));
    }
    arena_done(&f.arena);
}

/* A function with n words that live at one time: in slots, or as values. */
static struct ir_module *build_wide(struct fixture *f, u32 n, bool in_slots)
{
    struct ir_module *m = ir_module_new(&f->arena, f->types, &f->sources);
    struct ir_builder b = {.module = m, .func = ir_func_new(m, "wide", "raw_tp", IR_CTX_RAW_TP)};
    ir_val *values = arena_array(&f->arena, ir_val, n);
    ir_val sum = NULL;

    add_info(m);
    b.span = b.func->span = (struct span){1, 5};
    b.block = ir_block_new(&b, "entry");
    for (u32 i = 0; i < n; i++) {
        values[i] = ir_call(&b, 7, NULL, 0); /* get_prandom_u32 */
        if (in_slots) {
            ir_val slot = ir_slot_addr(&b, ir_slot_new(&b, "word", 8));

            ir_store64(&b, slot, 0, values[i]);
            values[i] = slot;
        }
    }
    sum = ir_const(&b, 0);
    for (u32 i = n; i-- > 0;) {
        ir_val value = in_slots ? ir_load64(&b, values[i], 0) : values[i];

        sum = ir_binary(&b, IR_ADD, ir_binary(&b, IR_MUL, sum, ir_const(&b, 3)), value);
    }
    values[0] = ir_slot_addr(&b, ir_slot_new(&b, "sum", 8));
    ir_store64(&b, values[0], 0, sum);
    (void)ir_call(&b, 6, (ir_val[]){values[0], ir_const(&b, 8)}, 2); /* trace_printk */
    ir_ret(&b, 0);
    CHECK_STR(ir_verify(m), "");
    return m;
}

static void test_stack(void)
{
    struct fixture f;
    _cleanup_buf_ struct buf object = {0};

    fixture_init(&f);
    (void)sources_add(&f.sources, STR("stdin"), STR("a wide clause"));
    CHECK(codegen_object(build_wide(&f, 20, true), &f.opts, &f.diags, &object));
    CHECK(find_section(&object, ".maps").n == 0);
    buf_reset(&object);
    CHECK(codegen_object(build_wide(&f, 200, true), &f.opts, &f.diags, &object));
    CHECK(find_section(&object, ".maps").n > 0); /* the slots went to scratch */
    buf_reset(&object);
    CHECK(codegen_object(build_wide(&f, 200, false), &f.opts, &f.diags, &object));
    CHECK(find_section(&object, ".maps").n > 0); /* so did the words */
    CHECK(diags_errors(&f.diags) == 0);
    arena_done(&f.arena);
}

static void test_arg_out_of_range(void)
{
    struct fixture f;
    _cleanup_buf_ struct buf object = {0};
    struct ir_module *m = NULL;
    struct ir_builder b;

    fixture_init(&f);
    m = ir_module_new(&f.arena, f.types, &f.sources);
    add_info(m);
    b = (struct ir_builder){.module = m, .func = ir_func_new(m, "f", "kprobe", IR_CTX_PT_REGS)};
    b.block = ir_block_new(&b, "entry");
    (void)ir_arg(&b, 6);
    ir_ret(&b, 0);
    CHECK(!codegen_object(m, &f.opts, &f.diags, &object));
    CHECK(f.diags.list.n == 1 && f.diags.list.items[0]->code == E_ARG_NOT_IN_REGISTER);
    f.opts.arch = arch_by_tag(2);
    CHECK(codegen_object(m, &f.opts, &f.diags, &object));
    arena_done(&f.arena);
}

/* Bytes that are no object, or a damaged one: an error, or text, but no crash. */
/* The runtime's refusal of an object whose metadata says nothing of what its code does. helper:
 * that it calls. */
static bool is_refused_with(u32 helper, bool allows_unsafe)
{
    struct ptl_opts opts = {.allows_unsafe = allows_unsafe, .out = stdout, .log = stderr};
    _cleanup_(ptl_free) struct ptl_session *s = NULL;
    struct ptl_error err = {0};
    struct fixture f;
    struct buf object = {0};
    bool is_refused = false;

    fixture_init(&f);

    struct ir_module *m = ir_module_new(&f.arena, f.types, &f.sources);
    struct ir_builder b = {.module = m, .span = NO_SPAN};

    add_info(m);
    b.func = ir_func_new(m, "probe", "kprobe", IR_CTX_PT_REGS);
    b.block = ir_block_new(&b, "entry");

    ir_val args[] = {ir_const(&b, 9)};

    (void)ir_call(&b, helper, args, ARRAY_SIZE(args));
    ir_ret(&b, 0);
    CHECK(codegen_object(m, &f.opts, &f.diags, &object));
    CHECK(ptl_open(&s, object.p, object.n, &opts, &err) != 0); /* it has no ring buffer */
    is_refused = strstr(err.text, "changes what the traced programs do") != NULL;
    ptl_free(&s);
    buf_done(&object);
    arena_done(&f.arena);
    return is_refused;
}

static void test_unsafe_objects(void)
{
    CHECK(is_refused_with(109, false)); /* send_signal */
    CHECK(is_refused_with(117, false)); /* send_signal_thread */
    CHECK(is_refused_with(58, false));  /* override_return */
    CHECK(is_refused_with(36, false));  /* probe_write_user */
    CHECK(!is_refused_with(109, true));
    CHECK(!is_refused_with(5, false));
}

static void test_disassemble_garbage(void)
{
    struct fixture f;
    _cleanup_buf_ struct buf object = {0}, text = {0};
    struct ir_module *m = NULL;

    fixture_init(&f);
    CHECK(codegen_disassemble("not an object", 13, &text) == -EPROTO);
    CHECK(codegen_disassemble("", 0, &text) == -EPROTO);
    m = read_program(&f, "count");
    if (m && codegen_object(m, &f.opts, &f.diags, &object)) {
        for (size_t i = 0; i < object.n; i += 7) {
            char *copy = malloc(object.n);

            memcpy(copy, object.p, object.n);
            copy[i] = (char)~copy[i];
            buf_reset(&text);
            (void)codegen_disassemble(copy, object.n - (i % 3 == 0 ? i : 0), &text);
            free(copy);
        }
    }
    arena_done(&f.arena);
}

int main(void)
{
    (void)libbpf_set_print(print_nothing);
    (void)elf_version(EV_CURRENT);
    test_program("count");
    test_program("ring");
    test_program("words");
    test_program("bytes");
    test_program("begin");
    test_parts("count");
    test_parts("parts");
    test_count_is_short();
    test_stack();
    test_arg_out_of_range();
    test_unsafe_objects();
    test_disassemble_garbage();
    return check_result();
}
