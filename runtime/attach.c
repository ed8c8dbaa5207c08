/* What all attach points share: choosing a variant, linking a program to perf events, detaching. */
#include "runtime/attach.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>

#include <linux/perf_event.h>

#include <bpf/bpf.h>

#include "abi/record.h"
#include "runtime/attach_group.h"
#include "runtime/error.h"
#include "runtime/link.h"

#define NO_FEATURE FEATURE_ID_COUNT_

/* How programs of each method are loaded, what the kernel must have for them, and what -v says. */
struct method {
    enum bpf_prog_type type;
    u32 attach_type; /* that the program is loaded for (enum bpf_attach_type); 0: none */
    enum feature_id feature;
    const char *what;
};

static const struct method methods[] = {
    [METHOD_TEST_RUN] = {BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NO_FEATURE, "run once"},
    [METHOD_KPROBE] = {BPF_PROG_TYPE_KPROBE, 0, FEATURE_KPROBE, "perf events"},
    [METHOD_KRETPROBE] = {BPF_PROG_TYPE_KPROBE, 0, FEATURE_KPROBE, "perf events"},
    [METHOD_TRACEPOINT] = {BPF_PROG_TYPE_TRACEPOINT, 0, FEATURE_TRACEPOINT, "perf events"},
    [METHOD_PERF_CPUS] = {BPF_PROG_TYPE_PERF_EVENT, 0, FEATURE_PERF, "a perf event for each CPU"},
    [METHOD_PERF_ONE] = {BPF_PROG_TYPE_PERF_EVENT, 0, FEATURE_PERF, "a perf event"},
    [METHOD_UPROBE] = {BPF_PROG_TYPE_KPROBE, 0, FEATURE_UPROBE, "perf events"},
    [METHOD_URETPROBE] = {BPF_PROG_TYPE_KPROBE, 0, FEATURE_UPROBE, "perf events"},
    [METHOD_USDT] = {BPF_PROG_TYPE_KPROBE, 0, FEATURE_UPROBE, "perf events"},
    [METHOD_KPROBE_MULTI] = {BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, FEATURE_KPROBE_MULTI,
                             "one link for all matches"},
    [METHOD_KRETPROBE_MULTI] = {BPF_PROG_TYPE_KPROBE, BPF_TRACE_KPROBE_MULTI, FEATURE_KPROBE_MULTI,
                                "one link for all matches"},
    [METHOD_UPROBE_MULTI] = {BPF_PROG_TYPE_KPROBE, LINK_UPROBE_MULTI, FEATURE_UPROBE_MULTI,
                             "one link for all matches"},
    [METHOD_URETPROBE_MULTI] = {BPF_PROG_TYPE_KPROBE, LINK_UPROBE_MULTI, FEATURE_UPROBE_MULTI,
                                "one link for all matches"},
    [METHOD_USDT_MULTI] = {BPF_PROG_TYPE_KPROBE, LINK_UPROBE_MULTI, FEATURE_UPROBE_MULTI,
                           "one link for all matches"},
    [METHOD_RAW_TRACEPOINT] = {BPF_PROG_TYPE_RAW_TRACEPOINT, 0, NO_FEATURE, "a link"},
    [METHOD_ITER] = {BPF_PROG_TYPE_TRACING, BPF_TRACE_ITER, FEATURE_ITER, "an iterator"},
    [METHOD_FENTRY] = {BPF_PROG_TYPE_TRACING, BPF_TRACE_FENTRY, FEATURE_FENTRY, "a trampoline"},
    [METHOD_FEXIT] = {BPF_PROG_TYPE_TRACING, BPF_TRACE_FEXIT, FEATURE_FENTRY, "a trampoline"},
};

const struct attach_ops *attach_ops(enum probe_id provider)
{
    static const struct attach_ops *const table[] = {
        [PROBE_TEST] = &attach_ops_test,
        [PROBE_BENCH] = &attach_ops_bench,
        [PROBE_BEGIN] = &attach_ops_begin,
        [PROBE_END] = &attach_ops_end,
        [PROBE_KPROBE] = &attach_ops_kprobe,
        [PROBE_KRETPROBE] = &attach_ops_kretprobe,
        [PROBE_TRACEPOINT] = &attach_ops_tracepoint,
        [PROBE_PROFILE] = &attach_ops_perf,
        [PROBE_INTERVAL] = &attach_ops_perf,
        [PROBE_SOFTWARE] = &attach_ops_perf,
        [PROBE_HARDWARE] = &attach_ops_perf,
        [PROBE_WATCHPOINT] = &attach_ops_perf,
        [PROBE_SELF] = &attach_ops_self,
        [PROBE_UPROBE] = &attach_ops_uprobe,
        [PROBE_USDT] = &attach_ops_uprobe,
        [PROBE_URETPROBE] = &attach_ops_uprobe,
        [PROBE_RAWTRACEPOINT] = &attach_ops_raw_tracepoint,
        [PROBE_SYSCALL] = &attach_ops_syscall,
        [PROBE_SYSRET] = &attach_ops_syscall,
        [PROBE_FENTRY] = &attach_ops_trampoline,
        [PROBE_FEXIT] = &attach_ops_trampoline,
        [PROBE_ITER] = &attach_ops_iter,
    };

    _Static_assert(ARRAY_SIZE(table) == PROBE_COUNT_, "each provider has a way to attach");
    return table[provider];
}

void attach_point_init(struct attach_point *point, const struct meta_attach *row,
                       const struct attach_env *env)
{
    *point = (struct attach_point){
        .row = row, .env = env, .ops = attach_ops((enum probe_id)row->provider)};
}

/* The object's program of a row, or NULL if there is none of this name and the method's type. */
static struct bpf_program *find_program(const struct bpf_object *object,
                                        const struct meta_prog *row)
{
    _cleanup_free_ char *name = strndup(row->name.p, row->name.n);
    struct bpf_program *program = NULL;

    if (name == NULL)
        return NULL;
    program = bpf_object__find_program_by_name(object, name);
    if (program == NULL || bpf_program__type(program) != methods[row->method].type)
        return NULL;
    return program;
}

/* The way to attach by this method, or NULL if the provider has none. */
static const struct attach_ops *ops_for(const struct attach_point *point, u64 method)
{
    const struct attach_ops *ops = attach_ops((enum probe_id)point->row->provider);

    if (ops->methods & (1u << method))
        return ops;
    return ops->stand_in != NULL && (ops->stand_in->methods & (1u << method)) ? ops->stand_in
                                                                              : NULL;
}

bool attach_is_stand_in(const struct attach_point *point)
{
    return point->ops != attach_ops((enum probe_id)point->row->provider);
}

int attach_choose(struct attach_point *point, const struct meta *meta,
                  const struct bpf_object *object, struct features *features, struct ptl_error *err)
{
    const struct meta_attach *row = point->row;
    int failed = error_set(err, -EPROTO, EXIT_USER, "%.*s: the object has no program for it.",
                           STR_ARG(row->name));

    for (u64 i = 0; i < row->n_variants; i++) {
        u64 index = meta->variants.items[row->first_variant + i].prog;
        const struct meta_prog *prog = &meta->progs.items[index];
        const struct method *method = &methods[prog->method];
        struct bpf_program *program = find_program(object, prog);

        const struct attach_ops *ops = ops_for(point, prog->method);

        if (program == NULL || ops == NULL ||
            (prog->method == METHOD_USDT_MULTI && point->env->pid != 0))
            continue; /* with -p its few places take events, which are for one process */
        if (method->feature != NO_FEATURE) {
            failed = features_need(features, method->feature, err);
            if (failed != 0) {
                point->lacking = feature_name(method->feature);
                continue;
            }
        }
        point->ops = ops;
        point->program = program;
        point->method = (enum attach_method)prog->method;
        (void)bpf_program__set_expected_attach_type(
            program, (enum bpf_attach_type)method->attach_type); // fails only once it is loaded
        return bpf_program__set_autoload(program, true);
    }
    return failed;
}

const char *attach_how(const struct attach_point *point)
{
    return point->group != NULL ? group_how(point->group) : methods[point->method].what;
}

bool attach_is_pattern(const struct attach_point *point)
{
    return str_is_pattern(point->row->text0) || str_is_pattern(point->row->text1);
}

struct span attach_span(const struct attach_point *point)
{
    return (struct span){(u32)point->row->span_begin, (u32)point->row->span_end};
}

int attach_symbols(const struct attach_point *point, struct symbols **out)
{
    struct symbols **shared = point->env->symbols;
    int err = *shared == NULL ? symbols_open(shared) : 0;

    *out = *shared;
    return err;
}

static int add(struct attach_point *point, struct attach_event event)
{
    struct attach_event *grown =
        realloc(point->events, (point->n_events + 1) * sizeof(*point->events));

    if (grown == NULL) {
        close_fd(&event.link_fd);
        close_fd(&event.event_fd);
        return -ENOMEM;
    }
    point->events = grown;
    grown[point->n_events++] = event;
    return 0;
}

int attach_add_event(struct attach_point *point, int event_fd)
{
    return add(point, (struct attach_event){.event_fd = event_fd, .link_fd = -1});
}

int attach_add_match(struct attach_point *point, int event_fd, u32 index)
{
    return add(point, (struct attach_event){.event_fd = event_fd, .link_fd = -1, .cookie = index});
}

int attach_add_link(struct attach_point *point, int link_fd)
{
    return add(point, (struct attach_event){.event_fd = -1, .link_fd = link_fd});
}

int attach_link(struct attach_point *point, struct link_request *request)
{
    int link = -1;

    if (point->group != NULL)
        return group_link(point->group, request);
    request->prog_fd = (u32)bpf_program__fd(point->program);
    request->attach_type = (u32)bpf_program__expected_attach_type(point->program);
    link = link_create(request);
    return link < 0 ? link : attach_add_link(point, link);
}

int attach_report_matches(const struct attach_point *point, struct diags *diags, int err)
{
    const char *provider = probe_name((enum probe_id)point->row->provider);
    struct str name = point->row->name;
    struct str pattern = str_sub(name, MIN((u32)strlen(provider) + 1, name.n), name.n);

    if (err == -E2BIG) {
        struct diag *diag =
            diag_add(diags, E_ATTACH_TOO_MANY, attach_span(point),
                     "%.*s matches more than %u probes", STR_ARG(name), point->env->names->max);

        diag_hint(diag,
                  "Use a narrower pattern, or raise the setting max_probes: config = { max_probes "
                  "= %u; }",
                  point->env->names->max * 8);
        return err;
    }
    if (err != -ENOENT)
        return attach_report(point, diags, err);
    (void)diag_add(diags, E_ATTACH_NO_MATCH, attach_span(point), "No matches for %s %.*s.",
                   provider, STR_ARG(pattern));
    return err;
}

int attach_report(const struct attach_point *point, struct diags *diags, int err)
{
    const struct meta_attach *row = point->row;
    struct diag *diag =
        diag_add(diags, E_ATTACH_FAILED, attach_span(point), "Unable to attach probe: %.*s: %s.",
                 STR_ARG(row->name), error_text(err));

    if (err == -EMFILE || err == -ENFILE)
        diag_hint(diag, "Too many files are open: raise the limit with `ulimit -n`.");
    if (err == -EACCES || err == -EPERM) {
        diag_hint(diag, "The kernel does not let you do this; run as root, and see "
                        "/proc/sys/kernel/perf_event_paranoid.");
    }
    return err;
}

u64 attach_cookie(u32 on_entry, u32 on_return)
{
    return (u64)on_return << PTL_COOKIE_RETURN_SHIFT | on_entry;
}

/* Give the event its program. Before 5.15 there is no link for it: the event itself holds it. */
static int event_link(const struct attach_point *point, struct attach_event *event, int prog_fd)
{
    LIBBPF_OPTS(bpf_link_create_opts, opts,
                .perf_event.bpf_cookie = attach_cookie(event->cookie, event->cookie));
    const struct attach_env *env = point->env;
    int fd = env->has_no_links ? -EINVAL
                               : bpf_link_create(prog_fd, event->event_fd, BPF_PERF_EVENT, &opts);

    if (fd >= 0) {
        event->link_fd = fd;
        return 0;
    }
    if (fd != -EINVAL)
        return fd;
    if (point->n_names != 0 && env->needs_cookies)
        return -EOPNOTSUPP;
    return ioctl(event->event_fd, PERF_EVENT_IOC_SET_BPF, prog_fd) == 0 ? 0 : -errno;
}

int attach_enable_events(struct attach_point *point)
{
    int prog_fd = bpf_program__fd(point->program);

    for (u32 i = 0; i < point->n_events; i++) {
        struct attach_event *event = &point->events[i];
        int err = event_link(point, event, prog_fd);

        if (err == 0 && ioctl(event->event_fd, PERF_EVENT_IOC_ENABLE, 0) != 0)
            err = -errno;
        if (err != 0)
            return err;
    }
    return 0;
}

int attach_enable_link(struct attach_point *point)
{
    int link = bpf_link_create(bpf_program__fd(point->program), 0,
                               bpf_program__expected_attach_type(point->program), NULL);

    return link < 0 ? link : attach_add_link(point, link);
}

int attach_enable(struct attach_point *point, struct diags *diags)
{
    int err = 0;

    if (point->group != NULL) {
        err = group_enable(point);
    } else {
        err = point->ops->enable != NULL ? point->ops->enable(point) : attach_enable_events(point);
    }
    return err != 0 ? attach_report(point, diags, err) : 0;
}

int attach_run_once(const struct attach_point *point, struct diags *diags)
{
    LIBBPF_OPTS(bpf_test_run_opts, opts);
    int err = point->ops->run != NULL
                  ? point->ops->run(point)
                  : bpf_prog_test_run_opts(bpf_program__fd(point->program), &opts);

    return err != 0 ? attach_report(point, diags, err) : 0;
}

/* LAYOUT: struct bpf_link_info (include/uapi/linux/bpf.h), as far as it is needed here: headers
 * of 6.1 do not have these. `missed` is there from 6.7 on. */
struct link_info {
    u32 link_type, id, prog_id, unused;

    union {
        struct {
            u32 event_type, unused2;
            u64 name;
            u32 name_size, offset;
            u64 address;
            u64 missed;
        } perf;

        struct {
            u64 addresses;
            u32 n, flags;
            u64 missed;
        } multi;
    };
};

enum {
    LINK_KPROBE_MULTI = 8,
    EVENT_TYPE_KPROBE = 3,
    EVENT_TYPE_KRETPROBE = 4,
};

/* Add the hits of a kprobe that the kernel dropped before any program could run. Returns whether
 * this kernel counts these, and those that find another program running. */
bool attach_link_missed(int link_fd, u64 *n)
{
    struct link_info info = {0};
    u32 size = sizeof(info);

    if (link_fd < 0 || bpf_obj_get_info_by_fd(link_fd, &info, &size) != 0 ||
        size < offsetof(struct link_info, perf.missed) + sizeof(u64))
        return false;
    if (info.link_type == LINK_KPROBE_MULTI) {
        *n += info.multi.missed;
    } else if (info.link_type == BPF_LINK_TYPE_PERF_EVENT &&
               (info.perf.event_type == EVENT_TYPE_KPROBE ||
                info.perf.event_type == EVENT_TYPE_KRETPROBE)) {
        *n += info.perf.missed;
    }
    return true;
}

struct attach_book attach_book(const struct attach_point *point)
{
    struct attach_book book = {0};
    struct bpf_prog_info info = {0};
    u32 size = sizeof(info);

    if (point->group != NULL)
        return group_book(point);
    if (bpf_obj_get_info_by_fd(bpf_program__fd(point->program), &info, &size) == 0) {
        book.n_hits = info.run_cnt;
        book.knows_hits = info.run_cnt != 0;
        book.n_missed = info.recursion_misses;
        book.knows_missed = true;
    }
    for (u32 i = 0; i < point->n_events; i++) {
        book.knows_missed =
            attach_link_missed(point->events[i].link_fd, &book.n_missed) && book.knows_missed;
    }
    return book;
}

void attach_detach(struct attach_point *point)
{
    for (u32 i = 0; i < point->n_events; i++) {
        close_fd(&point->events[i].link_fd);
        close_fd(&point->events[i].event_fd);
    }
    free(point->events);
    free(point->path);
    point->path = NULL;
    point->events = NULL;
    point->n_events = 0;
    group_leave(point);
}
