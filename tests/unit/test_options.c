/* The command line of ptrace-lite as a function: what the words become. What is said about wrong
 * ones is tested from outside, in tests/cli. */
#include <getopt.h>
#include <string.h>

#include "tests/unit/check.h"
#include "tools/file.h"
#include "tools/options.h"

/* Parse the words, up to NULL. */
static bool parse(struct options *o, const char **words)
{
    int n = 0;

    while (words[n])
        n++;
    options_done(o);
    optind = 0; /* glibc: begin anew */
    opterr = 0;
    return options_parse(o, n, (char **)words);
}

#define PARSE(o, ...) parse((o), (const char *[]){"ptrace-lite", __VA_ARGS__, NULL})

static void test_program(struct options *o)
{
    CHECK(PARSE(o, "BEGIN { exit(); }"));
    CHECK(o->text && !o->file && o->n_params == 0);
    CHECK(PARSE(o, "kprobe:f < @ = count(); >", "a", "-q"));
    CHECK(o->text && o->n_params == 1 && o->is_quiet);
    CHECK(PARSE(o, "kprobe:f < @ = count(); >", "a", "--", "-q"));
    CHECK(o->text && o->n_params == 2 && !o->is_quiet);
    CHECK_STR(o->params[1], "-q");
    CHECK(PARSE(o, "x.pt", "a", "--", "--pid=5", "b", "--", "--v", "-w"));
    CHECK(o->n_params == 4 && o->n_script_options == 2 && !o->is_unsafe);
    CHECK_STR(o->script_options[0], "pid=5");
    CHECK_STR(o->script_options[1], "v");
    CHECK_STR(o->params[0], "a");
    CHECK_STR(o->params[2], "--");
    CHECK(PARSE(o, "--", "x.pt", "--pid=5") && o->n_script_options == 1);
    CHECK_STR(o->file, "x.pt");
    CHECK(PARSE(o, "script.pt"));
    CHECK(!o->text);
    CHECK_STR(o->file, "script.pt");
    CHECK(PARSE(o, "-"));
    CHECK_STR(o->file, "-");
    CHECK(PARSE(o, "-e", "BEGIN", "-q", "x"));
    CHECK_STR(o->text, "BEGIN");
    CHECK(o->is_quiet && o->n_params == 1);
    CHECK_STR(o->params[0], "x");
    CHECK(PARSE(o, "-q", "--", "-file"));
    CHECK_STR(o->file, "-file");
}

static void test_values(struct options *o)
{
    CHECK(PARSE(o, "-p", "4194304", "f"));
    CHECK(o->pid == 0x400000);
    CHECK(PARSE(o, "--max-map-memory", "17", "f") && o->max_map_memory_bytes == 17);
    CHECK(PARSE(o, "--max-map-memory=3K", "f") && o->max_map_memory_bytes == 3 << 10);
    CHECK(PARSE(o, "--max-map-memory", "5M", "f") && o->max_map_memory_bytes == 5 << 20);
    CHECK(PARSE(o, "--max-map-memory", "4G", "f") && o->max_map_memory_bytes == 4ull << 30);
    CHECK(PARSE(o, "--no-feature", "a,bc", "--no-feature", "d", "f") && o->n_no_features == 3);
    CHECK_STR(o->no_features[1], "bc");
    CHECK_STR(o->no_features[2], "d");
    CHECK(PARSE(o, "-h") && o->wants_help);
    CHECK(PARSE(o, "-qv", "--dry-run", "--raw-output", "-w", "-c", "true", "-o", "x", "f"));
    CHECK(o->is_quiet && o->is_verbose && o->is_dry_run && o->is_raw_output && o->is_unsafe);
    CHECK_STR(o->command, "true");
    CHECK_STR(o->output, "x");
}

static void test_file(void)
{
    _cleanup_buf_ struct buf out = {0};
    int fd = file_memory_new("test");

    CHECK(fd >= 0);
    CHECK(file_write_all(fd, "abc", 3) == 0 && file_rewind(fd) == 0);
    CHECK(file_read_all(fd, 3, &out) == 0 && out.n == 3 && memcmp(out.p, "abc", 3) == 0);
    CHECK(file_rewind(fd) == 0 && file_read_all(fd, 2, &out) < 0);
    CHECK(close(fd) == 0);
    CHECK(file_read_all(fd, 2, &out) < 0);
}

int main(void)
{
    struct options o = {0};

    test_program(&o);
    test_values(&o);
    options_done(&o);
    test_file();
    return check_result();
}
