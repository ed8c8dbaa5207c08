/* Small parts of the runtime: sizes, command words, lists of CPUs, symbols, features, warnings. */
#include <errno.h>
#include <fcntl.h>

#include "runtime/child.h"
#include "runtime/features.h"
#include "runtime/perf.h"
#include "runtime/prepare.h"
#include "runtime/run_errors.h"
#include "runtime/sink.h"
#include "runtime/symbols.h"
#include "tests/unit/check.h"

#define KIB ((u64)1024)
#define MIB (1024 * KIB)

static void test_sizes(void)
{
    CHECK(prepare_ring_bytes(0, false, 64, 64 * KIB * MIB) == 256 * KIB);
    CHECK(prepare_ring_bytes(0, true, 64, 64 * KIB * MIB) == 16 * MIB);
    CHECK(prepare_ring_bytes(0, true, 2, 64 * KIB * MIB) == 2 * MIB);
    CHECK(prepare_ring_bytes(0, true, 64, 1900 * MIB) == 4 * MIB);
    CHECK(prepare_ring_bytes(0, true, 2, 0) == 256 * KIB);
    CHECK(prepare_ring_bytes(300 * KIB, false, 2, 0) == 512 * KIB);
    CHECK(prepare_ring_limit(256 * KIB, 4, 100) == 192 * KIB);
    CHECK(prepare_ring_limit(256 * KIB, 256, 4096) == 128 * KIB);
    CHECK(prepare_map_bytes(4, 20, 10, 1) == 320);
    /* A per-CPU histogram of 4096 keys on 128 CPUs. */
    CHECK(prepare_map_bytes(16, 512, 4096, 128) == 4096 * (16 + 512 * (u64)128));
    CHECK(prepare_map_bytes(8, UINT64_MAX / 2, 10, 4) == UINT64_MAX);
}

static void check_words(const char *command, const char *const *wanted, u32 n)
{
    char **words = NULL;

    CHECK(child_split(command, &words) == 0);
    for (u32 i = 0; words != NULL && i < n; i++)
        CHECK_STR(str_of(words[i]), wanted[i]);
    CHECK(words != NULL && words[n] == NULL);
    child_free_words(words);
}

static void test_words(void)
{
    char **words = NULL;

    check_words("ls -l", (const char *const[]){"ls", "-l"}, 2);
    check_words("  a\tb  ", (const char *const[]){"a", "b"}, 2);
    check_words("a 'b c' \"d \\\"e\\\" \\f\" g\\ h ''",
                (const char *const[]){"a", "b c", "d \"e\" \\f", "g h", ""}, 5);
    check_words("x'y'\"z\"", (const char *const[]){"xyz"}, 1);
    CHECK(child_split("a 'b", &words) == -EINVAL);
    CHECK(child_split("  ", &words) == -EINVAL);
}

static void test_command_not_found(void)
{
    struct ptl_error err = {0};
    struct child c;

    child_init(&c);
    CHECK(child_fork(&c, "no-such-command-here x", "/usr/bin:/bin", &err) == -ENOENT);
    CHECK_STR(str_of(err.text), "Command not found: no-such-command-here");
    child_done(&c);
    CHECK(child_fork(&c, "/etc", NULL, &err) == -EACCES);
    child_done(&c);
    /* A child that is never started ends with its pipe. */
    CHECK(child_fork(&c, "sh -c 'exit 3'", "/nowhere:/bin", &err) == 0);
    child_done(&c);
    CHECK(child_fork(&c, "true", NULL, &err) == 0);
    CHECK(child_start(&c, &err) == 0);
    child_done(&c);
}

static void test_cpu_list(void)
{
    u32 *cpus = NULL;
    u32 n = 0;

    CHECK(perf_cpu_list("0-2,5\n", &cpus, &n) == 0);
    CHECK(n == 4 && cpus[2] == 2 && cpus[3] == 5);
    free(cpus);
    CHECK(perf_cpu_list("\n", &cpus, &n) == -EIO);
    CHECK(perf_cpu_list("5-1\n", &cpus, &n) == -EIO);
    CHECK(perf_cpu_list("0-99999999999\n", &cpus, &n) == -EIO);
}

static struct symbols *symbols_of(const char *text)
{
    struct symbols *s = NULL;
    int pipe_fds[2];

    CHECK(pipe2(pipe_fds, O_CLOEXEC) == 0);
    CHECK(write(pipe_fds[1], text, strlen(text)) == (ssize_t)strlen(text));
    (void)close(pipe_fds[1]);
    CHECK(symbols_new(&s, pipe_fds[0]) == 0);
    return s;
}

static int add_line(void *data, const struct symbol_line *symbol)
{
    buf_printf(data, "%s[%s] ", symbol->name, symbol->module);
    return 0;
}

/* Those of the kernel come in order, but for several at one address; modules lie below and among
 * them. */
static void test_symbol_order(void)
{
    struct symbols *s = symbols_of("ffffffff81000100 t alias\n"
                                   "ffffffff81000100 T real\n"
                                   "ffffffff81000100 T also\n"
                                   "ffffffff81000200 D data\n"
                                   "ffffffff81000300 t above\n"
                                   "ffffffff81000280 t among\t[m]\n"
                                   "ffffffff80000100 t below\t[mod]\n");
    _cleanup_buf_ struct buf text = {0};

    CHECK(symbols_each(s, add_line, &text) == 0);
    CHECK_STR(((struct str){text.p, (u32)text.n}),
              "below[mod] also[] real[] alias[] among[m] above[] ");
    CHECK_STR(symbols_find(s, 0xffffffff81000104).name, "also");
    CHECK_STR(symbols_find(s, 0xffffffff80000100).module, "mod");
    symbols_free(&s);
    s = symbols_of("");
    CHECK(symbols_each(s, add_line, &text) == 0 && symbols_find(s, 1).name.n == 0);
    symbols_free(&s);
}

static void test_symbols(void)
{
    static const char text[] = "0000000000000010 A percpu\n"
                               "ffffffff81000300 t vfs_open\t[mod]\n"
                               "ffffffff81000100 T vfs_read\n"
                               "ffffffff81000100 t alias_read\n"
                               "ffffffff81000200 T vfs_write\n"
                               "ffffffff81000400 t twin\n"
                               "ffffffff81000500 t twin\n";
    struct symbols *s = symbols_of(text);
    u64 addresses[4] = {0};
    struct symbol_place place;

    place = symbols_find(s, 0xffffffff81000100);
    CHECK_STR(place.name, "vfs_read");
    CHECK(place.offset == 0 && place.module.n == 0);
    place = symbols_find(s, 0xffffffff81000234);
    CHECK_STR(place.name, "vfs_write");
    CHECK(place.offset == 0x34);
    place = symbols_find(s, 0xffffffff81000300);
    CHECK_STR(place.name, "vfs_open");
    CHECK_STR(place.module, "mod");
    CHECK(symbols_find(s, 0x10).name.n == 0);
    CHECK(symbols_find(s, UINT64_MAX).name.n == 0);
    CHECK_STR(symbols_nearest(s, STR("vfs_raed")), "vfs_read");
    CHECK(symbols_nearest(s, STR("quite_different")).n == 0);
    CHECK(symbols_addresses(s, STR("twin"), addresses, 4) == 2);
    CHECK(addresses[1] == 0xffffffff81000500);
    symbols_free(&s);
    CHECK(s == NULL);
}

static void test_features(void)
{
    const char *const unknown[] = {"kprobe", "magic"};
    struct features f;
    struct ptl_error err = {0};

    CHECK(features_init(&f, unknown, 2, &err) == -EINVAL);
    CHECK_STR(str_of(err.text), "Unknown feature: 'magic'");
    CHECK_STR(
        str_of(err.hint),
        "Known features: bpf btf fentry iter kprobe kprobe_multi kprobe_session perf perf_link ringbuf tracepoint uprobe uprobe_multi");
    CHECK(features_init(&f, unknown, 1, &err) == 0);
    CHECK(features_need(&f, FEATURE_KPROBE, &err) < 0);
    CHECK_STR(str_of(err.text), "This kernel has no kprobes.");
    CHECK(err.exit_status == 1);
}

static void on_full(void *data)
{
    (void)data;
    abort();
}

/* What a run says about each kind of warning, and about what it could not tell.
 * covers: diag:552 diag:553 */
static void test_warnings(void)
{
    static const char program[] = "begin { $z = 0; print(5 / $z); @a[3] = 3; }";
    static const char wanted[] =
        "stdin:1:23-29: WARNING: Divide or modulo by 0 detected. This can lead to unexpected "
        "results. 1 is being used as the result. [W550]\n"
        "begin { $z = 0; print(5 / $z); @a[3] = 3; }\n"
        "                      ~~~~~~\n"
        "stdin:1:32-41: WARNING: Map full; can't update element. Try increasing max_map_keys config "
        "or manually setting the max entries in a map declaration e.g. `let @a = hash(5000)` "
        "[W551]\n"
        "Additional Info - helper: map_update_elem, retcode: -7\n"
        "begin { $z = 0; print(5 / $z); @a[3] = 3; }\n"
        "                               ~~~~~~~~~\n"
        "stdin:1:11-13: WARNING: Bad address [W552]\n"
        "Additional Info - helper: probe_read_user, retcode: -14\n"
        "begin { $z = 0; print(5 / $z); @a[3] = 3; }\n"
        "          ~~\n"
        "stdin:1:14-15: WARNING: Array access out of bounds. This can lead to unexpected results. "
        "[W553]\n"
        "begin { $z = 0; print(5 / $z); @a[3] = 3; }\n"
        "             ~\n"
        "stdin:1:32-41: WARNING: 9 more of this: map full [W551]\n"
        "begin { $z = 0; print(5 / $z); @a[3] = 3; }\n"
        "                               ~~~~~~~~~\n"
        "WARNING: Missed 3 events of user probes: too many tasks were preempted in a program. "
        "[W563]\n";
    static const u32 spans[][2] = {{22, 28}, {31, 40}, {10, 12}, {13, 14}};
    static const char *const helpers[] = {"", "", "probe_read_user", ""};
    struct arena arena;
    struct sources sources;
    struct meta meta = {0};
    struct run_errors e;
    struct sink sink = {.ops = &sink_text_ops};
    char *text = NULL;
    size_t size = 0;
    FILE *log = open_memstream(&text, &size);
    u32 base = 0;

    arena_init(&arena, 1 << 20, on_full, NULL);
    sources_init(&sources, &arena);
    base = sources_add(&sources, STR("stdin"), STR(program))->base;
    for (u32 i = 0; i < ARRAY_SIZE(spans); i++) {
        *vec_push(&arena, &meta.sites) = (struct meta_site){.kind = SITE_ERROR,
                                                            .num0 = RUN_ERROR_DIV_ZERO + i,
                                                            .text = str_of(helpers[i]),
                                                            .span_begin = base + spans[i][0],
                                                            .span_end = base + spans[i][1]};
    }
    CHECK(run_errors_init(&e, &meta, &sources, &sink, log) == 0);
    run_errors_show(&e, 0, 0);
    run_errors_show(&e, 1, 0xfffffff9);
    run_errors_show(&e, 2, -14);
    run_errors_show(&e, 3, 0);
    run_errors_book(&e, 0, &(struct ptl_book){.errors = 1});
    run_errors_book(&e, 1, &(struct ptl_book){.errors = 10});
    run_errors_preempted(&e, 0);
    run_errors_preempted(&e, 3); /* covers: diag:563 */
    (void)fclose(log);
    CHECK_STR(str_of(text), wanted);
    free(text);
    run_errors_done(&e);
    arena_done(&arena);
}

int main(void)
{
    test_sizes();
    test_words();
    test_command_not_found();
    test_cpu_list();
    test_symbols();
    test_symbol_order();
    test_features();
    test_warnings();
    return check_result();
}
