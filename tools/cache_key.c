/* The key is compared as a whole, so nothing rests on a hash of it. Each part has its length in
 * front: no two lists of parts are the same bytes. */
#include "tools/cache_key.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/utsname.h>

#include "runtime/tracefs.h"
#include "tools/file.h"

#define KERNEL_FILE_MAX ((size_t)1 << 20)

static void add_part(struct buf *key, const void *bytes, size_t n)
{
    u64 length = n;

    buf_add(key, &length, sizeof(length));
    buf_add(key, bytes, n);
}

static void add_text(struct buf *key, const char *text)
{
    add_part(key, text ? text : "", text ? strlen(text) : 0);
}

static void add_number(struct buf *key, u64 number)
{
    buf_add(key, &number, sizeof(number));
}

static void add_words(struct buf *key, const char *const *words, u32 n)
{
    add_number(key, n);
    for (u32 i = 0; i < n; i++)
        add_text(key, words[i]);
}

static int read_path(const char *path, struct buf *out)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

    return fd < 0 ? -errno : file_read_all(fd, KERNEL_FILE_MAX, out);
}

/* A compiler that is built anew keeps its version. */
static int add_compiler(struct buf *key, const char *path)
{
    struct stat st;

    if (stat(path, &st) < 0)
        return -errno;
    add_text(key, PTL_VERSION);
    add_number(key, st.st_dev);
    add_number(key, st.st_ino);
    add_number(key, (u64)st.st_size);
    add_number(key, (u64)st.st_mtim.tv_sec);
    add_number(key, (u64)st.st_mtim.tv_nsec);
    return 0;
}

static int add_script(struct buf *key, const struct script *script)
{
    _cleanup_buf_ struct buf text = {0};
    int err = file_rewind(script->fd);

    if (!err)
        err = file_read_all(script->fd, SCRIPT_SIZE_MAX, &text);
    if (!err)
        err = file_rewind(script->fd);
    add_text(key, script->name);
    add_part(key, text.p, text.n);
    return err;
}

static void add_environment(struct buf *key)
{
    for (char **variable = environ; *variable; variable++) {
        if (strncmp(*variable, "BPFTRACE_", 9) == 0 || strncmp(*variable, "PTRACE_LITE_", 12) == 0)
            add_text(key, *variable);
    }
}

/* One that is built anew may have the size of the one before. */
static void add_build_id(struct buf *key, const char *module, size_t n)
{
    _cleanup_buf_ struct buf id = {0};
    char path[PATH_MAX];

    (void)snprintf(path, sizeof(path), "/sys/module/%.*s/notes/.note.gnu.build-id",
                   (int)MIN(n, sizeof(path) / 2), module); /* which fits */
    (void)read_path(path, &id); /* there are kernels whose modules have none */
    add_part(key, id.p, id.n);
}

/* Name, size and build id of each module: how often it is used, and where it lies, changes. */
static int add_modules(struct buf *key)
{
    _cleanup_buf_ struct buf text = {0};
    int err = read_path("/proc/modules", &text);

    if (err == -ENOENT && access("/proc/version", F_OK) == 0) /* the kernel takes none */
        return 0;
    buf_add_char(&text, '\0');
    if (err || text.failed)
        return err ? err : -ENOMEM;
    for (const char *line = text.p; *line != '\0';) {
        size_t name = strcspn(line, " \n");
        size_t end = name + strspn(line + name, " ");

        add_part(key, line, end + strcspn(line + end, " \n"));
        add_build_id(key, line, name);
        line += strcspn(line, "\n");
        line += *line == '\n';
    }
    return 0;
}

/* Tracepoints that users make and change while the kernel runs. Where they may not be read, the
 * compiler reads none. */
static int add_tracepoints(struct buf *key)
{
    const char *root = tracefs_root();
    _cleanup_buf_ struct buf text = {0};
    char path[PATH_MAX];
    int err = -ENOENT;

    if (root) {
        (void)snprintf(path, sizeof(path), "%s/dynamic_events", root); /* fits */
        err = read_path(path, &text);
    }
    add_part(key, text.p, text.n);
    return err == -ENOENT || err == -EACCES ? 0 : err;
}

/* The build id is in the notes; the rest is for kernels without one. */
static int add_kernel(struct buf *key)
{
    _cleanup_buf_ struct buf notes = {0};
    struct utsname name;
    int err = read_path("/sys/kernel/notes", &notes);

    if (uname(&name) < 0)
        return -errno;
    add_text(key, name.release);
    add_text(key, name.version);
    add_text(key, name.machine);
    add_part(key, notes.p, notes.n);
    return err && err != -ENOENT ? err : add_modules(key);
}

int cache_key(const struct options *o, const struct script *script, const char *compiler,
              bool has_color, struct buf *out)
{
    int err = add_compiler(out, compiler);

    if (!err)
        err = add_script(out, script);
    if (!err)
        err = add_kernel(out);
    if (!err)
        err = add_tracepoints(out);
    add_words(out, o->params, o->n_params);
    add_words(out, o->script_options, o->n_script_options);
    add_number(out, (u64)has_color | (u64)o->is_unsafe << 1 | (u64)o->lacks_kprobes << 2 |
                        (u64)o->has_no_warnings << 3);
    add_environment(out);
    return err ? err : out->failed ? -ENOMEM : 0;
}
