/* CRC-32 by zlib. */
#include "abi/digest.h"

#include <zlib.h>

u32 digest_of(const void *bytes, size_t size, size_t at)
{
    static const u8 zeros[PTL_DIGEST_BYTES];
    const u8 *p = bytes;
    uLong crc = crc32_z(0, p, at);

    crc = crc32_z(crc, zeros, sizeof(zeros));
    at += PTL_DIGEST_BYTES;
    return (u32)crc32_z(crc, p + at, size - at);
}
