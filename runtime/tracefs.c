/* The kernel's tracefs. Names come from a script: they become part of a path only after a look for
 * anything that is no name. */
#include "runtime/tracefs.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "abi/event_format.h"
#include "runtime/name_list.h"

enum {
    PATH_BYTES = 512,
};

const char *tracefs_root(void)
{
    static const char *const places[] = {"/sys/kernel/tracing", "/sys/kernel/debug/tracing"};
    char path[PATH_BYTES];
    int err = 0;

    for (u32 i = 0; i < ARRAY_SIZE(places); i++) {
        (void)snprintf(path, sizeof(path), "%s/events", places[i]); // fits
        if (access(path, R_OK | X_OK) == 0)
            return places[i];
        if (err == 0 || errno != ENOENT)
            err = errno;
    }
    errno = err;
    return NULL;
}

static bool is_name(struct str name)
{
    if (name.n == 0)
        return false;
    for (u32 i = 0; i < name.n; i++) {
        char c = name.p[i];
        bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');

        if (!is_letter && !(c >= '0' && c <= '9') && c != '_' && c != '-')
            return false;
    }
    return true;
}

/* Open a file of an event's folder. Returns a descriptor or a negative errno. */
static int event_open(struct str category, struct str event, const char *file)
{
    char path[PATH_BYTES];
    const char *root = tracefs_root();
    int fd = -1;

    if (root == NULL)
        return -errno;
    if (!is_name(category) || !is_name(event) ||
        snprintf(path, sizeof(path), "%s/events/%.*s/%.*s/%s", root, STR_ARG(category),
                 STR_ARG(event), file) >= (int)sizeof(path))
        return -EINVAL;
    fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

int tracefs_event_format(struct str event, struct buf *out)
{
    int colon = str_index(event, ':');
    u32 n = colon < 0 ? event.n : (u32)colon;
    _cleanup_close_ int fd =
        event_open(str_sub(event, 0, n), str_sub(event, n + 1, event.n), "format");
    char chunk[4096];
    ssize_t got = 0;

    if (fd < 0)
        return fd;
    while ((got = read(fd, chunk, sizeof(chunk))) > 0 && out->n < EVENT_FORMAT_MAX)
        buf_add(out, chunk, (size_t)got);
    if (got < 0)
        return -errno;
    return out->failed ? -ENOMEM : 0;
}

s64 tracefs_event_id(struct str category, struct str event)
{
    char text[32] = "";
    _cleanup_close_ int fd = event_open(category, event, "id");
    char *end = NULL;
    s64 id = 0;

    if (fd < 0)
        return fd;
    if (read(fd, text, sizeof(text) - 1) <= 0)
        return -EIO;
    id = strtoll(text, &end, 10);
    return end != text && id > 0 ? id : -EIO;
}

/* Names of the folders in a folder, as far as there is memory. */
static void folders_read(struct name_list *names, const char *path)
{
    DIR *dir = opendir(path);
    const struct dirent *entry = NULL;
    int err = 0;

    if (dir == NULL)
        return;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): the stream is this function's own
    while (err == 0 && (entry = readdir(dir)) != NULL) {
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            err = name_list_add(names, str_of(entry->d_name));
    }
    (void)closedir(dir); // only read from
}

/* The folder below `path` with the name nearest to word; false if none is near. */
static bool nearest_folder(const char *path, struct str word, struct buf *out)
{
    _cleanup_(name_list_done) struct name_list names = {0};
    int nearest = -1;

    folders_read(&names, path);
    if (names.n == 0) {
        return false;
    }
    nearest = str_nearest(word, (const char *const *)names.items, names.n);
    if (nearest < 0)
        return false;
    buf_add_cstr(out, names.items[nearest]);
    return true;
}

bool tracefs_nearest(struct str category, struct str event, struct buf *out)
{
    char path[PATH_BYTES];
    const char *root = tracefs_root();
    _cleanup_buf_ struct buf found = {0};

    if (root == NULL || !is_name(category) || !is_name(event))
        return false;
    (void)snprintf(path, sizeof(path), "%s/events/%.*s", root,
                   STR_ARG(category)); // a cut path: no match
    if (access(path, F_OK) != 0) {
        (void)snprintf(path, sizeof(path), "%s/events", root); // fits
        if (!nearest_folder(path, category, &found))
            return false;
        buf_printf(out, "%.*s:%.*s", (int)found.n, found.p, STR_ARG(event));
        return tracefs_event_id((struct str){found.p, (u32)found.n}, event) > 0;
    }
    if (!nearest_folder(path, event, &found))
        return false;
    buf_printf(out, "%.*s:%.*s", STR_ARG(category), (int)found.n, found.p);
    return true;
}

/* The folders below `path` that match. */
static int matches_read(struct name_list *out, const char *path, struct str pattern)
{
    _cleanup_free_ char *text = strndup(pattern.p, pattern.n);
    _cleanup_(name_list_done) struct name_list all = {0};
    int err = text == NULL ? -ENOMEM : 0;

    folders_read(&all, path);
    for (u32 i = 0; err == 0 && i < all.n; i++) {
        if (str_matches(text, all.items[i]))
            err = name_list_add(out, str_of(all.items[i]));
    }
    name_list_sort(out);
    return err;
}

int tracefs_each_event(struct str category, struct str event,
                       int (*fn)(void *data, const char *category, const char *event), void *data)
{
    char path[PATH_BYTES];
    const char *root = tracefs_root();
    _cleanup_(name_list_done) struct name_list categories = {0};
    int err = 0;

    if (root == NULL)
        return -errno;
    (void)snprintf(path, sizeof(path), "%s/events", root); // fits
    err = matches_read(&categories, path, category);
    for (u32 i = 0; err == 0 && i < categories.n; i++) {
        _cleanup_(name_list_done) struct name_list events = {0};

        if (snprintf(path, sizeof(path), "%s/events/%s", root, categories.items[i]) >= PATH_BYTES)
            continue;
        err = matches_read(&events, path, event);
        for (u32 k = 0; err == 0 && k < events.n; k++)
            err = fn(data, categories.items[i], events.items[k]);
    }
    return err;
}
