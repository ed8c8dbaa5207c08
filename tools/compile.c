/* The wiring of the compiler: each stage's result is the next one's input, and the first stage with
 * an error ends it. Holds the tree's only setjmp: a full arena jumps here and becomes E001.
 *
 * Nothing but the output buffers is owned outside of the arena, so the jump leaves nothing behind;
 * what the scanner and LLVM hold then is freed by the end of the process.
 */
#include "tools/compile.h"

#include <setjmp.h>

#include "codegen/codegen.h"
#include "lexer/token.h"
#include "parser/format.h"
#include "parser/import.h"
#include "parser/parse.h"
#include "stdlib/list.h"
#include "tools/file.h"
#include "tools/import_file.h"

#define COMPILE_MEMORY_MAX ((size_t)64 << 20)

struct compilation {
    const struct compile_opts *opts;
    struct compile_result *out;
    struct arena arena;
    struct sources sources;
    struct diags diags;
    jmp_buf on_full;
};

const char *compile_stage_name(enum compile_stage stage)
{
    static const char *const names[] = {
#define STAGE(id, name) name,
        COMPILE_STAGES(STAGE)
#undef STAGE
    };

    return names[stage];
}

void compile_result_done(struct compile_result *r)
{
    buf_done(&r->object);
    buf_done(&r->print);
    buf_done(&r->diagnostics);
}

static void arena_is_full(void *data)
{
    struct compilation *c = data;

    longjmp(c->on_full, 1);
}

/* Is this stage to be printed? If so and there are others, give it a title. */
static bool stage_begin(struct compilation *c, enum compile_stage stage)
{
    u32 stages = c->opts->stages;

    if (!(stages & (1u << stage)))
        return false;
    if (stages & (stages - 1))
        buf_printf(&c->out->print, "--- %s\n", compile_stage_name(stage));
    return true;
}

/* Is there nothing to do behind this stage? If so, nor is there behind later ones. */
static bool stage_is_last(const struct compilation *c, enum compile_stage stage)
{
    return !c->opts->wants_object && c->opts->stages && !(c->opts->stages >> (stage + 1));
}

static void tree_print(struct compilation *c, const struct program *program, bool with_types)
{
    struct ast_print how = {.with_types = with_types, .print_type = type_print};

    ast_print(program, &c->sources, &how, &c->out->print);
}

/* What is needed to list the kernel's probes: what is wrong with one is told to nobody. */
static struct vocab list_vocab(struct compilation *c, struct diags *unseen)
{
    struct vocab v = {.arena = &c->arena, .arch = c->opts->arch, .diags = unseen};

    diags_init(unseen, &c->arena, &c->sources);
    v.types = types_new(&c->arena);
    v.btf = btf_new(v.types, c->opts->btf);
    v.kernel = kernel_new(&c->arena, c->opts->tracefs);
    return v;
}

/* Patterns as what they stand for; what is not known here as it is written. */
static void probes_print(struct compilation *c, const struct ir_module *module)
{
    struct diags unseen;
    struct vocab v = list_vocab(c, &unseen);
    struct buf *out = &c->out->print;

    vec_foreach(row, &module->meta.attachs) {
        size_t begin = out->n;

        /* begin and its like have no colon, with which a search would find anything */
        if (str_index(row->name, ':') >= 0)
            vocab_list(&v, row->name, c->opts->wants_details, out);
        if (out->n == begin)
            buf_printf(out, "%.*s\n", STR_ARG(row->name));
    }
}

static void object_make(struct compilation *c, const struct ir_module *module)
{
    struct codegen_opts how = {
        .arch = c->opts->arch,
        .file_name = c->opts->name,
        .part_insts = c->opts->test == SEMANTIC_TEST_SMALL_PARTS,
    };

    if (!codegen_object(module, &how, &c->diags, &c->out->object))
        return;
    if (c->out->object.failed)
        arena_is_full(c);
    if (stage_begin(c, STAGE_BPF) &&
        codegen_disassemble(c->out->object.p, c->out->object.n, &c->out->print))
        ptl_bug("the object that was just made cannot be disassembled");
}

static struct ir_module *module_make(struct compilation *c, struct program *program)
{
    const struct compile_opts *o = c->opts;
    struct semantic_opts how = {
        .arch = o->arch,
        .args = o->args,
        .is_open = o->is_open,
        .help = &c->out->print,
        .btf = o->btf,
        .environment = o->environment,
        .allows_unsafe = o->allows_unsafe,
        .lacks_kprobes = o->lacks_kprobes,
        .test = o->test,
        .step = o->step,
        .step_data = o->step_data,
    };
    const struct kernel *kernel = kernel_new(&c->arena, o->tracefs);

    return semantic_analyze(&c->arena, program, &c->diags, kernel, &how);
}

/* NULL if there are errors. */
static struct program *program_parse(struct compilation *c, const struct source *src)
{
    struct token_list tokens = {0};
    bool wants_tokens = c->opts->stages & (1u << STAGE_FMT);
    struct program *program =
        parse_program_tokens(&c->arena, src, &c->diags, wants_tokens ? &tokens : NULL);

    if (diags_errors(&c->diags))
        return NULL;
    if (stage_begin(c, STAGE_FMT))
        format_program(&c->arena, src, &tokens, &c->out->print);
    return program;
}

static void step_end(const struct compilation *c, const char *name)
{
    if (c->opts->step)
        c->opts->step(c->opts->step_data, name);
}

static void stages_run(struct compilation *c)
{
    const struct source source = *sources_add(&c->sources, c->opts->name, c->opts->text);
    const struct source *src = &source; /* the list may move */
    struct program *program = NULL;
    struct ir_module *module = NULL;
    const char *wrong = NULL;

    if (c->opts->text.n > SCRIPT_SIZE_MAX) {
        (void)diag_add(&c->diags, E_SCRIPT_SIZE, NO_SPAN, "The script is larger than 1 MiB.");
        return;
    }
    if (stage_begin(c, STAGE_TOKENS))
        tokens_print(&c->arena, src, &c->diags, &c->out->print);
    if (stage_is_last(c, STAGE_TOKENS))
        return;
    program = program_parse(c, src);
    if (!program)
        return;
    if (stage_is_last(c, STAGE_FMT))
        return;
    if (stage_begin(c, STAGE_AST))
        tree_print(c, program, false);
    if (stage_is_last(c, STAGE_AST))
        return;
    import_scripts(&c->arena, program, src->name, &c->diags);
    step_end(c, "parse");
    if (diags_errors(&c->diags))
        return;
    module = module_make(c, program);
    if (!module || diags_errors(&c->diags))
        return;
    if (stage_begin(c, STAGE_TYPES))
        tree_print(c, program, true);
    if (stage_begin(c, STAGE_PROBES))
        probes_print(c, module);
    if (stage_begin(c, STAGE_IR))
        ir_print(module, &c->out->print);
    wrong = ir_verify(module);
    if (wrong)
        ptl_bug(wrong);
    if (c->opts->observe)
        c->opts->observe(c->opts->observe_data, program, module);
    if (stage_is_last(c, STAGE_IR)) /* or one before it */
        return;
    object_make(c, module);
    step_end(c, "LLVM");
}

/* The only place that a full arena comes back to. Returns false in that case. */
static bool stages_guarded(struct compilation *c)
{
    if (setjmp(c->on_full))
        return false;
    stages_run(c);
    if (c->opts->hides_warnings)
        diags_drop_warnings(&c->diags);
    /* Who formats a script does not ask what it does. */
    if (diags_errors(&c->diags) || !stage_is_last(c, STAGE_FMT))
        diags_render(&c->diags, &c->out->diagnostics, c->opts->has_color);
    return true;
}

/* Without an arena there is no diag: this is the one text that is not rendered from one. */
static void full_report(struct compile_result *out)
{
    buf_reset(&out->print);
    buf_reset(&out->diagnostics);
    buf_printf(&out->diagnostics, "ERROR: The script needs too much memory to compile. [%c%03d]\n",
               diag_letter(E_OUT_OF_MEMORY), E_OUT_OF_MEMORY);
}

void compile_list(const struct compile_opts *opts, struct str search, bool with_details,
                  struct buf *out)
{
    struct compilation c = {.opts = opts};

    arena_init(&c.arena, COMPILE_MEMORY_MAX, arena_is_full, &c);
    sources_init(&c.sources, &c.arena);
    if (setjmp(c.on_full) == 0) {
        struct vocab v = list_vocab(&c, &c.diags);

        vocab_list(&v, search, with_details, out);
    } else {
        out->failed = true;
    }
    arena_done(&c.arena);
}

bool ptl_compile(const struct compile_opts *opts, struct compile_result *out)
{
    struct compilation c = {.opts = opts, .out = out};
    bool is_good = false;

    arena_init(&c.arena, COMPILE_MEMORY_MAX, arena_is_full, &c);
    sources_init(&c.sources, &c.arena);
    c.sources.read = file_read_source;
    c.sources.import = import_file;
    diags_init(&c.diags, &c.arena, &c.sources);
    if (stages_guarded(&c)) {
        is_good = diags_errors(&c.diags) == 0;
    } else {
        full_report(out);
    }
    if (!is_good)
        buf_reset(&out->object);
    arena_done(&c.arena);
    return is_good;
}
