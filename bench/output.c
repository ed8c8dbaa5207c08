/* output OBJECT print|dump: a libbpf program that prints, as ptrace-lite does, what output.bpf.c
 * records, and at SIGINT all keys of its map in the order of their values. */
#include "output.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <bpf/bpf.h>
#include <bpf/libbpf.h>

#define BATCH 4096

struct entry {
    unsigned long long key, value;
};

static volatile sig_atomic_t is_over;

static void end(int signal)
{
    (void)signal;
    is_over = 1;
}

static int print_open(void *data, void *bytes, size_t size)
{
    const struct open *record = bytes;

    (void)data;
    (void)size;
    printf("%u %.*s\n", record->pid, COMM_BYTES, record->comm);
    return 0;
}

static int print_all(struct bpf_object *object)
{
    struct ring_buffer *ring =
        ring_buffer__new(bpf_object__find_map_fd_by_name(object, "ring"), print_open, NULL, NULL);

    while (ring && !is_over) {
        (void)ring_buffer__poll(ring, 100);
        (void)fflush(stdout);
    }
    ring_buffer__free(ring);
    return 0;
}

static int entry_order(const void *a, const void *b)
{
    const struct entry *x = a, *y = b;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return x->key < y->key ? -1 : x->key > y->key;
}

/* All of the map, in batches. */
static size_t read_all(int map, struct entry *out)
{
    static unsigned long long keys[BATCH], values[BATCH];
    unsigned int cursor = 0;
    size_t n = 0;
    int err = 0;

    while (err == 0) {
        unsigned int count = BATCH;

        err = bpf_map_lookup_batch(map, n ? &cursor : NULL, &cursor, keys, values, &count, NULL);
        for (unsigned int i = 0; i < count && n < KEYS_MAX; i++)
            out[n++] = (struct entry){keys[i], values[i]};
    }
    return n;
}

static int dump_all(struct bpf_object *object)
{
    int map = bpf_object__find_map_fd_by_name(object, "keys");
    struct entry *entries = malloc(KEYS_MAX * sizeof(*entries));
    size_t n = 0;

    while (entries && !is_over)
        (void)pause();
    if (!entries)
        return 1;
    n = read_all(map, entries);
    qsort(entries, n, sizeof(*entries), entry_order);
    for (size_t i = 0; i < n; i++)
        printf("@keys[%llu]: %llu\n", entries[i].key, entries[i].value);
    free(entries);
    return 0;
}

int main(int argc, char **argv)
{
    struct bpf_object *object = argc > 2 ? bpf_object__open(argv[1]) : NULL;
    int is_dump = argc > 2 && strcmp(argv[2], "dump") == 0;
    struct sigaction action = {.sa_handler = end};
    struct bpf_program *program =
        object ? bpf_object__find_program_by_name(object, is_dump ? "fill_keys" : "print_open")
               : NULL;
    struct bpf_program *other = NULL;

    bpf_object__for_each_program(other, object)(void)
        bpf_program__set_autoload(other, other == program);
    if (!program || bpf_object__load(object) != 0 || !bpf_program__attach(program)) {
        perror("output");
        return 1;
    }
    (void)sigaction(SIGINT, &action, NULL);
    (void)fputs("attached\n", stderr);
    return is_dump ? dump_all(object) : print_all(object);
}
