/* The compiler's view of a kernel: formats of tracepoints, read from tracefs when asked for. See
 * Documentation/trace/events.rst of the kernel, "Event formats". */
#include "stdlib/kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

#define MAX_NAMES 16384

struct known_tracepoint {
    struct str category, event;
    struct tracepoint tp;
    int err;
    struct known_tracepoint *next;
};

struct kernel {
    struct arena *arena;
    const char *tracefs, *given_tracefs;
    struct known_tracepoint *known; /* a cache: filled through a const view */
};

static const char *find_tracefs(void)
{
    struct stat st;

    if (stat("/sys/kernel/tracing/events", &st) == 0)
        return "/sys/kernel/tracing";
    if (stat("/sys/kernel/debug/tracing/events", &st) == 0)
        return "/sys/kernel/debug/tracing";
    return "/sys/kernel/tracing";
}

struct kernel *kernel_new(struct arena *arena, const char *tracefs)
{
    struct kernel *k = arena_new(arena, struct kernel);

    k->arena = arena;
    k->given_tracefs = tracefs;
    k->tracefs = tracefs ? tracefs : find_tracefs();
    return k;
}

const char *kernel_given_tracefs(const struct kernel *k)
{
    return k->given_tracefs;
}

static int read_file(struct arena *arena, const char *path, struct str *out)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -errno;

    char *text = arena_alloc(arena, EVENT_FORMAT_MAX);
    u32 n = 0;

    while (n < EVENT_FORMAT_MAX) {
        ssize_t got = read(fd, text + n, EVENT_FORMAT_MAX - n);

        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        n += (u32)got;
    }
    *out = (struct str){text, n};
    return 0;
}

int kernel_tracepoint(const struct kernel *k, struct str category, struct str event,
                      const struct tracepoint **out)
{
    struct kernel *view = (struct kernel *)k; /* for its cache */

    for (struct known_tracepoint *known = view->known; known; known = known->next) {
        if (str_eq(known->category, category) && str_eq(known->event, event)) {
            *out = &known->tp;
            return known->err;
        }
    }

    struct known_tracepoint *known = arena_new(k->arena, struct known_tracepoint);
    struct str path = str_printf(k->arena, "%s/events/%.*s/%.*s/format", k->tracefs,
                                 STR_ARG(category), STR_ARG(event));
    struct str text = {0};

    *known = (struct known_tracepoint){.category = category, .event = event, .next = view->known};
    view->known = known;
    known->tp.name = str_printf(k->arena, "%.*s:%.*s", STR_ARG(category), STR_ARG(event));
    known->err = read_file(k->arena, str_cstr(k->arena, path), &text);
    if (known->err == 0)
        known->err = tracepoint_parse(k->arena, text, &known->tp);
    if (known->err == -ENOENT) {
        struct stat st;
        struct str events = str_printf(k->arena, "%s/events", k->tracefs);

        if (stat(str_cstr(k->arena, events), &st) != 0)
            known->err = -EACCES; /* no tracefs at all, or not for us */
    }
    *out = &known->tp;
    return known->err;
}

static void close_dir(DIR **dir)
{
    if (*dir)
        (void)closedir(*dir);
}

struct names {
    const char **items;
    u32 n;
};

static void list_events(const struct kernel *k, const char *category, struct names *names)
{
    struct str path = str_printf(k->arena, "%s/events/%s", k->tracefs, category);
    _cleanup_(close_dir) DIR *dir = opendir(str_cstr(k->arena, path));

    if (!dir)
        return;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    for (struct dirent *e = readdir(dir); e && names->n < MAX_NAMES; e = readdir(dir)) {
        if (e->d_type == DT_DIR && e->d_name[0] != '.') {
            struct str name = str_printf(k->arena, "%s:%s", category, e->d_name);

            names->items[names->n++] = str_cstr(k->arena, name);
        }
    }
}

u32 kernel_tracepoint_names(const struct kernel *k, const char *const **names_out)
{
    struct names names = {arena_array(k->arena, const char *, MAX_NAMES), 0};
    struct str path = str_printf(k->arena, "%s/events", k->tracefs);
    _cleanup_(close_dir) DIR *dir = opendir(str_cstr(k->arena, path));

    if (!dir)
        return 0;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    for (struct dirent *e = readdir(dir); e; e = readdir(dir)) {
        /* those of "ftrace" are formats of ftrace's own records: no program can be attached */
        if (e->d_type == DT_DIR && e->d_name[0] != '.' && strcmp(e->d_name, "ftrace") != 0)
            list_events(k, e->d_name, &names);
    }
    *names_out = names.items;
    return names.n;
}

/* "name" or "name [module]" in each line, and functions of the linker's that are none. */
static const char *function_of(struct arena *arena, const char *line, u32 n)
{
    static const char none[] = "__ftrace_invalid_address__";
    const char *space = memchr(line, ' ', n);
    u32 length = space ? (u32)(space - line) : n;

    if (length == 0 || (length >= sizeof(none) - 1 && memcmp(line, none, sizeof(none) - 1) == 0))
        return NULL;
    return str_cstr(arena, (struct str){line, length});
}

u32 kernel_function_names(const struct kernel *k, const char *const **names_out)
{
    struct str path = str_printf(k->arena, "%s/available_filter_functions%c", k->tracefs, '\0');
    FILE *file = fopen(path.p, "re");
    VEC(const char *) names = {0};
    char *line = NULL;
    size_t size = 0;

    if (!file)
        return 0;
    for (ssize_t n = getline(&line, &size, file); n > 0; n = getline(&line, &size, file)) {
        const char *name = function_of(k->arena, line, (u32)n - (line[n - 1] == '\n'));

        if (name)
            *vec_push(k->arena, &names) = name;
    }
    free(line);
    (void)fclose(file); // only read from
    *names_out = names.items;
    return names.n;
}
