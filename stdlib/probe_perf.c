/* software:EVENT and hardware:EVENT: every so many events that the kernel or the CPU counts. */
#include <linux/perf_event.h>

#include "stdlib/vocab.h"

struct perf_event {
    const char *name, *alias;
    u64 period;
    enum probe_id provider;
    u32 config;
};

static const struct perf_event events[] = {
#define PERF_EVENT(provider, name, alias, config, period) \
    {name, alias, period, PROBE_##provider, config},
#include "stdlib/perf_event.def"
#undef PERF_EVENT
};

static const struct perf_event *find_event(enum probe_id provider, struct str name)
{
    for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
        const struct perf_event *event = &events[i];
        bool is_alias = event->alias[0] != '\0' && str_eq_c(name, event->alias);

        if (event->provider == provider && (is_alias || str_eq_c(name, event->name)))
            return event;
    }
    return NULL;
}

static void report_unknown(struct vocab *v, const struct attach_point *point, struct str name)
{
    const char *names[2 * ARRAY_SIZE(events)];
    struct str list = {"", 0};
    u32 n = 0;
    struct diag *diag = diag_add(v->diags, E_PERF_EVENT, point->span, "%s has no event '%.*s'",
                                 probe_name(point->probe->id), STR_ARG(name));

    for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
        if (events[i].provider != point->probe->id)
            continue;
        list = str_printf(v->arena, "%.*s%s%s", STR_ARG(list), n ? ", " : "", events[i].name);
        names[n++] = events[i].name;
        if (events[i].alias[0] != '\0')
            names[n++] = events[i].alias;
    }

    int nearest = str_nearest(name, names, n);

    if (nearest >= 0) {
        diag_hint(diag, "Did you mean '%s'?", names[nearest]);
    } else {
        diag_hint(diag, "It has: %.*s.", STR_ARG(list));
    }
}

static bool parse_perf(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    const struct perf_event *event = NULL;

    if (n == 0 || n > 2)
        return probe_report_count(v, point, "1 or 2", n);
    event = find_event(point->probe->id, parts[0]);
    if (!event) {
        report_unknown(v, point, parts[0]);
        return false;
    }
    point->num[0] = event->period;
    point->num[1] = event->config;
    /* an empty count is the default one, as bpftrace has it */
    if (n == 1 || parts[1].n == 0)
        return true;
    if (str_number(parts[1], &point->num[0]) && point->num[0] > 0)
        return true;
    diag_add(v->diags, E_PROBE_SPEC, point->span, "'%.*s' is not a number of events",
             STR_ARG(parts[1]));
    return false;
}

static u32 event_names(struct vocab *v, enum probe_id provider, const char *const **names_out)
{
    const char **names = arena_array(v->arena, const char *, ARRAY_SIZE(events));
    u32 n = 0;

    for (u32 i = 0; i < ARRAY_SIZE(events); i++) {
        if (events[i].provider == provider)
            names[n++] = str_printf(v->arena, "%s:%c", events[i].name, '\0').p;
    }
    *names_out = names;
    return n;
}

static u32 software_names(struct vocab *v, const char *const **names_out)
{
    return event_names(v, PROBE_SOFTWARE, names_out);
}

static u32 hardware_names(struct vocab *v, const char *const **names_out)
{
    return event_names(v, PROBE_HARDWARE, names_out);
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_SOFTWARE = {
    .id = PROBE_SOFTWARE,
    .forms = "software:EVENT or software:EVENT:COUNT",
    .doc =
        "Every COUNT events that the kernel counts, on every CPU: page-faults, context-switches, ...",
    .example = "software:page-faults:1 { @[comm] = count(); }",
    .caps = CAP_REGS,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PERF_EVENT,
    .section = "perf_event",
    .method = METHOD_PERF_CPUS,
    .parse = parse_perf,
    .names = software_names,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_HARDWARE = {
    .id = PROBE_HARDWARE,
    .forms = "hardware:EVENT or hardware:EVENT:COUNT",
    .doc = "Every COUNT events that the CPU counts, on every CPU: cpu-cycles, cache-misses, ...",
    .example = "hardware:cache-misses:1000 { @[comm] = count(); }",
    .caps = CAP_REGS,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PERF_EVENT,
    .section = "perf_event",
    .method = METHOD_PERF_CPUS,
    .parse = parse_perf,
    .names = hardware_names,
};
