/* loader OBJECT: a bare libbpf program. Loads and attaches all programs of an object, prints
 * "attached", and waits for a signal; with a second argument it ends at once. The floor for
 * start-up, and the way to run the C under test. */
#include <stdio.h>
#include <unistd.h>

#include <bpf/libbpf.h>

int main(int argc, char **argv)
{
    struct bpf_object *object = argc > 1 ? bpf_object__open(argv[1]) : NULL;
    struct bpf_program *program = NULL;

    if (!object || bpf_object__load(object) != 0) {
        perror("loader");
        return 1;
    }
    bpf_object__for_each_program(program, object)
    {
        if (!bpf_program__attach(program)) {
            perror("loader: attach");
            return 1;
        }
    }
    puts("attached");
    (void)fflush(stdout);
    if (argc == 2)
        (void)pause();
    return 0;
}
