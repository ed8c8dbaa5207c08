/* Calls of the generator, from the descriptors of functions, aggregations and providers. Where a
 * signature has words that are not known here, arguments are guessed; the compiler says whether
 * they fit. */
#include "tests/fuzz/evaluator.h"
#include "tests/fuzz/gen.h"

enum {
    SIG_PARAMS_MAX = 8,
};

struct param {
    char word[16];
    bool is_optional;
};

struct sig {
    struct param params[SIG_PARAMS_MAX];
    u32 n;
    bool is_variadic;
    enum shape_kind result;
    bool is_void;
};

static enum shape_kind shape_of_result(const char *word)
{
    if (strncmp(word, "int", 3) == 0 || strncmp(word, "uint", 4) == 0)
        return SHAPE_INT;
    if (strncmp(word, "string", 6) == 0)
        return SHAPE_STRING;
    return strcmp(word, "bool") == 0 ? SHAPE_BOOL : SHAPE_ANY;
}

/* "(kind, kind?, ...) -> type", see struct func_desc. */
static struct sig sig_parse(const char *text)
{
    struct sig sig = {.n = 0};
    const char *p = strchr(text, '(');

    for (p = p ? p + 1 : text; *p && *p != ')';) {
        size_t n = strcspn(p, ",?) ");

        if (n == 3 && strncmp(p, "...", 3) == 0) {
            sig.is_variadic = true;
        } else if (sig.n < SIG_PARAMS_MAX) {
            struct param *param = &sig.params[sig.n++];

            memcpy(param->word, p, MIN(n, sizeof(param->word) - 1));
            param->is_optional = p[n] == '?';
        }
        p += n;
        p += strspn(p, ",? ");
    }
    p = strstr(p, "-> ");
    sig.is_void = p && strcmp(p + 3, "void") == 0;
    sig.result = p ? shape_of_result(p + 3) : SHAPE_ANY;
    return sig;
}

/* ---- arguments ---- */

/* A random map, one with keys if there is one: most words want those. */
static const struct gen_map *any_map(struct gen *g)
{
    const struct gen_map *map = g->n_maps ? &g->maps[gen_below(g, g->n_maps)] : NULL;

    for (u32 i = 0; map && map->n_keys == 0 && i < 4; i++)
        map = &g->maps[gen_below(g, g->n_maps)];
    return map;
}

static void put_map(struct gen *g)
{
    const struct gen_map *map = any_map(g);

    if (map) {
        gen_map_name(g, map);
    } else {
        gen_put(g, "@none");
    }
}

/* A map, and behind it a key where it has keys: delete(@m, key). */
static void map_and_key(struct gen *g, u32 depth)
{
    const struct gen_map *map = any_map(g);

    if (map && gen_one_in(g, 3)) { /* the same in the other way */
        gen_map_access(g, map, depth);
        return;
    }
    if (!map) {
        gen_put(g, "@none");
        return;
    }
    gen_map_name(g, map);
    if (map->n_keys == 0)
        return;
    gen_put(g, ", ");
    gen_map_key(g, map, depth);
}

static void guessed(struct gen *g, u32 depth)
{
    struct shape shape = gen_one_in(g, 2) ? gen_shape(g) : gen_scalar_shape(g);

    if (gen_one_in(g, 3)) {
        gen_int(g, 0);
    } else {
        gen_expr(g, &shape, MIN(depth, 1));
    }
}

static void gen_arg(struct gen *g, const char *word, u32 depth)
{
    struct shape shape = gen_shape(g);

    if (strcmp(word, "int") == 0) {
        gen_int(g, depth);
    } else if (strcmp(word, "string") == 0 || strcmp(word, "text") == 0) {
        gen_string(g, depth);
    } else if (strcmp(word, "literal") == 0) {
        static const char *const texts[] = {"%H:%M:%S\\n", "text", "a",  "bc",   "127.0.0.1",
                                            "fe80::1",     "",     "ip", "hello"};

        gen_put(g, "\"%s\"", texts[gen_below(g, ARRAY_SIZE(texts))]);
    } else if (strcmp(word, "word") == 0) {
        static const char *const words[] = {"init", "boot", "monotonic", "tai", "sw_tai"};

        gen_put(g, "%s", words[gen_below(g, ARRAY_SIZE(words))]);
    } else if (strcmp(word, "number") == 0) {
        static const u32 numbers[] = {0, 1, 2, 3, 4, 5, 8, 10, 16, 64, 100};

        gen_put(g, "%u", numbers[gen_below(g, ARRAY_SIZE(numbers))]);
    } else if (strcmp(word, "map") == 0 || (strcmp(word, "printable") == 0 && gen_one_in(g, 3))) {
        put_map(g);
    } else if (strcmp(word, "printable") == 0) {
        gen_expr(g, &shape, depth);
    } else {
        guessed(g, depth);
    }
}

static void gen_args(struct gen *g, const struct sig *sig, u32 depth)
{
    u32 n = sig->n;

    if (sig->is_variadic && sig->n == 1 && strcmp(sig->params[0].word, "map") == 0) {
        map_and_key(g, depth);
        return;
    }
    while (n > 0 && sig->params[n - 1].is_optional && gen_one_in(g, 2))
        n--;
    for (u32 i = 0; i < n; i++) {
        if (i > 0)
            gen_put(g, ", ");
        gen_arg(g, sig->params[i].word, depth);
    }
    for (u32 i = 0; sig->is_variadic && i < gen_below(g, 3); i++) {
        gen_put(g, n + i > 0 ? ", " : "");
        guessed(g, depth);
    }
}

/* ---- functions ---- */

/* memcmp() of what has so many bytes. */
static void put_memcmp(struct gen *g, u32 depth)
{
    struct shape shape = gen_shape(g);

    if (shape.kind != SHAPE_ARRAY && shape.kind != SHAPE_POINTER && shape.kind != SHAPE_STRUCT)
        shape = (struct shape){.kind = SHAPE_STRING};
    gen_put(g, "memcmp(");
    gen_expr(g, &shape, depth);
    gen_put(g, ", ");
    gen_expr(g, &shape, depth);
    gen_put(g, ", ");
    gen_small(g, shape.kind == SHAPE_POINTER ? 40 : 9);
    gen_put(g, ")");
}

/* is_ptr(uint64): about a type. */
static void put_type_question(struct gen *g, const char *name)
{
    struct shape shape = gen_pointee(g);

    gen_put(g, "%s(", name);
    gen_type_name(g, &shape);
    gen_put(g, gen_one_in(g, 3) ? " *)" : ")");
}

/* What the literal names is looked up when the object is loaded: not any text will do. */
static bool names_machine(const struct func_desc *fn)
{
    return strcmp(fn->name, "kaddr") == 0 || strcmp(fn->name, "percpu_kaddr") == 0 ||
           strcmp(fn->name, "cgroupid") == 0;
}

/* The call of its example, which every machine can resolve. */
static void put_example_call(struct gen *g, const struct func_desc *fn)
{
    const char *call = strstr(fn->example, fn->name);

    gen_put(g, "%.*s)", (int)strcspn(call, ")"), call);
}

static bool put_call(struct gen *g, const struct func_desc *fn, const struct sig *sig, u32 depth)
{
    if (fn->flags & FN_MEMBERS)
        return gen_field(g);
    if (names_machine(fn)) {
        put_example_call(g, fn);
        return true;
    }
    if (strcmp(fn->name, "memcmp") == 0) {
        put_memcmp(g, depth);
        return true;
    }
    if (strncmp(fn->name, "is_", 3) == 0 && strcmp(fn->name, "is_err") != 0 && gen_one_in(g, 3)) {
        put_type_question(g, fn->name);
        return true;
    }
    gen_put(g, "%s", fn->name);
    if (fn->flags & FN_NUMBERED)
        gen_small(g, 6);
    if ((fn->flags & FN_VARIABLE) && (sig->n == 0 || gen_one_in(g, 2)))
        return true;
    gen_put(g, "(");
    gen_args(g, sig, depth);
    gen_put(g, ")");
    return true;
}

static bool is_usable(const struct gen *g, const struct func_desc *fn)
{
    if (fn->flags & FN_UNSAFE && g->mode != SCRIPT_EVENTS)
        return false;
    /* override(): the kernels of the guests refuse it. uaddr(): wants a symbol that the program of
     * the probe has. */
    if (fn->flags & FN_ENDS || strcmp(fn->name, "uaddr") == 0 ||
        strcmp(fn->name, "override") == 0 || strcmp(fn->name, "find") == 0)
        return false;
    if (!g->probe && fn->needs) /* in the head: for any clause */
        return false;
    if (g->probe && (g->probe->caps & fn->needs) != fn->needs)
        return false;
    return g->mode == SCRIPT_EVENTS || evaluator_knows(str_of(fn->name));
}

/* A random function for which fits() holds, or NULL. */
static const struct func_desc *pick_func(struct gen *g, bool wants_void, enum shape_kind result)
{
    u32 n = 0;
    const struct func_desc *const *funcs = vocab_funcs(&n);
    u32 n_fits = 0;
    const struct func_desc *picked = NULL;

    for (u32 i = 0; i < n; i++) {
        struct sig sig = sig_parse(funcs[i]->sig);
        bool fits = wants_void ? sig.is_void
                               : !sig.is_void && (result == SHAPE_ANY || sig.result == result);

        if (fits && is_usable(g, funcs[i]) && gen_one_in(g, ++n_fits))
            picked = funcs[i];
    }
    return picked;
}

bool gen_call(struct gen *g, enum shape_kind result, u32 depth)
{
    /* str() says "?": it depends on its argument. */
    const struct func_desc *fn =
        result == SHAPE_STRING && gen_one_in(g, 2) ? vocab_func(STR("str"), NULL) : NULL;
    struct sig sig;

    if (fn && g->in_map_loop)
        return false;
    if (fn) {
        gen_put(g, "str(");
        gen_string(g, depth);
        if (gen_one_in(g, 2)) {
            gen_put(g, ", ");
            gen_small(g, 20);
        }
        gen_put(g, ")");
        return true;
    }
    fn = pick_func(g, false, result);
    if (!fn)
        return false;
    sig = sig_parse(fn->sig);
    return put_call(g, fn, &sig, depth);
}

/* Functions whose result only they make. */
static bool makes_result(const struct func_desc *fn)
{
    return strstr(fn->sig, "-> ?") || strstr(fn->sig, "-> ksym");
}

void gen_result_call(struct gen *g, const struct shape *shape, u32 depth)
{
    u32 n = 0;
    const struct func_desc *const *funcs = vocab_funcs(&n);
    struct sig sig = sig_parse(funcs[shape->number]->sig);

    (void)put_call(g, funcs[shape->number], &sig, depth > 0 ? depth - 1 : 0);
}

bool gen_result_shape(struct gen *g, struct shape *out)
{
    u32 n = 0;
    const struct func_desc *const *funcs = vocab_funcs(&n);
    u32 n_fits = 0;

    for (u32 i = 0; i < n; i++) {
        if (makes_result(funcs[i]) && is_usable(g, funcs[i]) && gen_one_in(g, ++n_fits))
            *out = (struct shape){.kind = SHAPE_RESULT, .number = i};
    }
    return n_fits > 0;
}

bool gen_find(struct gen *g, bool may_declare, u32 depth)
{
    const struct gen_map *map = any_map(g);
    const struct shape number = {.kind = SHAPE_INT};
    const struct shape *value = NULL;

    if (!map || map->n_keys == 0 || (g->mode == SCRIPT_BEGIN && !evaluator_knows(STR("find"))))
        return false;
    value = map->value.kind == SHAPE_AGG ? &number : &map->value;
    gen_put(g, "find(");
    gen_map_name(g, map);
    gen_put(g, ", ");
    gen_map_key(g, map, depth);
    gen_put(g, ", ");
    if (g->is_macro || !gen_var_of(g, value)) {
        if (may_declare && g->n_vars < VARS_MAX) {
            gen_put(g, "%s", gen_new_var(g, value, false)->name);
        } else {
            gen_put(g, "$found%u", g->next_var++);
        }
    }
    gen_put(g, ")");
    return true;
}

bool gen_void_call(struct gen *g)
{
    const struct func_desc *fn = pick_func(g, true, SHAPE_ANY);
    struct sig sig;

    if (!fn)
        return false;
    if (strcmp(fn->name, "printf") == 0) {
        gen_printf(g);
        return true;
    }
    sig = sig_parse(fn->sig);
    return put_call(g, fn, &sig, 2);
}

/* ---- aggregations ---- */

void gen_agg_choose(struct gen *g, struct gen_map *map)
{
    static const u32 numbers[] = {0, 1, 2, 5, 8, 10, 100};

    map->agg = vocab_agg_by_id((enum agg_id)gen_below(g, AGG_COUNT_));
    for (u32 i = 0; i < ELEMS_MAX; i++)
        map->agg_numbers[i] = numbers[gen_below(g, ARRAY_SIZE(numbers))];
}

/* What tseries() takes besides its value: the interval is one that the machine's clock does not
 * leave, so that the answer is known. */
static void put_series(struct gen *g, const struct gen_map *map)
{
    static const char *const functions[] = {"", ", \"avg\"", ", \"max\"", ", \"min\"", ", \"sum\""};

    gen_put(g, ", %llu, %u%s", 1ull << 62, map->agg_numbers[0],
            functions[map->agg_numbers[1] % ARRAY_SIZE(functions)]);
}

void gen_agg_call(struct gen *g, const struct gen_map *map)
{
    struct sig sig = sig_parse(map->agg->sig);

    gen_put(g, "%s(", agg_name(map->agg->id));
    for (u32 i = 0; i < sig.n; i++) {
        if (i > 0 && map->agg->id == AGG_TSERIES) {
            put_series(g, map);
            break;
        }
        if (i > 0)
            gen_put(g, ", ");
        if (strcmp(sig.params[i].word, "number") == 0) {
            gen_put(g, "%u", map->agg_numbers[(i - 1) % ELEMS_MAX]);
        } else {
            gen_arg(g, sig.params[i].word, 2);
        }
    }
    gen_put(g, ")");
}

/* ---- probes ---- */

/* The attach point of a descriptor's example: "kprobe:f { ... }" gives "kprobe:f". */
static struct str example_spec(const struct probe_desc *probe)
{
    const char *text = probe->example;

    return (struct str){text, (u32)strcspn(text, " {</,")};
}

void gen_probe(struct gen *g)
{
    if (g->mode == SCRIPT_BEGIN) {
        g->probe = vocab_probe_by_id(gen_one_in(g, 5) ? PROBE_END : PROBE_BEGIN);
    } else {
        g->probe = vocab_probe_by_id((enum probe_id)gen_below(g, PROBE_COUNT_));
        /* A script of nothing but these does not run without --test or --bench; and not each
         * machine that compiles has the types of iterators. */
        if (g->probe->id == PROBE_TEST || g->probe->id == PROBE_BENCH || g->probe->id == PROBE_ITER)
            g->probe = vocab_probe_by_id(PROBE_BEGIN);
    }
    g->spec = example_spec(g->probe);
    /* The example of END begins with a BEGIN; a tracepoint with fields says more than one without.
     */
    if (str_starts(g->spec, "BEGIN") && g->probe->id != PROBE_BEGIN)
        g->spec = str_of(probe_name(g->probe->id));
    if (g->probe->id == PROBE_TRACEPOINT && gen_one_in(g, 2)) {
        g->spec = gen_one_in(g, 2) ? STR("tracepoint:syscalls:sys_enter_openat")
                                   : STR("tracepoint:sched:sched_switch");
    }
}
