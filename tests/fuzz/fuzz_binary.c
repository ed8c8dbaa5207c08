/* libFuzzer target of what a stranger's program can do to the runtime: symbols, notes, usdt probes
 * and names of an ELF file that is nearly right. */
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/binary.h"
#include "runtime/demangle.h"
#include "runtime/file_symbols.h"
#include "runtime/usdt.h"

/* The name that libFuzzer calls. NOLINTNEXTLINE(readability-identifier-naming) */
int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size);

static int on_symbol(void *data, const struct binary_symbol *symbol)
{
    struct buf *out = data;

    (void)demangle(symbol->name, DEMANGLE_FULL, out);
    (void)demangle_matches("cpp:*::f(*", symbol->name.p, out);
    return 0;
}

static int on_place(void *data, const struct usdt_place *place)
{
    struct ptl_usdt args;

    (void)usdt_args(data, place, &args);
    return 0;
}

static void read_binary(struct binary *binary)
{
    _cleanup_buf_ struct buf out = {0};
    struct binary_symbol symbol;
    u64 address = 0;

    (void)binary_each(binary, on_symbol, &out);
    (void)usdt_each(binary, on_place, binary);
    (void)binary_find(binary, STR("main"), &symbol);
    (void)binary_object(binary, STR("counter"), &address);
    (void)binary_section_address(binary, ".go.buildinfo");
    (void)binary_nearest(binary, STR("mian"), &out);
}

int LLVMFuzzerTestOneInput(const u8 *bytes, size_t size)
{
    _cleanup_(binary_close) struct binary *binary = NULL;
    _cleanup_(file_symbols_free) struct file_symbols *symbols = NULL;
    _cleanup_close_ int fd = memfd_create("binary", MFD_CLOEXEC);
    u64 offset = 0;

    if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
        return -1;
    if (binary_open_fd(fd, &binary) == 0)
        read_binary(binary);
    if (file_symbols_read(&symbols, fd) == 0)
        (void)file_symbols_find(symbols, 0x1000, &offset);
    return 0;
}
