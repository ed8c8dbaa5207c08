/* Attaching all points of a session, in the order that a script can rely on: everything is resolved
 * before anything runs, the begin clauses have run before any event is seen. */
#include <errno.h>
#include <stdio.h>

#include <bpf/bpf.h>

#include "abi/record.h"
#include "runtime/error.h"
#include "runtime/session.h"

static void detach_all(struct ptl_session *s)
{
    for (u32 i = 0; i < s->n_points; i++)
        attach_detach(&s->points[i]);
}

/* Resolve all points, so that all that is wrong is told at once. Returns the first failure, but a
 * name without a match only if there is nothing worse. */
static int open_all(struct ptl_session *s)
{
    int worst = 0;

    for (u32 i = 0; i < s->n_points; i++) {
        struct attach_point *point = &s->points[i];
        int err = point->ops->open != NULL ? point->ops->open(point, &s->diags) : 0;

        if (err != 0 && (worst == 0 || worst == -ENOENT))
            worst = err;
    }
    return worst;
}

static int run_begin_clauses(struct ptl_session *s)
{
    for (u32 i = 0; i < s->n_points; i++) {
        int err = 0;

        if (s->points[i].ops->when == ATTACH_BEGIN)
            err = attach_run_once(&s->points[i], &s->diags);
        if (err != 0)
            return err;
    }
    return 0;
}

static int enable_all(struct ptl_session *s)
{
    int first = 0;

    for (u32 i = 0; i < s->n_points; i++) {
        int err = attach_enable(&s->points[i], &s->diags);

        if (first == 0)
            first = err;
    }
    return first;
}

/* Tell the programs what the patterns stand for, where one asks. */
static int publish_names(const struct ptl_session *s)
{
    const struct bpf_map *map = bpf_object__find_map_by_name(s->object, PTL_MAP_NAMES);
    int err = 0;

    if (map == NULL || bpf_map__value_size(map) != PTL_NAME_BYTES)
        return 0;
    for (u32 i = 0; err == 0 && i < s->probe_names.n; i++) {
        char text[PTL_NAME_BYTES] = "";

        (void)snprintf(text, sizeof(text), "%s", s->probe_names.items[i]); // cut where too long
        err = bpf_map_update_elem(bpf_map__fd(map), &i, text, BPF_ANY);
    }
    return err;
}

int ptl_attach(struct ptl_session *s, struct ptl_error *err)
{
    int failed = 0;

    if (s->state != SESSION_LOADED)
        ptl_bug("ptl_attach() of a session that is not loaded");
    failed = open_all(s);
    if (failed == 0)
        failed = publish_names(s);
    /* From here on a signal must not end the process before the end clauses have run. */
    for (u32 i = 0; i < s->n_points; i++)
        s->signals.wants_user |= s->points[i].ops->when == ATTACH_SIGNAL;
    if (failed == 0)
        failed = signals_take(&s->signals);
    if (failed == 0 && !s->opts->is_dry_run)
        failed = run_begin_clauses(s);
    if (failed == 0)
        failed = enable_all(s);
    if (failed == 0) {
        s->state = SESSION_ATTACHED;
        session_log(s, "attached");
        return 0;
    }
    detach_all(s);
    signals_restore(&s->signals);
    (void)error_set(err, failed, failed == -ENOENT || failed == -E2BIG ? EXIT_USER : EXIT_MACHINE,
                    "%s", s->diags.list.n != 0 ? "" : error_text(failed));
    return failed;
}
