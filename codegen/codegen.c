/* IR module -> object: part by part sets up an LLVM module, has functions and maps generated into
 * it, links what comes of it, and turns what LLVM complains about into diagnostics. If the stack of
 * a function proves too large, its part is made again with a stricter plan for its slots. LLVM's
 * only global state is its fatal error handler, which reports like every bug of ours, the limit of
 * the stack, and what its pass for CO-RE remembers (gen_core.c). */
#include "codegen/codegen.h"

#include <errno.h>
#include <stdlib.h>

#include <llvm-c/Analysis.h>
#include <llvm-c/ErrorHandling.h>
#include <llvm-c/IRReader.h>

#include "codegen/gen.h"

/* A part ends with the function that brings it to so many instructions of the IR. Half as many cost
 * a tenth more time, twice as many 10 MB more memory. */
enum {
    PART_INSTS = 8000
};

static void on_fatal(const char *reason)
{
    ptl_bug(reason);
}

bool gen_note_stack(struct gen *g, const char *name, size_t name_n)
{
    const struct ir_module *m = g->ir;
    const struct ir_func *root = NULL;

    vec_foreach(func, &m->funcs) {
        if (strlen((*func)->name) == name_n && memcmp((*func)->name, name, name_n) == 0)
            root = (*func)->root;
    }
    for (u32 i = 0; i < m->funcs.n; i++) {
        if (m->funcs.items[i] == root)
            g->is_too_large[i] = true;
    }
    return root;
}

bool gen_stack_fails(const struct gen *g)
{
    for (u32 i = 0; i < g->ir->funcs.n; i++) {
        if (g->is_too_large[i])
            return true;
    }
    return false;
}

/* A message of LLVM that a function's stack is too large ("... in function NAME i32 (ptr): ..."):
 * note it. */
static bool note_stack_error(struct gen *g, const char *message)
{
    static const char lead[] = "in function ";
    const char *name = strstr(message, lead);

    if (!name || !(strstr(message, "stack limit") || strstr(message, "stack size")))
        return false;
    name += strlen(lead);
    return gen_note_stack(g, name, strcspn(name, " "));
}

/* Keep LLVM's first error; its warnings and remarks say nothing about the script. */
static void on_diagnostic(LLVMDiagnosticInfoRef info, void *data)
{
    struct gen *g = data;
    char *text = NULL;

    if (LLVMGetDiagInfoSeverity(info) != LLVMDSError)
        return;
    text = LLVMGetDiagInfoDescription(info);
    if (!note_stack_error(g, text) && !g->llvm_error)
        g->llvm_error = str_cstr(g->arena, str_of(text));
    LLVMDisposeMessage(text);
}

static LLVMModuleRef new_module(struct gen *g)
{
    _cleanup_buf_ struct buf text = {0};
    LLVMMemoryBufferRef memory = NULL;
    LLVMModuleRef module = NULL;
    char *error = NULL;

    debug_module_text(g, &text);
    buf_add_char(&text, '\0'); /* LLVM wants one behind the range */
    if (text.failed)
        return NULL;
    memory = LLVMCreateMemoryBufferWithMemoryRangeCopy(text.p, text.n - 1, "module");
    if (LLVMParseIRInContext(g->e.context, memory, &module, &error)) /* takes memory */
        ptl_bug(error);
    return module;
}

static bool gen_init(struct gen *g)
{
    static u32 n_modules = 0; /* see gen_core.c */
    LLVMTargetDataRef layout = NULL;

    g->number = n_modules++;
    g->e.context = LLVMContextCreate();
    LLVMContextSetDiagnosticHandler(g->e.context, on_diagnostic, g);
    g->e.module = new_module(g);
    if (!g->e.module)
        return false;
    LLVMContextSetDiscardValueNames(g->e.context, 1); /* of blocks: memory for nothing */
    g->machine = object_target();
    layout = LLVMCreateTargetDataLayout(g->machine);
    LLVMSetModuleDataLayout(g->e.module, layout);
    LLVMDisposeTargetData(layout);
    LLVMSetTarget(g->e.module, BPF_TRIPLE);
    LLVMSetModuleIdentifier(g->e.module, "ptrace-lite", strlen("ptrace-lite"));
    g->e.builder = LLVMCreateBuilderInContext(g->e.context);
    g->e.i1 = LLVMInt1TypeInContext(g->e.context);
    g->e.i8 = LLVMInt8TypeInContext(g->e.context);
    g->e.i32 = LLVMInt32TypeInContext(g->e.context);
    g->e.i64 = LLVMInt64TypeInContext(g->e.context);
    g->e.ptr = LLVMPointerTypeInContext(g->e.context, 0);
    debug_init(g);
    return true;
}

static void gen_done(struct gen *g)
{
    if (g->di)
        LLVMDisposeDIBuilder(g->di);
    if (g->e.builder)
        LLVMDisposeBuilder(g->e.builder);
    if (g->e.module)
        LLVMDisposeModule(g->e.module);
    if (g->machine)
        LLVMDisposeTargetMachine(g->machine);
    LLVMContextDispose(g->e.context);
}

/* LLVM's own check of what we made: a failure is our bug, found here rather than in a crash of a
 * pass. */
static void check_module(const struct gen *g)
{
    char *error = NULL;

    if (LLVMVerifyModule(g->e.module, LLVMReturnStatusAction, &error))
        ptl_bug(error);
    LLVMDisposeMessage(error);
}

static bool gen_module(struct gen *g)
{
    gen_maps(g);
    for (u32 i = g->part.first; i < g->part.end; i++) {
        g->plan = g->plans[i];
        if (g->ir->funcs.items[i]->kind == IR_FUNC_PROGRAM)
            gen_program(g, g->ir->funcs.items[i]);
    }
    if (g->part.is_last && !gen_data(g))
        return false;
    debug_finish(g);
    check_module(g);
    return !g->failed;
}

/* Why there is no object, unless a diagnostic says it already. */
static void report(const struct gen *g)
{
    if (g->llvm_error)
        ptl_bug(g->llvm_error); /* nothing that a script can do: the IR is checked */
    if (!g->failed)
        (void)diag_add(g->diags, E_OUT_OF_MEMORY, NO_SPAN, "Out of memory in code generation");
}

static void report_stack(const struct gen *g, const struct ir_func *func)
{
    struct diag *d = diag_add(g->diags, E_STACK_TOO_LARGE, func->span,
                              "This clause needs more than the 512 bytes of a BPF stack");

    diag_hint(d, "Split it into several clauses, or nest fewer loops: at most 7.");
}

/* Give the programs whose stack was too large a stricter plan. False if there is none, with a
 * diagnostic. */
static bool tighten(struct gen *like)
{
    for (u32 i = 0; i < like->ir->funcs.n; i++) {
        if (!like->is_too_large[i])
            continue;
        like->is_too_large[i] = false;
        if (++like->plans[i] == STACK_PLAN_COUNT_) {
            report_stack(like, like->ir->funcs.items[i]);
            return false;
        }
    }
    return true;
}

/* One attempt; g is what it left behind: failed, llvm_error, needs. Returns whether the part was
 * added to the link. */
static bool attempt(const struct gen *like, struct link *link, struct gen *g)
{
    bool ok = 0;

    *g = *like;
    ok = gen_init(g) && gen_module(g) && object_emit(g, link);
    gen_done(g);
    return ok;
}

/* Make the part like->part and add it to the link; like->needs grow by its own. */
static bool make_part(struct gen *like, struct link *link)
{
    struct gen g;

    while (!attempt(like, link, &g)) {
        if (g.failed || g.llvm_error || !gen_stack_fails(&g)) {
            report(&g);
            return false;
        }
        if (!tighten(like))
            return false;
    }
    like->needs = g.needs;
    return true;
}

static struct gen_part next_part(const struct gen *like)
{
    const struct ir_module *m = like->ir;
    u32 max = like->opts->part_insts ? like->opts->part_insts : PART_INSTS;
    struct gen_part part = {like->part.end, like->part.end, false};
    u32 n_insts = 0;

    while (part.end < m->funcs.n && n_insts < max)
        n_insts += m->funcs.items[part.end++]->n_insts;
    part.is_last = part.end == m->funcs.n;
    return part;
}

static bool make_parts(struct gen *like, struct link *link)
{
    do {
        like->part = next_part(like);
        if (!make_part(like, link))
            return false;
    } while (!like->part.is_last);
    return true;
}

bool codegen_object(const struct ir_module *m, const struct codegen_opts *opts, struct diags *diags,
                    struct buf *out)
{
    struct gen like = {.ir = m, .opts = opts, .arena = m->arena, .diags = diags};
    struct link link = {.arena = m->arena};
    int rc = 0;
    bool ok = false;

    LLVMResetFatalErrorHandler(); /* installing a second one is an error */
    LLVMInstallFatalErrorHandler(on_fatal);
    like.plans = arena_array(m->arena, enum stack_plan, m->funcs.n);
    like.is_too_large = arena_array(m->arena, bool, m->funcs.n);
    ok = make_parts(&like, &link);
    if (ok)
        rc = link_write(&link, out);
    if (rc == -EPROTO)
        ptl_bug("the parts of the object do not fit together");
    if (rc)
        report(&like);
    link_done(&link);
    return ok && rc == 0;
}
