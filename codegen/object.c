/* LLVM module -> ELF bytes: target machine, optimisation as clang -O2 has it, emission. */
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

static bool optimise(struct gen *g)
{
    LLVMPassBuilderOptionsRef options = LLVMCreatePassBuilderOptions();
    LLVMErrorRef error = NULL;

    LLVMPassBuilderOptionsSetLoopVectorization(options, 0); /* BPF has no vectors: only time lost */
    LLVMPassBuilderOptionsSetSLPVectorization(options, 0);
    error = LLVMRunPasses(g->e.module, "default<O2>", g->machine, options);
    LLVMDisposePassBuilderOptions(options);
    if (error) {
        char *message = LLVMGetErrorMessage(error); /* takes error */

        (void)fail(g, message);
        LLVMDisposeErrorMessage(message);
    }
    return !g->llvm_error;
}

bool object_emit(struct gen *g, struct buf *out)
{
    LLVMMemoryBufferRef memory = NULL;
    char *error = NULL;
    int rc = 0;

    if (!optimise(g))
        return false;
    if (LLVMTargetMachineEmitToMemoryBuffer(g->machine, g->e.module, LLVMObjectFile, &error,
                                            &memory)) {
        (void)fail(g, error);
        LLVMDisposeMessage(error);
        return false;
    }
    if (g->llvm_error) {
        LLVMDisposeMemoryBuffer(memory);
        return false;
    }
    rc = object_strip(LLVMGetBufferStart(memory), LLVMGetBufferSize(memory), out);
    LLVMDisposeMemoryBuffer(memory);
    if (rc == -EPROTO)
        ptl_bug("LLVM made an ELF object that cannot be stripped");
    return rc == 0;
}
