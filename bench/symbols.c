/* symbols FRAMES: what it costs to name the frames of 10000 distinct user stacks of so many frames,
 * in a process with large libraries, against reading the symbol tables of its files once. Needs no
 * kernel: the process is this one, the stacks are made of 1000 places in its code. */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <time.h>

#include "runtime/file_symbols.h"
#include "runtime/usym.h"

enum {
    STACKS = 10000,
    PLACES = 1000,
    MAPPINGS_MAX = 64,
};

struct code {
    u64 start, end;
    char path[256];
};

static double now_ms(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static u64 next_random(u64 *state)
{
    *state = *state * 6364136223846793005u + 1442695040888963407u;
    return *state >> 20;
}

/* The executable mappings of files. */
static u32 find_code(struct code *code)
{
    FILE *f = fopen("/proc/self/maps", "r");
    char line[512], permissions[8];
    u32 n = 0;

    while (f && n < MAPPINGS_MAX && fgets(line, sizeof(line), f)) {
        struct code *c = &code[n];

        if (sscanf(line, "%lx-%lx %7s %*s %*s %*s %255s", &c->start, &c->end, permissions,
                   c->path) == 4 &&
            permissions[2] == 'x' && c->path[0] == '/')
            n++;
    }
    if (f)
        (void)fclose(f);
    return n;
}

static void read_tables(const struct code *code, u32 n)
{
    for (u32 i = 0; i < n; i++) {
        struct file_symbols *symbols = NULL;
        int fd = open(code[i].path, O_RDONLY | O_CLOEXEC);

        (void)file_symbols_read(&symbols, fd);
        file_symbols_free(&symbols);
        close_fd(&fd);
    }
}

/* Returns how many frames have names. */
static u64 name_stacks(const u64 *places, u64 n_frames)
{
    struct usyms *usyms = NULL;
    u64 state = 1, n_named = 0, pid = (u64)getpid(); /* records tell it: no system call for each */

    if (usyms_new(&usyms) != 0)
        return 0;
    usyms_begin_round(usyms);
    for (u64 i = 0; i < STACKS; i++) {
        struct usym_process *process = usyms_process(usyms, pid);

        for (u64 k = 0; k < n_frames; k++)
            n_named += usyms_find(usyms, process, places[next_random(&state) % PLACES]).name.n != 0;
    }
    usyms_free(&usyms);
    return n_named;
}

int main(int argc, char **argv)
{
    static struct code code[MAPPINGS_MAX];
    static u64 places[PLACES];
    u64 n_frames = argc > 1 ? strtoull(argv[1], NULL, 10) : 10, state = 7, n_named = 0;
    double begin = 0, tables = 0;
    struct rusage usage;
    u32 n = 0;

    (void)dlopen("libstdc++.so.6", RTLD_NOW);
    (void)dlopen("libcrypto.so.3", RTLD_NOW);
    n = find_code(code);
    for (u32 i = 0; i < PLACES; i++) {
        const struct code *c = &code[next_random(&state) % n];

        places[i] = c->start + next_random(&state) % (c->end - c->start);
    }
    begin = now_ms();
    read_tables(code, n);
    tables = now_ms();
    n_named = name_stacks(places, n_frames);
    (void)getrusage(RUSAGE_SELF, &usage);
    printf("row|naming %d stacks of %lu frames, in C: reading the symbol tables of their %u files "
           "once|ms|%.1f|%.1f|-\n",
           STACKS, n_frames, n, tables - begin, now_ms() - tables);
    printf("row|the same: peak memory (%lu frames have names)|KiB|-|%ld|-\n", n_named,
           usage.ru_maxrss);
    return 0;
}
