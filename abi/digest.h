/* The digest of an object, which finds what was damaged by accident. It protects from nobody: what
 * protects is that everything in an object is checked when it is read. */
#pragma once

#include "base/util.h"

/* Section with the digest: PTL_DIGEST_BYTES that are not part of what it is about. */
#define PTL_SECTION_DIGEST ".ptl.digest"
#define PTL_DIGEST_BYTES   4

/* Digest of size bytes (CRC-32 as in zlib), where the PTL_DIGEST_BYTES at offset `at` (at most size
 * minus them) count as zeros. */
u32 digest_of(const void *bytes, size_t size, size_t at);
