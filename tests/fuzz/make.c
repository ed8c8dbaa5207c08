/* fuzz-make DIR FIRST COUNT [TRACEFS [BTF]]: for each seed a random script DIR/SEED.pt, and its
 * object DIR/SEED.o. Seeds divisible by 2 give scripts of BEGIN and END only.
 *
 * A line for each seed on standard output: "SEED MODE WORD", WORD being "ok" or "refused" (by the
 * compiler, whose diagnostics follow), "wrong" (what the IR does; why follows), "large" (a
 * limit that the compiler names: E003, E004, E330) or "died". The seed is
 * printed before anything is done with it, so that a crash has a name. Then one line with the share
 * of statements that were dropped, and the table of what the scripts use. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "tests/fuzz/cover.h"
#include "tests/fuzz/evaluator.h"
#include "tests/fuzz/generate.h"
#include "tests/fuzz/interp.h"
#include "tools/compile.h"
#include "tools/file.h"

struct totals {
    u32 n_tried, n_dropped, n_refused, n_large, n_evaluated;
    struct cover *cover;
};

static bool file_put(const char *folder, u64 seed, const char *suffix, const struct buf *content)
{
    char path[512];
    _cleanup_close_ int fd = -1;

    (void)snprintf(path, sizeof(path), "%s/%llu.%s", folder, (unsigned long long)seed, suffix);
    fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (fd >= 0 && file_write_all(fd, content->p, content->n) == 0)
        return true;
    (void)fprintf(stderr, "fuzz-make: cannot write %s: %s\n", path, strerror(errno)); // NOLINT
    return false;
}

/* The other answers to what the kernel will print. */
struct answers {
    struct buf ir, ast;
    const char *ir_problem, *ast_problem;
    bool is_run; /* a script without events */
    struct cover *cover;
};

static void answers_done(struct answers *a)
{
    buf_done(&a->ir);
    buf_done(&a->ast);
}

static void answers_find(void *data, const struct program *program, const struct ir_module *module)
{
    struct answers *a = data;

    cover_program(a->cover, program);
    if (!a->is_run)
        return;
    a->ast_problem = evaluator_run(program, &a->ast);
    a->ir_problem = interp_run(module, &a->ir);
}

/* A limit of LLVM's or of the compiler's own, which it names: no rule of the language. */
static bool is_too_large(const struct compile_result *result)
{
    struct str said = {result->diagnostics.p, (u32)result->diagnostics.n};

    return str_find(said, STR("[E003]")) >= 0 || str_find(said, STR("[E004]")) >= 0 ||
           str_find(said, STR("[E330]")) >= 0;
}

static bool script_make(const char *folder, u64 seed, const struct gen_kernel *kernel,
                        struct totals *totals)
{
    _cleanup_(generated_done) struct generated script = {0};
    _cleanup_(compile_result_done) struct compile_result result = {0};
    _cleanup_(answers_done) struct answers answers = {0};
    enum script_mode mode = seed % 2 == 0 ? SCRIPT_BEGIN : SCRIPT_EVENTS;
    struct compile_opts how = {
        .name = STR("stdin"),
        .args = {.params = script_params, .n_params = ARRAY_SIZE(script_params)},
        .allows_unsafe = mode == SCRIPT_EVENTS,
        .arch = arch_native(),
        .tracefs = kernel->tracefs,
        .btf = kernel->btf,
        .wants_object = true,
        .observe = answers_find,
        .observe_data = &answers,
    };
    bool is_good = false;

    answers.is_run = mode == SCRIPT_BEGIN;
    answers.cover = totals->cover;
    (void)printf("%llu %s ", (unsigned long long)seed, mode == SCRIPT_BEGIN ? "begin" : "events");
    (void)fflush(stdout);
    script_generate(seed, mode, kernel, &script);
    totals->n_tried += script.n_tried;
    totals->n_dropped += script.n_dropped;
    if (!file_put(folder, seed, "pt", &script.text))
        return false;
    how.text = (struct str){script.text.p, (u32)script.text.n};
    is_good = ptl_compile(&how, &result);
    if (is_good && !file_put(folder, seed, "o", &result.object))
        return false;
    if (is_good && answers.ir.n && !file_put(folder, seed, "ir", &answers.ir))
        return false;
    if (is_good && answers.ast.n && !answers.ast_problem &&
        !file_put(folder, seed, "ast", &answers.ast))
        return false;
    totals->n_evaluated += answers.ast.n && !answers.ast_problem;
    if (is_good && !answers.ir_problem) {
        (void)printf("ok\n");
        if (answers.ast_problem)
            (void)printf("not evaluated: %s\n", answers.ast_problem);
        return true;
    }
    if (is_too_large(&result)) {
        totals->n_large++;
        (void)printf("large\n");
        return true;
    }
    totals->n_refused++;
    (void)printf("%s\n", is_good ? "wrong" : "refused");
    if (answers.ir_problem)
        (void)printf("%s\n", answers.ir_problem);
    (void)fwrite(result.diagnostics.p, 1, result.diagnostics.n, stdout);
    return true;
}

/* In a process of its own: LLVM keeps pointers into modules that are gone, and a crash is one
 * script's. False: it is of no use to go on. */
static bool script_make_apart(const char *folder, u64 seed, const struct gen_kernel *kernel,
                              struct totals *totals)
{
    int status = 0;
    pid_t child = -1;

    (void)fflush(stdout); /* or the child writes it, too */
    child = fork();

    if (child < 0)
        return false;
    if (child == 0) {
        bool is_good = script_make(folder, seed, kernel, totals);

        (void)fflush(stdout);
        _exit(is_good ? 0 : 1);
    }
    if (waitpid(child, &status, 0) != child)
        return false;
    if (WIFEXITED(status))
        return WEXITSTATUS(status) == 0;
    totals->n_refused++;
    (void)printf("died\nof signal %d\n", WTERMSIG(status));
    return true;
}

/* Shared with the children. */
static struct totals *totals_new(void)
{
    struct totals *totals =
        mmap(NULL, sizeof(*totals), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

    if (totals == MAP_FAILED)
        return NULL;
    totals->cover = cover_new();
    return totals->cover ? totals : NULL;
}

int main(int argc, char **argv)
{
    struct totals *totals = totals_new();
    _cleanup_buf_ struct buf table = {0};
    struct gen_kernel kernel = {0};
    u64 first = 0;
    u64 count = 0;

    if (!totals || argc < 4 || argc > 6 || !str_number(str_of(argv[2]), &first) ||
        !str_number(str_of(argv[3]), &count)) {
        (void)fputs("usage: fuzz-make DIR FIRST COUNT [TRACEFS [BTF]]\n", stderr);
        return 2;
    }
    kernel.tracefs = argc > 4 ? argv[4] : NULL;
    kernel.btf = argc > 5 ? argv[5] : NULL;
    for (u64 seed = first; seed < first + count; seed++) {
        if (!script_make_apart(argv[1], seed, &kernel, totals))
            return 1;
    }
    cover_print(totals->cover, &table);
    cover_free(totals->cover);
    (void)printf("statements %u dropped %u evaluated %u large %u\n", totals->n_tried,
                 totals->n_dropped, totals->n_evaluated, totals->n_large);
    (void)fwrite(table.p, 1, table.n, stdout);
    return totals->n_refused ? 1 : 0;
}
