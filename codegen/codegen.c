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
#include <llvm-c/Support.h>

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

/* Keep LLVM's first error; its warnings and remarks say nothing about the script. */
static void on_diagnostic(LLVMDiagnosticInfoRef info, void *data)
{
    struct gen *g = data;
    char *text = NULL;

    if (LLVMGetDiagInfoSeverity(info) != LLVMDSError || g->llvm_error)
        return;
    text = LLVMGetDiagInfoDescription(info);
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

/* Of the 512 bytes, len() costs a clause 32: it calls back a function of ours, which has a frame of
 * its own, and the verifier adds up both. */
static void limit_stack(void)
{
    static const char *const words[] = {"ptlc", "-bpf-stack-size=480"};
    static bool is_done = false; /* LLVM takes an option once */

    if (!is_done)
        LLVMParseCommandLineOptions(ARRAY_SIZE(words), words, NULL);
    is_done = true;
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
        if (g->ir->funcs.items[i]->kind == IR_FUNC_PROGRAM)
            gen_program(g, g->ir->funcs.items[i]);
    }
    if (g->part.is_last && !gen_data(g))
        return false;
    debug_finish(g);
    check_module(g);
    return !g->failed;
}

/* The function that a message of LLVM is about ("... in function NAME i32 (ptr): ..."), or NULL. */
static const struct ir_func *find_func(const struct ir_module *m, const char *message)
{
    static const char lead[] = "in function ";
    const char *name = strstr(message, lead);
    size_t n = 0;

    if (!name)
        return NULL;
    name += strlen(lead);
    n = strcspn(name, " ");
    vec_foreach(func, &m->funcs) {
        if (strlen((*func)->name) == n && memcmp((*func)->name, name, n) == 0)
            return *func;
    }
    return NULL;
}

static bool is_stack_error(const char *message)
{
    return strstr(message, "stack limit") || strstr(message, "stack size");
}

static void report(struct diags *diags, const struct ir_module *m, const char *llvm_error)
{
    const struct ir_func *func = llvm_error ? find_func(m, llvm_error) : NULL;
    struct span span = func ? func->span : NO_SPAN;

    if (!llvm_error) {
        (void)diag_add(diags, E_OUT_OF_MEMORY, NO_SPAN, "Out of memory in code generation");
    } else if (is_stack_error(llvm_error)) {
        struct diag *d = diag_add(diags, E_STACK_TOO_LARGE, span,
                                  "This clause needs more than the 512 bytes of a BPF stack");

        diag_hint(d, "Split it into several clauses, or use fewer variables at once.");
    } else {
        ptl_bug(llvm_error); /* nothing that a script can do: the IR is checked */
    }
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

    for (like->plan = STACK_FREE; like->plan < STACK_PLAN_COUNT_; like->plan++) {
        if (attempt(like, link, &g)) {
            like->needs = g.needs;
            return true;
        }
        if (g.failed || !g.llvm_error || !is_stack_error(g.llvm_error))
            break;
    }
    if (!g.failed)
        report(like->diags, like->ir, g.llvm_error);
    return false;
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
    limit_stack();
    ok = make_parts(&like, &link);
    if (ok)
        rc = link_write(&link, out);
    if (rc == -EPROTO)
        ptl_bug("the parts of the object do not fit together");
    if (rc)
        report(diags, m, NULL);
    link_done(&link);
    return ok && rc == 0;
}
