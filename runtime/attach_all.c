/* Attaching all points of a session, in the order that a script can rely on: everything is resolved
 * before anything runs, the begin clauses have run before any event is seen. */
#include <errno.h>
#include <poll.h>
#include <stdio.h>

#include <bpf/bpf.h>

#include "abi/config.h"
#include "abi/record.h"
#include "runtime/error.h"
#include "runtime/session.h"

static void detach_all(struct ptl_session *s)
{
    for (u32 i = 0; i < s->n_points; i++)
        attach_detach(&s->points[i]);
}

/* ORDER: words of missing_probes in abi/config.def */
enum missing {
    MISSING_ERROR,
    MISSING_WARN,
    MISSING_IGNORE,
};

int session_skip(struct ptl_session *s, struct attach_point *point, u32 n_before, int failed)
{
    u64 policy = config_of(&s->meta, CONFIG_missing_probes).num;
    _cleanup_buf_ struct buf text = {0};

    if (failed == 0 || policy == MISSING_ERROR)
        return failed;
    if (s->opts->warnings == PTL_WARNINGS_NONE)
        policy = MISSING_IGNORE;
    attach_detach(point);
    point->is_skipped = true;
    s->n_skipped++;
    for (u32 i = n_before; i < s->diags.list.n && policy == MISSING_WARN; i++) {
        struct diag *diag = s->diags.list.items[i];

        if (diag->severity != SEV_ERROR)
            continue; /* it said what the error will say */
        diag->severity = SEV_WARNING;
        diag->text = str_printf(&s->arena, "%.*s Skipping.", STR_ARG(diag->text));
        diag->notes.n = 0; /* what to do about it: nothing */
        diag_render(diag, &s->sources, &text, s->opts->has_color);
    }
    if (text.n != 0)
        (void)fwrite(text.p, 1, text.n, s->opts->log); // nowhere to tell that
    diags_truncate(&s->diags, n_before);
    return 0;
}

/* Attach so that clauses for one event run in the order of the script: of two steps for each point,
 * it takes one; NULL in the other. */
static struct attach_point *point_at(const struct ptl_session *s, u32 step)
{
    bool is_lifo = step < s->n_points;
    u32 i = is_lifo ? s->n_points - 1 - step : step - s->n_points;

    return s->points[i].ops->is_lifo == is_lifo ? &s->points[i] : NULL;
}

/* The kernel's symbols that were read to resolve names, if the script shows none: some megabytes.
 * value_env, which was made before, has them only if it does. */
static void forget_symbols(struct ptl_session *s)
{
    if (s->value_env.symbols == NULL)
        symbols_free(&s->symbols);
}

/* Resolve all points, so that all that is wrong is told at once. Returns the first failure, but a
 * name without a match only if there is nothing worse. */
static int open_all(struct ptl_session *s)
{
    int worst = 0;

    for (u32 i = 0; i < 2 * s->n_points; i++) {
        struct attach_point *point = point_at(s, i);
        u32 n_before = s->diags.list.n;
        int err = 0;

        if (point == NULL)
            continue;
        if (session_is_choice(s, point)) {
            err = session_open_choices(s, point);
        } else if (point->ops->open != NULL && !point->is_skipped) {
            err = session_skip(s, point, n_before, point->ops->open(point, &s->diags));
        }
        if (err != 0 && (worst == 0 || worst == -ENOENT))
            worst = err;
    }
    return worst;
}

int session_run_clauses(struct ptl_session *s, enum attach_when when)
{
    for (u32 i = 0; i < s->n_points; i++) {
        int err = 0;

        if (s->points[i].ops->when == when && !s->points[i].is_skipped)
            err = attach_run_once(&s->points[i], &s->diags);
        if (err != 0)
            return err;
    }
    return 0;
}

static int enable_all(struct ptl_session *s)
{
    int first = 0;

    for (u32 i = 0; i < 2 * s->n_points; i++) {
        struct attach_point *point = point_at(s, i);
        u32 n_before = s->diags.list.n;
        int err = 0;

        if (point == NULL || point->is_skipped)
            continue;
        err = session_skip(s, point, n_before, attach_enable(point, &s->diags));
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
    for (u32 i = 0; err == 0 && i < s->probe_names.list.n; i++) {
        char text[PTL_NAME_BYTES] = "";

        (void)snprintf(text, sizeof(text), "%s",
                       s->probe_names.list.items[i]); // cut where too long
        err = bpf_map_update_elem(bpf_map__fd(map), &i, text, BPF_ANY);
    }
    return err;
}

/* The same for what is known of each: n items of so many bytes. */
static int publish(const struct ptl_session *s, const char *map_name, const void *items,
                   u32 item_size, u32 n)
{
    const struct bpf_map *map = bpf_object__find_map_by_name(s->object, map_name);
    int err = 0;

    if (map == NULL || bpf_map__value_size(map) != item_size)
        return 0;
    for (u32 i = 0; err == 0 && i < n; i++) {
        const u8 *item = (const u8 *)items + (size_t)i * item_size;

        err = bpf_map_update_elem(bpf_map__fd(map), &i, item, BPF_ANY);
    }
    return err;
}

/* Where the arguments of usdt probes are, and the user probes themselves. */
static int publish_places(const struct ptl_session *s)
{
    const struct probe_names *names = &s->probe_names;
    int err = publish(s, PTL_MAP_USDT, names->usdt, sizeof(*names->usdt), names->n_usdt);

    if (err == 0)
        err = publish(s, PTL_MAP_PLACES, names->places, sizeof(*names->places), names->n_places);
    return err;
}

/* Has the process of -p ended? What was looked up by it may be wrong then, and nothing will come.
 */
static bool is_target_gone(const struct ptl_session *s)
{
    struct pollfd target = {.fd = s->target_fd, .events = POLLIN};

    return s->target_fd >= 0 && poll(&target, 1, 0) == 1;
}

static int fail_target(struct ptl_session *s, struct ptl_error *err)
{
    detach_all(s);
    diags_truncate(&s->diags, 0);
    return error_set(err, -ESRCH, EXIT_USER, "The process %d ended while it was being attached.",
                     (int)s->opts->filter_pid);
}

int ptl_attach(struct ptl_session *s, struct ptl_error *err)
{
    int failed = 0;

    if (s->state != SESSION_LOADED)
        ptl_bug("ptl_attach() of a session that is not loaded");
    failed = open_all(s);
    forget_symbols(s);
    if (is_target_gone(s))
        return fail_target(s, err);
    if (failed == 0)
        failed = publish_names(s);
    if (failed == 0)
        failed = publish_places(s);
    /* From here on a signal must not end the process before the end clauses have run. */
    for (u32 i = 0; i < s->n_points; i++)
        s->signals.wants_user |= s->points[i].ops->when == ATTACH_SIGNAL;
    if (failed == 0)
        failed = signals_take(&s->signals);
    if (failed == 0 && !s->opts->is_dry_run)
        failed = session_run_clauses(s, ATTACH_BEGIN);
    if (failed == 0)
        failed = enable_all(s);
    if (failed == 0 && s->n_points != 0 && s->n_skipped == s->n_points) {
        signals_restore(&s->signals);
        return error_set(err, -ENOENT, EXIT_MACHINE, "Attachment failed for all probes.");
    }
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
