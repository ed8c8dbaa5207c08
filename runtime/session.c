/* Opening and freeing a session: everything up to the kernel's first program.
 *
 * An object is untrusted: its metadata is decoded and checked, and what the ELF object holds is
 * compared with it, before anything of it is used. */
#include "runtime/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>

#include "abi/config.h"
#include "abi/record.h"
#include "base/clock.h"
#include "runtime/args.h"
#include "runtime/cgroups.h"
#include "runtime/error.h"
#include "runtime/lineinfo.h"
#include "runtime/notify.h"
#include "runtime/object.h"
#include "runtime/prepare.h"
#include "runtime/unsafe.h"
#include "runtime/users.h"
#include "runtime/usym.h"

void session_log(const struct ptl_session *s, const char *fmt, ...)
{
    va_list args;

    if (!s->opts->is_verbose)
        return;
    va_start(args, fmt);
    (void)fprintf(s->opts->log, "[%4llu ms] ",
                  (unsigned long long)((clock_ns(CLOCK_BOOTTIME) - s->start_ns) / NS_PER_MS));
    (void)vfprintf(s->opts->log, fmt, args); // a lost log line loses nothing
    (void)fputc('\n', s->opts->log);
    va_end(args);
}

/* Nobody has to listen: a failure is no more than a line of -v. */
static void connect_notify(struct ptl_session *s)
{
    const char *address = s->opts->notify_socket;

    s->notify_fd = -1;
    if (address == NULL)
        return;
    s->notify_fd = notify_open(address);
    if (s->notify_fd < 0)
        session_log(s, "cannot reach %s: %s", address, error_text(s->notify_fd));
}

void session_notify(const struct ptl_session *s, const char *message)
{
    int err = s->notify_fd < 0 ? 0 : notify_send(s->notify_fd, message);

    if (err != 0)
        session_log(s, "cannot notify of %s: %s", message, error_text(err));
}

struct span session_span(u64 begin, u64 end)
{
    return (struct span){(u32)begin, (u32)end};
}

/* libbpf has one print function for the whole process, without data: it is either silent or writes
 * to standard error, which is where the log goes. */
static int PRINTF_LIKE(2, 0)
    print_nothing(enum libbpf_print_level level, const char *fmt, va_list args)
{
    (void)level;
    (void)fmt;
    (void)args;
    return 0;
}

static int PRINTF_LIKE(2, 0) print_log(enum libbpf_print_level level, const char *fmt, va_list args)
{
    /* The one section that it does not know is our metadata. */
    if (level == LIBBPF_DEBUG || strstr(fmt, "skipping unrecognized data section") != NULL)
        return 0;
    return vfprintf(stderr, fmt, args);
}

static int decode(struct ptl_session *s, struct ptl_error *err)
{
    const struct arch *arch = NULL;
    const char *why = NULL;
    int failed = object_read(&s->arena, &s->elf, &s->meta, &why);

    if (failed != 0)
        return object_refuse(failed, why, err);
    meta_sources(&s->meta, &s->sources);
    arch = arch_by_tag((u32)MIN(s->meta.infos.items[0].arch_tag, (u64)UINT32_MAX));
    if (arch == arch_native())
        return 0;
    return error_set(err, -EPROTONOSUPPORT, EXIT_USER,
                     "This program was compiled for %s, and this machine is %s.",
                     arch != NULL ? arch->name : "another architecture", arch_native()->name);
}

static int check_safety(const struct ptl_session *s, struct ptl_error *err)
{
    bool is_unsafe = (s->meta.infos.items[0].flags & META_FLAG_UNSAFE) || unsafe_calls(&s->elf);

    if (!is_unsafe || s->opts->allows_unsafe)
        return 0;
    (void)error_set(err, -EPERM, EXIT_USER,
                    "This program runs commands, or changes what the traced programs do.");
    error_hint(err, "--unsafe allows it.");
    return -EPERM;
}

/* Is the -p process alive? */
static int check_target(struct ptl_session *s, struct ptl_error *err)
{
    pid_t pid = s->opts->filter_pid;
    int failed = 0;

    if (pid == 0)
        return 0;
    s->target_fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (s->target_fd >= 0)
        return 0;
    failed = -errno;
    if (failed == -ESRCH || failed == -EINVAL)
        return error_set(err, -ESRCH, EXIT_USER, "No process with pid %d.", (int)pid);
    return error_set(err, failed, EXIT_USER, "Cannot watch process %d: %s", (int)pid,
                     error_text(failed));
}

static int check_features(struct ptl_session *s, struct ptl_error *err)
{
    int failed = features_need(&s->features, FEATURE_BPF, err);

    if (failed == 0)
        failed = features_need(&s->features, FEATURE_RINGBUF, err);
    if (failed == 0 && lineinfo_has_core(&s->elf))
        failed = features_need(&s->features, FEATURE_BTF, err);
    return failed;
}

/* Is there no more of what than the script's setting allows? */
static int check_count(const struct ptl_session *s, u64 n, enum config_id id, const char *what,
                       struct ptl_error *err)
{
    u64 most = config_of(&s->meta, id).num;

    if (n <= most)
        return 0;
    (void)error_set(err, -E2BIG, EXIT_USER,
                    "Can't %s because it exceeds the current limit of %llu %s.", what,
                    (unsigned long long)most, id == CONFIG_max_probes ? "probes" : "BPF programs");
    error_hint(err, "The setting %s raises it: config = { %s = %llu; }", config_row(id)->name,
               config_row(id)->name, (unsigned long long)n);
    return -E2BIG;
}

static int check_counts(const struct ptl_session *s, struct ptl_error *err)
{
    char what[64];
    int failed = 0;

    (void)snprintf(what, sizeof(what), "attach to %u probes", s->meta.attachs.n); // fits
    failed = check_count(s, s->meta.attachs.n, CONFIG_max_probes, what, err);
    (void)snprintf(what, sizeof(what), "load %u BPF programs", s->meta.progs.n); // fits
    return failed != 0 ? failed : check_count(s, s->meta.progs.n, CONFIG_max_bpf_progs, what, err);
}

static bool is_wanted(const struct ptl_session *s, const struct meta_attach *row)
{
    switch (attach_ops((enum probe_id)row->provider)->when) {
    case ATTACH_BEGIN:
        return true;
    case ATTACH_TEST:
        return s->opts->mode == PTL_MODE_TEST;
    case ATTACH_BENCH:
        return s->opts->mode == PTL_MODE_BENCH;
    case ATTACH_EVENTS:
    case ATTACH_SIGNAL:
    case ATTACH_ONCE:
    case ATTACH_END:
        break;
    }
    return s->opts->mode == PTL_MODE_RUN;
}

/* Is there anything to run? */
static int check_any(const struct ptl_session *s, struct ptl_error *err)
{
    static const char *const texts[] = {
        [PTL_MODE_RUN] = ("No probes attached; use --test to run test probes, --bench to run bench "
                          "probes."),
        [PTL_MODE_TEST] = "The script has no test probes.",
        [PTL_MODE_BENCH] = "The script has no bench probes.",
    };

    for (u32 i = 0; i < s->n_points; i++) {
        const struct attach_ops *ops = s->points[i].ops;

        if (s->opts->mode == PTL_MODE_RUN || (ops != NULL && ops->when != ATTACH_BEGIN))
            return 0;
    }
    return error_set(err, -ENOENT, EXIT_USER, "%s", texts[s->opts->mode]);
}

/* Is the row one of several alternatives? Its neighbours tell. */
static bool is_choice(const struct ptl_session *s, const struct meta_attach *row)
{
    const struct meta_attach *end = s->meta.attachs.items + s->meta.attachs.n;

    return row->choice != CHOICE_ITSELF || (row + 1 < end && row[1].choice != CHOICE_ITSELF);
}

/* One program runs at one attach point; two rows with the same one would be an object made by hand.
 */
static int choose_programs(struct ptl_session *s, struct ptl_error *err)
{
    struct bpf_program *program = NULL;

    bpf_object__for_each_program(program, s->object)(void)
        bpf_program__set_autoload(program, false); // fails only once it is loaded
    s->probe_names.max = (u32)MIN(config_of(&s->meta, CONFIG_max_probes).num, (u64)INT32_MAX);
    s->attach_env = (struct attach_env){
        .search_path = s->opts->search_path,
        .pid = s->opts->filter_pid,
        .names = &s->probe_names,
        .symbols = &s->symbols,
        .allows_unsafe = s->opts->allows_unsafe,
        .has_no_links = features_is_off(&s->features, FEATURE_PERF_LINK),
        .needs_cookies = bpf_object__find_map_by_name(s->object, PTL_MAP_NAMES) != NULL ||
                         bpf_object__find_map_by_name(s->object, PTL_MAP_USDT) != NULL ||
                         bpf_object__find_map_by_name(s->object, PTL_MAP_PLACES) != NULL,
        .wants_places = bpf_object__find_map_by_name(s->object, PTL_MAP_PLACES) != NULL,
    };
    s->points = calloc(MAX(s->meta.attachs.n, 1), sizeof(*s->points));
    if (s->points == NULL)
        return error_set(err, -ENOMEM, EXIT_MACHINE, "Out of memory.");
    vec_foreach(row, &s->meta.attachs) {
        struct attach_point *point = &s->points[s->n_points];
        int failed = 0;

        if (!is_wanted(s, row))
            continue;
        attach_point_init(point, row, &s->attach_env);
        s->n_points++;
        failed = attach_choose(point, &s->meta, s->object, &s->features, err);
        if (failed != 0 && is_choice(s, row)) {
            point->unfit = failed;
        } else if (failed != 0) {
            return failed;
        }
    }
    return check_any(s, err);
}

static int open_object(struct ptl_session *s, struct ptl_error *err)
{
    LIBBPF_OPTS(bpf_object_open_opts, open_opts, .object_name = "ptrace_lite");
    int failed = 0;

    (void)libbpf_set_print(s->opts->is_verbose ? print_log : print_nothing);
    s->object = bpf_object__open_mem(s->elf.bytes, s->elf.size, &open_opts);
    if (s->object == NULL) {
        failed = -errno;
        return error_set(err, -EPROTO, EXIT_USER, "The object cannot be opened: %s.",
                         error_text(failed));
    }
    failed = maps_new(&s->maps, &s->meta, s->object);
    if (failed != 0) {
        return error_set(err, failed, EXIT_USER,
                         "The maps of the object are not those of its metadata.");
    }
    return 0;
}

/* What names are taken from is opened now, while there are privileges, if the script shows any.
 * What cannot be had is shown as numbers. */
static void open_names(struct ptl_session *s)
{
    vec_foreach(type, &s->meta.types) {
        bool is_shape = type->kind == ABI_SHAPE;

        if ((type->kind == ABI_KSYM || (is_shape && type->num0 == SHAPE_KSTACK)) &&
            s->symbols == NULL)
            (void)symbols_open(&s->symbols);
        if (is_shape && type->num0 == SHAPE_USERNAME && s->users == NULL)
            (void)users_new(&s->users);
        if (is_shape && type->num0 == SHAPE_CGROUP_PATH && s->cgroups == NULL)
            (void)cgroups_new(&s->cgroups);
        if (is_shape && (type->num0 == SHAPE_USYM || type->num0 == SHAPE_USTACK) &&
            s->usyms == NULL)
            (void)usyms_new(&s->usyms);
    }
    s->value_env = (struct value_env){
        .meta = &s->meta,
        .symbols = s->symbols,
        .users = s->users,
        .cgroups = s->cgroups,
        .usyms = s->usyms,
        .cut_size = config_of(&s->meta, CONFIG_max_strlen).num,
        .cut_mark = config_of(&s->meta, CONFIG_str_trunc_trailer).text,
        .boot_time_ns = (s64)(clock_ns(CLOCK_REALTIME) - clock_ns(CLOCK_BOOTTIME)),
        .is_mangled = config_of(&s->meta, CONFIG_cpp_demangle).num == 0,
        .is_raw = s->opts->is_raw_output,
    };
}

static int session_open(struct ptl_session *s, struct ptl_error *err)
{
    int failed = features_init(&s->features, s->opts->no_features, s->opts->n_no_features, err);

    if (failed == 0)
        failed = decode(s, err);
    if (failed == 0)
        failed = args_check(s, err);
    if (failed == 0)
        failed = check_safety(s, err);
    if (failed == 0)
        failed = check_target(s, err);
    if (failed == 0)
        failed = check_features(s, err);
    if (failed == 0)
        failed = check_counts(s, err);
    if (failed == 0)
        failed = open_object(s, err);
    if (failed == 0)
        failed = choose_programs(s, err);
    if (failed == 0)
        failed = prepare_maps(s, err);
    if (failed == 0 && s->opts->command != NULL)
        failed = child_fork(&s->child, s->opts->command, s->opts->search_path, err);
    if (failed == 0)
        failed = prepare_config(s, err);
    if (failed == 0)
        open_names(s);
    return failed;
}

int ptl_open(struct ptl_session **out, const void *elf, size_t size, const struct ptl_opts *opts,
             struct ptl_error *err)
{
    _cleanup_(ptl_free) struct ptl_session *s = calloc(1, sizeof(*s));
    int failed = 0;

    *err = (struct ptl_error){0};
    if (s == NULL)
        return error_set(err, -ENOMEM, EXIT_MACHINE, "Out of memory.");
    s->opts = opts;
    s->target_fd = -1;
    s->start_ns = clock_ns(CLOCK_BOOTTIME);
    connect_notify(s);
    child_init(&s->child);
    signals_init(&s->signals);
    object_arena(&s->arena, size);
    sources_init(&s->sources, &s->arena);
    diags_init(&s->diags, &s->arena, &s->sources);
    if (elf_view_init(&s->elf, elf, size) != 0)
        return object_refuse(-EPROTO, "it is no ELF object with BPF programs", err);
    failed = session_open(s, err);
    if (failed != 0) {
        if (diags_errors(&s->diags) > 0)
            *out = take_ptr(s);
        return failed;
    }
    session_log(s, "opened: %u attach points, %u maps, %u places that print", s->n_points,
                s->meta.maps.n, s->meta.sites.n);
    *out = take_ptr(s);
    return 0;
}

const struct diags *ptl_diags(const struct ptl_session *s)
{
    return &s->diags;
}

void ptl_free(struct ptl_session **session)
{
    struct ptl_session *s = *session;

    if (s == NULL)
        return;
    *session = NULL;
    for (u32 i = 0; i < s->n_points; i++)
        attach_detach(&s->points[i]);
    free(s->points);
    probe_names_done(&s->probe_names);
    child_done(&s->child);
    maps_free(&s->maps);
    bpf_object__close(s->object);
    symbols_free(&s->symbols);
    users_free(&s->users);
    cgroups_free(&s->cgroups);
    usyms_free(&s->usyms);
    close_fd(&s->target_fd);
    close_fd(&s->notify_fd);
    signals_restore(&s->signals);
    arena_done(&s->arena);
    free(s);
}
