/* tracepoint:CATEGORY:EVENT. The record's layout comes from the event's format file when `args` is
 * used. */
#include <errno.h>

#include "stdlib/vocab.h"

static void report_missing(struct vocab *v, const struct attach_point *point, struct str written)
{
    const char *const *names = NULL;
    u32 n = point->probe->names(v, &names);
    int nearest = str_nearest(written, names, n);
    struct diag *diag = diag_add(v->diags, E_NO_TRACEPOINT, point->span, "No matches for %s %.*s.",
                                 probe_name(point->probe->id), STR_ARG(written));

    if (nearest >= 0)
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
}

static void report_unreadable(struct vocab *v, const struct attach_point *point)
{
    const char *given = kernel_given_tracefs(v->kernel);
    struct diag *diag =
        diag_add(v->diags, E_NO_TRACEFS, point->span, "The fields of %.*s are not known: %s%s",
                 STR_ARG(point->name), given ? given : "tracefs",
                 given ? "/events can not be read" : " can not be read");

    if (given) {
        diag_hint(diag, "--tracefs takes a copy of /sys/kernel/tracing, of which events/*/*/format "
                        "is read");
    } else {
        diag_hint(diag, "Run as root, or mount it: mount -t tracefs tracefs /sys/kernel/tracing");
    }
}

bool probe_report_tracepoint(struct vocab *v, const struct attach_point *point, int err,
                             struct str written)
{
    if (err == -ENOENT) {
        report_missing(v, point, written);
    } else if (err == -EACCES) {
        report_unreadable(v, point);
    } else {
        diag_add(v->diags, E_TRACEPOINT_FORMAT, point->span,
                 "The kernel's description of %.*s can not be understood", STR_ARG(point->name));
    }
    return false;
}

static bool resolve_tracepoint(struct vocab *v, struct attach_point *point)
{
    const struct tracepoint *tp = NULL;
    int err = kernel_tracepoint(v->kernel, point->text[0], point->text[1], &tp);

    if (err == 0) {
        point->tracepoint = tp;
        return true;
    }
    return probe_report_tracepoint(
        v, point, err,
        str_printf(v->arena, "%.*s:%.*s", STR_ARG(point->text[0]), STR_ARG(point->text[1])));
}

static bool parse_tracepoint(struct vocab *v, struct attach_point *point, const struct str *parts,
                             u32 n)
{
    if (n != 2)
        return probe_report_count(v, point, "2", n);
    for (u32 i = 0; i < 2; i++) {
        if (!probe_is_pattern(parts[i])) {
            probe_report_name(v, point, parts[i], "a tracepoint");
            return false;
        }
        point->text[i] = parts[i];
        point->is_pattern |= str_is_pattern(parts[i]);
    }
    return true;
}

static u32 tracepoint_names(struct vocab *v, const char *const **names_out)
{
    return kernel_tracepoint_names(v->kernel, names_out);
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_TRACEPOINT = {
    .id = PROBE_TRACEPOINT,
    .forms = "tracepoint:CATEGORY:EVENT",
    .doc = "A place that the kernel's authors made for tracing. Its record is in args.NAME.",
    .example = "tracepoint:sched:sched_process_exec { @[comm] = count(); }",
    .caps = CAP_FIELDS,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_TRACEPOINT,
    .section = "tracepoint",
    .method = METHOD_TRACEPOINT,
    .parse = parse_tracepoint,
    .names = tracepoint_names,
    .resolve = resolve_tracepoint,
};
