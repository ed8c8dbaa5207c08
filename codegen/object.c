/* LLVM module -> ELF bytes: target machine, optimisation, emission. */
#include <errno.h>

#include <llvm-c/Error.h>
#include <llvm-c/Target.h>
#include <llvm-c/Transforms/PassBuilder.h>

#include "codegen/gen.h"

LLVMTargetMachineRef object_target(void)
{
    LLVMTargetRef target = NULL;
    LLVMTargetMachineRef machine = NULL;
    char *error = NULL;

    LLVMInitializeBPFTargetInfo();
    LLVMInitializeBPFTarget();
    LLVMInitializeBPFTargetMC();
    LLVMInitializeBPFAsmPrinter();
    if (LLVMGetTargetFromTriple(BPF_TRIPLE, &target, &error))
        ptl_bug(error);
    machine = LLVMCreateTargetMachine(target, BPF_TRIPLE, BPF_CPU, "", LLVMCodeGenLevelDefault,
                                      LLVMRelocDefault, LLVMCodeModelDefault);
    if (!machine)
        ptl_bug("LLVM has no BPF target machine");
    return machine;
}

/* Keep the message of an LLVM call that failed; it is the first complaint unless the diagnostic
 * handler saw one. */
static bool fail(struct gen *g, const char *message)
{
    if (!g->llvm_error)
        g->llvm_error = str_cstr(g->arena, str_of(message));
    return false;
}

/* BPF's own passes (CO-RE among them) have no names: they come with any default pipeline. What
 * follows is what our code gains from of the one for -O2: the same instructions for less than half
 * of the time. Our code calls nothing and its loops are as they have to be. */
#define PASSES_ALWAYS "default<O0>"
#define PASSES(jump_threading)                                                              \
    "function<eager-inv>(sroa<modify-cfg>,early-cse<memssa>,simplifycfg,"                   \
    "instcombine<max-iterations=1;no-verify-fixpoint>," jump_threading                      \
    "correlated-propagation,gvn,instcombine<max-iterations=1;no-verify-fixpoint>,dse,adce," \
    "bpf-preserve-static-offset,simplifycfg<hoist-common-insts;sink-common-insts>,"         \
    "instcombine<max-iterations=1;no-verify-fixpoint>)"

static bool run_passes(struct gen *g, const char *pipeline)
{
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef error = LLVMRunPasses(g->e.module, pipeline, g->machine, options);

    LLVMDisposePassBuilderOptions(options);
    if (error) {
        char *message = LLVMGetErrorMessage(error); /* takes error */

        (void)fail(g, message);
        LLVMDisposeErrorMessage(message);
    }
    return !g->llvm_error;
}

/* Jump threading takes time squared with the words that live across a block, and makes more of
 * them: programs that the stack is too small for go without. */
static bool is_tight(const struct gen *g)
{
    for (u32 i = g->part.first; i < g->part.end; i++) {
        if (g->plans[i] != STACK_FREE)
            return true;
    }
    return false;
}

static bool optimise(struct gen *g)
{
    return run_passes(g, PASSES_ALWAYS) &&
           run_passes(g, is_tight(g) ? PASSES("") : PASSES("jump-threading,"));
}

/* False too if the stack of a program is too large, which is noted. */
static bool add_object(struct gen *g, struct link *link, LLVMMemoryBufferRef memory)
{
    struct elf_view part;
    int rc = elf_view_open(&part, LLVMGetBufferStart(memory), LLVMGetBufferSize(memory));

    if (rc == 0)
        rc = stack_check(g, &part);
    if (rc == 0 && gen_stack_fails(g))
        return false;
    if (rc == 0)
        rc = link_add(link, &part);
    if (rc == -EPROTO)
        ptl_bug("LLVM made an ELF object that cannot be linked");
    return rc == 0;
}

bool object_emit(struct gen *g, struct link *link)
{
    LLVMMemoryBufferRef memory = NULL;
    char *error = NULL;
    bool ok = false;

    if (!optimise(g))
        return false;
    if (LLVMTargetMachineEmitToMemoryBuffer(g->machine, g->e.module, LLVMObjectFile, &error,
                                            &memory)) {
        (void)fail(g, error);
        LLVMDisposeMessage(error);
        return false;
    }
    ok = !g->llvm_error && add_object(g, link, memory);
    LLVMDisposeMemoryBuffer(memory);
    return ok;
}
