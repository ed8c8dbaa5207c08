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

// NOLINTNEXTLINE(readability-identifier-naming)
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
    static const struct str params[] = {{"7", 1}, {"text", 4}};
    _cleanup_(compile_result_done) struct compile_result result = {0};
    /* Some inputs show what the printers of the other stages do, most what the lowering does. */
    bool wants_ir = size % 4 != 0;
    u32 printed = 1u << STAGE_TOKENS | 1u << STAGE_AST | 1u << STAGE_TYPES;
    struct compile_opts how = {
        .name = STR("stdin"),
        .text = {(const char *)bytes, (u32)size},
        .params = params,
        .n_params = ARRAY_SIZE(params),
        .arch = arch_native(),
        .tracefs = TRACEFS,
        .btf = TEST_BTF,
        .stages = wants_ir ? 1u << STAGE_IR : printed,
        .has_color = size % 2 == 1,
    };
    bool is_good = ptl_compile(&how, &result);

    if (!is_good && result.diagnostics.n == 0)
        ptl_bug("a script is refused without a reason");
    if (is_good && wants_ir)
        round_trip((struct str){result.print.p, (u32)result.print.n});
    return 0;
}
