/* Whole scripts: clauses of statements, each of which the compiler has agreed to. */
#include "tests/fuzz/generate.h"

#include <stdio.h>

#include "tests/fuzz/gen.h"
#include "tools/compile.h"

enum {
    CLAUSES_MAX = 3,
    STMTS_MAX = 14,
    TRIES_MAX = 40, /* statements that are tried for a clause */
    ARENA_BYTES = 64 << 20,
};

const struct str script_params[2] = {{"42", 2}, {"word", 4}};

void generated_done(struct generated *g)
{
    buf_done(&g->text);
}

/* FUZZ_TRACE names a file that holds what was compiled last, for when that crashes. */
static void trace(struct str text)
{
    const char *path = getenv("FUZZ_TRACE"); // NOLINT(concurrency-mt-unsafe): one thread
    FILE *file = path ? fopen(path, "we") : NULL;

    if (!file)
        return;
    (void)fwrite(text.p, 1, text.n, file);
    (void)fclose(file);
}

bool gen_accepts(const struct gen *g, struct str text)
{
    _cleanup_(compile_result_done) struct compile_result result = {0};
    struct compile_opts how = {
        .name = STR("stdin"),
        .text = text,
        .args = {.params = script_params, .n_params = ARRAY_SIZE(script_params)},
        .allows_unsafe = g->mode == SCRIPT_EVENTS,
        .arch = arch_native(),
        .tracefs = g->folders->tracefs,
        .btf = g->folders->btf,
        .stages = 1u << STAGE_TYPES,
    };

    trace(text);
    return ptl_compile(&how, &result);
}

static void probe_features(struct gen *g)
{
    static const char *const samples[FEATURE_GEN_COUNT_] = {
        [FEATURE_TUPLE_FIELD] = "BEGIN { $t = (1, \"a\"); print($t.1); }",
        [FEATURE_IF_EXPR] = "BEGIN { $x = 1; print((if ($x) { 1 } else { 2 })); }",
        [FEATURE_BLOCK_EXPR] = "BEGIN { print(({ 1 })); }",
        [FEATURE_WHILE] = "BEGIN { $i = 0; while ($i < 3) { $i++; if ($i == 2) { break; } } }",
        [FEATURE_FOR_RANGE] = "BEGIN { for ($i : 0..3) { print($i); } }",
        [FEATURE_FOR_MAP] = "BEGIN { @m[1] = 2; for ($kv : @m) { print($kv.0 + $kv.1); } }",
        [FEATURE_UNROLL] = "BEGIN { unroll (3) { print(1); } }",
        [FEATURE_LET] = "BEGIN { let $x = 1; print($x); }",
        [FEATURE_ELVIS] = "BEGIN { $x = 1; print($x ?: 2); }",
        [FEATURE_AGG_READ] = "BEGIN { @c = count(); print((int64)@c); }",
        [FEATURE_SIZEOF] = "BEGIN { print(sizeof(uint64)); }",
        [FEATURE_STRING_ORDER] = "BEGIN { $s = \"a\"; print($s < \"b\"); }",
    };

    for (u32 i = 0; i < ARRAY_SIZE(samples); i++)
        g->has_feature[i] = samples[i] && gen_accepts(g, str_of(samples[i]));
}

/* Try a statement behind the text so far; it stays if the compiler agrees. */
static void stmt_try(struct gen *g, struct generated *out, void (*write)(struct gen *g))
{
    _cleanup_buf_ struct buf all = {0};
    _cleanup_buf_ struct buf stmt = {0};
    u32 n_vars = g->n_vars;
    u32 n_maps = g->n_maps;

    g->out = &stmt;
    write(g);
    buf_add(&all, out->text.p, out->text.n);
    buf_add(&all, stmt.p, stmt.n);
    buf_add_cstr(&all, "}\n");
    out->n_tried++;
    if (gen_accepts(g, (struct str){all.p, (u32)all.n})) {
        buf_add(&out->text, stmt.p, stmt.n);
        return;
    }
    out->n_dropped++;
    g->n_vars = n_vars;
    g->n_maps = n_maps;
}

/* The attach points and, now and then, a predicate; what the compiler does not want is left away.
 */
static void clause_head(struct gen *g, struct generated *out)
{
    _cleanup_buf_ struct buf all = {0};
    _cleanup_buf_ struct buf head = {0};

    g->out = &head;
    gen_put(g, "%.*s", STR_ARG(g->spec));
    if (g->mode == SCRIPT_EVENTS && gen_one_in(g, 5))
        gen_put(g, gen_one_in(g, 2) ? ", kprobe:vfs_write" : ", interval:s:5");
    if (gen_one_in(g, 5)) {
        gen_put(g, " / ");
        gen_condition(g, 2);
        gen_put(g, " / ");
    }
    buf_add(&all, out->text.p, out->text.n);
    buf_add(&all, head.p, head.n);
    buf_add_cstr(&all, " {}\n");
    if (gen_accepts(g, (struct str){all.p, (u32)all.n})) {
        buf_add(&out->text, head.p, head.n);
        buf_add_cstr(&out->text, " {\n");
    } else {
        buf_printf(&out->text, "%.*s {\n", STR_ARG(g->spec));
    }
}

static void clause_add(struct gen *g, struct generated *out)
{
    u32 wanted = 3 + gen_below(g, STMTS_MAX - 2);
    u32 n_tried = out->n_tried;
    u32 n_dropped = out->n_dropped;

    g->n_vars = 0;
    g->n_loops = 0;
    gen_probe(g);
    clause_head(g, out);
    for (u32 i = 0; i < 3; i++)
        stmt_try(g, out, gen_first);
    while (out->n_tried - n_tried - (out->n_dropped - n_dropped) < wanted &&
           out->n_tried - n_tried < TRIES_MAX)
        stmt_try(g, out, gen_stmt);
    if (gen_one_in(g, 10))
        buf_printf(&out->text, "    exit(%u);\n", gen_below(g, 100));
    buf_add_cstr(&out->text, "}\n");
}

static void arena_is_full(void *data)
{
    (void)data;
    ptl_bug("the generator's arena is full");
}

void script_generate(u64 seed, enum script_mode mode, const struct gen_kernel *kernel,
                     struct generated *out)
{
    struct arena arena;
    struct gen g = {.state = seed * 0x2545f4914f6cdd1du, .mode = mode, .folders = kernel};
    u32 n = 0;

    g.out = &out->text;
    arena_init(&arena, ARENA_BYTES, arena_is_full, NULL);
    g.arena = &arena;
    g.kernel = kernel_new(&arena, kernel->tracefs);
    probe_features(&g);
    gen_head(&g, &out->text);
    n = 1 + gen_below(&g, CLAUSES_MAX);
    for (u32 i = 0; i < n; i++)
        clause_add(&g, out);
    arena_done(&arena);
}
