/* What is kept: of a process its executable mappings, and the file where it names code that it has
 * made itself; of a file its functions. A process that has
 * ended is still known; one with its number that began at another time is another process, and so
 * is what it runs after execve(). */
#include "runtime/usym.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "runtime/file_symbols.h"
#include "runtime/perf_map.h"
#include "runtime/vdso.h"

enum {
    PROCESSES_MAX = 256, /* then all are forgotten */
    FILES_MAX = 256,     /* the same */
    PERF_MAPS_MAX = 32,  /* the same */
    CACHE_MAX = 4096,    /* frames, by the low bits of their address */
    PATH_BYTES = 64,
    STAT_BYTES = 1024,
    STAT_START_TIME = 20, /* words behind the name in /proc/PID/stat */
    STAT_START_CODE = 24,
};

#define VDSO_PATH "[vdso]"

/* Which program it is that a process runs. */
struct birth {
    u64 start_time; /* of the process; 0: it is not there */
    u64 start_code; /* the first address of its code */
};

struct mapping {
    u64 start, end, file_offset;
    u64 device, inode; /* 0: the vDSO */
    char *path;        /* as the process had it */
};

struct usym_process {
    u64 pid;
    struct birth birth;
    bool is_read; /* the mappings, since it was looked at last */
    u32 round;    /* in which that was */
    struct mapping *mappings;
    u32 n;
    struct perf_map *perf_map; /* NULL: none */
};

struct file {
    u64 device, inode;
    struct file_symbols *symbols; /* NULL: it has none */
};

/* A frame that was found: stacks share most of theirs. */
struct found {
    const struct usym_process *process;
    u64 address;
    u32 epoch;
    struct symbol_place place;
};

struct usyms {
    struct usym_process processes[PROCESSES_MAX];
    u32 n_processes;
    struct file files[FILES_MAX];
    u32 n_files;
    u32 n_perf_maps;
    u32 round;
    u32 epoch; /* of the cache: what was found before is forgotten */
    struct found cache[CACHE_MAX];
};

int usyms_new(struct usyms **out)
{
    *out = calloc(1, sizeof(**out));
    return *out == NULL ? -ENOMEM : 0;
}

static void forget_mappings(struct usym_process *p)
{
    for (u32 i = 0; i < p->n; i++)
        free(p->mappings[i].path);
    free(p->mappings);
    p->mappings = NULL;
    p->n = 0;
}

static void forget_perf_map(struct usyms *u, struct usym_process *p)
{
    u->n_perf_maps -= p->perf_map != NULL;
    perf_map_free(&p->perf_map);
}

static void forget_process(struct usyms *u, struct usym_process *p)
{
    u->epoch++;
    forget_mappings(p);
    forget_perf_map(u, p);
}

static void forget_processes(struct usyms *u)
{
    for (u32 i = 0; i < u->n_processes; i++)
        forget_process(u, &u->processes[i]);
    u->n_processes = 0;
}

static void forget_files(struct usyms *u)
{
    for (u32 i = 0; i < u->n_files; i++)
        file_symbols_free(&u->files[i].symbols);
    u->n_files = 0;
    u->epoch++;
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

/* The n-th word behind the name; 0: there is none. */
static u64 stat_word(const char *text, u32 n)
{
    const char *at = strrchr(text, ')'); // the name may hold anything

    for (u32 i = 0; at != NULL && i < n; i++)
        at = strchr(at + 1, ' ');
    return at == NULL ? 0 : strtoull(at, NULL, 10);
}

static struct birth birth_of(u64 pid)
{
    char path[PATH_BYTES];
    char text[STAT_BYTES];
    ssize_t n = 0;

    (void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/stat", pid); // fits
    _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0)
        n = read(fd, text, sizeof(text) - 1);
    if (n <= 0)
        return (struct birth){0};
    text[n] = '\0';
    return (struct birth){stat_word(text, STAT_START_TIME), stat_word(text, STAT_START_CODE)};
}

/* Is this the vDSO of a program of 64 bits? Those of 32 bits have another one. */
static bool is_vdso(const struct mapping *m, const char *path)
{
    return m->inode == 0 && m->end > UINT32_MAX && strcmp(path, VDSO_PATH "\n") == 0;
}

/* "START-END PERMISSIONS OFFSET MAJOR:MINOR INODE PATH\n". False: not one with code of a file or of
 * the vDSO. */
static bool mapping_parse(const char *line, struct mapping *out)
{
    u64 device_major = 0;
    u64 device_minor = 0;
    char permissions[5] = "";
    int path = 0;

    // NOLINTNEXTLINE(cert-err34-c): the kernel writes these lines
    if (sscanf(line,
               "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %" SCNx64 ":%" SCNx64 " %" SCNu64 " %n",
               &out->start, &out->end, permissions, &out->file_offset, &device_major, &device_minor,
               &out->inode, &path) != 7)
        return false;
    out->device = device_major << 32 | device_minor;
    if (permissions[2] != 'x' || (out->inode == 0 && !is_vdso(out, line + path)))
        return false;
    out->path = strndup(line + path, strcspn(line + path, "\n"));
    return out->path != NULL;
}

static bool add_mapping(struct usym_process *p, const struct mapping *m)
{
    struct mapping *grown = realloc(p->mappings, (p->n + 1) * sizeof(*grown));

    if (grown == NULL)
        return false;
    p->mappings = grown;
    p->mappings[p->n++] = *m;
    return true;
}

static void open_perf_map(struct usyms *u, struct usym_process *p)
{
    if (u->n_perf_maps == PERF_MAPS_MAX) {
        for (u32 i = 0; i < u->n_processes; i++)
            forget_perf_map(u, &u->processes[i]);
    }
    if (p->perf_map == NULL && perf_map_open(&p->perf_map, p->pid) == 0)
        u->n_perf_maps++;
}

/* Read them anew; what was known stays where the process has ended. */
static void read_mappings(struct usyms *u, struct usym_process *p)
{
    _cleanup_free_ char *line = NULL;
    struct usym_process now = *p;
    char path[PATH_BYTES];
    size_t size = 0;
    FILE *f = NULL;

    u->epoch++;
    p->is_read = now.is_read = true;
    now.mappings = NULL;
    now.n = 0;
    (void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/maps", p->pid); // fits
    f = fopen(path, "re");
    while (f != NULL && getline(&line, &size, f) > 0) {
        struct mapping mapping;

        if (!mapping_parse(line, &mapping))
            continue;
        if (!add_mapping(&now, &mapping)) {
            free(mapping.path);
            break;
        }
    }
    if (f != NULL)
        (void)fclose(f); // only read
    if (now.n == 0)
        return;
    forget_mappings(p);
    *p = now;
    open_perf_map(u, p);
}

static struct usym_process *find_process(struct usyms *u, u64 pid)
{
    for (u32 i = 0; i < u->n_processes; i++) {
        if (u->processes[i].pid == pid)
            return &u->processes[i];
    }
    return NULL;
}

void usyms_begin_round(struct usyms *u)
{
    u->round++;
    u->epoch++;
}

struct usym_process *usyms_process(struct usyms *u, u64 pid)
{
    struct usym_process *p = find_process(u, pid);
    struct birth birth = {0};

    if (p != NULL && p->round == u->round)
        return p;
    birth = birth_of(pid);
    if (p != NULL) {
        p->is_read = false;
        p->round = u->round;
    }
    if (birth.start_time == 0 || (p != NULL && birth.start_time == p->birth.start_time &&
                                  birth.start_code == p->birth.start_code))
        return p;
    if (p == NULL) {
        if (u->n_processes == PROCESSES_MAX)
            forget_processes(u);
        p = &u->processes[u->n_processes++];
    } else {
        forget_process(u, p);
    }
    *p = (struct usym_process){.pid = pid, .birth = birth, .round = u->round};
    read_mappings(u, p);
    return p;
}

void usyms_note(struct usyms *u, u64 pid)
{
    struct usym_process *p = NULL;

    usyms_begin_round(u); // it may have become another program
    p = usyms_process(u, pid);
    if (p != NULL && !p->is_read)
        read_mappings(u, p); // it has loaded libraries since
}

static const struct mapping *mapping_at(const struct usym_process *p, u64 address)
{
    for (u32 i = 0; i < p->n; i++) {
        if (address >= p->mappings[i].start && address < p->mappings[i].end)
            return &p->mappings[i];
    }
    return NULL;
}

/* ---- files ---- */

/* Open a file, of this inode if it is not 0. Its device is another one where file systems lie upon
 * each other. Returns -1 if there is none. */
static int open_file(const char *path, u64 inode)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat st;

    if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && (inode == 0 || st.st_ino == inode))
        return fd;
    close_fd(&fd);
    return -1;
}

/* The kernel's own link leads to the file that is mapped, deleted or of another mount namespace;
 * when the process has ended, the path may still do so. */
static struct file_symbols *read_symbols(u64 pid, const struct mapping *m)
{
    struct file_symbols *symbols = NULL;
    char path[PATH_BYTES];

    (void)snprintf(path, sizeof(path), "/proc/%" PRIu64 "/map_files/%" PRIx64 "-%" PRIx64, pid,
                   m->start, m->end); // fits
    _cleanup_close_ int fd = m->inode == 0 ? vdso_open() : open_file(path, 0);

    if (fd < 0 && m->inode != 0)
        fd = open_file(m->path, m->inode);
    if (fd >= 0)
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

/* What the file of a mapping says. */
static struct symbol_place place_in_file(struct usyms *u, u64 pid, const struct mapping *m,
                                         u64 address)
{
    const struct file_symbols *symbols = symbols_of(u, pid, m);
    struct symbol_place place = {.module = str_of(m->path)};

    if (symbols != NULL)
        place.name = file_symbols_find(symbols, address - m->start + m->file_offset, &place.offset);
    return place;
}

static struct symbol_place find(struct usyms *u, struct usym_process *process, u64 address)
{
    const struct mapping *m = process == NULL ? NULL : mapping_at(process, address);
    struct symbol_place place = {0};

    if (process != NULL && m == NULL && !process->is_read) { // a library that was loaded since
        read_mappings(u, process);
        m = mapping_at(process, address);
    }
    if (m != NULL)
        place = place_in_file(u, process->pid, m, address);
    if (place.name.n != 0 || process == NULL || process->perf_map == NULL)
        return place;
    place.name = perf_map_find(process->perf_map, address, &place.offset);
    if (place.name.n != 0)
        place.module = perf_map_path(process->perf_map);
    return place;
}

struct symbol_place usyms_find(struct usyms *u, struct usym_process *process, u64 address)
{
    struct found *found = &u->cache[address % CACHE_MAX];

    if (process != NULL && process->perf_map != NULL)
        return find(u, process, address); // names of a perf map do not last
    if (found->epoch != u->epoch || found->process != process || found->address != address) {
        struct symbol_place place = find(u, process, address); // it may begin another epoch

        *found = (struct found){process, address, u->epoch, place};
    }
    return found->place;
}
