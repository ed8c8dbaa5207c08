/* runtime/: paths below a root that is not ours. A temporary folder is one as good as a process's.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runtime/root_path.h"
#include "tests/unit/check.h"

static char *in(const char *root, const char *name, char *path)
{
    (void)snprintf(path, PATH_MAX, "%s%s", root, name);
    return path;
}

static void make_folder(const char *root, const char *name)
{
    char path[PATH_MAX];

    CHECK(mkdir(in(root, name, path), 0755) == 0);
}

static void make_file(const char *root, const char *name)
{
    char path[PATH_MAX];
    FILE *f = fopen(in(root, name, path), "w");

    CHECK(f != NULL && fclose(f) == 0);
}

static void make_link(const char *root, const char *name, const char *target)
{
    char path[PATH_MAX];

    CHECK(symlink(target, in(root, name, path)) == 0);
}

/* The path inside leads to `wanted` inside. */
static void check_leads(const char *root, const char *inside, const char *wanted)
{
    char path[PATH_MAX] = "", whole[PATH_MAX];

    CHECK(root_path(root, inside, path, sizeof(path)) == 0);
    CHECK_STR(path, in(root, wanted, whole));
}

static void test_links(const char *root)
{
    make_folder(root, "/usr");
    make_folder(root, "/opt");
    make_file(root, "/opt/program");
    make_file(root, "/passwd");
    make_link(root, "/usr/absolute", "/opt/program");
    make_link(root, "/usr/twice", "/usr/absolute");
    make_link(root, "/usr/near", "../opt/program");
    make_link(root, "/usr/out", "../../../../../../../../../../opt/program");
    make_link(root, "/folder", "/opt");
    make_link(root, "/etc", "/");
    check_leads(root, "/opt/program", "/opt/program");
    check_leads(root, "/usr/absolute", "/opt/program");
    check_leads(root, "/usr/twice", "/opt/program");
    check_leads(root, "/usr/near", "/usr/near"); // every way to read it leads to the same file
    check_leads(root, "/usr/out", "/opt/program");
    check_leads(root, "/folder/program", "/opt/program");
    check_leads(root, "/../../../../../../../../../../opt/program", "/opt/program");
    check_leads(root, "/etc/passwd", "/passwd"); // and not to that of this machine
}

static void test_nothing_there(const char *root)
{
    char path[PATH_MAX];

    make_link(root, "/usr/nowhere", "/bin/sh");
    make_link(root, "/usr/up", "../../../../../../../../../../bin/sh");
    make_link(root, "/usr/round", "/usr/round");
    CHECK(root_path(root, "/usr/nowhere", path, sizeof(path)) == -ENOENT);
    CHECK(root_path(root, "/usr/up", path, sizeof(path)) == -ENOENT);
    CHECK(root_path(root, "/usr/round", path, sizeof(path)) == -ELOOP);
    CHECK(root_path(root, "/opt/program/x", path, sizeof(path)) == -ENOTDIR);
    CHECK(root_path(root, "/opt/program", path, strlen(root) + 12) == -ENAMETOOLONG);
    CHECK(root_path(root, "/opt/program", path, strlen(root) + 13) == 0);
    CHECK(root_path("/", "/proc/self/exe", path, sizeof(path)) == -ENOENT);
    CHECK(root_path("/nowhere", "/bin/sh", path, sizeof(path)) == -ENOENT);
}

static void test_own_root(void)
{
    char root[ROOT_BYTES], path[PATH_MAX] = "";

    root_of(0, root);
    CHECK_STR(root, "");
    root_of((int)getpid(), root);
    CHECK_STR(root, "");
    CHECK(root_path(root, "/not/there", path, sizeof(path)) == 0);
    CHECK_STR(path, "/not/there");
    root_of(INT_MAX, root);
    CHECK_STR(root, "/proc/2147483647/root");
}

static void clean_up(const char *root)
{
    static const char *const names[] = {
        "/usr/absolute", "/usr/twice",   "/usr/near", "/usr/out", "/usr/nowhere",
        "/usr/up",       "/usr/round",   "/usr",      "/folder",  "/etc",
        "/passwd",       "/opt/program", "/opt",      "",
    };
    char path[PATH_MAX];

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        CHECK(remove(in(root, names[i], path)) == 0);
}

int main(void)
{
    char root[] = "/tmp/ptl-root-XXXXXX";

    CHECK(mkdtemp(root) != NULL);
    test_links(root);
    test_nothing_there(root);
    test_own_root();
    clean_up(root);
    return check_result();
}
