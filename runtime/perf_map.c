/* The file is anybody's: what is kept of it is bounded, and a line that is none is left out. It
 * grows while the process runs, so only what is new is read; later lines about a place replace
 * earlier ones. */
#include "runtime/perf_map.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/address_search.h"

enum {
    CHUNK_BYTES = 1 << 16, /* a line is shorter */
    FILE_MAX_BYTES = 64 << 20,
    NAMES_MAX_BYTES = 8 << 20,
    NAME_MAX_BYTES = 1024, /* a longer one is cut */
    ENTRIES_MAX = 1 << 17,
    PATH_BYTES = 64,
};

struct entry {
    u64 start, size;  /* start: first, see address_search() */
    u32 name, name_n; /* in names; entries that came later have the larger offset */
};

struct perf_map {
    int fd;
    char path[PATH_BYTES];
    u64 n_read; /* bytes of the file */
    struct buf names;
    struct entry *list; /* sorted by start, then by name */
    u32 n, capacity;
};

/* ---- opening ---- */

/* What /proc/PID/status says. */
struct status {
    u64 uid; /* effective */
    u64 pid; /* in the process's own PID namespace */
};

/* Of the numbers behind "Uid:" the second, of those behind "NSpid:" the last. */
static bool status_read(u64 pid, struct status *out)
{
    _cleanup_free_ char *line = NULL;
    char path[PATH_BYTES];
    size_t size = 0;
    bool has_uid = false;
    FILE *f = NULL;

    (void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/status", pid); // fits
    f = fopen(path, "re");
    *out = (struct status){.pid = pid};
    while (f != NULL && getline(&line, &size, f) > 0) {
        const char *last = strrchr(line, '\t');

        // NOLINTNEXTLINE(cert-err34-c): the kernel writes these lines
        has_uid = has_uid || sscanf(line, "Uid:\t%*u\t%" SCNu64, &out->uid) == 1;
        if (strncmp(line, "NSpid:", 6) == 0 && last != NULL)
            out->pid = strtoull(last + 1, NULL, 10);
    }
    if (f != NULL)
        (void)fclose(f); // only read
    return has_uid;
}

/* Open a file in /tmp below the process's root. No link is followed: it could lead to files of
 * ours. (openat2() could follow those that stay below, but the filter of system calls cannot look
 * into its flags.) */
static int open_in_tmp(u64 pid, const char *name)
{
    enum {
        FOLDER = O_PATH | O_DIRECTORY | O_CLOEXEC,
    };

    char root_path[PATH_BYTES];
    int fd = -1;

    (void)snprintf(root_path, sizeof(root_path), "/proc/%" PRIu64 "/root", pid); // fits
    _cleanup_close_ int root = open(root_path, FOLDER);
    _cleanup_close_ int tmp = root < 0 ? -1 : openat(root, "tmp", FOLDER | O_NOFOLLOW);

    if (tmp >= 0)
        fd = openat(tmp, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY);
    return fd < 0 ? -errno : fd;
}

int perf_map_open(struct perf_map **out, u64 pid)
{
    _cleanup_(perf_map_free) struct perf_map *m = calloc(1, sizeof(*m));
    struct status status;
    struct stat st;

    if (m == NULL)
        return -ENOMEM;
    m->fd = -ENOENT;
    if (!status_read(pid, &status))
        return -ENOENT;
    (void)snprintf(m->path, sizeof(m->path), "/tmp/perf-%" PRIu64 ".map", status.pid); // fits
    m->fd = open_in_tmp(pid, m->path + sizeof("/tmp/") - 1);
    if (m->fd < 0)
        return m->fd;
    if (fstat(m->fd, &st) != 0)
        return -errno;
    if (!S_ISREG(st.st_mode) || (st.st_uid != status.uid && st.st_uid != 0))
        return -EPERM;
    *out = take_ptr(m);
    return 0;
}

static void forget(struct perf_map *m)
{
    m->n_read = 0;
    m->n = 0;
    buf_reset(&m->names);
}

void perf_map_free(struct perf_map **m)
{
    if (*m == NULL)
        return;
    if ((*m)->fd >= 0)
        close_fd(&(*m)->fd);
    buf_done(&(*m)->names);
    free((*m)->list);
    free(*m);
    *m = NULL;
}

struct str perf_map_path(const struct perf_map *m)
{
    return str_of(m->path);
}

/* ---- reading ---- */

static bool add(struct perf_map *m, u64 start, u64 size, struct str name)
{
    if (m->n == ENTRIES_MAX || m->names.n + name.n > NAMES_MAX_BYTES)
        return false;
    if (m->n == m->capacity) {
        u32 capacity = MAX(m->capacity * 2, 256);
        struct entry *grown = realloc(m->list, capacity * sizeof(*grown));

        if (grown == NULL)
            return false;
        m->list = grown;
        m->capacity = capacity;
    }
    m->list[m->n] = (struct entry){start, size, (u32)m->names.n, name.n};
    buf_add_str(&m->names, name);
    if (m->names.failed)
        return false;
    m->n++;
    return true;
}

/* Take a number and the space behind it. */
static bool take_hex(struct str *line, u64 *out)
{
    u32 at = str_starts(*line, "0x") ? 2 : 0;
    u32 begin = at;

    *out = 0;
    for (; at < line->n && str_hex_digit(line->p[at]) >= 0; at++)
        *out = *out << 4 | (u64)str_hex_digit(line->p[at]);
    if (at == begin || at - begin > 16 || at == line->n || line->p[at] != ' ')
        return false;
    *line = str_sub(*line, at + 1, line->n);
    return true;
}

/* False: there is no more room. */
static bool line_parse(struct perf_map *m, struct str line)
{
    u64 start = 0;
    u64 size = 0;

    if (!take_hex(&line, &start) || !take_hex(&line, &size) || line.n == 0)
        return true;
    line.n = MIN(line.n, NAME_MAX_BYTES);
    return add(m, start, size, line);
}

/* All whole lines of the n bytes that follow in the file. Returns how many bytes these were; 0:
 * there is no more room. */
static u32 lines_parse(struct perf_map *m, const char *bytes, u32 n)
{
    u32 begin = 0;

    for (u32 at = 0; at < n; at++) {
        if (bytes[at] != '\n')
            continue;
        if (!line_parse(m, (struct str){bytes + begin, at - begin}))
            return 0;
        begin = at + 1;
    }
    return begin == 0 && n == CHUNK_BYTES ? n : begin; // no line is that long
}

static int entry_order(const void *a, const void *b)
{
    const struct entry *x = a;
    const struct entry *y = b;

    if (x->start != y->start)
        return x->start < y->start ? -1 : 1;
    return x->name < y->name ? -1 : x->name > y->name;
}

/* Read what was written since. Returns whether anything was. */
static bool read_more(struct perf_map *m)
{
    char chunk[CHUNK_BYTES];
    struct stat st;
    u32 n_before = 0;

    if (fstat(m->fd, &st) != 0)
        return false;
    if ((u64)st.st_size < m->n_read)
        forget(m); // it was written anew
    n_before = m->n;
    while (m->n_read < (u64)st.st_size && m->n_read < FILE_MAX_BYTES) {
        ssize_t n = pread(m->fd, chunk, sizeof(chunk), (off_t)m->n_read);
        u32 n_parsed = n <= 0 ? 0 : lines_parse(m, chunk, (u32)n);

        if (n_parsed == 0)
            break;
        m->n_read += n_parsed;
    }
    if (m->n == n_before)
        return false;
    qsort(m->list, m->n, sizeof(*m->list), entry_order);
    return true;
}

static const struct entry *entry_at(const struct perf_map *m, u64 address)
{
    const struct entry *found = NULL;
    u32 low = address_search(m->list, sizeof(*m->list), m->n, address);

    if (low == 0)
        return NULL;
    found = &m->list[low - 1];
    return address - found->start < MAX(found->size, 1) ? found : NULL;
}

struct str perf_map_find(struct perf_map *m, u64 address, u64 *offset_out)
{
    const struct entry *found = entry_at(m, address);

    if (found == NULL && read_more(m))
        found = entry_at(m, address);
    if (found == NULL)
        return (struct str){0};
    *offset_out = address - found->start;
    return (struct str){m->names.p + found->name, found->name_n};
}
