/* jitter NAME: makes a function at run time, names it NAME in /tmp/perf-PID.map as JIT compilers
 * do, and calls it: it sleeps a millisecond with a frame of its own. Then sleeps a second.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

enum {
    PAGE_BYTES = 4096,
};

#if defined(__x86_64__)
static const unsigned char code[] = {
    0x55,                   // push %rbp
    0x48, 0x89, 0xe5,       // mov %rsp, %rbp
    0xb8, 0x23, 0,    0, 0, // mov $nanosleep, %eax
    0x31, 0xf6,             // xor %esi, %esi
    0x0f, 0x05,             // syscall
    0x5d, 0xc3,             // pop %rbp; ret
};
#else
static const unsigned char code[1];
#endif

int main(int argc, char **argv)
{
    struct timespec ms = {0, 1000000};
    void *page = mmap(NULL, PAGE_BYTES, PROT_READ | PROT_WRITE | PROT_EXEC,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void (*made)(const struct timespec *t) = NULL;
    char path[64];
    FILE *map = NULL;

    if (argc != 2 || sizeof(code) == 1 || page == MAP_FAILED)
        return 2;
    memcpy(page, code, sizeof(code));
    memcpy(&made, &page, sizeof(made));
    (void)snprintf(path, sizeof(path), "/tmp/perf-%d.map", (int)getpid());
    map = fopen(path, "w");
    if (map == NULL ||
        fprintf(map, "%zx %zx %s\n", (size_t)(uintptr_t)page, sizeof(code), argv[1]) < 0 ||
        fclose(map) != 0)
        return 1;
    made(&ms);
    (void)usleep(1000000); // nothing interrupts it
    (void)unlink(path);
    return 0;
}
