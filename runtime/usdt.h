/* Statically defined probes of programs and libraries: what sys/sdt.h leaves in the notes of a
 * binary (https://sourceware.org/systemtap/wiki/UserSpaceProbeImplementation), and where their
 * arguments are. */
#pragma once

#include "abi/record.h"
#include "runtime/binary.h"

/* A place in a binary. */
struct usdt_place {
    struct str space, name; /* borrowed from the binary */
    u64 address;
    u64 offset;      /* in the file */
    u64 semaphore;   /* offset in the file of its counter; 0: it has none */
    struct str args; /* "-4@%edi 8@-8(%rbp)": borrowed */
};

/* Call fn for each place, in the order of the binary, until it returns other than 0, which is then
 * the result. What cannot be understood is left out. */
int usdt_each(struct binary *binary, int (*fn)(void *data, const struct usdt_place *place),
              void *data);

/* Where the arguments of a place are. Returns 0, or -EINVAL: one of them is written in a way that
 * is not known. */
int usdt_args(struct binary *binary, const struct usdt_place *place, struct ptl_usdt *out);
