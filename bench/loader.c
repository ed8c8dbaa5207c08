/* loader OBJECT stay|end PROGRAM...: a bare libbpf program. Loads and attaches the named programs
 * of an object, prints "attached", and waits for a signal or ends at once. The floor for start-up,
 * and the way to run the C under test. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include <bpf/libbpf.h>

static void choose(struct bpf_object *object, char **names, int n)
{
    struct bpf_program *program = NULL;

    bpf_object__for_each_program(program, object)
    {
        bool is_named = false;

        for (int i = 0; i < n; i++)
            is_named |= strcmp(bpf_program__name(program), names[i]) == 0;
        (void)bpf_program__set_autoload(program, is_named);
    }
}

int main(int argc, char **argv)
{
    struct bpf_object *object = argc > 3 ? bpf_object__open(argv[1]) : NULL;
    struct bpf_program *program = NULL;

    if (object)
        choose(object, argv + 3, argc - 3);
    if (!object || bpf_object__load(object) != 0) {
        perror("loader");
        return 1;
    }
    bpf_object__for_each_program(program, object)
    {
        if (bpf_program__autoload(program) && !bpf_program__attach(program)) {
            perror("loader: attach");
            return 1;
        }
    }
    puts("attached");
    (void)fflush(stdout);
    if (strcmp(argv[2], "stay") == 0)
        (void)pause();
    return 0;
}
