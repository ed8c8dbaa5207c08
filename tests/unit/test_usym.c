/* runtime/: names of addresses in processes, of our own here; and symbol tables of files, whole and
 * damaged ones. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/file_symbols.h"
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
    CHECK(read_bytes(bytes, (size_t)n / 2) == -ENOENT); /* the sections are at the end */
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
    test_file();
    test_damaged();
    return check_result();
}
