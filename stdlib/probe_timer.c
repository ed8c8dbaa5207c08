/* profile and interval: timers, on every CPU or on one. */
#include "stdlib/vocab.h"

struct unit {
    const char *name;
    u64 ns; /* 0: hertz */
};

static const struct unit units[] = {
    {"hz", 0}, {"s", 1000000000}, {"ms", 1000000}, {"us", 1000}, {"ns", 1},
};

static const struct unit *find_unit(struct str name)
{
    for (u32 i = 0; i < ARRAY_SIZE(units); i++) {
        if (str_eq_c(name, units[i].name))
            return &units[i];
    }
    return NULL;
}

/* The number at the begin of *s, which is taken off; false if there is none. */
static bool take_number(struct str *s, u64 *out)
{
    u32 n = 0;
    struct str digits;

    while (n < s->n && s->p[n] >= '0' && s->p[n] <= '9')
        n++;
    digits = str_sub(*s, 0, n);
    *s = str_sub(*s, n, s->n);
    return str_number(digits, out);
}

static bool report_form(struct vocab *v, const struct attach_point *point)
{
    struct diag *diag = diag_add(v->diags, E_PROBE_SPEC, point->span,
                                 "'%.*s' is not a period or a frequency", STR_ARG(point->name));

    diag_hint(diag, "It is written %s.", point->probe->forms);
    return false;
}

/* Shorter periods than this would leave the machine no time for anything else. */
#define MIN_PERIOD_NS 1000
#define MAX_HZ        1000000

static bool parse_timer(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n)
{
    struct str number = n ? parts[n - 1] : STR("");
    struct str unit_name = n == 2 ? parts[0] : STR("ns");
    u64 count = 0;

    if (n == 0 || n > 2 || !take_number(&number, &count))
        return report_form(v, point);
    if (number.n > 0 && n == 2)
        return report_form(v, point);
    if (number.n > 0)
        unit_name = number; /* interval:10ms */

    const struct unit *unit = find_unit(unit_name);

    if (!unit) {
        diag_add(v->diags, E_PROBE_SPEC, point->span, "%s has no unit '%.*s': hz, s, ms, us, ns",
                 probe_name(point->probe->id), STR_ARG(unit_name));
        return false;
    }
    if (unit->ns == 0) {
        point->num[1] = count;
    } else {
        point->num[0] = count * unit->ns;
    }
    if (unit->ns ? point->num[0] < MIN_PERIOD_NS : count == 0 || count > MAX_HZ) {
        diag_add(v->diags, E_PROBE_PERIOD, point->span,
                 "The period must be at least 1 us (a frequency 1 to %d hz)", MAX_HZ);
        return false;
    }
    return true;
}

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_PROFILE = {
    .id = PROBE_PROFILE,
    .forms = "profile:hz:99, profile:ms:10 or profile:10ms",
    .doc = "Timer on every CPU: sees what the CPU is doing. Units hz, s, ms, us, ns.",
    .example = "profile:hz:99 { @[comm] = count(); }",
    .caps = CAP_REGS,
    .exec = EXEC_GUARDED,
    .has_task = true,
    .ctx = IR_CTX_PERF_EVENT,
    .section = "perf_event",
    .method = METHOD_PERF_CPUS,
    .parse = parse_timer,
};

// NOLINTNEXTLINE(readability-identifier-naming): named by the row of abi/probe.def
const struct probe_desc probe_INTERVAL = {
    .id = PROBE_INTERVAL,
    .forms = "interval:s:1, interval:hz:10 or interval:10ms",
    .doc = "Timer on one CPU: to print or to end. Units hz, s, ms, us, ns.",
    .example = "interval:ms:100 { exit(); }",
    .caps = CAP_REGS,
    .exec = EXEC_GUARDED,
    .ctx = IR_CTX_PERF_EVENT,
    .section = "perf_event",
    .method = METHOD_PERF_ONE,
    .parse = parse_timer,
};
