/* Maps and other global data of the object.
 *
 * A map is a variable in section .maps whose debug type is a struct of pointers; libbpf reads the
 * numbers out of the pointed-to array types: `int (*max_entries)[4096]`. Its content is never used.
 * The configuration is in a section of its own, which libbpf makes a frozen map of; all constants
 * are in .rodata, set explicitly, since LLVM would spread them over several mergeable sections and
 * libbpf would make a map of each. All of that is in the last part; only constants are in the part
 * that uses them, since LLVM looks into them. */
#include <stddef.h>

#include "abi/record.h"
#include "codegen/gen.h"

/* Numbers of the kernel's enum bpf_map_type. */
enum {
    MAP_TYPE_PERCPU_ARRAY = 6,
    MAP_TYPE_ARRAY_OF_MAPS = 12,
};

enum {
    MAP_MEMBERS_MAX = 5
};

/* The map of maps that a flipped map lies in. */
static const struct ir_map map_of_halves = {
    .bpf_type = MAP_TYPE_ARRAY_OF_MAPS, .max_entries = 1, .key_size = 4};

struct map_members {
    struct debug_member items[MAP_MEMBERS_MAX];
    u32 n;
};

static void add_member(struct gen *g, struct map_members *m, const char *name, LLVMMetadataRef type)
{
    m->items[m->n++] = (struct debug_member){name, 8, debug_pointer(g, type)};
}

/* `int (*name)[value]` */
static void add_number(struct gen *g, struct map_members *m, const char *name, u32 value)
{
    add_member(g, m, name, debug_array(g, g->int32_type, 4, value));
}

/* The type of `size` bytes that begin with a value of type t (NULL: nothing is known of them); the
 * words behind it are marks of the script's map. Key and value have a type always: the kernel
 * refuses a map that has BTF for one alone. */
static LLVMMetadataRef sized_type(struct gen *g, const struct type *t, u32 size)
{
    u32 known = t ? type_mem_size(t) : 0;
    u32 n_words = (size - known) / 8;
    struct debug_member members[2] = {{0}, {"is_set", size - known, g->word_type}};

    if (!t) {
        return size % 8 == 0 ? debug_array(g, g->word_type, 8, size / 8)
                             : debug_array(g, g->char_type, 1, size);
    }
    members[0] = (struct debug_member){"value", known, debug_type(g, t)};
    if (size <= known || size % 8 != 0)
        return members[0].type;
    if (n_words > 1)
        members[1].type = debug_array(g, g->word_type, 8, n_words);
    return debug_struct(g, "", members, 2);
}

static void add_key_and_value(struct gen *g, struct map_members *m, const struct ir_map *map)
{
    if (map->key_size == 4 && !map->key_type) {
        add_member(g, m, "key", g->uint32_type);
    } else if (map->key_size) {
        add_member(g, m, "key", sized_type(g, map->key_type, map->key_size));
    }
    if (map->value_size)
        add_member(g, m, "value", sized_type(g, map->value_type, map->value_size));
}

static LLVMValueRef map_global(struct gen *g, const char *name, u32 n_members)
{
    LLVMTypeRef type = LLVMArrayType2(g->e.ptr, n_members);
    LLVMValueRef global = LLVMAddGlobal(g->e.module, type, name);

    if (!g->part.is_last)
        return global;
    LLVMSetInitializer(global, LLVMConstNull(type));
    LLVMSetSection(global, ".maps");
    LLVMSetAlignment(global, 8);
    return global;
}

static struct map_members map_members(struct gen *g, const struct ir_map *map)
{
    struct map_members m = {0};

    add_number(g, &m, "type", map->bpf_type);
    if (map->max_entries)
        add_number(g, &m, "max_entries", map->max_entries);
    if (map->map_flags)
        add_number(g, &m, "map_flags", map->map_flags);
    add_key_and_value(g, &m, map);
    return m;
}

static void describe_map(struct gen *g, LLVMValueRef global, const char *name,
                         const struct map_members *m)
{
    debug_global(g, global, name, debug_struct(g, "", m->items, m->n));
}

/* The members of the ELF map: of one with halves, what it is made of stands behind all others, as
 * `struct { ... } *values[]`. */
static struct map_members outer_members(struct gen *g, const struct ir_map *map)
{
    struct map_members inner = map_members(g, map), m = inner;
    LLVMMetadataRef half = NULL;

    if (!map->is_flipped)
        return m;
    m = map_members(g, &map_of_halves);
    half = debug_pointer(g, debug_struct(g, "", inner.items, inner.n));
    m.items[m.n++] = (struct debug_member){"values", 0, debug_array(g, half, 8, 0)};
    return m;
}

static void gen_license(struct gen *g)
{
    struct str license = g->ir->license.n ? g->ir->license : STR("GPL");
    LLVMValueRef text = LLVMConstStringInContext2(g->e.context, license.p, license.n, 0);
    LLVMValueRef global = LLVMAddGlobal(g->e.module, LLVMTypeOf(text), "_license");

    LLVMSetInitializer(global, text);
    LLVMSetSection(global, "license");
    LLVMSetGlobalConstant(global, 1);
    LLVMSetAlignment(global, 1);
}

void gen_maps(struct gen *g)
{
    g->maps = arena_array(g->arena, LLVMValueRef, g->ir->maps.n);
    g->flipped = arena_array(g->arena, const struct ir_map *, g->ir->maps.n);
    for (u32 i = 0; i < g->ir->maps.n; i++) {
        const struct ir_map *map = g->ir->maps.items[i];
        struct map_members m = outer_members(g, map);

        g->maps[i] = map_global(g, map->name, m.n);
        if (map->is_flipped)
            g->flipped[g->n_flipped++] = map;
        if (g->part.is_last)
            describe_map(g, g->maps[i], map->name, &m);
    }
}

/* type, max_entries, key, value */
enum {
    SCRATCH_MEMBERS = 4
};

LLVMValueRef gen_scratch_address(struct gen *g)
{
    if (!g->scratch)
        g->scratch = map_global(g, PTL_MAP_SCRATCH, SCRATCH_MEMBERS);
    return g->scratch;
}

static void gen_scratch_map(struct gen *g)
{
    struct ir_map map = {
        .name = PTL_MAP_SCRATCH,
        .bpf_type = MAP_TYPE_PERCPU_ARRAY,
        .max_entries = g->needs.n_scratch,
        .key_size = 4,
        .value_size = g->needs.scratch_size,
    };
    struct map_members m = map_members(g, &map);

    describe_map(g, gen_scratch_address(g), map.name, &m);
}

/* LAYOUT: abi/record.h */
static const char *const config_members[] = {
    "ring_data_limit", "start_ns",  "cpid",      "filter_pid", "n_cpus",
    "pidns_dev",       "pidns_ino", "task_name", "tai_offset", "wall_offset",
};
_Static_assert(sizeof(struct ptl_config) == 8 * ARRAY_SIZE(config_members),
               "a name for each member");

LLVMValueRef gen_config_address(struct gen *g)
{
    LLVMTypeRef type = LLVMArrayType2(g->e.i64, ARRAY_SIZE(config_members));

    if (g->config)
        return g->config;
    g->needs.config = true;
    g->config = LLVMAddGlobal(g->e.module, type, "ptl_config");
    LLVMSetGlobalConstant(g->config, 1);
    LLVMSetAlignment(g->config, 8);
    return g->config;
}

static void gen_config(struct gen *g)
{
    struct debug_member members[ARRAY_SIZE(config_members)];
    LLVMValueRef global = gen_config_address(g);

    for (u32 i = 0; i < ARRAY_SIZE(config_members); i++)
        members[i] = (struct debug_member){config_members[i], 8, g->word_type};
    LLVMSetInitializer(global, LLVMConstNull(LLVMGlobalGetValueType(global)));
    LLVMSetSection(global, PTL_SECTION_CONFIG);
    debug_global(g, global, "ptl_config",
                 debug_struct(g, "ptl_config", members, ARRAY_SIZE(members)));
}

/* One more than the last word that it reads; 0 if it reads none. */
static s64 resolved_end(const struct ir_inst *inst)
{
    if (inst->op == IR_RESOLVED)
        return inst->imm + 1;
    return inst->op == IR_RESOLVED_TEXT ? inst->imm + inst->size / 8 : 0;
}

/* One more than the last word that any function reads. */
static u32 resolved_count(const struct ir_module *m)
{
    s64 n = 0;

    vec_foreach(func, &m->funcs) {
        vec_foreach(block, &(*func)->blocks) {
            vec_foreach(inst, &(*block)->insts) {
                n = MAX(n, resolved_end(*inst));
            }
        }
    }
    return (u32)n;
}

LLVMValueRef gen_resolved_address(struct gen *g)
{
    if (g->resolved)
        return g->resolved;
    g->needs.resolved = true;
    g->resolved =
        LLVMAddGlobal(g->e.module, LLVMArrayType2(g->e.i64, resolved_count(g->ir)), "ptl_resolved");
    LLVMSetGlobalConstant(g->resolved, 1);
    LLVMSetAlignment(g->resolved, 8);
    return g->resolved;
}

static void gen_resolved(struct gen *g)
{
    LLVMValueRef global = gen_resolved_address(g);

    LLVMSetInitializer(global, LLVMConstNull(LLVMGlobalGetValueType(global)));
    LLVMSetSection(global, PTL_SECTION_RESOLVED);
    debug_global(g, global, "ptl_resolved", debug_array(g, g->word_type, 8, resolved_count(g->ir)));
}

LLVMValueRef gen_const_address(struct gen *g, struct str text, u32 size)
{
    LLVMValueRef init = NULL, global = NULL;
    char *bytes = NULL;

    size = ROUND_UP(MAX(size, text.n + 1), 8);
    vec_foreach(c, &g->consts) {
        if (c->size == size && str_eq(c->text, text))
            return c->global;
    }
    bytes = arena_alloc(g->arena, size);
    memcpy(bytes, text.p, text.n);
    init = LLVMConstStringInContext2(g->e.context, bytes, size, 1);
    global = LLVMAddGlobal(g->e.module, LLVMTypeOf(init), "");
    LLVMSetInitializer(global, init);
    LLVMSetLinkage(global, LLVMInternalLinkage);
    LLVMSetGlobalConstant(global, 1);
    LLVMSetSection(global, ".rodata");
    LLVMSetAlignment(global, 8);
    *vec_push(g->arena, &g->consts) = (struct gen_const){text, size, global};
    return global;
}

LLVMValueRef gen_table_address(struct gen *g, enum names names)
{
    struct str table = names_table(names, g->opts->arch, g->arena);

    return gen_const_address(g, str_sub(table, 0, table.n - 1), table.n);
}

/* The encoded metadata in its section. */
static bool gen_meta(struct gen *g)
{
    _cleanup_buf_ struct buf bytes = {0};
    LLVMValueRef init = NULL, global = NULL;

    meta_encode(&g->ir->meta, &bytes);
    if (bytes.failed)
        return false;
    init = LLVMConstStringInContext2(g->e.context, bytes.p, bytes.n, 1);
    global = LLVMAddGlobal(g->e.module, LLVMTypeOf(init), "ptl_meta");
    LLVMSetInitializer(global, init);
    LLVMSetGlobalConstant(global, 1);
    LLVMSetSection(global, PTL_SECTION_META);
    LLVMSetAlignment(global, 8);
    return true;
}

bool gen_data(struct gen *g)
{
    if (g->needs.n_scratch)
        gen_scratch_map(g);
    if (g->needs.config)
        gen_config(g);
    if (g->needs.resolved)
        gen_resolved(g);
    gen_license(g);
    return gen_meta(g);
}
