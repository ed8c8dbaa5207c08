/* The image is a whole ELF file; its sections' headers are the last of it. */
#include "runtime/vdso.h"

#include <elf.h>
#include <errno.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/util.h"

int vdso_open(void)
{
    // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel tells it as a number
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)getauxval(AT_SYSINFO_EHDR);
    _cleanup_close_ int fd = -1;
    size_t n = 0;

    if (header == NULL)
        return -ENOENT;
    n = header->e_shoff + (size_t)header->e_shnum * header->e_shentsize;
    fd = memfd_create("vdso", MFD_CLOEXEC);
    if (fd < 0)
        return -errno;
    if (write(fd, header, n) != (ssize_t)n)
        return -EIO;
    return take_fd(&fd);
}
