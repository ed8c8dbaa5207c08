/* ptrace-lite, the command: options, source, compiler, then the runtime's session from open to
 * free.
 *
 * Exit status: 0; N of exit(N); 1 for mistakes of the user and failing output; 2 if the compiler
 * died; 255 if the kernel refused to load or attach. Everything but the program's output is written
 * to standard error.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/diag.h"
#include "runtime/runtime.h"
#include "tools/cache.h"
#include "tools/compiler.h"
#include "tools/completions.h"
#include "tools/file.h"
#include "tools/message.h"
#include "tools/options.h"
#include "tools/output.h"
#include "tools/probes.h"
#include "tools/script.h"

#define STATUS_MISTAKE 1

/* A set variable that is not empty. */
static const char *variable(const char *name)
{
    const char *value = getenv(name); // NOLINT(concurrency-mt-unsafe): one thread

    return value && *value != '\0' ? value : NULL;
}

/* Whether diagnostics are coloured. Both streams are asked: who redirects one wants plain text.
 * False after saying what is wrong with the choice. */
static bool choose_color(bool *has_color_out)
{
    const char *name = variable("PTRACE_LITE_COLOR") ? "PTRACE_LITE_COLOR" : "BPFTRACE_COLOR";
    const char *choice = variable(name);

    *has_color_out = !variable("NO_COLOR") && isatty(STDOUT_FILENO) && isatty(STDERR_FILENO);
    if (!choice || strcmp(choice, "auto") == 0)
        return true;
    *has_color_out = strcmp(choice, "always") == 0;
    if (*has_color_out || strcmp(choice, "never") == 0)
        return true;
    message_error("Invalid value for %s: \"%s\"", name, choice);
    message_hint("The values are: auto always never");
    return false;
}

/* Say why a session's step failed: what has a place in the script first. Returns the exit status.
 */
static int failure_report(const struct ptl_session *s, const struct ptl_error *err, bool has_color)
{
    _cleanup_buf_ struct buf located = {0};
    const struct diags *diags = s ? ptl_diags(s) : NULL;

    if (diags)
        diags_render(diags, &located, has_color);
    message_write(&located, stderr);
    if (err->text[0] != '\0')
        message_error("%s", err->text);
    if (err->hint[0] != '\0')
        message_hint("%s", err->hint);
    return err->exit_status ? err->exit_status : STATUS_MISTAKE;
}

/* NULL without memory. */
static struct str *views_of(const char *const *words, u32 n)
{
    struct str *views = calloc(MAX(n, 1u), sizeof(*views));

    for (u32 i = 0; views && i < n; i++)
        views[i] = str_of(words[i]);
    return views;
}

/* Run the object. is_object: it was compiled ahead of time. Returns the exit status. */
static int object_run(const struct buf *object, const struct options *o, bool is_object, FILE *out,
                      bool has_color)
{
    _cleanup_free_ struct str *params = views_of(o->params, o->n_params);
    _cleanup_free_ struct str *script_options = views_of(o->script_options, o->n_script_options);
    _cleanup_(ptl_free) struct ptl_session *s = NULL;
    struct ptl_error err = {0};
    struct ptl_opts opts = {
        .no_features = (const char *const *)o->no_features,
        .n_no_features = o->n_no_features,
        .filter_pid = o->pid,
        .command = o->command,
        .search_path = variable("PATH"),
        .max_map_memory_bytes = o->max_map_memory_bytes,
        .mode = o->is_test    ? PTL_MODE_TEST
                : o->is_bench ? PTL_MODE_BENCH
                              : PTL_MODE_RUN,
        .is_verbose = o->is_verbose,
        .is_quiet = o->is_quiet,
        .format = o->format,
        .buffering = o->buffering,
        .warnings = o->has_no_warnings ? PTL_WARNINGS_NONE : o->warnings,
        .notify_socket = o->notify_socket,
        .has_color = has_color,
        .is_raw_output = o->is_raw_output,
        .allows_unsafe = o->is_unsafe,
        .keeps_privileges = o->keeps_privileges,
        .is_dry_run = o->is_dry_run,
        .args = {params, o->n_params, script_options, o->n_script_options},
        .is_object = is_object,
        .out = out,
        .log = stderr,
    };
    int status = 0;

    if (!params || !script_options) {
        message_error("out of memory");
        return STATUS_MISTAKE;
    }
    if (is_object &&
        ptl_script_help(object->p, object->n, &opts.args, o->file ? o->file : "PROGRAM", out))
        return 0;
    if (ptl_open(&s, object->p, object->n, &opts, &err) || ptl_load(s, &err) || ptl_attach(s, &err))
        return failure_report(s, &err, has_color);
    if (o->is_dry_run) {
        ptl_banner(s);
        return 0;
    }
    if (!output_empty(out, o->output)) /* nothing is written before */
        return STATUS_MISTAKE;
    if (ptl_run(s, &status, &err))
        return failure_report(s, &err, has_color);
    return status;
}

/* Is the script's file the same as this text? */
static bool script_is(const struct script *script, const struct buf *text)
{
    _cleanup_buf_ struct buf old = {0};

    return file_rewind(script->fd) == 0 && file_read_all(script->fd, SCRIPT_SIZE_MAX, &old) == 0 &&
           old.n == text->n && memcmp(old.p, text->p, text->n) == 0;
}

/* --fmt-in-place. Returns the exit status. */
static int script_format(const struct options *o, const struct script *script, bool has_color)
{
    _cleanup_close_ int fd = file_memory_new("formatted");
    _cleanup_buf_ struct buf text = {0};
    int status = 0, err = fd < 0 ? fd : 0;

    if (!err)
        status = compiler_run(o, script, has_color, fd, &text, NULL);
    if (status)
        return status;
    if (!err)
        err = file_rewind(fd);
    if (!err)
        err = file_read_all(fd, SIZE_MAX, &text);
    if (!err && !script_is(script, &text))
        err = file_replace(o->file, text.p, text.n);
    if (!err)
        return 0;
    message_error("cannot write %s: %s", o->file, message_errno(err));
    return STATUS_MISTAKE;
}

/* What the compiler does and the runner does not: is it asked for, of an object? */
static bool is_for_scripts(const struct options *o)
{
    if (!o->aot && !o->emit && !o->btf && !o->tracefs)
        return false;
    message_error(
        "%s is compiled already: --aot, --emit, --fmt, --btf and --tracefs are for scripts",
        o->file);
    return true;
}

static int object_write(const struct buf *object, const char *path)
{
    int err = file_save(path, object->p, object->n);

    if (!err)
        return 0;
    message_error("cannot write %s: %s", path, message_errno(err));
    return STATUS_MISTAKE;
}

/* Keep what was compiled, unless that depends on files that the cache does not know. */
static void object_keep(const struct cache *cache, const struct options *o,
                        const struct buf *object, const struct buf *messages)
{
    int err = 0;

    if (cache->dir < 0 || !ptl_is_self_contained(object->p, object->n))
        return;
    err = cache_keep(cache, object, messages);
    if (err && o->is_verbose) {
        (void)fprintf(stderr, "The program is not kept in %s: %s\n", cache->path,
                      message_errno(err));
    }
}

/* Compile, or find what was compiled before. Returns the exit status. */
static int object_get(const struct options *o, const struct script *script, bool has_color,
                      FILE *out, struct buf *object)
{
    _cleanup_(cache_done) struct cache cache = {.dir = -1};
    _cleanup_buf_ struct buf messages = {0};
    char compiler[PATH_MAX];
    u64 start_ns = clock_ns(CLOCK_MONOTONIC);
    bool is_found = false;
    int status = 0;

    if (!compiler_find(compiler, sizeof(compiler)))
        return COMPILER_FAILED;
    cache_open(&cache, o, script, compiler, has_color);
    if (cache.why_not && o->is_verbose)
        (void)fprintf(stderr, "The cache %s is not used: %s\n", cache.path, cache.why_not);
    is_found = cache_find(&cache, object, &messages);
    if (!is_found) /* says why it fails */
        status = compiler_run(o, script, has_color, fileno(out), object, &messages);
    message_write(&messages, stderr);
    if (status || o->emit || object->n == 0)
        return status;
    if (!is_found)
        object_keep(&cache, o, object, &messages);
    if (o->is_verbose) {
        (void)fprintf(stderr, "[%4.0f ms] %s: %zu bytes\n",
                      (double)(clock_ns(CLOCK_MONOTONIC) - start_ns) / NS_PER_MS,
                      is_found ? "found in the cache" : "compiled", object->n);
    }
    return 0;
}

/* Compile and run. Returns the exit status. */
static int script_run(const struct options *o, FILE *out)
{
    _cleanup_(script_done) struct script script = {.fd = -1};
    _cleanup_buf_ struct buf object = {0};
    bool has_color = false;
    int status = 0;

    if (!choose_color(&has_color) || !script_load(&script, o))
        return STATUS_MISTAKE;
    if (script.object.n > 0) {
        return is_for_scripts(o) ? STATUS_MISTAKE
                                 : object_run(&script.object, o, true, out, has_color);
    }
    if (o->is_in_place)
        return script_format(o, &script, has_color);
    status = object_get(o, &script, has_color, out, &object);
    if (status || o->emit || object.n == 0)
        return status;
    if (o->aot)
        return object_write(&object, o->aot);
    return object_run(&object, o, options_run_object(o), out, has_color);
}

/* --info. Returns the exit status. */
static int info_print(const struct options *o, FILE *out)
{
    struct ptl_error err = {0};

    if (ptl_info((const char *const *)o->no_features, o->n_no_features, out, &err))
        return failure_report(NULL, &err, false);
    return 0;
}

static void version_print(FILE *out)
{
    (void)fputs("ptrace-lite v" PTL_VERSION "\n", out); /* main closes and checks */
}

int main(int argc, char **argv)
{
    bool is_stdout_closed = message_guard_streams() & (1u << STDOUT_FILENO);
    FILE *out = NULL;
    _cleanup_(options_done) struct options o = {0};
    int status = 0;

    if (!options_parse(&o, argc, argv))
        return STATUS_MISTAKE;
    /* Only we are asked to notify, not what we start. */
    o.notify_socket = variable("NOTIFY_SOCKET");
    (void)unsetenv("NOTIFY_SOCKET"); // NOLINT(concurrency-mt-unsafe): one thread; a valid name
    /* First of all, before anything is traced whose record would then be lost. */
    out = output_open(o.output, is_stdout_closed);
    if (!out)
        return STATUS_MISTAKE;
    if (o.wants_help) {
        options_usage(out);
    } else if (o.wants_version) {
        version_print(out);
    } else if (o.completions) {
        status = completions_print(o.completions, out);
    } else if (o.is_info) {
        status = info_print(&o, out);
    } else if (o.is_cache_stats) {
        status = cache_stats(out) ? STATUS_MISTAKE : 0;
    } else if (o.is_list) {
        status = probes_list(&o, variable("PATH"), out);
    } else {
        o.lacks_kprobes =
            !ptl_has_kprobes((const char *const *)o.no_features, o.n_no_features, o.aot);
        status = script_run(&o, out);
    }
    /* The last flush is where a full disk shows, if the run itself has not seen and told it. */
    return output_close(out, o.output, status == STATUS_MISTAKE) ? status : STATUS_MISTAKE;
}
