/* The metadata that travels in the object: structs, encoder, decoder. Generated from meta.def.
 *
 * Objects are untrusted input to a program that runs as root: meta_decode() checks every length,
 * index and count. */
#pragma once

#include "abi/abi.h"
#include "base/source.h"

/* Of the tool, as -V prints it. */
#define PTL_VERSION "0.1.0"

#define META_VERSION 5
#define META_NO_REF  (~(u64)0)

#define META_FLAG_TEST       (1u << 0) /* built by a switch of the tests */
#define META_FLAG_TASK_NAME  (1u << 1) /* reads ptl_config.task_name */
#define META_FLAG_QUIET_MAPS (1u << 3) /* maps are not shown at the end */
#define META_FLAG_UNSAFE     (1u << 2) /* runs commands, or changes what traced programs do */
#define META_FLAG_IMPORTS    (1u << 4) /* other files than the script's tell what it is */

#define PIECE_FLAG_MINUS (1u << 0)
#define PIECE_FLAG_PLUS  (1u << 1)
#define PIECE_FLAG_SPACE (1u << 2)
#define PIECE_FLAG_HASH  (1u << 3)
#define PIECE_FLAG_ZERO  (1u << 4)
/* Of %r: */
#define PIECE_FLAG_HEX    (1u << 5) /* %rx */
#define PIECE_FLAG_SPACED (1u << 6) /* %rh */

#define META_TABLE(name)        struct meta_##name {
#define META_U64(member)        u64 member;
#define META_STR(member)        struct str member;
#define META_REF(member, table) u64 member;
#define META_END(name) \
    }                  \
    ;
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END

/* Are values of the type one number each? */
static inline bool meta_type_is_word(const struct meta_type *type)
{
    switch (type->kind) {
    case ABI_INT:
    case ABI_UINT:
    case ABI_BOOL:
    case ABI_ENUM:
    case ABI_KSYM:
    case ABI_POINTER:
        return true;
    default:
        return false;
    }
}

struct meta {
#define META_TABLE(name) VEC(struct meta_##name) name##s;
#define META_U64(member)
#define META_STR(member)
#define META_REF(member, table)
#define META_END(name)
#include "abi/meta.def"
#undef META_TABLE
#undef META_U64
#undef META_STR
#undef META_REF
#undef META_END
};

/* Append the encoded form of m to out (check out->failed afterwards). */
void meta_encode(const struct meta *m, struct buf *out);

/* Decode size bytes into m; strings are views into bytes, rows live in the arena. Checks magic,
 * version, lengths, that every META_REF is in range or META_NO_REF, and the ranges first_x/n_x of
 * fields, variants and pieces (which may not share rows: there are not more than rows in the
 * table); that types nest without a cycle (a field's type index is smaller than its tuple's).
 * Values of enums and offsets inside payloads are checked by meta_check(). Returns 0, -EPROTO
 * (malformed; *why_out is a static sentence), -EPROTONOSUPPORT (another version). */
int meta_decode(struct arena *arena, const void *bytes, size_t size, struct meta *m,
                const char **why_out);

/* Check the rows against each other: enum values known, every value inside its payload, key and
 * value sizes sane. Returns 0 or -EPROTO with *why_out. */
int meta_check(const struct meta *m, const char **why_out);

/* Add what the positions in m are about to an empty list of sources; borrows the texts. */
void meta_sources(const struct meta *m, struct sources *out);
