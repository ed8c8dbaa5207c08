/* The folder of compiled programs. An entry is a header, the key, the compiler's messages and the
 * object; its name is a hash of the key, and the key in it decides. Entries are written under
 * another name and renamed when they are complete and on the disk, so that neither a crash nor
 * another run ever shows a part of one. */
#include "tools/cache.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "abi/digest.h"
#include "tools/cache_key.h"
#include "tools/file.h"
#include "tools/message.h"

#define CACHE_FOLDER    "ptrace-lite"
#define CACHE_ROOT      "/var/cache"
#define CACHE_MAX_BYTES ((u64)32 << 20)
#define CACHE_MAX_FILES 512
#define ENTRY_MAX_BYTES ((size_t)8 << 20)
#define NAME_DIGITS     16
#define TEMPORARY       "new." /* in front of the names of entries that are being written */
#define TEMPORARY_MAX_S 3600   /* then whoever wrote it is gone */

static const char magic[8] = "ptl-obj";

struct entry_header {
    char magic[8];
    u32 digest; /* of the whole entry, as digest_of() does it */
    u32 key_n, messages_n, object_n;
};

/* Something with a name in the folder. */
struct entry {
    char name[NAME_DIGITS + sizeof(TEMPORARY) + 16];
    u64 size, used_s;
};

struct entries {
    struct entry *items;
    u32 n, room;
};

static void entries_done(struct entries *e)
{
    free(e->items);
}

// --- the folder ----------------------------------------------------------------------------------

/* Where it is; false: nowhere. */
static bool find_folder(char *path, size_t size)
{
    const char *home = getenv("XDG_CACHE_HOME"); // NOLINT(concurrency-mt-unsafe): one thread
    const char *between = "";
    int n = 0;

    if (!home || *home != '/') { /* relative ones are to be ignored */
        bool is_root = geteuid() == 0;

        home = is_root ? CACHE_ROOT : getenv("HOME"); // NOLINT(concurrency-mt-unsafe): one thread
        between = is_root ? "" : "/.cache";
    }
    if (!home || *home != '/')
        return false;
    n = snprintf(path, size, "%s%s/" CACHE_FOLDER, home, between);
    return n > 0 && (size_t)n < size;
}

/* Only what is ours, and what nobody else may write to. */
static const char *distrust(int fd, mode_t kind)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return "it cannot be looked at";
    if ((st.st_mode & S_IFMT) != kind)
        return "it is of another kind";
    if (st.st_uid != geteuid())
        return "it belongs to another user";
    return st.st_mode & (S_IWGRP | S_IWOTH) ? "others may write to it" : NULL;
}

/* Returns a descriptor, or -1 with *why. */
static int open_folder(const char *path, bool may_make, const char **why)
{
    _cleanup_close_ int fd = -1;

    if (may_make && mkdir(path, 0700) < 0 && errno == ENOENT) {
        char parent[PATH_MAX];

        (void)snprintf(parent, sizeof(parent), "%s", path); /* which fits */
        *strrchr(parent, '/') = '\0';
        /* ~/.cache of a new user; the system's is everybody's to look into */
        if (mkdir(parent, strcmp(parent, CACHE_ROOT) == 0 ? 0755 : 0700) == 0)
            (void)mkdir(path, 0700);
    }
    fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    *why = fd < 0 ? message_errno(-errno) : distrust(fd, S_IFDIR);
    return *why ? -1 : take_fd(&fd);
}

static u64 hash_of(const struct buf *key) /* FNV-1a */
{
    u64 hash = 0xcbf29ce484222325;

    for (size_t i = 0; i < key->n; i++)
        hash = (hash ^ (u8)key->p[i]) * 0x100000001b3;
    return hash;
}

void cache_open(struct cache *c, const struct options *o, const struct script *script,
                const char *compiler, bool has_color)
{
    *c = (struct cache){.dir = -1};
    if (o->has_no_cache || o->emit || o->aot || o->btf || o->tracefs || o->test_switch ||
        getenv("BPFTRACE_BTF")) // NOLINT(concurrency-mt-unsafe): one thread
        return;
    if (!find_folder(c->path, sizeof(c->path))) {
        c->why_not = "there is no home folder";
        return;
    }
    c->dir = open_folder(c->path, true, &c->why_not);
    if (c->dir < 0)
        return;
    if (cache_key(o, script, compiler, has_color, &c->key)) {
        c->why_not = "what the program depends on cannot be read";
        close_fd(&c->dir);
        c->dir = -1;
        return;
    }
    (void)snprintf(c->name, sizeof(c->name), "%016llx", (unsigned long long)hash_of(&c->key));
}

void cache_done(struct cache *c)
{
    close_fd(&c->dir);
    buf_done(&c->key);
}

// --- finding -------------------------------------------------------------------------------------

/* Is this an entry for the key, as it was written? */
static bool entry_fits(const struct cache *c, const struct buf *bytes, struct entry_header *header)
{
    if (bytes->failed || bytes->n < sizeof(*header))
        return false;
    memcpy(header, bytes->p, sizeof(*header));
    return memcmp(header->magic, magic, sizeof(magic)) == 0 && header->key_n == c->key.n &&
           sizeof(*header) + (u64)header->key_n + header->messages_n + header->object_n ==
               bytes->n &&
           digest_of(bytes->p, bytes->n, offsetof(struct entry_header, digest)) == header->digest &&
           memcmp(bytes->p + sizeof(*header), c->key.p, c->key.n) == 0;
}

bool cache_find(const struct cache *c, struct buf *object_out, struct buf *messages_out)
{
    _cleanup_close_ int fd = -1;
    _cleanup_buf_ struct buf bytes = {0};
    struct entry_header header;
    const char *p = NULL;

    if (c->dir < 0)
        return false;
    fd = openat(c->dir, c->name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || distrust(fd, S_IFREG) || file_read_all(fd, ENTRY_MAX_BYTES, &bytes) ||
        !entry_fits(c, &bytes, &header))
        return false;
    (void)futimens(fd, NULL); /* it was used; only dropping goes by that */
    p = bytes.p + sizeof(header) + header.key_n;
    buf_add(messages_out, p, header.messages_n);
    buf_add(object_out, p + header.messages_n, header.object_n);
    return !messages_out->failed && !object_out->failed;
}

// --- keeping -------------------------------------------------------------------------------------

static bool is_entry(const char *name)
{
    size_t n = strlen(name);

    if (strncmp(name, TEMPORARY, strlen(TEMPORARY)) == 0)
        return n < sizeof(((struct entry *)NULL)->name);
    return n == NAME_DIGITS && strspn(name, "0123456789abcdef") == n;
}

static bool add_entry(struct entries *e, const char *name, const struct stat *st)
{
    if (e->n == e->room) {
        u32 room = MAX(2 * e->room, 64u);
        struct entry *grown = realloc(e->items, room * sizeof(*grown));

        if (!grown)
            return false;
        e->items = grown;
        e->room = room;
    }
    e->items[e->n] = (struct entry){.size = (u64)st->st_size, .used_s = (u64)st->st_mtime};
    memcpy(e->items[e->n++].name, name, strlen(name) + 1); /* it fits: see is_entry() */
    return true;
}

/* All that is ours in the folder, as far as there is memory. */
static int list_entries(int dir, struct entries *out)
{
    int copy = openat(dir, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = copy < 0 ? NULL : fdopendir(copy);
    const struct dirent *entry = NULL;
    struct stat st;

    if (!stream) {
        int err = -errno;

        close_fd(&copy);
        return err;
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): a stream of our own
    while ((entry = readdir(stream))) {
        if (is_entry(entry->d_name) && fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISREG(st.st_mode) && !add_entry(out, entry->d_name, &st))
            break;
    }
    (void)closedir(stream); /* read only */
    return 0;
}

static int compare_use(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    return (x->used_s < y->used_s) - (x->used_s > y->used_s);
}

/* Drop what was not used for longest. Other runs may do the same: what is gone already is no
 * failure. */
static void trim(int dir)
{
    _cleanup_(entries_done) struct entries entries = {0};
    u64 bytes = 0, now_s = (u64)time(NULL);
    u32 n = 0;

    if (list_entries(dir, &entries) || entries.n == 0)
        return;
    qsort(entries.items, entries.n, sizeof(*entries.items), compare_use);
    for (u32 i = 0; i < entries.n; i++) {
        const struct entry *entry = &entries.items[i];
        bool is_temporary = entry->name[0] == TEMPORARY[0];

        bytes += entry->size;
        n += !is_temporary;
        if (is_temporary ? entry->used_s + TEMPORARY_MAX_S < now_s
                         : bytes > CACHE_MAX_BYTES || n > CACHE_MAX_FILES)
            (void)unlinkat(dir, entry->name, 0); /* another run may have done it */
    }
}

static void entry_make(const struct cache *c, const struct buf *object, const struct buf *messages,
                       struct buf *out)
{
    struct entry_header header = {
        .key_n = (u32)c->key.n,
        .messages_n = (u32)messages->n,
        .object_n = (u32)object->n,
    };

    memcpy(header.magic, magic, sizeof(magic));
    buf_add(out, &header, sizeof(header));
    buf_add(out, c->key.p, c->key.n);
    buf_add(out, messages->p, messages->n);
    buf_add(out, object->p, object->n);
    if (out->failed)
        return;
    header.digest = digest_of(out->p, out->n, offsetof(struct entry_header, digest));
    memcpy(out->p, &header, sizeof(header));
}

/* Write, sync, rename: in this order. */
static int entry_write(int dir, const char *temporary, const char *name, const struct buf *bytes)
{
    _cleanup_close_ int fd =
        openat(dir, temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
    int err = fd < 0 ? -errno : file_write_all(fd, bytes->p, bytes->n);

    if (!err && fdatasync(fd) < 0)
        err = -errno;
    if (!err && renameat(dir, temporary, dir, name) < 0)
        err = -errno;
    if (err && fd >= 0)
        (void)unlinkat(dir, temporary, 0); /* the first failure is the one to tell */
    return err;
}

int cache_keep(const struct cache *c, const struct buf *object, const struct buf *messages)
{
    _cleanup_buf_ struct buf bytes = {0};
    char temporary[sizeof(((struct entry *)NULL)->name)];
    int err = 0;

    if (c->dir < 0)
        return 0;
    entry_make(c, object, messages, &bytes);
    if (bytes.failed || bytes.n > ENTRY_MAX_BYTES)
        return bytes.failed ? -ENOMEM : 0; /* a program of megabytes is not what this is for */
    (void)snprintf(temporary, sizeof(temporary), TEMPORARY "%d.%s", (int)getpid(), c->name);
    err = entry_write(c->dir, temporary, c->name, &bytes);
    trim(c->dir);
    return err;
}

// --- statistics ----------------------------------------------------------------------------------

static void stats_print(const char *path, u32 n, u64 bytes, FILE *out)
{
    (void)fprintf(out, "%s: %u programs, %llu of at most %llu KiB\n", path, n,
                  (unsigned long long)(bytes + 1023) >> 10,
                  (unsigned long long)CACHE_MAX_BYTES >> 10); /* the caller closes and checks */
}

int cache_stats(FILE *out)
{
    _cleanup_(entries_done) struct entries entries = {0};
    _cleanup_close_ int dir = -1;
    char path[PATH_MAX];
    const char *why = NULL;
    u64 bytes = 0;
    int err = 0;

    if (!find_folder(path, sizeof(path))) {
        message_error("there is no cache: no home folder is set");
        return -ENOENT;
    }
    dir = open_folder(path, false, &why);
    if (dir < 0 && access(path, F_OK) < 0 && errno == ENOENT) {
        stats_print(path, 0, 0, out); /* before the first program */
        return 0;
    }
    if (dir < 0) {
        message_error("there is no cache: %s: %s", path, why);
        return -ENOENT;
    }
    err = list_entries(dir, &entries);
    if (err) {
        message_error("cannot read %s: %s", path, message_errno(err));
        return err;
    }
    for (u32 i = 0; i < entries.n; i++)
        bytes += entries.items[i].size;
    stats_print(path, entries.n, bytes, out);
    return 0;
}
