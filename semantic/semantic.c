/* The passes, in order: resolve (names), infer (types, in rounds), lower (IR and metadata). */
#include "semantic/semantic.h"

#include <linux/bpf.h>

#include "semantic/context.h"

static void infer_all(struct sema *s)
{
    vec_foreach(info, &s->clauses)
        infer_clause(s, info);
}

/* `@a = @b; @b = @a;` gives neither a type. */
static void report_untyped_maps(struct sema *s)
{
    vec_foreach(symbol, &s->maps) {
        bool is_used = (*symbol)->map.is_scalar || (*symbol)->map.is_keyed;

        if ((*symbol)->map.value || !is_used)
            continue;
        diag_hint(diag_add(s->v.diags, E_UNDEFINED_MAP, (*symbol)->span, "Undefined map: %.*s",
                           STR_ARG((*symbol)->name)),
                  "Its type follows from nothing that is assigned to it.");
    }
}

/* Every round but the last one is only there to learn: what it reports is forgotten. Types only
 * grow (wider, longer, at most to the widest and longest of the script), so the rounds end. */
static void infer_program(struct sema *s)
{
    u32 n_before = s->v.diags->list.n;

    do {
        diags_truncate(s->v.diags, n_before);
        s->has_changed = false;
        infer_all(s);
    } while (s->has_changed);
    check_map_decls(s);
    if (diags_errors(s->v.diags) == 0)
        report_untyped_maps(s);
}

static const struct ir_map *own_map(struct sema *s, const char *name, u32 bpf_type, u32 value_size)
{
    struct ir_map *map = ir_map_new(s->v.module, name);

    map->bpf_type = bpf_type;
    map->value_size = value_size;
    map->key_size = value_size ? sizeof(u32) : 0;
    map->max_entries = 1;
    return map;
}

/* Smallest ring that every kernel takes; the runtime sets the size before load. */
#define RING_PLACEHOLDER (256 * 1024)

static void begin_module(struct sema *s, const struct sources *sources)
{
    struct ir_module *m = ir_module_new(s->arena, s->v.types, sources);
    struct ir_map *ring = NULL;

    s->v.module = m;
    s->v.ring = own_map(s, PTL_MAP_RING, BPF_MAP_TYPE_RINGBUF, 0);
    ring = (struct ir_map *)s->v.ring;
    ring->max_entries = RING_PLACEHOLDER;
    s->v.books = own_map(s, PTL_MAP_BOOKS, BPF_MAP_TYPE_PERCPU_ARRAY, sizeof(struct ptl_book));
}

static void end_module(struct sema *s, const struct sources *sources)
{
    struct meta *meta = &s->v.module->meta;
    struct ir_map *books = (struct ir_map *)s->v.books;

    books->max_entries = meta->sites.n + 1; /* the last: PTL_BOOK_PREEMPTED */
    *vec_push(s->arena, &meta->infos) = (struct meta_info){
        .tool_version = STR(PTL_VERSION),
        .arch_tag = s->opts->arch->elf_machine_bpf_tag,
        .n_params = s->v.args.n_params,
        .flags = s->v.meta_flags | (s->opts->test == SEMANTIC_TEST_NONE ? 0 : META_FLAG_TEST),
    };
    if (s->has_imports || sources->list.n > 1)
        meta->infos.items[0].flags |= META_FLAG_IMPORTS;
    settings_to_meta(s, meta);
    vec_foreach(o, &s->v.script_options)
        *vec_push(s->arena, &meta->options) = o->row;
    s->v.module->license = config_word(config_row(CONFIG_license), s->config[CONFIG_license].num);
    vec_foreach(source, &sources->list) {
        *vec_push(s->arena, &meta->sources) =
            (struct meta_source){.name = source->name, .text = source->text};
    }
    vec_foreach(x, &sources->expansions) {
        *vec_push(s->arena, &meta->expansions) = (struct meta_expansion){
            .span_begin = x->of.begin,
            .span_end = x->of.end,
            .call_begin = x->call.begin,
            .call_end = x->call.end,
        };
    }
}

static void lower_program(struct sema *s, const struct sources *sources)
{
    find_flips(s);
    begin_module(s, sources);
    vec_foreach(symbol, &s->maps) {
        if ((*symbol)->map.value)
            lower_map_declare(&s->v, &(*symbol)->map);
    }
    vec_foreach(info, &s->clauses)
        lower_clause(s, info);
    end_module(s, sources);
}

/* All of them: what was given may be given otherwise as well. */
static struct script_options options_of(struct sema *s)
{
    u32 n = s->v.script_options.n;
    struct meta_option *rows = arena_array(s->arena, struct meta_option, n + 1);

    for (u32 i = 0; i < n; i++) {
        rows[i] = s->v.script_options.items[i].row;
        rows[i].is_bound = false;
    }
    return (struct script_options){rows, n};
}

/* The script's own --help. */
static bool help_given(struct sema *s, const struct sources *sources)
{
    struct str name = sources->list.items[0].name;

    if (!script_options_want_help(options_of(s), &s->v.args))
        return false;
    script_options_help(options_of(s), str_eq_c(name, "stdin") ? STR("PROGRAM") : name,
                        s->opts->help);
    diags_truncate(s->v.diags, 0); /* parameters that are missing do not matter to who asks */
    return true;
}

static void step_end(const struct semantic_opts *opts, const char *name)
{
    if (opts->step)
        opts->step(opts->step_data, name);
}

struct ir_module *semantic_analyze(struct arena *arena, struct program *program,
                                   struct diags *diags, const struct kernel *kernel,
                                   const struct semantic_opts *opts)
{
    struct sema s = {
        .arena = arena,
        .opts = opts,
        .has_imports = program->imports.first != NULL,
        .v = {.arena = arena,
              .types = types_new(arena),
              .diags = diags,
              .kernel = kernel,
              .arch = opts->arch,
              .args = opts->args,
              .is_open = opts->is_open,
              .allows_unsafe = opts->allows_unsafe,
              .lacks_kprobes = opts->lacks_kprobes,
              .test_plain_rmw = opts->test == SEMANTIC_TEST_PLAIN_RMW,
              .test_refused = opts->test == SEMANTIC_TEST_REFUSED},
    };

    s.v.btf = btf_new(s.v.types, opts->btf);
    c_declare(&s, program);
    resolve_program(&s, program);
    infer_program(&s);
    if (diags_errors(diags) > 0 || help_given(&s, diags->sources))
        return NULL;
    script_options_check(options_of(&s), &s.v.args, diags);
    if (diags_errors(diags) > 0)
        return NULL;
    step_end(opts, "types");
    lower_program(&s, diags->sources);
    step_end(opts, "IR");
    return diags_errors(diags) > 0 ? NULL : s.v.module;
}
