/* available_filter_functions: "name" or "name [module]" in each line, in no order. */
#include "runtime/traceable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/tracefs.h"

struct lines {
    char **items; /* "name", NUL, "module" */
    u32 n, capacity;
};

static void lines_done(struct lines *lines)
{
    for (u32 i = 0; i < lines->n; i++)
        free(lines->items[i]);
    free(lines->items);
}

static int lines_add(struct lines *lines, const char *name, const char *module)
{
    size_t n = strlen(name) + 1;
    size_t n_module = strlen(module) + 1;
    char *item = NULL;

    if (lines->n == lines->capacity) {
        u32 capacity = lines->capacity * 2 + 64;
        char **grown = realloc(lines->items, capacity * sizeof(*grown));

        if (grown == NULL)
            return -ENOMEM;
        lines->items = grown;
        lines->capacity = capacity;
    }
    item = malloc(n + n_module);
    if (item == NULL)
        return -ENOMEM;
    memcpy(item, name, n);
    memcpy(item + n, module, n_module);
    lines->items[lines->n++] = item;
    return 0;
}

/* Cut a line into name and module. */
static void split(char *line, const char **module_out)
{
    char *space = strchr(line, ' ');

    line[strcspn(line, " \n")] = '\0';
    *module_out = "vmlinux";
    if (space == NULL || space[1] != '[')
        return;
    space[strcspn(space + 2, "]\n") + 2] = '\0';
    *module_out = space + 2;
}

static bool is_function(const char *name)
{
    return strstr(name, ".part.") == NULL && strncmp(name, "__ftrace_invalid_address__", 26) != 0;
}

static int lines_read(struct lines *lines, FILE *file, const char *name_pattern,
                      const char *module_pattern)
{
    char *line = NULL;
    size_t size = 0;
    int err = 0;

    while (err == 0 && getline(&line, &size, file) > 0) {
        const char *module = NULL;

        split(line, &module);
        if (str_matches(name_pattern, line) && str_matches(module_pattern, module) &&
            is_function(line))
            err = lines_add(lines, line, module);
    }
    free(line);
    return err;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

int traceable_each(struct str module, struct str name,
                   int (*fn)(void *data, const struct traceable *function), void *data)
{
    _cleanup_free_ char *name_pattern = strndup(name.p, name.n);
    _cleanup_free_ char *module_pattern = module.n ? strndup(module.p, module.n) : strdup("*");
    _cleanup_(lines_done) struct lines lines = {0};
    const char *root = tracefs_root();
    char path[128];
    FILE *file = NULL;
    int err = 0;

    if (name_pattern == NULL || module_pattern == NULL)
        return -ENOMEM;
    if (root == NULL)
        return -errno;
    (void)snprintf(path, sizeof(path), "%s/available_filter_functions", root); // fits
    file = fopen(path, "re");
    if (file == NULL)
        return -errno;
    err = lines_read(&lines, file, name_pattern, module_pattern);
    (void)fclose(file); // only read from
    if (lines.n != 0)
        qsort(lines.items, lines.n, sizeof(*lines.items), by_name);
    for (u32 i = 0; err == 0 && i < lines.n; i++) {
        const char *item = lines.items[i];

        if (i > 0 && strcmp(item, lines.items[i - 1]) == 0)
            continue;
        err = fn(data, &(struct traceable){item, item + strlen(item) + 1});
    }
    return err;
}
