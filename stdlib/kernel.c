/* The compiler's view of a kernel: formats of tracepoints, read from tracefs when asked for. See
 * Documentation/trace/events.rst of the kernel, "Event formats". */
#include "stdlib/kernel.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>

/* A format file is a few KiB; one event with hundreds of fields stays far below this. */
#define MAX_FORMAT ((size_t)256 * 1024)
#define MAX_NAMES  16384

struct known_tracepoint {
    struct str category, event;
    struct tracepoint tp;
    int err;
    struct known_tracepoint *next;
};

struct kernel {
    struct arena *arena;
    const char *tracefs;
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
    k->tracefs = tracefs ? tracefs : find_tracefs();
    return k;
}

static int read_file(struct arena *arena, const char *path, struct str *out)
{
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd < 0)
        return -errno;

    char *text = arena_alloc(arena, MAX_FORMAT);
    u32 n = 0;

    while (n < MAX_FORMAT) {
        ssize_t got = read(fd, text + n, MAX_FORMAT - n);

        if (got < 0)
            return -errno;
        if (got == 0)
            break;
        n += (u32)got;
    }
    *out = (struct str){text, n};
    return 0;
}

/* Part of a line behind `key` and before the next `;`, as in "offset:8;". False if it is not there.
 */
static bool get_part(struct str line, const char *key, struct str *out)
{
    size_t key_n = strlen(key);

    for (u32 i = 0; i + key_n <= line.n; i++) {
        if (memcmp(line.p + i, key, key_n) == 0) {
            struct str rest = str_sub(line, i + (u32)key_n, line.n);
            int end = str_index(rest, ';');

            if (end < 0)
                return false;
            *out = str_sub(rest, 0, (u32)end);
            return true;
        }
    }
    return false;
}

static bool get_number(struct str line, const char *key, u32 *out)
{
    struct str digits;
    u64 number = 0;

    if (!get_part(line, key, &digits) || !str_number(digits, &number) || number > UINT16_MAX)
        return false; /* a record is smaller than a page or two */
    *out = (u32)number;
    return true;
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* "char comm[16]" -> type "char[16]", name "comm"; "const char * filename" -> "const char *",
 * "filename". */
static bool split_declaration(struct arena *arena, struct str decl, struct tracepoint_field *field)
{
    int bracket = str_index(decl, '[');
    u32 end = decl.n;

    /* "__data_loc char[] name" has its brackets in the type. */
    if (bracket >= 0 && decl.n > 0 && decl.p[decl.n - 1] == ']')
        end = (u32)bracket;
    while (end > 0 && decl.p[end - 1] == ' ')
        end--;

    u32 begin = end;

    while (begin > 0 && is_name_char(decl.p[begin - 1]))
        begin--;
    if (begin == end || begin == 0)
        return false;
    field->name = str_sub(decl, begin, end);

    struct str type = str_sub(decl, 0, begin);

    while (type.n > 0 && type.p[type.n - 1] == ' ')
        type.n--;

    struct str suffix = str_sub(decl, end, decl.n);

    field->is_array = suffix.n > 0;
    field->is_rel_loc = str_starts(type, "__rel_loc ");
    field->is_data_loc = field->is_rel_loc || str_starts(type, "__data_loc ");
    field->type = str_printf(arena, "%.*s%.*s", STR_ARG(type), STR_ARG(suffix));
    return true;
}

static bool parse_field(struct arena *arena, struct str line, struct tracepoint_field *field)
{
    struct str decl;
    u32 is_signed = 0;

    if (!get_part(line, "field:", &decl) || !get_number(line, "offset:", &field->offset) ||
        !get_number(line, "size:", &field->size) || !get_number(line, "signed:", &is_signed))
        return false;
    field->is_signed = is_signed;
    return split_declaration(arena, decl, field);
}

/* The first 8 bytes are the common_* fields: programs may not read them. */
static int parse_format(struct arena *arena, struct str text, struct tracepoint *tp)
{
    VEC(struct tracepoint_field) fields = {0};

    while (text.n > 0) {
        int newline = str_index(text, '\n');
        u32 n = newline < 0 ? text.n : (u32)newline;
        struct str line = str_sub(text, 0, n);
        struct tracepoint_field field = {.offset = 0};
        struct str decl;

        text = str_sub(text, n + 1, text.n);
        if (!get_part(line, "field:", &decl))
            continue;
        if (!parse_field(arena, line, &field))
            return -EPROTO;
        if (field.offset >= 8)
            *vec_push(arena, &fields) = field;
    }
    tp->fields = fields.items;
    tp->n_fields = fields.n;
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
    known->err = read_file(k->arena, str_cstr(k->arena, path), &text);
    if (known->err == 0)
        known->err = parse_format(k->arena, text, &known->tp);
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
