/* From the name of a binary in a script to its path. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "runtime/binary.h"
#include "runtime/root_path.h"

#define DEFAULT_PATH_BYTES 256 /* of the default PATH, "/bin:/usr/bin" */

#define LOADER_CACHE "/etc/ld.so.cache"
#define CACHE_MAGIC  "glibc-ld.so.cache1.1"

/* LAYOUT: struct cache_file_new and file_entry_new of glibc (sysdeps/generic/dl-cache.h): offsets
 * of strings count from the header. */
struct cache_header {
    char magic[20];
    u32 n_entries, n_string_bytes;
    u32 unused[5];
};

struct cache_entry {
    s32 flags;
    u32 name, path;
    u32 os_version;
    u64 hwcap;
};

/* FLAG_ELF_LIBC6 with the bits of the required ABI: 64-bit libraries of this CPU. */
#if defined(__x86_64__)
#define CACHE_FLAGS 0x0303
#elif defined(__aarch64__)
#define CACHE_FLAGS 0x0a03
#else
#define CACHE_FLAGS 0x0003
#endif

/* Can path be executed? 0, -ENOENT or -EACCES. */
static int path_check(const char *path)
{
    struct stat st;

    if (stat(path, &st) != 0)
        return errno == EACCES ? -EACCES : -ENOENT;
    return S_ISREG(st.st_mode) && access(path, X_OK) == 0 ? 0 : -EACCES;
}

/* Look for a program in folders of a root. Those that begin at our own current folder are in no
 * other root than ours. */
static int search_folders(const char *root, const char *name, const char *search_path, char *path,
                          size_t size)
{
    char standard[DEFAULT_PATH_BYTES] = "/usr/bin:/bin";
    int err = -ENOENT;

    if (search_path == NULL) {
        (void)confstr(_CS_PATH, standard, sizeof(standard)); // else the default above
        search_path = standard;
    }
    for (const char *folder = search_path;;) {
        size_t n = strcspn(folder, ":");
        char inside[PATH_MAX];
        int found = -ENOENT;

        if (root[0] == '\0' || folder[0] == '/') {
            found = path_print(inside, sizeof(inside), "%.*s/%s", (int)MAX(n, 1),
                               n == 0 ? "." : folder, name);
        }
        if (found == 0)
            found = root_path(root, inside, path, size);
        if (found == 0)
            found = path_check(path);
        if (found == 0)
            return 0;
        err = found == -EACCES || found == -EPERM ? found : err;
        if (folder[n] == '\0')
            return err;
        folder += n + 1;
    }
}

int program_find(const char *name, const char *search_path, char **out)
{
    char path[PATH_MAX];
    bool is_path = strchr(name, '/') != NULL;
    int err = is_path ? 0 : search_folders("", name, search_path, path, sizeof(path));

    if (err != 0)
        return err;
    *out = strdup(is_path ? name : path);
    if (*out == NULL)
        return -ENOMEM;
    return is_path ? path_check(name) : 0;
}

/* The program of this name, in the root. */
static int find_program(struct str name, const char *search, const char *root, char *path,
                        size_t size)
{
    _cleanup_free_ char *text = strndup(name.p, name.n);

    return text == NULL ? -ENOMEM : search_folders(root, text, search, path, size);
}

/* `libc.so.6` is itself, `libc` that and every other libc.so. */
static bool is_library(const char *library, struct str name)
{
    if (strncmp(library, name.p, name.n) != 0)
        return false;
    return library[name.n] == '\0' || strncmp(library + name.n, ".so", 3) == 0;
}

/* The string at an offset of the mapped cache; NULL if it does not end in it. */
static const char *cache_string(const char *cache, size_t size, u32 offset)
{
    if (offset >= size || memchr(cache + offset, '\0', size - offset) == NULL)
        return NULL;
    return cache + offset;
}

static const char *search_cache(const char *cache, size_t size, struct str name)
{
    struct cache_header header;

    if (size < sizeof(header))
        return NULL;
    memcpy(&header, cache, sizeof(header));
    if (memcmp(header.magic, CACHE_MAGIC, sizeof(header.magic)) != 0)
        return NULL;
    for (u32 i = 0; i < header.n_entries; i++) {
        size_t at = sizeof(header) + i * sizeof(struct cache_entry);
        struct cache_entry entry;
        const char *library = NULL;

        if (at + sizeof(entry) > size)
            return NULL;
        memcpy(&entry, cache + at, sizeof(entry));
        library = cache_string(cache, size, entry.name);
        if (entry.flags == CACHE_FLAGS && library != NULL && is_library(library, name))
            return cache_string(cache, size, entry.path);
    }
    return NULL;
}

static int find_library(struct str name, const char *root, char *path, size_t size)
{
    char cache_path[PATH_MAX];
    _cleanup_close_ int fd = -1;
    struct stat st;
    const char *found = NULL;
    char *cache = NULL;
    int err = root_path(root, LOADER_CACHE, cache_path, sizeof(cache_path));

    if (err != 0)
        return err;
    fd = open(cache_path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0 || st.st_size <= 0)
        return -ENOENT;
    cache = malloc((size_t)st.st_size);
    if (cache == NULL)
        return -ENOMEM;
    if (pread(fd, cache, (size_t)st.st_size, 0) == st.st_size)
        found = search_cache(cache, (size_t)st.st_size, name);
    err = found == NULL ? -ENOENT : root_path(root, found, path, size);
    free(cache);
    return err;
}

int binary_path(struct str name, const char *search, int pid, char *path, size_t size)
{
    char root[ROOT_BYTES], inside[PATH_MAX];
    int err = 0;

    root_of(pid, root);
    if (name.n == 0)
        return pid == 0 ? -ENOENT : path_print(path, size, "/proc/%d/exe", pid);
    if (str_index(name, '/') > 0)
        return path_print(path, size, "%.*s", STR_ARG(name));
    if (str_index(name, '/') == 0) {
        err = path_print(inside, sizeof(inside), "%.*s", STR_ARG(name));
        return err != 0 ? err : root_path(root, inside, path, size);
    }
    err = find_program(name, search, root, path, size);
    return err == -ENOENT ? find_library(name, root, path, size) : err;
}
