/* load-many DIR LIST...: load many objects in one process, each through a whole session of the
 * runtime. LIST is a file with a line "SEED MODE" for each object DIR/SEED.o: of a script in mode
 * "begin" the program runs to its end, of one in mode "events" it is loaded and no more.
 *
 * Standard output gets for each object: "=== SEED loaded", "=== SEED refused" or, for what ran,
 * "=== SEED exit STATUS", then what the script printed or what the kernel said; or "=== SEED
 * lossy", then the warnings, where the kernel had no memory for an element of a map. Runs in a
 * guest only. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "runtime/runtime.h"
#include "tests/fuzz/known.h"
#include "tools/file.h"

enum {
    OBJECT_BYTES_MAX = 16 << 20,
};

static void report(const struct ptl_session *s, const struct ptl_error *err)
{
    _cleanup_buf_ struct buf located = {0};

    if (s)
        diags_render(ptl_diags(s), &located, false);
    (void)fwrite(located.p, 1, located.n, stdout);
    (void)printf("%s\n%s\n", err->text, err->hint);
}

/* What a session writes. */
struct streams {
    char *out_text, *log_text;
    size_t out_size, log_size;
    FILE *out, *log;
};

static void streams_close(struct streams *s)
{
    if (s->out)
        (void)fclose(s->out); /* memory */
    if (s->log)
        (void)fclose(s->log);
    s->out = NULL;
    s->log = NULL;
}

static void streams_done(struct streams *s)
{
    streams_close(s);
    free(s->out_text);
    free(s->log_text);
}

static void show(unsigned long long seed, struct streams *s, bool is_run, int status)
{
    streams_close(s);
    if (!is_run) {
        (void)printf("=== %llu loaded\n", seed);
    } else if (strstr(s->log_text, "Map full")) {
        (void)printf("=== %llu lossy\n%s", seed, s->log_text);
    } else {
        (void)printf("=== %llu exit %d\n", seed, status);
        (void)fwrite(s->out_text, 1, s->out_size, stdout);
    }
}

static void session_run(unsigned long long seed, const struct buf *object, bool is_run)
{
    _cleanup_(streams_done) struct streams streams = {0};
    _cleanup_(ptl_free) struct ptl_session *s = NULL;
    struct ptl_error err = {0};
    struct ptl_opts opts = {.is_quiet = true, .allows_unsafe = true, .ring_bytes = 1 << 20};
    int status = 0;
    int failed = 0;

    streams.out = open_memstream(&streams.out_text, &streams.out_size);
    streams.log = open_memstream(&streams.log_text, &streams.log_size);
    opts.out = streams.out;
    opts.log = streams.log;
    failed = streams.out && streams.log ? 0 : -ENOMEM;
    if (failed == 0)
        failed = ptl_open(&s, object->p, object->n, &opts, &err);
    if (failed == 0)
        failed = ptl_load(s, &err);
    if (failed == 0 && is_run)
        failed = ptl_attach(s, &err);
    if (failed == 0 && is_run)
        failed = ptl_run(s, &status, &err);
    if (failed == 0) {
        show(seed, &streams, is_run, status);
    } else {
        (void)printf("=== %llu refused\n", seed);
        report(s, &err);
    }
    (void)fflush(stdout);
}

static bool object_run(const char *folder, unsigned long long seed, bool is_run)
{
    _cleanup_buf_ struct buf object = {0};
    char path[512];
    _cleanup_close_ int fd = -1;
    int err = 0;

    (void)snprintf(path, sizeof(path), "%s/%llu.o", folder, seed);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    err = fd < 0 ? -errno : file_read_all(fd, OBJECT_BYTES_MAX, &object);
    if (err == 0) {
        session_run(seed, &object, is_run);
        return true;
    }
    (void)fprintf(stderr, "load-many: %s: errno %d\n", path, -err);
    return false;
}

int main(int argc, char **argv)
{
    char line[128];
    bool is_good = argc >= 3;

    if (argc < 3)
        (void)fputs("usage: load-many DIR LIST...\n", stderr);
    if (is_good && !known_map()) {
        (void)fputs("load-many: the known pages cannot be made\n", stderr);
        is_good = false;
    }
    for (int i = 2; is_good && i < argc; i++) {
        FILE *list = fopen(argv[i], "re");

        is_good = list != NULL;
        while (is_good && fgets(line, sizeof(line), list)) {
            char *end = NULL;
            unsigned long long seed = strtoull(line, &end, 10);

            is_good = end != line && object_run(argv[1], seed, strstr(end, "begin") != NULL);
        }
        if (list)
            (void)fclose(list); /* was read */
    }
    return is_good ? 0 : 1;
}
