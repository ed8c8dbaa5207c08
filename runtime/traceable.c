/* available_filter_functions: "name" or "name [module]" in each line, in no order. */
#include "runtime/traceable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/name_list.h"
#include "runtime/tracefs.h"

/* An item of the list: "name", NUL, "module". */
static int add_function(struct name_list *list, const char *name, const char *module)
{
    _cleanup_buf_ struct buf item = {0};

    buf_printf(&item, "%s%c%s", name, '\0', module);
    return item.failed ? -ENOMEM : name_list_add(list, (struct str){item.p, (u32)item.n});
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

static int functions_read(struct name_list *list, FILE *file, const char *name_pattern,
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
            err = add_function(list, line, module);
    }
    free(line);
    return err;
}

int traceable_each(struct str module, struct str name,
                   int (*fn)(void *data, const struct traceable *function), void *data)
{
    _cleanup_free_ char *name_pattern = strndup(name.p, name.n);
    _cleanup_free_ char *module_pattern = module.n ? strndup(module.p, module.n) : strdup("*");
    _cleanup_(name_list_done) struct name_list list = {0};
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
    err = functions_read(&list, file, name_pattern, module_pattern);
    (void)fclose(file); // only read from
    name_list_sort(&list);
    for (u32 i = 0; err == 0 && i < list.n; i++) {
        const char *item = list.items[i];

        err = fn(data, &(struct traceable){item, item + strlen(item) + 1});
    }
    return err;
}
