/* Listing probes and the kernel's types. */
#include "stdlib/list.h"

struct listing {
    struct vocab *v; /* what is wrong with a probe of the list is told to nobody */
    struct buf *out;
    bool with_details;
};

static bool matches(struct vocab *v, struct str pattern, struct str text)
{
    return str_matches(str_cstr(v->arena, pattern), str_cstr(v->arena, text));
}

/* ---- types ---- */

#define INDENT    4
#define MAX_DEPTH 8

static void put_members(struct listing *l, const struct type *t, u32 depth);

// NOLINTNEXTLINE(misc-no-recursion): as deep as MAX_DEPTH
static void put_member(struct listing *l, const struct composite_field *field, u32 depth)
{
    const struct type *t = field->type;
    int indent = (int)(depth * INDENT);
    bool is_anonymous = t->kind == TYPE_STRUCT && t->composite->name.n == 0;

    buf_printf(l->out, "%*s", indent, "");
    if (is_anonymous && depth < MAX_DEPTH) {
        buf_printf(l->out, "%s {\n", t->composite->is_union ? "union" : "struct");
        put_members(l, t, depth + 1);
        buf_printf(l->out, "%*s}", indent, "");
    } else {
        type_print(l->out, t);
    }
    if (field->name.n)
        buf_printf(l->out, " %.*s", STR_ARG(field->name));
    if (field->bit_size)
        buf_printf(l->out, " : %u", field->bit_size);
    buf_add_cstr(l->out, ";\n");
}

// NOLINTNEXTLINE(misc-no-recursion): as deep as MAX_DEPTH
static void put_members(struct listing *l, const struct type *t, u32 depth)
{
    u32 n = 0;
    const struct composite_field *fields = composite_fields(t->composite, &n);

    for (u32 i = 0; i < n; i++)
        put_member(l, &fields[i], depth);
}

static void put_enumerators(struct listing *l, const struct type *t)
{
    for (u32 i = 0; i < t->enumeration->n_items; i++) {
        const struct enumerator *item = &t->enumeration->items[i];

        buf_printf(l->out, "    %.*s = %lld,\n", STR_ARG(item->name), (long long)item->value);
    }
}

static void put_type(struct listing *l, enum btf_names kind, const char *word, const char *name)
{
    struct str text = str_of(name);
    const struct type *t = kind == BTF_NAMES_ENUM
                               ? btf_enum(l->v->btf, text)
                               : btf_struct(l->v->btf, text, kind == BTF_NAMES_UNION);

    if (!t)
        return;
    if (!l->with_details) {
        buf_printf(l->out, "%s %s\n", word, name);
        return;
    }
    buf_printf(l->out, "%s %s {\n", word, name);
    if (kind == BTF_NAMES_ENUM) {
        put_enumerators(l, t);
    } else {
        put_members(l, t, 1);
    }
    buf_add_cstr(l->out, "};\n");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* A copy of the names that match, sorted, each once. Returns their number. */
static u32 sorted_matches(struct vocab *v, struct str pattern, const char *const *names, u32 n,
                          const char ***out)
{
    const char **found = arena_array(v->arena, const char *, n + 1);
    const char *text = str_cstr(v->arena, pattern);
    u32 n_found = 0, n_kept = 0;

    for (u32 i = 0; i < n; i++) {
        if (str_matches(text, names[i]))
            found[n_found++] = names[i];
    }
    if (n_found)
        qsort(found, n_found, sizeof(*found), by_name);
    for (u32 i = 0; i < n_found; i++) {
        if (n_kept == 0 || strcmp(found[n_kept - 1], found[i]) != 0)
            found[n_kept++] = found[i];
    }
    *out = found;
    return n_kept;
}

/* "struct task_*"? Then its types are listed. */
static bool list_types(struct listing *l, struct str search)
{
    static const struct {
        enum btf_names kind;
        const char *word;
    } kinds[] = {
        {BTF_NAMES_STRUCT, "struct"}, {BTF_NAMES_UNION, "union"}, {BTF_NAMES_ENUM, "enum"}};

    for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
        u32 n = (u32)strlen(kinds[i].word);
        const char *const *names = NULL;
        const char **found = NULL;
        u32 n_found = 0;

        if (!str_starts(search, kinds[i].word) || search.n <= n + 1 || search.p[n] != ' ')
            continue;
        n_found = btf_names(l->v->btf, kinds[i].kind, "", &names);
        n_found = sorted_matches(l->v, str_sub(search, n + 1, search.n), names, n_found, &found);
        for (u32 k = 0; k < n_found; k++) {
            if (found[k][0] != '\0')
                put_type(l, kinds[i].kind, kinds[i].word, found[k]);
        }
        return true;
    }
    return false;
}

/* ---- probes ---- */

static void put_parameters(struct listing *l, const struct attach_point *point)
{
    const struct btf_function *f = point->function;

    for (u32 i = point->first_param; i < f->n_params; i++) {
        buf_add_cstr(l->out, "    ");
        type_print(l->out, f->params[i].type);
        buf_printf(l->out, " %.*s\n", STR_ARG(f->params[i].name));
    }
    if (!point->probe->retval)
        return;
    buf_add_cstr(l->out, "    ");
    type_print(l->out, f->result);
    buf_add_cstr(l->out, " retval\n");
}

/* What `ctx` points to; the members of a context are in unions, for programs of 32 bits. */
// NOLINTNEXTLINE(misc-no-recursion): as deep as MAX_DEPTH
static void put_context(struct listing *l, const struct type *t, u32 depth)
{
    u32 n = 0;
    const struct composite_field *fields = composite_fields(t->composite, &n);

    for (u32 i = 0; i < n; i++) {
        const struct composite_field *field = &fields[i];

        if (field->name.n) {
            buf_add_cstr(l->out, "    ");
            type_print(l->out, field->type);
            buf_printf(l->out, " %.*s\n", STR_ARG(field->name));
        } else if (field->type->kind == TYPE_STRUCT && depth < MAX_DEPTH) {
            put_context(l, field->type, depth + 1);
        }
    }
}

/* What cannot be resolved has no details. */
static void put_details(struct listing *l, struct str spec)
{
    struct span nowhere = {0, 0};
    const struct type *context = NULL;
    struct attach_point point;

    if (!vocab_parse_spec(l->v, spec, nowhere, &point))
        return;
    context = point.probe->context ? point.probe->context(l->v, &point) : NULL;
    if (context)
        put_context(l, context, 0);
    if (!point.probe->resolve || !point.probe->resolve(l->v, &point))
        return;
    if (point.function)
        put_parameters(l, &point);
    for (u32 i = 0; point.tracepoint && i < point.tracepoint->n_fields; i++) {
        const struct tracepoint_field *field = &point.tracepoint->fields[i];

        buf_printf(l->out, "    %.*s %.*s\n", STR_ARG(field->type), STR_ARG(field->name));
    }
}

static void list_provider(struct listing *l, const struct probe_desc *probe, struct str pattern)
{
    const char *provider = probe_name(probe->id);
    const char *const *names = NULL;
    const char **found = NULL;
    u32 n = probe->names(l->v, &names);

    n = sorted_matches(l->v, pattern, names, n, &found);
    for (u32 i = 0; i < n; i++) {
        struct str spec = str_printf(l->v->arena, "%s:%s", provider, found[i]);

        buf_printf(l->out, "%.*s\n", STR_ARG(spec));
        if (l->with_details)
            put_details(l, spec);
    }
}

/* A return probe is there wherever its entry is: it is listed if it is asked for. */
static bool is_asked_for(struct vocab *v, const struct probe_desc *probe, struct str provider)
{
    const struct probe_desc *named = vocab_probe(provider);

    if (named)
        return named == probe;
    return !probe->retval && matches(v, provider, str_of(probe_name(probe->id)));
}

void vocab_list(struct vocab *v, struct str search, bool with_details, struct buf *out)
{
    struct listing l = {.v = v, .out = out, .with_details = with_details};
    int colon = str_index(search, ':');
    struct str provider = colon < 0 ? STR("*") : str_sub(search, 0, (u32)colon);
    struct str pattern = str_printf(v->arena, "*%.*s*", STR_ARG(search));

    if (list_types(&l, search))
        return;
    if (colon >= 0)
        pattern = str_sub(search, (u32)colon + 1, search.n);
    for (u32 i = 0; i < PROBE_COUNT_; i++) {
        const struct probe_desc *probe = vocab_probe_by_id((enum probe_id)i);

        if (probe->names && is_asked_for(v, probe, provider))
            list_provider(&l, probe, pattern);
    }
}
