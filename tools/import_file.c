/* Looking up what scripts import, and who else could have written it. */
#include "tools/import_file.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "tools/file.h"

#define BUILT_IN "prelude.pt"

static bool is_script(const char *name)
{
    size_t n = strlen(name);

    return name[0] != '.' && n > 3 &&
           (strcmp(name + n - 3, ".pt") == 0 || strcmp(name + n - 3, ".bt") == 0);
}

static int compare_names(const void *a, const void *b)
{
    const struct str *x = a, *y = b;
    int order = memcmp(x->p, y->p, MIN(x->n, y->n));

    return order ? order : x->n < y->n ? -1 : x->n > y->n;
}

/* Write the names of the scripts of a folder to a text of `size` bytes, each with its NUL, as many
 * as fit. Gives the bytes that all of them need. Returns 0 or a negative errno. */
static int folder_read(const char *path, char *text, size_t size, size_t *needed_out)
{
    DIR *dir = opendir(path);
    size_t needed = 0;
    const struct dirent *entry = NULL;

    if (!dir)
        return -errno;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of our own
    while ((entry = readdir(dir))) {
        size_t n = strlen(entry->d_name) + 1;

        if (!is_script(entry->d_name))
            continue;
        if (needed + n <= size)
            memcpy(text + needed, entry->d_name, n);
        needed += n;
    }
    (void)closedir(dir); /* read only */
    *needed_out = needed;
    return 0;
}

/* Two passes, since no memory is asked for while the folder is open: a full arena jumps away. */
static int list_folder(struct arena *arena, const char *path, struct source_import *out)
{
    size_t size = 0, needed = 0;
    char *text = NULL;
    int err = folder_read(path, NULL, 0, &size);

    if (err)
        return err;
    text = arena_alloc(arena, size + 1);
    err = folder_read(path, text, size, &needed);
    if (err)
        return err;
    if (needed > size) /* it grew meanwhile */
        return -EAGAIN;
    for (size_t at = 0; at < needed; at += strlen(text + at) + 1)
        *vec_push(arena, &out->files) = str_of(text + at);
    if (out->files.n)
        qsort(out->files.items, out->files.n, sizeof(*out->files.items), compare_names);
    return 0;
}

static bool is_open_to_all(const char *path)
{
    struct stat st;

    return stat(path, &st) == 0 && (st.st_mode & S_IWOTH);
}

/* The file or folder itself, or the folder that it lies in, links followed. */
static bool can_be_planted(const char *path)
{
    char folder[PATH_MAX];
    char *slash = NULL;

    (void)snprintf(folder, sizeof(folder), "%s", path);
    slash = strrchr(folder, '/');
    if (slash)
        slash[slash == folder] = '\0';
    return is_open_to_all(path) || (slash && is_open_to_all(folder));
}

int import_file(struct arena *arena, struct str path, bool only_known, struct source_import *out)
{
    char real[PATH_MAX];
    const char *name = str_cstr(arena, path);
    struct stat st;

    if (only_known) {
        out->is_built_in = str_eq_c(path, BUILT_IN);
        return out->is_built_in ? 0 : -ENOENT;
    }
    if (!realpath(name, real) || stat(real, &st) < 0)
        return -errno;
    if (!S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode))
        return -EINVAL;
    out->identity = str_printf(arena, "%s", real);
    out->is_open_to_all = can_be_planted(real);
    out->is_folder = S_ISDIR(st.st_mode);
    if (out->is_open_to_all)
        return 0;
    return out->is_folder ? list_folder(arena, real, out)
                          : file_read_source(arena, out->identity, &out->text);
}
