/* Instructions by libcapstone. Of its interface only what is the same in versions 4 and 5 is used:
 * the decoder says where the next instruction is, and its description of one is never looked at. So
 * nothing is needed to build this. */
#include "runtime/instructions.h"

#include <dlfcn.h>
#include <errno.h>
#include <string.h>

/* LAYOUT: cs_arch and cs_mode (capstone/capstone.h). */
#if defined(__x86_64__)
enum {
    CAPSTONE_ARCH = 3,      /* CS_ARCH_X86 */
    CAPSTONE_MODE = 1 << 3, /* CS_MODE_64 */
};
#elif defined(__aarch64__)
enum {
    CAPSTONE_ARCH = 1, /* CS_ARCH_ARM64 */
    CAPSTONE_MODE = 0,
};
#else
#error "instructions of this CPU are not known"
#endif

struct capstone {
    void *library;
    size_t handle;
    void *insn;
    int (*open)(int arch, int mode, size_t *handle);
    int (*close)(size_t *handle);
    void *(*malloc)(size_t handle);
    void (*free)(void *insn, size_t n);
    bool (*next)(size_t handle, const u8 **code, size_t *size, u64 *address, void *insn);
};

static void capstone_done(struct capstone *c)
{
    if (c->insn != NULL)
        c->free(c->insn, 1);
    if (c->handle != 0)
        (void)c->close(&c->handle); // nothing to do about it
    if (c->library != NULL)
        (void)dlclose(c->library); // the same
}

/* dlsym() gives functions as data, which ISO C cannot convert. */
static bool find(const struct capstone *c, const char *name, void *function)
{
    void *symbol = dlsym(c->library, name);

    memcpy(function, &symbol, sizeof(symbol));
    return symbol != NULL;
}

static int capstone_init(struct capstone *c)
{
    c->library = dlopen("libcapstone.so.5", RTLD_NOW | RTLD_LOCAL);
    if (c->library == NULL)
        c->library = dlopen("libcapstone.so.4", RTLD_NOW | RTLD_LOCAL);
    if (c->library == NULL || !find(c, "cs_open", &c->open) || !find(c, "cs_close", &c->close) ||
        !find(c, "cs_malloc", &c->malloc) || !find(c, "cs_free", &c->free) ||
        !find(c, "cs_disasm_iter", &c->next))
        return -ELIBACC;
    if (c->open(CAPSTONE_ARCH, CAPSTONE_MODE, &c->handle) != 0)
        return -ELIBACC; // it was built without this CPU
    c->insn = c->malloc(c->handle);
    return c->insn == NULL ? -ENOMEM : 0;
}

int instruction_check(const u8 *bytes, size_t n, u64 offset, u64 *before, u64 *after)
{
    _cleanup_(capstone_done) struct capstone c = {0};
    u64 at = 0, begin = 0;
    int err = capstone_init(&c);

    while (err == 0 && at < offset) {
        begin = at;
        if (!c.next(c.handle, &bytes, &n, &at, c.insn))
            err = -EILSEQ;
    }
    if (err != 0 || at == offset)
        return err;
    *before = begin;
    *after = at;
    return -EINVAL;
}
