/* Probe specs to attach points: of each clause, and what depends on all clauses. */
#include "semantic/context.h"

static void parse_clause(struct sema *s, struct clause *clause)
{
    struct clause_info info = {.clause = clause};
    u32 n = 0;

    for (const struct attach_spec *spec = clause->specs; spec; spec = spec->next)
        n++;
    info.points = arena_array(s->arena, struct attach_point, n);
    for (const struct attach_spec *spec = clause->specs; spec; spec = spec->next) {
        if (vocab_parse_spec(&s->v, spec->text, spec->span, &info.points[info.n_points]))
            info.n_points++;
    }
    *vec_push(s->arena, &s->clauses) = info;
}

static bool is_rest(const struct attach_point *point)
{
    return point->probe->star_is_rest && str_eq_c(point->text[0], "*");
}

/* Append what the clause's points of the provider name. */
static void add_named(struct sema *s, const struct clause_info *info,
                      const struct probe_desc *probe, struct str *list)
{
    for (u32 i = 0; i < info->n_points; i++) {
        const struct attach_point *point = &info->points[i];

        if (point->probe == probe && !is_rest(point)) {
            *list = str_printf(s->arena, "%.*s%s%.*s", STR_ARG(*list), list->n ? " " : "",
                               STR_ARG(point->text[0]));
        }
    }
}

/* `*` is the default case: for what no other probe of the script names. */
static void find_rest(struct sema *s, struct attach_point *point)
{
    if (!is_rest(point))
        return;
    vec_foreach(info, &s->clauses)
        add_named(s, info, point->probe, &point->others);
}

void parse_probes(struct sema *s, struct program *program)
{
    for (struct clause *clause = program->clauses; clause; clause = clause->next)
        parse_clause(s, clause);
    vec_foreach(info, &s->clauses) {
        for (u32 i = 0; i < info->n_points; i++)
            find_rest(s, &info->points[i]);
    }
}

/* Patterns whose matches get a program each become points of their own. */
static void expand_patterns(struct sema *s, struct clause_info *info, bool uses_fields)
{
    struct attach_points all = {0};

    for (u32 i = 0; i < info->n_points; i++) {
        const struct attach_point *point = &info->points[i];
        bool has_program_each =
            point->probe->is_per_point || (uses_fields && point->probe->caps & CAP_FIELDS);

        if (point->is_pattern && has_program_each) {
            (void)probe_expand(&s->v, point, &all); /* it has reported */
        } else {
            *vec_push(s->arena, &all.list) = *point;
        }
    }
    info->points = all.list.items;
    info->n_points = all.list.n;
}

void resolve_probes(struct sema *s, struct clause_info *info)
{
    bool uses_fields = clause_uses(info->clause, 0, CAP_FIELDS);
    bool uses_retval = clause_uses(info->clause, 0, CAP_RETVAL);

    expand_patterns(s, info, uses_fields);
    for (u32 i = 0; i < info->n_points; i++) {
        struct attach_point *point = &info->points[i];
        bool is_asked = uses_fields || (uses_retval && point->probe->is_per_point);

        if (is_asked && point->probe->resolve)
            (void)point->probe->resolve(&s->v, point); /* it has reported */
    }
}
