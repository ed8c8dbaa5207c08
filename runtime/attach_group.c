/* Finding groups, and what their points have in common. */
#include "runtime/attach_group.h"

#include <errno.h>

#include <bpf/bpf.h>

#include "runtime/error.h"
#include "runtime/session.h"
#include "runtime/unsafe.h"

bool group_has(const struct attach_group *group, const struct attach_point *point)
{
    return point->group == group;
}

static u32 count_points(const struct attach_group *group)
{
    return group->is_session ? 2 * group->n : group->n;
}

static void group_free(struct attach_group *group)
{
    for (u32 i = 0; i < group->n_links; i++)
        close_fd(&group->links[i]);
    gate_done(&group->gate);
    free(group->points);
    free(group);
}

void group_leave(struct attach_point *point)
{
    struct attach_group *group = point->group;

    if (group == NULL)
        return;
    point->group = NULL;
    if (--group->n_users == 0)
        group_free(group);
}

/* Points of a program, in the script's order. Returns how many; all: whether each may be in a
 * group. */
static u32 collect(const struct ptl_session *s, const struct attach_point *first,
                   struct attach_point **out, bool *all)
{
    u32 n = 0;

    *all = true;
    for (u32 i = 0; i < s->n_points; i++) {
        struct attach_point *point = &s->points[i];

        if (point->program != first->program)
            continue;
        *all = *all && point->ops == first->ops && point->ops->join != NULL &&
               point->group == NULL && point->unfit == 0 && !session_is_choice(s, point);
        out[n++] = point;
    }
    return n;
}

static bool is_first(const struct ptl_session *s, const struct attach_point *point)
{
    if (point->program == NULL || point->ops->join == NULL)
        return false;
    for (u32 i = 0; &s->points[i] < point; i++) {
        if (s->points[i].program == point->program)
            return false;
    }
    return true;
}

static bool have_same_target(const struct attach_point *a, const struct attach_point *b)
{
    return str_eq(a->row->text0, b->row->text0) && str_eq(a->row->text1, b->row->text1) &&
           a->row->num0 == b->row->num0 && a->row->num1 == b->row->num1;
}

/* Add the points of a return program that has the same targets in the same order. */
static bool collect_returns(const struct ptl_session *s, struct attach_group *group)
{
    struct attach_point **returns = group->points + group->n;

    for (u32 i = 0; i < s->n_points; i++) {
        bool fits = s->points[i].ops == group->points[0]->ops->on_return &&
                    have_same_target(group->points[0], &s->points[i]) && is_first(s, &s->points[i]);
        bool all = false;

        if (!fits || collect(s, &s->points[i], returns, &all) != group->n || !all)
            continue;
        for (u32 k = 0; k < group->n; k++)
            fits = fits && have_same_target(group->points[k], returns[k]);
        if (fits)
            return true;
    }
    return false;
}

/* The group that the points of a program would be, alone or with those of another. NULL: none. */
static struct attach_group *group_new(const struct ptl_session *s, struct attach_point *first,
                                      bool is_session)
{
    struct attach_group *group = calloc(1, sizeof(*group));
    bool all = false;

    if (group == NULL)
        return NULL;
    *group = (struct attach_group){
        .gate = GATE_NONE, .all = s->points, .n_all = s->n_points, .is_session = is_session};
    group->points = calloc(2 * (size_t)s->n_points, sizeof(struct attach_point *));
    if (group->points != NULL)
        group->n = collect(s, first, group->points, &all);
    if (!all || (is_session ? !collect_returns(s, group) : group->n < 2)) {
        group_free(group);
        return NULL;
    }
    for (u32 i = 0; i < count_points(group); i++)
        group->points[i]->group = group;
    group->n_users = count_points(group);
    return group;
}

/* Undo what joining did. */
static void group_dissolve(struct attach_group *group, u32 n_names)
{
    const struct attach_env *env = group->points[0]->env;
    u32 n = count_points(group);

    for (u32 i = 0; i < n; i++) {
        group->points[i]->n_names = 0;
        group->points[i]->first_name = 0;
    }
    probe_names_cut(env->names, n_names);
    for (u32 i = n; i > 0; i--)
        attach_detach(group->points[i - 1]); // the last one, which is first, frees the group
}

static u32 link_type(const struct attach_group *group)
{
    return group->is_session ? LINK_KPROBE_SESSION : group->points[0]->ops->list_link;
}

static void load_for_group(const struct attach_group *group)
{
    for (u32 i = 0; i < count_points(group); i++) {
        (void)bpf_program__set_expected_attach_type(
            group->points[i]->program,
            (enum bpf_attach_type)link_type(group)); // fails only once it is loaded
    }
}

static const char *why_not(int err)
{
    if (err == -ENOTUNIQ)
        return "several functions have one name";
    return err == -EEXIST ? "another clause may be at the same place" : error_text(err);
}

/* Make the group of which the point is the first, or leave it. */
static void make(struct ptl_session *s, struct attach_point *first, bool is_session)
{
    enum feature_id feature = is_session ? FEATURE_KPROBE_SESSION : first->ops->list_feature;
    struct attach_group *group = group_new(s, first, is_session);
    u32 n_diags = s->diags.list.n, n_names = s->probe_names.list.n;
    struct ptl_error unused = {0};
    int err = 0;

    if (group == NULL)
        return;
    if (!first->ops->may_join(group)) {
        group_dissolve(group, n_names);
        return;
    }
    if (features_need(&s->features, feature, &unused) != 0) {
        for (u32 i = 0; i < count_points(group); i++)
            group->points[i]->lacking = feature_name(feature);
        group_dissolve(group, n_names);
        return;
    }
    err = gate_init(&group->gate, link_type(group));
    if (err == 0)
        err = first->ops->join(group, &s->diags);
    if (err == 0) {
        load_for_group(group);
        return;
    }
    diags_truncate(&s->diags, n_diags); // they will be reported where it matters
    session_log(s, "%.*s: not by one link: %s", STR_ARG(first->row->name), why_not(err));
    group_dissolve(group, n_names);
}

void groups_make(struct ptl_session *s)
{
    if (unsafe_overrides(&s->elf))
        return; // the kernel lets no other program call such a one
    for (u32 i = 0; i < s->n_points; i++) {
        if (is_first(s, &s->points[i]) && s->points[i].ops->on_return != NULL)
            make(s, &s->points[i], true);
    }
    for (u32 i = 0; i < s->n_points; i++) {
        if (is_first(s, &s->points[i]) && s->points[i].group == NULL)
            make(s, &s->points[i], false);
    }
}

int group_link(struct attach_group *group, struct link_request *request)
{
    int link = -1;

    request->prog_fd = (u32)group->gate.prog_fd;
    request->attach_type = link_type(group);
    link = link_create(request);
    if (link >= 0)
        group->links[group->n_links++] = link;
    return MIN(link, 0);
}

int group_enable(const struct attach_point *point)
{
    struct attach_group *group = point->group;
    const struct bpf_program *on_return =
        group->is_session ? group->points[group->n]->program : NULL;

    if (group->is_open)
        return 0; // by another of its points
    group->is_open = true;
    return gate_open(&group->gate, bpf_program__fd(group->points[0]->program),
                     on_return == NULL ? -1 : bpf_program__fd(on_return));
}

/* Of the two programs of a session the kernel counts the sum: what was missed is told of the
 * return, of which each entry that was missed is missed as well, but how many of each is not known.
 */
struct attach_book group_book(const struct attach_point *point)
{
    const struct attach_group *group = point->group;
    bool is_entry = !group->is_session || point->program == group->points[0]->program;
    struct attach_book book = {0};
    bool is_exact = gate_counts(&group->gate, &book.n_hits, &book.n_missed);

    book.knows_hits = !group->is_session && book.n_hits != 0;
    for (u32 i = 0; i < group->n_links; i++)
        is_exact = attach_link_missed(group->links[i], &book.n_missed) && is_exact;
    book.knows_missed = is_exact && (!group->is_session || book.n_missed == 0);
    if (is_entry && group->is_session)
        book.n_missed = 0;
    return book;
}

const char *group_how(const struct attach_group *group)
{
    if (group->is_session)
        return "one link for entry and return";
    return "one link for the list";
}
