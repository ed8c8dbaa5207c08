/* ptlc, the compiler: script in, object or diagnostics out. Needs no privileges and no kernel;
 * reads tracepoint formats where the script uses them.
 *
 * Exit status: 0; 1 for errors in the script or in the command line, and for output that failed.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/diag.h"
#include "stdlib/vocab.h"
#include "tools/compile.h"
#include "tools/file.h"
#include "tools/message.h"
#include "tools/ptlc_options.h"

#define STATUS_ERRORS 1
#define STDOUT_NAME   "standard output"

static bool source_read(const struct ptlc_options *o, struct buf *out)
{
    _cleanup_close_ int opened = -1;
    int fd = o->source_fd;
    int err = 0;

    if (o->text) {
        buf_add_cstr(out, o->text);
        return true;
    }
    if (fd < 0 && str_eq_c(str_of(o->file), "-"))
        fd = STDIN_FILENO;
    if (fd < 0) {
        opened = open(o->file, O_RDONLY | O_CLOEXEC);
        fd = opened < 0 ? -errno : opened;
    }
    /* One byte too many is enough for the compiler to see that it is too large. */
    err = fd < 0 ? fd : file_read_all(fd, SCRIPT_SIZE_MAX + 16384, out);
    if (err == 0 || err == -EFBIG)
        return true;
    message_error("cannot read %.*s: %s", STR_ARG(o->compile.name), message_errno(err));
    return false;
}

static bool object_write(const struct ptlc_options *o, const struct buf *object)
{
    _cleanup_close_ int opened = -1;
    int fd = o->object_fd;
    int err = 0;

    if (o->object) {
        opened = open(o->object, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
        fd = opened < 0 ? -errno : opened;
    }
    if (!o->object && fd < 0)
        return true;
    err = fd < 0 ? fd : file_write_all(fd, object->p, object->n);
    if (err == 0 && opened >= 0 && close(take_fd(&opened)) < 0)
        err = -errno;
    if (err)
        message_error("cannot write the object: %s", message_errno(err));
    return err == 0;
}

/* The line of steps on its way, and when the last one ended. */
struct steps {
    struct buf text;
    u64 last_ns;
};

static void step_end(void *data, const char *name)
{
    struct steps *s = data;
    u64 now_ns = clock_ns(CLOCK_MONOTONIC);

    buf_printf(&s->text, "%s%s %.1f ms", s->text.n ? ", " : "compiler: ", name,
               (double)(now_ns - s->last_ns) / NS_PER_MS);
    s->last_ns = now_ns;
}

static void steps_write(struct steps *s, int fd)
{
    buf_add_char(&s->text, '\n');
    if (!s->text.failed)
        (void)file_write_all(fd, s->text.p, s->text.n); /* nowhere to report that */
    buf_done(&s->text);
}

static int compile(const struct ptlc_options *o)
{
    _cleanup_(compile_result_done) struct compile_result result = {0};
    _cleanup_buf_ struct buf text = {0};
    struct compile_opts how = o->compile;
    struct steps steps = {.last_ns = clock_ns(CLOCK_MONOTONIC)};
    bool is_good = false;

    if (!source_read(o, &text))
        return STATUS_ERRORS;
    how.text = (struct str){text.p ? text.p : "", (u32)text.n};
    if (o->steps_fd >= 0) {
        how.step = step_end;
        how.step_data = &steps;
    }
    is_good = ptl_compile(&how, &result);
    if (o->steps_fd >= 0)
        steps_write(&steps, o->steps_fd);
    message_write(&result.print, stdout);
    message_write(&result.diagnostics, stderr);
    if (text.failed || result.print.failed || result.diagnostics.failed) {
        message_error("out of memory");
        return STATUS_ERRORS;
    }
    return is_good && object_write(o, &result.object) ? 0 : STATUS_ERRORS;
}

static void diagnostics_print(struct buf *out)
{
    u32 n = 0;
    const enum diag_code *codes = diag_codes(&n);

    buf_add_cstr(out,
                 "# Diagnostics\n\nEvery error and warning about a script ends in its code. A code "
                 "keeps its meaning.\n");
    for (u32 i = 0; i < n; i++) {
        buf_printf(out, "\n## %c%03d: %s\n\n%s\n", diag_letter(codes[i]), codes[i],
                   diag_title(codes[i]), diag_explanation(codes[i]));
    }
}

static int run(const struct ptlc_options *o)
{
    _cleanup_buf_ struct buf text = {0};
    int status = 0;

    if (o->wants_help) {
        ptlc_options_usage(stdout);
        return 0;
    }
    if (o->wants_version) {
        buf_add_cstr(&text, "ptlc v" PTL_VERSION "\n");
    } else if (o->wants_reference) {
        vocab_reference(&text);
    } else if (o->wants_diagnostics) {
        diagnostics_print(&text);
    } else if (o->search) {
        compile_list(&o->compile, str_of(o->search), o->wants_details, &text);
        status = text.n > 0 ? 0 : STATUS_ERRORS;
    } else {
        return compile(o);
    }
    message_write(&text, stdout);
    return text.failed ? STATUS_ERRORS : status;
}

int main(int argc, char **argv)
{
    bool is_stdout_closed = message_guard_streams() & (1u << STDOUT_FILENO);
    _cleanup_(ptlc_options_done) struct ptlc_options o = {0};
    int status = 0;

    if (!ptlc_options_parse(&o, argc, argv))
        return STATUS_ERRORS;
    if (is_stdout_closed && (o.compile.stages || o.search || o.wants_reference ||
                             o.wants_diagnostics || o.wants_version || o.wants_help)) {
        message_error(STDOUT_NAME " is closed");
        return STATUS_ERRORS;
    }
    status = run(&o);
    if (!message_close(stdout, STDOUT_NAME))
        status = STATUS_ERRORS;
    return status;
}
