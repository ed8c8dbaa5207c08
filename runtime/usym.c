/* What is kept: of a process its executable mappings, of a file its functions. A process that has
 * ended is still known; one with its number that began at another time is another process. */
#include "runtime/usym.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "runtime/file_symbols.h"

enum {
    PROCESSES_MAX = 256, /* then all are forgotten */
    FILES_MAX = 256,     /* the same */
    PATH_BYTES = 64,
    STAT_BYTES = 1024,
    STAT_START_TIME = 20, /* words behind the name in /proc/PID/stat */
};

struct mapping {
    u64 start, end, file_offset;
    u64 device, inode;
};

struct process {
    u64 pid, start_time;
    struct mapping *mappings;
    u32 n;
};

struct file {
    u64 device, inode;
    struct file_symbols *symbols; /* NULL: it has none */
};

struct usyms {
    struct process processes[PROCESSES_MAX];
    u32 n_processes;
    struct file files[FILES_MAX];
    u32 n_files;
};

int usyms_new(struct usyms **out)
{
    *out = calloc(1, sizeof(**out));
    return *out == NULL ? -ENOMEM : 0;
}

static void forget_processes(struct usyms *u)
{
    for (u32 i = 0; i < u->n_processes; i++)
        free(u->processes[i].mappings);
    u->n_processes = 0;
}

static void forget_files(struct usyms *u)
{
    for (u32 i = 0; i < u->n_files; i++)
        file_symbols_free(&u->files[i].symbols);
    u->n_files = 0;
}

void usyms_free(struct usyms **u)
{
    if (*u == NULL)
        return;
    forget_processes(*u);
    forget_files(*u);
    free(*u);
    *u = NULL;
}

/* ---- processes ---- */

/* When the process began; 0: it is not there. */
static u64 start_time_of(u64 pid)
{
    char path[PATH_BYTES];
    char text[STAT_BYTES];
    const char *at = NULL;
    ssize_t n = 0;

    (void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/stat", pid); // fits
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0)
        n = read(fd, text, sizeof(text) - 1);
    if (n <= 0)
        return 0;
    text[n] = '\0';
    at = strrchr(text, ')'); // the name may hold anything
    for (u32 i = 0; at != NULL && i < STAT_START_TIME; i++)
        at = strchr(at + 1, ' ');
    return at == NULL ? 0 : strtoull(at, NULL, 10);
}

/* "START-END PERMISSIONS OFFSET MAJOR:MINOR INODE PATH". False: not one with code of a file. */
static bool mapping_parse(const char *line, struct mapping *out)
{
    u64 device_major = 0;
    u64 device_minor = 0;
    char permissions[5] = "";

    // NOLINTNEXTLINE(cert-err34-c): the kernel writes these lines
    if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %" SCNx64 ":%" SCNx64 " %" SCNu64,
               &out->start, &out->end, permissions, &out->file_offset, &device_major, &device_minor,
               &out->inode) != 7)
        return false;
    out->device = device_major << 32 | device_minor;
    return permissions[2] == 'x' && out->inode != 0;
}

/* Read them anew; what was known stays where the process has ended. */
static void read_mappings(struct process *p)
{
    _cleanup_free_ struct mapping *list = NULL;
    _cleanup_free_ char *line = NULL;
    char path[PATH_BYTES];
    size_t size = 0;
    u32 n = 0;
    FILE *f = NULL;

    (void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/maps", p->pid); // fits
    f = fopen(path, "re");
    while (f != NULL && getline(&line, &size, f) > 0) {
        struct mapping mapping;
        struct mapping *grown = NULL;

        if (!mapping_parse(line, &mapping))
            continue;
        grown = realloc(list, (n + 1) * sizeof(*grown));
        if (grown == NULL)
            break;
        list = grown;
        list[n++] = mapping;
    }
    if (f != NULL)
        (void)fclose(f); // only read
    if (n == 0)
        return;
    free(p->mappings);
    p->mappings = take_ptr(list);
    p->n = n;
}

static struct process *process_of(struct usyms *u, u64 pid)
{
    u64 start_time = start_time_of(pid);
    struct process *p = NULL;

    for (u32 i = 0; p == NULL && i < u->n_processes; i++) {
        if (u->processes[i].pid == pid)
            p = &u->processes[i];
    }
    if (p != NULL && (start_time == 0 || start_time == p->start_time))
        return p;
    if (p == NULL && start_time == 0)
        return NULL;
    if (p == NULL) {
        if (u->n_processes == PROCESSES_MAX)
            forget_processes(u);
        p = &u->processes[u->n_processes++];
    } else {
        free(p->mappings);
    }
    *p = (struct process){.pid = pid, .start_time = start_time};
    read_mappings(p);
    return p;
}

static const struct mapping *mapping_at(const struct process *p, u64 address)
{
    for (u32 i = 0; i < p->n; i++) {
        if (address >= p->mappings[i].start && address < p->mappings[i].end)
            return &p->mappings[i];
    }
    return NULL;
}

/* ---- files ---- */

/* The kernel's own link leads to the file that is mapped, deleted or of another mount namespace. */
static struct file_symbols *read_symbols(u64 pid, const struct mapping *m)
{
    struct file_symbols *symbols = NULL;
    char path[PATH_BYTES];
    struct stat st;

    (void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/map_files/%" PRIx64 "-%" PRIx64, pid,
                   m->start, m->end); // fits
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode))
        (void)file_symbols_read(&symbols, fd); // else there are none
    return symbols;
}

static const struct file_symbols *symbols_of(struct usyms *u, u64 pid, const struct mapping *m)
{
    struct file *f = NULL;

    for (u32 i = 0; i < u->n_files; i++) {
        if (u->files[i].device == m->device && u->files[i].inode == m->inode)
            return u->files[i].symbols;
    }
    if (u->n_files == FILES_MAX)
        forget_files(u);
    f = &u->files[u->n_files++];
    *f = (struct file){m->device, m->inode, read_symbols(pid, m)};
    return f->symbols;
}

struct str usyms_find(struct usyms *u, u64 pid, u64 address)
{
    struct process *p = process_of(u, pid);
    const struct mapping *m = p == NULL ? NULL : mapping_at(p, address);
    const struct file_symbols *symbols = NULL;

    if (p != NULL && m == NULL) { // a library that was loaded since
        read_mappings(p);
        m = mapping_at(p, address);
    }
    if (m != NULL)
        symbols = symbols_of(u, pid, m);
    if (symbols == NULL)
        return (struct str){0};
    return file_symbols_find(symbols, address - m->start + m->file_offset, NULL);
}
