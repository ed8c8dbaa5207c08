/* libFuzzer target of the front end: bytes as a script through scanner, parser, semantic analysis
 * and lowering, up to the text of the IR, as `ptlc --emit=types,ir` does; then the text is read
 * back, which has to give the same text. LLVM is not linked: code generation sees only IR that
 * ir_verify() has passed, and is covered by tests/fuzz/run. */
#include <setjmp.h>
#include <stdio.h>

#include "codegen/codegen.h"
#include "tools/compile.h"

#define TRACEFS PTL_SOURCE_DIR "/tests/golden/tracefs"

/* The name that libFuzzer calls. NOLINTNEXTLINE(readability-identifier-naming) */
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);

/* tools/compile.c refers to code generation, but no stage that is asked for here needs it. */
bool codegen_object(const struct ir_module *module, const struct codegen_opts *opts,
                    struct diags *diags, struct buf *out)
{
    (void)module;
    (void)opts;
    (void)diags;
    (void)out;
    ptl_bug("no object was wanted");
}

int codegen_disassemble(const void *elf, size_t size, struct buf *out)
{
    (void)elf;
    (void)size;
    (void)out;
    ptl_bug("no object was wanted");
}

static void arena_is_full(void *data)
{
    longjmp(*(jmp_buf *)data, 1);
}

static void read_again(struct arena *arena, struct str text)
{
    _cleanup_buf_ struct buf again = {0};
    struct sources sources;
    struct diags diags;
    const struct ir_module *module = NULL;

    sources_init(&sources, arena);
    diags_init(&diags, arena, &sources);
    module = ir_read(arena, types_new(arena), sources_add(&sources, STR("ir"), text), &diags);
    if (!module) {
        diags_render(&diags, &again, false);
        (void)fwrite(again.p, 1, again.n, stderr);
        ptl_bug("the text of the IR cannot be read back");
    }
    ir_print(module, &again);
    if (!str_eq(text, (struct str){again.p, (u32)again.n}))
        ptl_bug("the text of the IR changes when it is read and printed again");
}

/* What is printed can be read, and prints the same. */
static void round_trip(struct str ir)
{
    jmp_buf on_full;
    struct arena arena;

    arena_init(&arena, (size_t)256 << 20, arena_is_full, &on_full);
    if (setjmp(on_full) == 0)
        read_again(&arena, ir);
    arena_done(&arena);
}

static bool compile(struct str text, u32 stages, struct compile_result *out)
{
    static const struct str params[] = {{"7", 1}, {"text", 4}};
    struct compile_opts how = {
        .name = STR("stdin"),
        .text = text,
        .args = {.params = params, .n_params = ARRAY_SIZE(params)},
        .arch = arch_native(),
        .tracefs = TRACEFS,
        .btf = TEST_BTF,
        .stages = stages,
        .has_color = text.n % 2 == 1,
    };
    bool is_good = ptl_compile(&how, out);

    if (!is_good && out->diagnostics.n == 0)
        ptl_bug("a script is refused without a reason");
    return is_good;
}

/* What is formatted is a script, and stays as it is when it is formatted again. */
static void format_again(struct str formatted)
{
    _cleanup_(compile_result_done) struct compile_result again = {0};

    if (!compile(formatted, 1u << STAGE_FMT, &again))
        ptl_bug("a script that was formatted is no script");
    if (!str_eq(formatted, (struct str){again.print.p, (u32)again.print.n}))
        ptl_bug("a script that was formatted changes when it is formatted again");
}

// NOLINTNEXTLINE(readability-identifier-naming)
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
    /* Half of the inputs show what the lowering does, the others the printers and the formatter. */
    static const u32 stages[] = {
        1u << STAGE_TOKENS | 1u << STAGE_AST | 1u << STAGE_TYPES,
        1u << STAGE_FMT,
        1u << STAGE_IR,
        1u << STAGE_IR,
    };
    _cleanup_(compile_result_done) struct compile_result result = {0};
    u32 wanted = stages[size % ARRAY_SIZE(stages)];
    bool is_good = compile((struct str){(const char *)bytes, (u32)size}, wanted, &result);
    struct str printed = {result.print.p, (u32)result.print.n};

    if (is_good && wanted == 1u << STAGE_IR)
        round_trip(printed);
    if (is_good && wanted == 1u << STAGE_FMT)
        format_again(printed);
    return 0;
}
