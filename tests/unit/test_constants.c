/* stdlib/constants.h against the headers of the machine that builds: a row each of every family. */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netinet/in.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include "stdlib/constants.h"
#include "tests/unit/check.h"

#define TAG_X86_64  1
#define TAG_AARCH64 2

static s64 value_of(const char *name, const struct arch *arch)
{
    const struct constant *c = constant_find(str_of(name), arch);

    CHECK(c != NULL);
    return c ? constant_value(c, arch) : 0;
}

static void test_headers(void)
{
    const struct arch *arch = arch_native();

#define SAME(name) CHECK(value_of(#name, arch) == (s64)(name))
    SAME(EAGAIN);
    SAME(EHWPOISON);
    SAME(SIGKILL);
    SAME(SIGSYS);
    SAME(O_CREAT);
    SAME(O_DIRECTORY);
    SAME(O_NOFOLLOW);
    SAME(AT_FDCWD);
    SAME(S_IFREG);
    SAME(PROT_EXEC);
    SAME(MAP_ANONYMOUS);
    SAME(AF_INET6);
    SAME(PF_UNIX);
    SAME(SOCK_STREAM);
    SAME(SOL_SOCKET);
    SAME(SO_REUSEADDR);
    SAME(IPPROTO_UDP);
    SAME(MSG_PEEK);
    SAME(CLONE_VM);
    SAME(INT_MIN);
    SAME(UINT_MAX);
    SAME(ULONG_MAX);
    SAME(PATH_MAX);
#undef SAME
}

static void test_kinds(void)
{
    const struct arch *x86_64 = arch_by_tag(TAG_X86_64), *aarch64 = arch_by_tag(TAG_AARCH64);

    CHECK(value_of("O_DIRECTORY", x86_64) == 0200000);
    CHECK(value_of("O_DIRECTORY", aarch64) == 040000);
    CHECK(constant_find(STR("MAP_32BIT"), x86_64) != NULL);
    CHECK(constant_find(STR("MAP_32BIT"), aarch64) == NULL);
    CHECK(constant_find(STR("IPPROTO_TCP"), x86_64)->is_enumerator);
    CHECK(constant_find(STR("ULONG_MAX"), x86_64)->is_unsigned);
    CHECK(constant_find(STR("AF_INE"), x86_64) == NULL);
    CHECK(constant_find(STR(""), x86_64) == NULL);
}

/* A row that is not in order is not found. */
static void test_order(void)
{
    static const char *const names[] = {
#define CONSTANT(name, value)          #name,
#define UNSIGNED(name, value)          #name,
#define BY_ARCH(name, x86_64, aarch64) #name,
#define X86_64(name, value)            #name,
#define ENUMERATOR(name, value)        #name,
#include "stdlib/constants_err.def"
#include "stdlib/constants_net.def"
#include "stdlib/constants_sys.def"
    };

    for (u32 i = 0; i < ARRAY_SIZE(names); i++) {
        const struct constant *c = constant_find(str_of(names[i]), arch_by_tag(TAG_X86_64));

        CHECK_STR(c ? c->name : "not found", names[i]);
    }
}

int main(void)
{
    test_headers();
    test_kinds();
    test_order();
    return check_result();
}
