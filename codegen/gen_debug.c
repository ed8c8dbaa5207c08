/* Debug information. Of it LLVM makes what the kernel reads: BTF types of maps and functions, and
 * the line information that lets the verifier's log name a line of the script.
 *
 * The traps: an unnamed parameter makes the kernel refuse the BTF; a column has 10 bits there; and
 * LLVM reads the source lines from the file system unless a DIFile carries a source. Only the text
 * form of a module can make such a DIFile, so the module starts as text (debug_module_text). The
 * source that it carries is an empty line: nothing of ours reads lines out of BTF, and LLVM
 * searches all strings for the line of each instruction, which was a fifth of the time for 1000
 * clauses. */
#include <stddef.h>

#include "codegen/gen.h"

#define COLUMN_MAX 1023

static void quote(struct buf *out, struct str s)
{
    buf_add_char(out, '"');
    for (u32 i = 0; i < s.n; i++) {
        u8 c = (u8)s.p[i];

        if (c < ' ' || c >= 127 || c == '"' || c == '\\') {
            buf_printf(out, "\\%02X", c);
        } else {
            buf_add_char(out, (char)c);
        }
    }
    buf_add_char(out, '"');
}

void debug_module_text(const struct gen *g, struct buf *out)
{
    const struct sources *sources = g->ir->sources;
    u32 n = sources ? sources->list.n : 0;

    for (u32 i = 0; i < MAX(n, 1u); i++) {
        buf_printf(out, "!%u = !DIFile(filename: ", i);
        quote(out, n ? sources->list.items[i].name : g->opts->file_name);
        buf_add_cstr(out, ", directory: \"\", source: \"\\0A\")\n");
    }
    buf_add_cstr(out, "!ptl.files = !{");
    for (u32 i = 0; i < MAX(n, 1u); i++)
        buf_printf(out, i ? ", !%u" : "!%u", i);
    buf_add_cstr(out, "}\n");
}

static void find_files(struct gen *g)
{
    LLVMValueRef *nodes = NULL;

    g->n_files = LLVMGetNamedMetadataNumOperands(g->e.module, "ptl.files");
    nodes = arena_array(g->arena, LLVMValueRef, g->n_files);
    g->files = arena_array(g->arena, LLVMMetadataRef, g->n_files);
    LLVMGetNamedMetadataOperands(g->e.module, "ptl.files", nodes);
    for (u32 i = 0; i < g->n_files; i++)
        g->files[i] = LLVMValueAsMetadata(nodes[i]);
}

static void module_flag(struct gen *g, const char *name, u32 value)
{
    LLVMMetadataRef number = LLVMValueAsMetadata(LLVMConstInt(g->e.i32, value, 0));

    LLVMAddModuleFlag(g->e.module, LLVMModuleFlagBehaviorWarning, name, strlen(name), number);
}

static LLVMMetadataRef basic_type(struct gen *g, const char *name, u32 bits,
                                  LLVMDWARFTypeEncoding encoding)
{
    return LLVMDIBuilderCreateBasicType(g->di, name, strlen(name), bits, encoding, LLVMDIFlagZero);
}

enum {
    ENCODING_SIGNED = 5,
    ENCODING_SIGNED_CHAR = 6,
    ENCODING_UNSIGNED = 7
}; /* DW_ATE_* */

/* DICompileUnit's DebugDirectivesOnly, for which the C API has no name: hardly any DWARF, which
 * link_add() would drop anyway, and the same BTF. */
static const LLVMDWARFEmissionKind emission = (LLVMDWARFEmissionKind)3;

void debug_init(struct gen *g)
{
    static const char producer[] = "ptrace-lite";
    LLVMMetadataRef signature[2];

    module_flag(g, "Debug Info Version", LLVMDebugMetadataVersion());
    module_flag(g, "Dwarf Version", 4);
    find_files(g);
    g->di = LLVMCreateDIBuilder(g->e.module);
    g->unit = LLVMDIBuilderCreateCompileUnit(g->di, LLVMDWARFSourceLanguageC99, g->files[0],
                                             producer, sizeof(producer) - 1, 1, "", 0, 0, "", 0,
                                             emission, 0, 0, 0, "", 0, "", 0);
    g->int32_type = basic_type(g, "int", 32, ENCODING_SIGNED);
    g->uint32_type = basic_type(g, "unsigned int", 32, ENCODING_UNSIGNED);
    g->word_type = basic_type(g, "unsigned long long", 64, ENCODING_UNSIGNED);
    g->signed_type = basic_type(g, "long long", 64, ENCODING_SIGNED);
    g->char_type = basic_type(g, "char", 8, ENCODING_SIGNED_CHAR);
    signature[0] = g->int32_type;
    signature[1] = debug_pointer(g, NULL);
    g->main_type =
        LLVMDIBuilderCreateSubroutineType(g->di, g->files[0], signature, 2, LLVMDIFlagZero);
}

void debug_finish(struct gen *g)
{
    LLVMDIBuilderFinalize(g->di);
}

/* ---- places ---- */

/* Number of the source, line and column of a span; the first line of the script where it has none.
 */
static u32 place_of(const struct gen *g, struct span span, u32 *line_out, u32 *column_out)
{
    const struct sources *sources = g->ir->sources;
    struct place place = {0};

    if (sources)
        place = sources_place(sources, span);
    if (!place.source) {
        *line_out = 1;
        *column_out = 0;
        return 0;
    }
    *line_out = place.line;
    *column_out = MIN(place.column, (u32)COLUMN_MAX);
    return (u32)(place.source - sources->list.items);
}

void debug_func(struct gen *g)
{
    const char *name = g->f.ir->name;
    u32 line = 0, column = 0, file = place_of(g, g->f.ir->span, &line, &column);
    LLVMMetadataRef subprogram = LLVMDIBuilderCreateFunction(
        g->di, g->files[file], name, strlen(name), name, strlen(name), g->files[file], line,
        g->main_type, 0, 1, line, LLVMDIFlagPrototyped, 1);

    (void)LLVMDIBuilderCreateParameterVariable(g->di, subprogram, "ctx", 3, 1, g->files[file], line,
                                               debug_pointer(g, NULL), 1, LLVMDIFlagZero);
    LLVMSetSubprogram(g->e.func, subprogram);
    g->f.subprogram = subprogram;
    g->f.last_span = NO_SPAN;
    debug_at(g, g->f.ir->span);
}

LLVMMetadataRef debug_callback(struct gen *g, LLVMValueRef func, struct span span,
                               const char *const *params, u32 n)
{
    size_t name_n = 0;
    const char *name = LLVMGetValueName2(func, &name_n);
    u32 line = 0, column = 0, file = place_of(g, span, &line, &column);
    LLVMMetadataRef pointer = debug_pointer(g, NULL);
    LLVMMetadataRef signature[5] = {g->signed_type}, type = NULL, subprogram = NULL;

    for (u32 i = 0; i < n; i++)
        signature[i + 1] = pointer;
    type =
        LLVMDIBuilderCreateSubroutineType(g->di, g->files[file], signature, n + 1, LLVMDIFlagZero);
    subprogram = LLVMDIBuilderCreateFunction(g->di, g->files[file], name, name_n, name, name_n,
                                             g->files[file], line, type, 1, 1, line,
                                             LLVMDIFlagPrototyped, 1);
    for (u32 i = 0; i < n; i++) {
        (void)LLVMDIBuilderCreateParameterVariable(g->di, subprogram, params[i], strlen(params[i]),
                                                   i + 1, g->files[file], line, pointer, 1,
                                                   LLVMDIFlagZero);
    }
    LLVMSetSubprogram(func, subprogram);
    return subprogram;
}

void debug_at(struct gen *g, struct span span)
{
    struct span last = g->f.last_span;
    u32 line = 0, column = 0, file = 0;
    LLVMMetadataRef scope = g->f.subprogram;

    if (span_is_none(span))
        span = g->f.ir->span;
    if (span.begin == last.begin && span.end == last.end && !span_is_none(last))
        return;
    g->f.last_span = span;
    file = place_of(g, span, &line, &column);
    if (g->files[file] != LLVMDIScopeGetFile(scope))
        scope = LLVMDIBuilderCreateLexicalBlockFile(g->di, scope, g->files[file], 0);
    LLVMSetCurrentDebugLocation2(
        g->e.builder, LLVMDIBuilderCreateDebugLocation(g->e.context, line, column, scope, NULL));
}

/* ---- types ---- */

LLVMMetadataRef debug_pointer(struct gen *g, LLVMMetadataRef to)
{
    return LLVMDIBuilderCreatePointerType(g->di, to, 64, 0, 0, "", 0);
}

LLVMMetadataRef debug_array(struct gen *g, LLVMMetadataRef elem, u32 elem_size, u32 n)
{
    LLVMMetadataRef range = LLVMDIBuilderGetOrCreateSubrange(g->di, 0, n);

    return LLVMDIBuilderCreateArrayType(g->di, (u64)elem_size * n * 8, 0, elem, &range, 1);
}

LLVMMetadataRef debug_struct(struct gen *g, const char *name, const struct debug_member *members,
                             u32 n)
{
    LLVMMetadataRef *elems = arena_array(g->arena, LLVMMetadataRef, n);
    LLVMMetadataRef file = g->files[0];
    u64 offset = 0;

    for (u32 i = 0; i < n; i++) {
        u64 bits = (u64)members[i].size * 8;

        elems[i] = LLVMDIBuilderCreateMemberType(g->di, g->unit, members[i].name,
                                                 strlen(members[i].name), file, 0, bits, 0, offset,
                                                 LLVMDIFlagZero, members[i].type);
        offset += bits;
    }
    return LLVMDIBuilderCreateStructType(g->di, g->unit, name, strlen(name), file, 0, offset, 0,
                                         LLVMDIFlagZero, NULL, elems, n, 0, NULL, "", 0);
}

static LLVMMetadataRef tuple_type(struct gen *g, const struct type *t)
{
    struct debug_member *members = arena_array(g->arena, struct debug_member, t->n_elems);

    for (u32 i = 0; i < t->n_elems; i++) {
        members[i].name = str_cstr(g->arena, str_printf(g->arena, "f%u", i));
        members[i].size = type_mem_size(t->elems[i]);
        members[i].type = debug_type(g, t->elems[i]);
    }
    return debug_struct(g, "", members, t->n_elems);
}

/* LAYOUT: abi/agg.def */
static LLVMMetadataRef agg_type(struct gen *g, const struct type *t)
{
    static const char *const names[AGG_COUNT_][2] = {
        [AGG_COUNT] = {"n", NULL},       [AGG_SUM] = {"sum", "is_set"},
        [AGG_AVG] = {"total", "n"},      [AGG_MIN] = {"value", "is_set"},
        [AGG_MAX] = {"value", "is_set"}, [AGG_STATS] = {"total", "n"},
        [AGG_HIST] = {"buckets", NULL},  [AGG_LHIST] = {"buckets", NULL},
        [AGG_TSERIES] = {"lanes", NULL},
    };
    u32 n_words = type_agg_words(t);
    LLVMMetadataRef word = t->is_signed ? g->signed_type : g->word_type;
    struct debug_member members[2] = {
        {names[t->agg][0], 8, word},
        {names[t->agg][1], 8, g->word_type},
    };

    if (names[t->agg][1])
        return debug_struct(g, "", members, 2);
    if (t->agg != AGG_COUNT) {
        members[0].size = n_words * 8;
        members[0].type = debug_array(g, g->word_type, 8, n_words);
    }
    return debug_struct(g, "", members, 1);
}

LLVMMetadataRef debug_type(struct gen *g, const struct type *t)
{
    switch (t->kind) {
    case TYPE_INT:
        return t->is_signed ? g->signed_type : g->word_type;
    case TYPE_STRING:
        return debug_array(g, g->char_type, 1, type_mem_size(t));
    case TYPE_TUPLE:
        return tuple_type(g, t);
    case TYPE_AGG:
        return agg_type(g, t);
    case TYPE_BUFFER:
    case TYPE_ARRAY:
    case TYPE_STRUCT:
    case TYPE_SHAPE:
        return debug_array(g, g->word_type, 8, type_mem_size(t) / 8);
    case TYPE_BOOL:
    case TYPE_ENUM:
    case TYPE_KSYM:
    case TYPE_POINTER:
        return g->word_type;
    case TYPE_ERROR:
    case TYPE_VOID:
    case TYPE_COUNT_:
        break;
    }
    ptl_bug("a map of a type that has no values");
}

void debug_global(struct gen *g, LLVMValueRef global, const char *name, LLVMMetadataRef type)
{
    LLVMMetadataRef expr = LLVMDIBuilderCreateExpression(g->di, NULL, 0);
    LLVMMetadataRef variable = LLVMDIBuilderCreateGlobalVariableExpression(
        g->di, g->unit, name, strlen(name), "", 0, g->files[0], 1, type, 0, expr, NULL, 0);

    LLVMGlobalSetMetadata(global, LLVMGetMDKindIDInContext(g->e.context, "dbg", 3), variable);
}
