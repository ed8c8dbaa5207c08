/* CO-RE: facts about members of kernel structs that libbpf fills in for the kernel where the object
 * is loaded. LLVM makes a relocation of llvm.bpf.preserve.field.info around a chain of
 * llvm.preserve.*.access.index; names and kinds come from debug types of our own that hold nothing
 * but the members in question. An anonymous struct in between needs no step: libbpf looks into
 * those of the kernel by itself.
 *
 * LLVM's pass never forgets the relocations that it has made, by type and way: asked for the same
 * in another module, it takes the global of the first one, which may be gone. So the ways of each
 * module are its own: the first step has the module's number. */
#include "codegen/gen.h"

enum {
    BYTE = 8,
    ENCODING_SIGNED = 5,
    ENCODING_UNSIGNED = 7
}; /* DW_ATE_* */

static LLVMMetadataRef enum_type(struct gen *g, u32 bits)
{
    return LLVMDIBuilderCreateEnumerationType(g->di, g->unit, "", 0, g->files[0], 0, bits, 0, NULL,
                                              0, g->uint32_type);
}

/* An integer type of that size; of a bit-field, of the word that holds it. */
static LLVMMetadataRef int_type(struct gen *g, bool is_signed, u32 bits)
{
    return LLVMDIBuilderCreateBasicType(
        g->di, is_signed ? "int" : "unsigned int", is_signed ? 3 : 12, bits,
        is_signed ? ENCODING_SIGNED : ENCODING_UNSIGNED, LLVMDIFlagZero);
}

/* With this one member, number `number`: those before it have no names, and nobody asks for them.
 */
static LLVMMetadataRef composite(struct gen *g, bool is_union, struct str name, u32 bits,
                                 LLVMMetadataRef member, u32 number)
{
    LLVMMetadataRef *members = arena_array(g->arena, LLVMMetadataRef, number + 1);
    u32 n = member ? number + 1 : 0;

    for (u32 i = 0; i < number; i++) {
        members[i] = LLVMDIBuilderCreateMemberType(g->di, g->unit, "", 0, g->files[0], 0, BYTE, 0,
                                                   0, LLVMDIFlagZero, int_type(g, false, BYTE));
    }
    members[number] = member;
    if (is_union) {
        return LLVMDIBuilderCreateUnionType(g->di, g->unit, name.p, name.n, g->files[0], 0, bits, 0,
                                            LLVMDIFlagZero, members, n, 0, "", 0);
    }
    return LLVMDIBuilderCreateStructType(g->di, g->unit, name.p, name.n, g->files[0], 0, bits, 0,
                                         LLVMDIFlagZero, NULL, members, n, 0, NULL, "", 0);
}

static LLVMMetadataRef step_type(struct gen *g, const char *kind, u32 bits, LLVMMetadataRef inner)
{
    switch (*kind) {
    case 'a': /* of what is told, not how many; one that would have the array's size */
        return debug_array(g, step_type(g, kind + 1, BYTE, inner), 1, bits / BYTE);
    case 'p':
        return debug_pointer(g, NULL);
    case 'e':
        return enum_type(g, MAX(bits, 32u));
    case 's':
    case 'n':
        return inner ? inner : composite(g, *kind == 'n', STR(""), bits, NULL, 0);
    case 'I':
        return int_type(g, true, 64);
    case 'U':
        return int_type(g, false, 64);
    default:
        return int_type(g, *kind == 'i', bits);
    }
}

static LLVMMetadataRef member_of(struct gen *g, const struct ir_step *step, LLVMMetadataRef type)
{
    bool is_bit_field = *step->kind == 'I' || *step->kind == 'U';

    if (is_bit_field) {
        return LLVMDIBuilderCreateBitFieldMemberType(
            g->di, g->unit, step->name.p, step->name.n, g->files[0], 0, step->bit_size,
            step->bit_offset, ROUND_UP(step->bit_offset + 1, 64u) - 64, LLVMDIFlagZero, type);
    }
    return LLVMDIBuilderCreateMemberType(g->di, g->unit, step->name.p, step->name.n, g->files[0], 0,
                                         step->bit_size, 0, step->bit_offset, LLVMDIFlagZero, type);
}

/* Debug types of the composites on the way, [0] being the root. */
static LLVMMetadataRef *composites(struct gen *g, const struct ir_access *access)
{
    LLVMMetadataRef *types = arena_array(g->arena, LLVMMetadataRef, access->n_steps);
    LLVMMetadataRef inner = NULL;

    for (u32 i = access->n_steps; i-- > 0;) {
        const struct ir_step *step = &access->steps[i];
        LLVMMetadataRef type = step_type(g, step->kind, step->bit_size, inner);
        bool is_union = i ? *access->steps[i - 1].kind == 'n' : access->is_union;
        u32 bits = i ? access->steps[i - 1].bit_size : step->bit_offset + step->bit_size;

        types[i] = composite(g, is_union, i ? STR("") : access->root, ROUND_UP(bits, (u32)BYTE),
                             member_of(g, step, type), i ? 0 : g->number);
        inner = types[i];
    }
    return types;
}

static LLVMValueRef intrinsic(struct gen *g, const char *name, LLVMTypeRef *types, u32 n)
{
    return LLVMGetIntrinsicDeclaration(g->e.module, LLVMLookupIntrinsicID(name, strlen(name)),
                                       types, n);
}

/* number: of the member. */
static LLVMValueRef step_into(struct gen *g, LLVMValueRef ptr, LLVMMetadataRef type, bool is_union,
                              u32 number)
{
    const struct emit *e = &g->e;
    LLVMTypeRef ptrs[] = {e->ptr, e->ptr};
    LLVMValueRef zero = LLVMConstInt(e->i32, 0, 0), index = LLVMConstInt(e->i32, number, 0);
    LLVMValueRef args[] = {ptr, is_union ? index : zero, index}, call = NULL;
    u32 n_args = is_union ? 2 : 3;
    LLVMTypeRef params[] = {e->ptr, e->i32, e->i32};
    LLVMTypeRef func_type = LLVMFunctionType(e->ptr, params, n_args, 0);
    const char *name =
        is_union ? "llvm.preserve.union.access.index" : "llvm.preserve.struct.access.index";
    static const char element_type[] = "elementtype", access_index[] = "llvm.preserve.access.index";

    call = LLVMBuildCall2(e->builder, func_type, intrinsic(g, name, ptrs, 2), args, n_args, "");
    if (!is_union) {
        unsigned kind = LLVMGetEnumAttributeKindForName(element_type, sizeof(element_type) - 1);
        LLVMTypeRef element = LLVMStructTypeInContext(e->context, (LLVMTypeRef[]){e->i8}, 1, 0);

        LLVMAddCallSiteAttribute(call, 1, LLVMCreateTypeAttribute(e->context, kind, element));
    }
    LLVMSetMetadata(call,
                    LLVMGetMDKindIDInContext(e->context, access_index, sizeof(access_index) - 1),
                    LLVMMetadataAsValue(e->context, type));
    return call;
}

LLVMValueRef gen_core(struct gen *g, const struct ir_inst *inst)
{
    const struct emit *e = &g->e;
    const struct ir_access *access = inst->access;
    LLVMMetadataRef *types = composites(g, access);
    LLVMValueRef ptr = LLVMConstNull(e->ptr), info = NULL;
    LLVMTypeRef func_type = LLVMFunctionType(e->i32, (LLVMTypeRef[]){e->ptr, e->i64}, 2, 0);

    for (u32 i = 0; i < access->n_steps; i++) {
        bool is_union = i ? *access->steps[i - 1].kind == 'n' : access->is_union;

        ptr = step_into(g, ptr, types[i], is_union, i ? 0 : g->number);
    }
    info = LLVMBuildCall2(e->builder, func_type,
                          intrinsic(g, "llvm.bpf.preserve.field.info", (LLVMTypeRef[]){e->ptr}, 1),
                          (LLVMValueRef[]){ptr, emit_word(e, (u64)inst->imm)}, 2, "");
    return emit_widen(e, info, false);
}
