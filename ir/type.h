/* Types of the language: immutable and hash-consed, so equality of types is equality of pointers.
 */
#pragma once

#include "abi/abi.h"
#include "base/str.h"

enum type_kind {
    TYPE_ERROR, /* of an expression that has been reported: every rule is silent about it */
    TYPE_VOID,  /* of a call without a value */
    TYPE_INT,   /* size 1, 2, 4, 8; kept in 8 bytes everywhere */
    TYPE_BOOL,
    TYPE_STRING, /* size: capacity in bytes with the terminating NUL */
    TYPE_TUPLE,
    TYPE_KSYM, /* a kernel address that is shown as a name */
    TYPE_POINTER,
    TYPE_AGG, /* value of a map that aggregates */
    TYPE_COUNT_
};

struct type {
    enum type_kind kind;
    u32 size; /* TYPE_INT: 1 to 8; TYPE_STRING: capacity; else unused */
    bool is_signed;
    bool is_literal; /* of an integer literal that is not negative: its sign adapts; of a string of
                        the script's own */
    u32 n_elems;     /* TYPE_TUPLE */
    const struct type *const *elems;
    enum agg_id agg; /* TYPE_AGG, with is_signed of the argument and up to three parameters */
    s64 params[3];
};

/* The set of types of one compilation. */
struct types;

/* An empty set, in the arena like all its types. */
struct types *types_new(struct arena *arena);
/* The types without parameters. */
const struct type *type_error(struct types *ts);
const struct type *type_void(struct types *ts);
const struct type *type_bool(struct types *ts);
const struct type *type_ksym(struct types *ts);
const struct type *type_pointer(struct types *ts);
/* size: 1, 2, 4 or 8 bytes. */
const struct type *type_int(struct types *ts, u32 size, bool is_signed);
/* The smallest signed type that holds the value; uint64 above INT64_MAX (num is the two's
 * complement, is_negative its sign). One
 * that is not negative is_literal: joined with an unsigned type it is unsigned. */
const struct type *type_of_literal(struct types *ts, u64 num, bool is_negative);
/* capacity: bytes with the NUL, at least 1. */
const struct type *type_string(struct types *ts, u32 capacity);
/* The same for strings of the script's own, which need no escapes when they are printed. */
const struct type *type_own_string(struct types *ts, u32 capacity);
/* elems: n types, copied. */
const struct type *type_tuple(struct types *ts, const struct type *const *elems, u32 n);
/* params: three numbers, 0 where the aggregation has fewer. */
const struct type *type_agg(struct types *ts, enum agg_id agg, bool is_signed, const s64 params[3]);

/* Bytes that a value takes in memory (a map's key or value, a record): a multiple of 8. 0 for void
 * and error. */
u32 type_mem_size(const struct type *t);
/* Offset of element i of a tuple in memory. */
u32 type_elem_offset(const struct type *t, u32 i);
/* Number of 8-byte members of an aggregation's slot. */
u32 type_agg_words(const struct type *t);

/* Values of these kinds are one 64-bit word in the IR; the others are memory. */
bool type_is_word(const struct type *t);
/* int, bool, pointer, ksym: usable where an integer is wanted. */
bool type_is_numeric(const struct type *t);

/* Append the name as diagnostics show it: int8, uint64, bool, string[16], (int64,string[4]),
 * count_t, ksym_t, void. */
void type_print(struct buf *out, const struct type *t);
/* The same as a string in the arena. */
struct str type_name(struct arena *arena, const struct type *t);

/* The type that holds values of both (wider int; signed if either is signed and not a literal's
 * sign...; longer string; tuples element by element), or NULL where there is none. Ints: wider
 * size; if signs differ the signed one of the next size, at most 8. Used for maps, variables and
 * keys that are assigned more than once. */
const struct type *type_join(struct types *ts, const struct type *a, const struct type *b);
