/* Who gets to see how far a dump is, and what. */
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "runtime/progress.h"
#include "tests/unit/check.h"

#define S 1000000000ull

/* A pseudo-terminal: what is written to `terminal` is read from `fd`. */
struct pty {
    int fd;
    FILE *terminal;
};

static struct pty pty_new(void)
{
    struct pty pty = {.fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)};
    char name[64] = "";

    CHECK(pty.fd >= 0 && grantpt(pty.fd) == 0 && unlockpt(pty.fd) == 0);
    CHECK(ptsname_r(pty.fd, name, sizeof(name)) == 0);
    pty.terminal = fopen(name, "r+e");
    CHECK(pty.terminal != NULL);
    return pty;
}

static void pty_done(struct pty *pty)
{
    (void)fclose(pty->terminal);
    (void)close(pty->fd);
}

static bool is_shown(FILE *log, FILE *out)
{
    struct progress p;

    progress_init(&p, log, out);
    return p.log != NULL;
}

static void test_decision(void)
{
    struct pty a = pty_new();
    struct pty b = pty_new();
    FILE *file = tmpfile();
    FILE *again = fdopen(dup(fileno(a.terminal)), "w");

    CHECK(is_shown(a.terminal, file));
    CHECK(is_shown(a.terminal, b.terminal));
    CHECK(!is_shown(a.terminal, a.terminal));
    CHECK(!is_shown(again, a.terminal));
    CHECK(!is_shown(file, file));
    CHECK(!is_shown(file, a.terminal));
    CHECK(!is_shown(NULL, file));
    (void)fclose(again);
    (void)fclose(file);
    pty_done(&a);
    pty_done(&b);
}

static void test_line(void)
{
    struct pty pty = pty_new();
    FILE *file = tmpfile();
    char text[512] = "";
    struct progress p;
    size_t n = 0;
    ssize_t n_read = 0;

    progress_init(&p, pty.terminal, file);
    progress_begin(&p);
    CHECK(p.begin_ns != 0);
    p.begin_ns = 5 * S;
    progress_rows_at(&p, STR("@early"), 1, 2, 5 * S + S / 2);
    progress_rows_at(&p, STR("@a"), 1000, 0, 6 * S);
    progress_rows_at(&p, STR("@soon"), 1001, 0, 6 * S + S / 10);
    progress_rows_at(&p, STR("@a"), 50, 200, 7 * S);
    progress_rows_at(&p, STR("@a_name_of_more_than_thirty_letters"), UINT32_MAX, UINT32_MAX, 8 * S);
    progress_end(&p);
    CHECK(p.begin_ns == 0);
    progress_end(&p); // nothing is there any more
    CHECK(fcntl(pty.fd, F_SETFL, O_NONBLOCK) == 0);
    while ((n_read = read(pty.fd, text + n, sizeof(text) - n)) > 0) // a write at a time
        n += (size_t)n_read;
    CHECK_STR(((struct str){text, (u32)n}),
              "@a: 1000 keys read"
              "\r                  \r"
              "@a: 50 of 200 keys written (25 %)"
              "\r                                 \r"
              "@a_name_of_more_than_thirty_le: 4294967295 of 4294967295 keys written (100 %)"
              "\r                                                                             \r");
    progress_begin(NULL);
    progress_rows(NULL, STR("@a"), 1, 1);
    progress_end(NULL);
    (void)fclose(file);
    pty_done(&pty);
}

int main(void)
{
    test_decision();
    test_line();
    return check_result();
}
