/* runtime/: names of addresses in processes, of our own here: of its files, of the vDSO, of code
 * that is in no file; and symbol tables of files, whole and damaged ones. */
#include <dlfcn.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/file_symbols.h"
#include "runtime/perf_map.h"
#include "runtime/usym.h"
#include "tests/unit/check.h"

/* Not static: it has to be in the table whatever becomes of the others. */
int usym_named_function(int n);

__attribute__((noinline)) int usym_named_function(int n)
{
    return n * 3 + 1;
}

/* Not root, we may not follow the kernel's links to mapped files: then there are no names. */
static void test_own_process(void)
{
    struct usyms *u = NULL;
    u64 address = (u64)(uintptr_t)usym_named_function;
    struct symbol_place place;

    CHECK(usyms_new(&u) == 0);
    usyms_note(u, (u64)getpid());
    usyms_note(u, (u64)1 << 40);
    place = usyms_find(u, usyms_process(u, (u64)getpid()), address + 1);
    CHECK(place.name.n == 0 || (str_eq_c(place.name, "usym_named_function") && place.offset == 1));
    CHECK(str_index(place.module, '/') == 0);
    CHECK(usyms_find(u, usyms_process(u, (u64)getpid()), 16).module.n == 0);
    CHECK(usyms_find(u, usyms_process(u, (u64)1 << 40), address).module.n == 0);
    usyms_free(&u);
    CHECK(u == NULL);
    usyms_free(&u);
}

/* Under a sanitizer or a simulator there may be none. */
static void test_vdso(void)
{
    void *vdso = dlopen("linux-vdso.so.1", RTLD_LAZY | RTLD_NOLOAD);
    void *function = vdso != NULL ? dlsym(vdso, "__vdso_clock_gettime") : NULL;
    struct usyms *u = NULL;
    struct symbol_place place;

    if (function == NULL)
        return;
    CHECK(usyms_new(&u) == 0);
    place = usyms_find(u, usyms_process(u, (u64)getpid()), (u64)(uintptr_t)function + 2);
    CHECK_STR(place.name, "__vdso_clock_gettime");
    CHECK_STR(place.module, "[vdso]");
    CHECK(place.offset == 2);
    usyms_free(&u);
    (void)dlclose(vdso);
}

/* What our own process writes for perf(1). */
static void perf_map_path_own(char *path, size_t size)
{
    (void)snprintf(path, size, "/tmp/perf-%d.map", (int)getpid());
}

static void perf_map_write(const char *mode, const char *text)
{
    char path[64];
    FILE *f = NULL;

    perf_map_path_own(path, sizeof(path));
    f = fopen(path, mode);
    CHECK(f != NULL && fputs(text, f) >= 0 && fclose(f) == 0);
}

static bool perf_map_has(struct perf_map *m, u64 address, const char *name, u64 offset)
{
    u64 found_offset = 0;
    struct str found = perf_map_find(m, address, &found_offset);

    return str_eq_c(found, name) && found_offset == offset;
}

static void test_perf_map(void)
{
    struct perf_map *m = NULL;
    struct usyms *u = NULL;
    char path[64];
    void *code = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char line[64];
    struct symbol_place place;

    perf_map_path_own(path, sizeof(path));
    (void)unlink(path);
    CHECK(perf_map_open(&m, (u64)getpid()) == -ENOENT);
    perf_map_write("w", "2000 10 second one\n0x1000 0x20 first\n\n nonsense\n2000\n2000 \n"
                        "12345678901234567 1 far\n3000 4 \n3000 4\n4000 8 unfinished");
    CHECK(perf_map_open(&m, (u64)getpid()) == 0);
    CHECK_STR(perf_map_path(m), path);
    CHECK(perf_map_has(m, 0x1000, "first", 0));
    CHECK(perf_map_has(m, 0x101f, "first", 0x1f));
    CHECK(perf_map_has(m, 0x2001, "second one", 1));
    CHECK(perf_map_has(m, 0x1020, "", 0));
    CHECK(perf_map_has(m, 0x3000, "", 0));
    CHECK(perf_map_has(m, 0x4000, "", 0));
    CHECK(perf_map_has(m, 0, "", 0));
    perf_map_write("a", " now\n2000 10 moved\n5000 0 unsized\n");
    CHECK(perf_map_has(m, 0x4001, "unfinished now", 1));
    CHECK(perf_map_has(m, 0x2000, "moved", 0));
    CHECK(perf_map_has(m, 0x5000, "unsized", 0) && perf_map_has(m, 0x5001, "", 0));
    perf_map_write("w", "7000 1 anew\n");
    CHECK(perf_map_has(m, 0x7000, "anew", 0) && perf_map_has(m, 0x1000, "", 0));
    perf_map_free(&m);
    CHECK(m == NULL);
    perf_map_free(&m);

    CHECK(code != MAP_FAILED && usyms_new(&u) == 0);
    (void)snprintf(line, sizeof(line), "%zx 10 made_here\n", (size_t)(uintptr_t)code);
    perf_map_write("w", line);
    place = usyms_find(u, usyms_process(u, (u64)getpid()), (u64)(uintptr_t)code + 3);
    CHECK_STR(place.name, "made_here");
    CHECK_STR(place.module, path);
    CHECK(place.offset == 3);
    usyms_free(&u);
    (void)unlink(path);
    (void)munmap(code, 4096);
}

/* No file of that name is followed, opened or read for ever. */
static void test_perf_map_refused(void)
{
    struct perf_map *m = NULL;
    char path[64];

    perf_map_path_own(path, sizeof(path));
    (void)unlink(path);
    CHECK(symlink("/etc/passwd", path) == 0);
    CHECK(perf_map_open(&m, (u64)getpid()) == -ELOOP);
    CHECK(unlink(path) == 0 && mkfifo(path, 0600) == 0);
    CHECK(perf_map_open(&m, (u64)getpid()) == -EPERM);
    CHECK(unlink(path) == 0 && m == NULL);
    perf_map_write("w", "");
    if (getuid() == 0 && chown(path, 12345, 0) == 0)
        CHECK(perf_map_open(&m, (u64)getpid()) == -EPERM);
    (void)unlink(path);
    CHECK(perf_map_open(&m, (u64)1 << 40) == -ENOENT && m == NULL);
}

/* A file of more lines, names and bytes than are kept. */
static void test_perf_map_huge(void)
{
    static char name[3000];
    struct perf_map *m = NULL;
    char path[64];
    FILE *f = NULL;
    u64 offset = 0;

    perf_map_path_own(path, sizeof(path));
    (void)memset(name, 'n', sizeof(name) - 1);
    perf_map_write("w", "1000 10 first\n2000 10 ");
    f = fopen(path, "a");
    CHECK(f != NULL);
    (void)fprintf(f, "%s\n", name);
    for (u32 i = 0; i < 100; i++)
        (void)fputs(name, f); // no line
    for (u32 i = 0; i < 200000; i++)
        (void)fprintf(f, "\n%x 10 f", 0x100000 + i * 16);
    CHECK(fclose(f) == 0);
    CHECK(perf_map_open(&m, (u64)getpid()) == 0);
    CHECK(perf_map_has(m, 0x1001, "first", 1));
    CHECK(perf_map_find(m, 0x2000, &offset).n == 1024);
    CHECK(perf_map_has(m, 0x100001, "f", 1));
    CHECK(perf_map_has(m, 0x100000 + 199999 * 16, "", 0));
    perf_map_free(&m);
    (void)unlink(path);
}

static int open_self(void)
{
    return open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
}

/* Some offset of the file must be in the function; the first one is its begin. */
static void test_file(void)
{
    struct file_symbols *f = NULL;
    int fd = open_self();
    off_t size = lseek(fd, 0, SEEK_END);
    u64 n_inside = 0;
    u64 first_offset = 1;

    CHECK(file_symbols_read(&f, fd) == 0);
    for (off_t at = 0; at < size; at++) {
        u64 offset = 0;
        struct str name = file_symbols_find(f, (u64)at, &offset);

        if (!str_eq_c(name, "usym_named_function"))
            continue;
        first_offset = n_inside == 0 ? offset : first_offset;
        CHECK(offset == n_inside);
        n_inside++;
    }
    CHECK(n_inside > 0 && first_offset == 0);
    CHECK(file_symbols_find(f, (u64)size + (1 << 20), &n_inside).n == 0);
    file_symbols_free(&f);
    (void)close(fd);
}

/* Give the reader n bytes of a file. Returns what it says. */
static int read_bytes(const char *bytes, size_t n)
{
    struct file_symbols *f = NULL;
    u64 offset = 0;
    int fd = memfd_create("elf", MFD_CLOEXEC);
    int err = 0;

    CHECK(write(fd, bytes, n) == (ssize_t)n);
    err = file_symbols_read(&f, fd);
    if (err == 0)
        (void)file_symbols_find(f, 0x1000, &offset);
    file_symbols_free(&f);
    (void)close(fd);
    return err;
}

static void test_damaged(void)
{
    static char bytes[8 << 20];
    int fd = open_self();
    ssize_t n = read(fd, bytes, sizeof(bytes));

    CHECK(n > (ssize_t)sizeof(Elf64_Ehdr) && n < (ssize_t)sizeof(bytes));
    CHECK(read_bytes(bytes, (size_t)n) == 0);
    CHECK(read_bytes(bytes, 0) == -ENOEXEC);
    CHECK(read_bytes(bytes, (size_t)n / 2) == -ENODATA); /* the sections are at the end */
    for (size_t i = 0; i < sizeof(Elf64_Ehdr); i++) {
        char before = bytes[i];

        bytes[i] = (char)0xff;
        (void)read_bytes(bytes, (size_t)n); /* does not crash, whatever it says */
        bytes[i] = before;
    }
    bytes[EI_CLASS] = ELFCLASS32;
    CHECK(read_bytes(bytes, (size_t)n) != 0);
    (void)close(fd);
}

int main(void)
{
    test_own_process();
    test_vdso();
    test_perf_map();
    test_perf_map_refused();
    test_perf_map_huge();
    test_file();
    test_damaged();
    return check_result();
}
