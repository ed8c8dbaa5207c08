/* Loading: programs and maps go into the kernel.
 *
 * Programs are loaded without a verifier log first; libbpf repeats the one that is refused with a
 * log (a log costs time, and one that overflows hides the error behind ENOSPC). All programs share
 * the log's memory, but each begins some bytes further: so the first byte that is not 0 tells which
 * program was refused, which libbpf does not. */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include <bpf/bpf.h>

#include "base/clock.h"
#include "runtime/attach_group.h"
#include "runtime/error.h"
#include "runtime/resolve.h"
#include "runtime/session.h"
#include "runtime/verifier.h"

enum {
    LOG_BYTES = 16 << 20, /* as much as a kernel takes */
    LOG_STEP = 64,
};

struct load_log {
    char *p; /* mapped, zeros until something is written */
    size_t size;
};

static void log_done(struct load_log *log)
{
    if (log->p != NULL)
        (void)munmap(log->p, log->size); // our own mapping
}

/* Give each program its part of the log. Without memory for it there will be no log. */
static void log_init(struct load_log *log, const struct ptl_session *s)
{
    size_t size = LOG_BYTES + (size_t)s->n_points * LOG_STEP;
    void *p = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE,
                   -1, 0);

    if (p == MAP_FAILED)
        return;
    *log = (struct load_log){p, size};
    for (u32 i = 0; i < s->n_points; i++) {
        if (s->points[i].program == NULL)
            continue;
        (void)bpf_program__set_log_buf(s->points[i].program, log->p + (size_t)i * LOG_STEP,
                                       LOG_BYTES); // fails only once it is loaded
    }
}

/* The point whose program was refused, and what the kernel says of it; NULL if it says nothing. */
static const struct attach_point *log_find(const struct load_log *log, const struct ptl_session *s,
                                           struct str *text)
{
    for (u32 i = 0; log->p != NULL && i < s->n_points; i++) {
        const char *begin = log->p + (size_t)i * LOG_STEP;

        if (*begin == '\0')
            continue;
        *text = (struct str){begin, (u32)strnlen(begin, LOG_BYTES)};
        return &s->points[i];
    }
    return NULL;
}

/* It quotes the object. */
static void log_show(FILE *out, struct str text)
{
    _cleanup_buf_ struct buf shown = {0};

    buf_add_harmless(&shown, text);
    buf_add_char(&shown, '\n');
    if (shown.n > 0)
        (void)fwrite(shown.p, 1, shown.n, out); // a lost log line loses nothing
}

static int report_failure(struct ptl_session *s, const struct load_log *log, int failed,
                          struct ptl_error *err)
{
    struct str text = {0};
    const struct attach_point *point = log_find(log, s, &text);

    if (point == NULL) {
        (void)error_set(err, failed, EXIT_MACHINE, "Error loading BPF programs: %s.",
                        error_text(failed));
        if (failed == -EPERM || failed == -EACCES) {
            error_hint(err, "Run ptrace-lite as root, for example with sudo.");
        } else {
            error_hint(err, "Use -v for all that the kernel says.");
        }
        return failed;
    }
    verifier_report(&s->elf, str_of(bpf_program__name(point->program)), text, failed,
                    session_span(point->row->span_begin, point->row->span_end), &s->diags);
    (void)error_set(err, failed, EXIT_MACHINE, "Error loading BPF program for %.*s: %s.",
                    STR_ARG(point->row->name), error_text(failed));
    error_hint(err, "Use -v for all that the kernel says.");
    if (s->opts->is_verbose)
        log_show(s->opts->log, text);
    return failed;
}

/* Without a target the kernel would refuse the program, unless another point has one for it. */
static void leave_out(const struct ptl_session *s, const struct attach_point *skipped)
{
    if (skipped->program == NULL)
        return;
    for (u32 i = 0; i < s->n_points; i++) {
        const struct attach_point *point = &s->points[i];

        if (point->program == skipped->program && !point->is_skipped && point->unfit == 0)
            return;
    }
    (void)bpf_program__set_autoload(skipped->program, false); // fails only once it is loaded
}

/* Programs that are loaded for one target. All that is wrong is told at once. */
static int aim_programs(struct ptl_session *s, struct ptl_error *err)
{
    int first = 0;

    for (u32 i = 0; i < s->n_points; i++) {
        struct attach_point *point = &s->points[i];
        u32 n_before = s->diags.list.n;
        int failed =
            point->ops->aim != NULL && point->unfit == 0 ? point->ops->aim(point, &s->diags) : 0;

        if (failed != 0 && session_is_choice(s, point)) {
            diags_truncate(&s->diags, n_before);
            point->unfit = failed;
            continue;
        }
        failed = session_skip(s, point, n_before, failed);
        if (first == 0)
            first = failed;
    }
    for (u32 i = 0; i < s->n_points; i++) {
        if (s->points[i].is_skipped || s->points[i].unfit != 0)
            leave_out(s, &s->points[i]);
    }
    if (first != 0) {
        bool is_user = first == -ENOENT || first == -ENOTUNIQ;

        (void)error_set(err, first, is_user ? EXIT_USER : EXIT_MACHINE, "%s", "");
    }
    return first;
}

/* What -v says of a point. */
static void log_choice(const struct ptl_session *s, const struct attach_point *point)
{
    const char *lacking = attach_is_stand_in(point) ? feature_name(FEATURE_KPROBE) : point->lacking;

    session_log(s, "%.*s: %s%s%s%s", STR_ARG(point->row->name), attach_how(point),
                lacking != NULL ? " (the kernel lacks " : "", lacking != NULL ? lacking : "",
                lacking != NULL ? ")" : "");
}

static void log_choices(const struct ptl_session *s)
{
    for (u32 i = 0; i < s->n_points; i++) {
        if (s->points[i].unfit == 0)
            log_choice(s, &s->points[i]);
    }
}

/* What the verifier did, as far as the kernel tells it. */
struct verified {
    u64 begin_ns; /* CLOCK_BOOTTIME; 0: not known */
    u32 n_programs;
    u64 n_instructions; /* that were followed */
};

/* Linux notes when a program came, which is right before it verifies it (bpf_prog_load() of
 * kernel/bpf/syscall.c). libbpf loads programs last. */
static struct verified verified_sum(const struct ptl_session *s)
{
    struct verified sum = {0};
    struct bpf_program *program = NULL;

    bpf_object__for_each_program(program, s->object)
    {
        struct bpf_prog_info info = {0};
        u32 size = sizeof(info);
        int fd = bpf_program__fd(program);

        if (fd < 0 || bpf_obj_get_info_by_fd(fd, &info, &size) != 0)
            continue;
        sum.n_programs++;
        sum.n_instructions += info.verified_insns;
        if (sum.begin_ns == 0 || info.load_time < sum.begin_ns)
            sum.begin_ns = info.load_time;
    }
    return sum;
}

/* The step of libbpf and the kernel, which began at begin_ns, for -v. */
static void log_loaded(const struct ptl_session *s, u64 begin_ns)
{
    u64 end_ns = clock_ns(CLOCK_BOOTTIME);
    struct verified sum = {0};

    if (!s->opts->is_verbose)
        return;
    sum = verified_sum(s);
    if (sum.begin_ns < begin_ns || sum.begin_ns > end_ns)
        sum.begin_ns = end_ns;
    session_log(s, "load: maps and types %.1f ms, verify: %u programs, %llu instructions %.1f ms",
                (double)(sum.begin_ns - begin_ns) / NS_PER_MS, sum.n_programs,
                (unsigned long long)sum.n_instructions,
                (double)(end_ns - sum.begin_ns) / NS_PER_MS);
}

int ptl_load(struct ptl_session *s, struct ptl_error *err)
{
    _cleanup_(log_done) struct load_log log = {0};
    u64 begin_ns = 0;
    int failed = 0;

    if (s->state != SESSION_OPEN)
        ptl_bug("ptl_load() of a session that is not just opened");
    groups_make(s);
    log_choices(s);
    failed = aim_programs(s, err);
    if (failed == 0)
        failed = resolve_words(s, err);
    if (failed != 0)
        return failed;
    log_init(&log, s);
    begin_ns = clock_ns(CLOCK_BOOTTIME);
    failed = maps_make_halves(s->maps);
    if (failed == 0)
        failed = bpf_object__load(s->object);
    if (failed == 0)
        failed = maps_loaded(s->maps);
    if (failed != 0)
        return report_failure(s, &log, failed, err);
    s->state = SESSION_LOADED;
    log_loaded(s, begin_ns);
    return 0;
}
