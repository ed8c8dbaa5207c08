/* Alternatives: of `a ?? b` the first is attached that this kernel has. */
#include <errno.h>

#include "runtime/session.h"

static bool continues(const struct ptl_session *s, u32 i)
{
    return i < s->n_points && s->points[i].row->choice != CHOICE_ITSELF;
}

bool session_is_choice(const struct ptl_session *s, const struct attach_point *point)
{
    u32 i = (u32)(point - s->points);

    return continues(s, i) || continues(s, i + 1);
}

/* The points of one alternative are all opened, or none is. *end: behind them. */
static int open_choice(struct ptl_session *s, u32 first, u32 *end)
{
    int failed = 0;
    u32 i = first;

    do {
        struct attach_point *point = &s->points[i++];

        if (failed != 0)
            continue;
        if (point->unfit != 0) {
            failed = attach_report_matches(point, &s->diags, point->unfit);
        } else if (point->ops->open != NULL) {
            failed = point->ops->open(point, &s->diags);
        }
    } while (i < s->n_points && s->points[i].row->choice == CHOICE_WITH);
    for (u32 k = first; k < i && failed != 0; k++)
        attach_detach(&s->points[k]);
    *end = i;
    return failed;
}

/* Nothing is there: all of it is skipped, or none. */
static int skip_all(struct ptl_session *s, u32 first, u32 end, u32 n_before, int failed)
{
    for (u32 i = first; i < end; i++) {
        /* what was reported is told with the first */
        if (session_skip(s, &s->points[i], n_before, failed) != 0)
            return failed;
    }
    return 0;
}

int session_open_choices(struct ptl_session *s, struct attach_point *point)
{
    u32 first = (u32)(point - s->points);
    u32 n_before = s->diags.list.n;
    u32 begin = 0;
    u32 end = first;
    int failed = 0;

    if (point->row->choice != CHOICE_ITSELF)
        return 0; /* it was looked at with the first */
    do {
        begin = end;
        failed = open_choice(s, begin, &end);
    } while (failed != 0 && continues(s, end));
    if (failed != 0)
        return skip_all(s, first, end, n_before, failed);
    for (u32 i = first; i < end || continues(s, i); i++)
        s->points[i].is_skipped = i < begin || i >= end;
    diags_truncate(&s->diags, n_before);
    return 0;
}
