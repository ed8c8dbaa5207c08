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
        struct attach_point *point = &info.points[info.n_points];

        if (!vocab_parse_spec(&s->v, spec->text, spec->span, point))
            continue;
        point->choice = spec->is_alternative ? CHOICE_ELSE : CHOICE_ITSELF;
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

/* What a clause's body wants to know of its points. */
struct wanted {
    bool fields, retval;
};

/* Look up what is wanted of one point. A pattern whose matches get a program each becomes points of
 * their own. False after reporting that there is nothing. */
static bool look_up(struct sema *s, struct attach_point *point, struct wanted wanted,
                    struct attach_points *out)
{
    const struct probe_desc *probe = point->probe;
    bool is_asked =
        (wanted.fields && probe->caps & CAP_FIELDS) || (wanted.retval && probe->is_per_point);
    u32 first = out->list.n;
    bool is_there = true;

    if (point->is_pattern && (is_asked || probe->is_per_point)) {
        if (!probe_expand(&s->v, point, out))
            return false;
    } else {
        *vec_push(s->arena, &out->list) = *point;
    }
    for (u32 i = first; i < out->list.n; i++) {
        if (is_asked && probe->resolve)
            is_there &= probe->resolve(&s->v, &out->list.items[i]);
    }
    return is_there;
}

static bool has_alternative(const struct clause_info *info, u32 i)
{
    return i + 1 < info->n_points && info->points[i + 1].choice == CHOICE_ELSE;
}

/* Append what one of several alternatives stands for. */
static void add_choice(struct sema *s, const struct attach_points *found, bool is_first,
                       struct attach_points *out)
{
    for (u32 i = 0; i < found->list.n; i++) {
        struct attach_point *point = vec_push(s->arena, &out->list);

        *point = found->list.items[i];
        point->choice = i ? CHOICE_WITH : is_first ? CHOICE_ITSELF : CHOICE_ELSE;
    }
}

/* Look up a point and its alternatives: those that are seen not to exist are left out, and reported
 * only if none is left. Returns the index behind them. */
static u32 look_up_choices(struct sema *s, const struct clause_info *info, u32 first,
                           struct wanted wanted, struct attach_points *out)
{
    u32 n_before = s->v.diags->list.n;
    u32 n_kept = 0;
    u32 i = first;
    bool goes_on = true;

    while (goes_on) {
        struct attach_points found = {0};

        goes_on = has_alternative(info, i);
        if (look_up(s, &info->points[i++], wanted, &found))
            add_choice(s, &found, n_kept++ == 0, out);
    }
    if (n_kept)
        diags_truncate(s->v.diags, n_before);
    return i;
}

void resolve_probes(struct sema *s, struct clause_info *info)
{
    struct wanted wanted = {.fields = clause_uses(info->clause, 0, CAP_FIELDS),
                            .retval = clause_uses(info->clause, 0, CAP_RETVAL)};
    struct attach_points all = {0};
    u32 i = 0;

    while (i < info->n_points) {
        if (has_alternative(info, i)) {
            i = look_up_choices(s, info, i, wanted, &all);
        } else {
            (void)look_up(s, &info->points[i++], wanted, &all); /* it has reported */
        }
    }
    info->points = all.list.items;
    info->n_points = all.list.n;
}
