/* Thin wrappers around what is used of LLVM's C API to append instructions, so that a change of
 * that API is a change here. Each appends at the builder's place and returns LLVM's value.
 *
 * BPF's rules that the wrappers know: words are i64, addresses are opaque pointers, a load or store
 * is aligned to its size (the IR's rule), and LLVM must not turn our loops over memory into
 * something the verifier cannot follow. */
#pragma once

#include <llvm-c/Core.h>

#include "base/str.h"

struct emit {
    LLVMContextRef context;
    LLVMModuleRef module;
    LLVMBuilderRef builder;
    LLVMTypeRef i1, i8, i32, i64, ptr, void_type;
    LLVMValueRef func; /* that is being filled */
};

static inline LLVMTypeRef emit_int_type(const struct emit *e, u32 size_bytes)
{
    return LLVMIntTypeInContext(e->context, size_bytes * 8);
}

static inline LLVMValueRef emit_word(const struct emit *e, u64 value)
{
    return LLVMConstInt(e->i64, value, 0);
}

/* A name that LLVM prints in its own messages only; blocks and functions have one, values none. */
static inline LLVMBasicBlockRef emit_block(const struct emit *e, const char *name)
{
    return LLVMAppendBasicBlockInContext(e->context, e->func, name);
}

static inline void emit_at(const struct emit *e, LLVMBasicBlockRef block)
{
    LLVMPositionBuilderAtEnd(e->builder, block);
}

static inline LLVMBasicBlockRef emit_here(const struct emit *e)
{
    return LLVMGetInsertBlock(e->builder);
}

static inline void emit_jump(const struct emit *e, LLVMBasicBlockRef to)
{
    (void)LLVMBuildBr(e->builder, to);
}

static inline LLVMValueRef emit_branch(const struct emit *e, LLVMValueRef cond,
                                       LLVMBasicBlockRef if_true, LLVMBasicBlockRef if_false)
{
    return LLVMBuildCondBr(e->builder, cond, if_true, if_false);
}

static inline LLVMValueRef emit_op(const struct emit *e, LLVMOpcode op, LLVMValueRef a,
                                   LLVMValueRef b)
{
    return LLVMBuildBinOp(e->builder, op, a, b, "");
}

static inline LLVMValueRef emit_cmp(const struct emit *e, LLVMIntPredicate predicate,
                                    LLVMValueRef a, LLVMValueRef b)
{
    return LLVMBuildICmp(e->builder, predicate, a, b, "");
}

static inline LLVMValueRef emit_is_zero(const struct emit *e, LLVMValueRef word)
{
    return emit_cmp(e, LLVMIntEQ, word, LLVMConstNull(LLVMTypeOf(word)));
}

static inline LLVMValueRef emit_is_not_zero(const struct emit *e, LLVMValueRef word)
{
    return emit_cmp(e, LLVMIntNE, word, LLVMConstNull(LLVMTypeOf(word)));
}

/* A truth value as a word 0 or 1. */
static inline LLVMValueRef emit_bool_word(const struct emit *e, LLVMValueRef cond)
{
    return LLVMBuildZExt(e->builder, cond, e->i64, "");
}

/* An integer of any size as a word. */
static inline LLVMValueRef emit_widen(const struct emit *e, LLVMValueRef v, bool is_signed)
{
    return is_signed ? LLVMBuildSExt(e->builder, v, e->i64, "")
                     : LLVMBuildZExt(e->builder, v, e->i64, "");
}

static inline LLVMValueRef emit_narrow(const struct emit *e, LLVMValueRef word, u32 size_bytes)
{
    return LLVMBuildTrunc(e->builder, word, emit_int_type(e, size_bytes), "");
}

/* ptr plus a word of bytes. */
static inline LLVMValueRef emit_ptr_add(const struct emit *e, LLVMValueRef ptr, LLVMValueRef bytes)
{
    return LLVMBuildGEP2(e->builder, e->i8, ptr, &bytes, 1, "");
}

/* ptr plus a constant distance inside the object. */
static inline LLVMValueRef emit_member(const struct emit *e, LLVMValueRef ptr, s64 offset)
{
    LLVMValueRef index = emit_word(e, (u64)offset);

    return offset ? LLVMBuildInBoundsGEP2(e->builder, e->i8, ptr, &index, 1, "") : ptr;
}

/* The integer of size bytes at ptr, not extended. */
static inline LLVMValueRef emit_load(const struct emit *e, LLVMValueRef ptr, u32 size_bytes)
{
    LLVMValueRef v = LLVMBuildLoad2(e->builder, emit_int_type(e, size_bytes), ptr, "");

    LLVMSetAlignment(v, size_bytes);
    return v;
}

static inline void emit_store(const struct emit *e, LLVMValueRef v, LLVMValueRef ptr,
                              u32 size_bytes)
{
    LLVMSetAlignment(LLVMBuildStore(e->builder, v, ptr), size_bytes);
}

static inline LLVMValueRef emit_phi(const struct emit *e, LLVMTypeRef type)
{
    return LLVMBuildPhi(e->builder, type, "");
}

static inline void emit_incoming(LLVMValueRef phi, LLVMValueRef v, LLVMBasicBlockRef from)
{
    LLVMAddIncoming(phi, &v, &from, 1);
}

static inline LLVMAttributeRef emit_attribute(const struct emit *e, const char *name)
{
    unsigned kind = LLVMGetEnumAttributeKindForName(name, strlen(name));

    return LLVMCreateEnumAttribute(e->context, kind, 0);
}

static inline LLVMAttributeRef emit_text_attribute(const struct emit *e, const char *name)
{
    return LLVMCreateStringAttribute(e->context, name, (unsigned)strlen(name), "", 0);
}

/* Call a BPF helper by its number. args: words and pointers. LLVM may not merge two such calls into
 * one: the verifier wants to see one map in one call. */
static inline LLVMValueRef emit_helper(const struct emit *e, LLVMTypeRef result, u32 helper,
                                       LLVMValueRef *args, u32 n_args)
{
    LLVMTypeRef types[5] = {0};
    LLVMTypeRef func_type = NULL;
    LLVMValueRef func = NULL, call = NULL;

    for (u32 i = 0; i < n_args; i++)
        types[i] = LLVMTypeOf(args[i]);
    func_type = LLVMFunctionType(result, types, n_args, 0);
    func = LLVMConstIntToPtr(emit_word(e, helper), e->ptr);
    call = LLVMBuildCall2(e->builder, func_type, func, args, n_args, "");
    LLVMAddCallSiteAttribute(call, LLVMAttributeFunctionIndex, emit_attribute(e, "nomerge"));
    LLVMAddCallSiteAttribute(call, LLVMAttributeFunctionIndex, emit_attribute(e, "nounwind"));
    return call;
}

/* v, but LLVM cannot know it to be so: no unrolling, no strength reduction into a comparison of
 * pointers. Costs no instruction. */
static inline LLVMValueRef emit_opaque(const struct emit *e, LLVMValueRef v)
{
    LLVMTypeRef type = LLVMFunctionType(e->i64, (LLVMTypeRef[]){e->i64}, 1, 0);
    LLVMValueRef code = LLVMGetInlineAsm(type, "", 0, "=r,0", 4, 1, 0, LLVMInlineAsmDialectATT, 0);

    return LLVMBuildCall2(e->builder, type, code, &v, 1, "");
}

/* The same for a pointer. */
static inline LLVMValueRef emit_opaque_ptr(const struct emit *e, LLVMValueRef v)
{
    LLVMTypeRef type = LLVMFunctionType(e->ptr, (LLVMTypeRef[]){e->ptr}, 1, 0);
    LLVMValueRef code = LLVMGetInlineAsm(type, "", 0, "=r,0", 4, 1, 0, LLVMInlineAsmDialectATT, 0);

    return LLVMBuildCall2(e->builder, type, code, &v, 1, "");
}

/* v, of which the kernel's verifier then knows only that it is at most mask (2^n - 1), so that it
 * follows what comes behind once and not for each value. unknown: a word of which it knows nothing;
 * the zero that is made of it is none to the verifier, nor to LLVM. */
static inline LLVMValueRef emit_forget(const struct emit *e, LLVMValueRef v, LLVMValueRef unknown,
                                       u64 mask)
{
    LLVMValueRef zero = emit_op(e, LLVMSub, emit_opaque(e, unknown), unknown);

    return emit_op(e, LLVMAnd, emit_op(e, LLVMAdd, v, zero), emit_word(e, mask));
}

/* An integer of 2, 4 or 8 bytes with its bytes in the other order. */
static inline LLVMValueRef emit_bswap(const struct emit *e, LLVMValueRef v)
{
    static const char name[] = "llvm.bswap";
    LLVMTypeRef type = LLVMTypeOf(v);
    unsigned id = LLVMLookupIntrinsicID(name, sizeof(name) - 1);
    LLVMValueRef func = LLVMGetIntrinsicDeclaration(e->module, id, &type, 1);

    return LLVMBuildCall2(e->builder, LLVMFunctionType(type, &type, 1, 0), func, &v, 1, "");
}
