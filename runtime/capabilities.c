/* capget(2) and capset(2): a set is two halves of 32 bits in the kernel's form. */
#include "runtime/capabilities.h"

#include <errno.h>
#include <sys/syscall.h>

#include <linux/capability.h>

int capabilities_get(struct capabilities *out)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {0};

    if (syscall(SYS_capget, &header, data) != 0)
        return -errno;
    out->permitted = (u64)data[1].permitted << 32 | data[0].permitted;
    out->effective = (u64)data[1].effective << 32 | data[0].effective;
    return 0;
}

int capabilities_set(struct capabilities to)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = {
        {.permitted = (u32)to.permitted, .effective = (u32)to.effective},
        {.permitted = (u32)(to.permitted >> 32), .effective = (u32)(to.effective >> 32)},
    };

    return syscall(SYS_capset, &header, data) == 0 ? 0 : -errno;
}
