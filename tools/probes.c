/* -l: the probes that a search or a script's clauses mean. Those of the kernel are known to ptlc,
 * those of programs and libraries to the runtime. */
#include "tools/probes.h"

#include <string.h>
#include <sys/stat.h>

#include "runtime/runtime.h"
#include "tools/compiler.h"
#include "tools/file.h"
#include "tools/message.h"
#include "tools/script.h"

enum {
    LIST_MAX_BYTES = 16 << 20,
};

/* What has a colon is a search, whatever files there are. */
static bool is_script(const char *file)
{
    struct stat st;

    return file && !strchr(file, ':') && stat(file, &st) == 0 && !S_ISDIR(st.st_mode);
}

/* A probe of the script; where it is none that can be looked up, as it is written. */
static void point_print(const struct options *o, const char *search_path, const char *point,
                        FILE *out)
{
    struct ptl_error err = {0};

    if (!ptl_lists(point) || ptl_list(point, search_path, o->pid, out, &err))
        (void)fprintf(out, "%s\n", point); /* main closes and checks */
}

static int object_probes(const struct buf *object, FILE *out)
{
    struct ptl_error err = {0};

    if (ptl_object_probes(object->p, object->n, out, &err) == 0)
        return 0;
    message_error("%s", err.text);
    message_hint("%s", err.hint);
    return err.exit_status;
}

static int script_probes(const struct options *o, const char *search_path, FILE *out)
{
    _cleanup_(script_done) struct script script = {.fd = -1};
    _cleanup_close_ int fd = file_memory_new("probes");
    _cleanup_buf_ struct buf text = {0};
    struct options with_emit = *o;
    struct buf none = {0};
    int status = COMPILER_FAILED;

    with_emit.emit = "probes";
    if (!script_load(&script, o))
        return COMPILER_REJECTED;
    if (script.object.n > 0)
        return object_probes(&script.object, out);
    if (fd >= 0)
        status = compiler_run(&with_emit, &script, false, fd, &none, NULL);
    if (status)
        return status;
    if (file_rewind(fd) || file_read_all(fd, LIST_MAX_BYTES, &text)) {
        message_error("cannot read what the compiler listed");
        return COMPILER_FAILED;
    }
    buf_add_char(&text, '\0');
    for (char *line = text.p, *end = NULL; (end = strchr(line, '\n')); line = end + 1) {
        *end = '\0';
        point_print(o, search_path, line, out);
    }
    return 0;
}

int probes_list(const struct options *o, const char *search_path, FILE *out)
{
    const char *search = o->file ? o->file : "";
    struct ptl_error err = {0};
    int status = 0;

    if (is_script(o->file))
        return script_probes(o, search_path, out);
    if (!ptl_lists(search)) {
        status = compiler_list(o, search, fileno(out));
    } else if (ptl_list(search, search_path, o->pid, out, &err)) {
        message_error("%s", err.text);
        return err.exit_status;
    }
    if (status != COMPILER_REJECTED)
        return status;
    message_error("No probes found: %s", search);
    return status;
}
