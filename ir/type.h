/* Types of the language: immutable and hash-consed, so equality of types is equality of pointers.
 *
 * A value lies in memory in one of two ways. In maps, variables, tuples and records of the ring
 * buffer every word takes 8 bytes (type_mem_size). Inside of C structs, unions and arrays it lies
 * as C has it (type_raw_size), so that they can be read whole. */
#pragma once

#include "abi/abi.h"
#include "base/str.h"

enum type_kind {
    TYPE_ERROR, /* of an expression that has been reported: every rule is silent about it */
    TYPE_VOID,  /* of a call without a value; what a `void *` points to */
    TYPE_INT,   /* size 1, 2, 4, 8 */
    TYPE_BOOL,
    TYPE_ENUM,    /* enumeration; size and is_signed of its C type */
    TYPE_STRING,  /* size: capacity in bytes with the terminating NUL */
    TYPE_BUFFER,  /* size: capacity in bytes; a word with the length lies before them */
    TYPE_TUPLE,   /* elems; with names: a record */
    TYPE_ARRAY,   /* n_elems of `of`, in C layout */
    TYPE_STRUCT,  /* a C struct or union: composite */
    TYPE_KSYM,    /* a kernel address that is shown as a name */
    TYPE_POINTER, /* to `of` (TYPE_VOID: unknown), in the address space `space` */
    TYPE_SHAPE,   /* shown in a form of its own: shape, text */
    TYPE_AGG,     /* value of a map that aggregates */
    TYPE_COUNT_
};

/* Whose memory an address is of. */
enum space {
    SPACE_NONE, /* not known: the address itself tells on x86_64 and arm64 */
    SPACE_KERNEL,
    SPACE_USER,
};

struct type {
    enum type_kind kind;
    u32 size; /* INT, ENUM: 1 to 8; STRING, BUFFER: capacity; SHAPE of no size: bytes; else unused
               */
    bool is_signed;
    bool is_literal; /* of an integer literal that is not negative: its sign adapts; of a string of
                        the script's own */
    bool is_chars;   /* of a string: size characters of an array, which need not have a NUL */
    enum space space;
    u32 n_elems; /* TUPLE, ARRAY */
    const struct type *const *elems;
    const struct str *names; /* of a record's elems; NULL: a tuple */
    const struct type *of;   /* POINTER, ARRAY */
    const struct composite *composite;
    const struct enumeration *enumeration;
    enum agg_id agg; /* TYPE_AGG, with is_signed of the argument and up to three parameters */
    s64 params[3];
    enum shape_id shape;
    struct str text; /* of a shape */
};

/* A member of a C struct or union. */
struct composite_field {
    struct str name; /* empty: an anonymous struct or union */
    const struct type *type;
    u32 bit_offset; /* from the struct's begin */
    u32 bit_size;   /* 0: no bit-field */
};

/* A C struct or union. One object for each definition: two are the same type if they are the same
 * object. Members are loaded when somebody asks for one: those of the kernel are many. */
struct composite {
    struct str name; /* tag; empty where it has none */
    bool is_union;
    bool is_kernel; /* from BTF: the running kernel may lay it out in another way (CO-RE) */
    u32 size;       /* bytes; 0: only declared */
    u32 align;      /* bytes; 0: that of the members (BTF does not tell) */
    struct composite_field *fields;
    u32 n_fields;
    void (*load)(struct composite *self); /* fills fields; NULL: they are there */
    void *source;                         /* of load */
};

struct enumerator {
    struct str name;
    s64 value;
};

struct enumeration {
    struct str name; /* tag; empty where it has none */
    const struct enumerator *items;
    u32 n_items;
};

/* The set of types of one compilation. */
struct types;

/* An empty set, in the arena like all its types. */
struct types *types_new(struct arena *arena);
/* Where it lives. */
struct arena *types_arena(struct types *ts);
/* The types without parameters. */
const struct type *type_error(struct types *ts);
const struct type *type_void(struct types *ts);
const struct type *type_bool(struct types *ts);
const struct type *type_ksym(struct types *ts);
/* size: 1, 2, 4 or 8 bytes. */
const struct type *type_int(struct types *ts, u32 size, bool is_signed);
/* The smallest signed type that holds the value; uint64 above INT64_MAX (num is the two's
 * complement, is_negative its sign). One
 * that is not negative is_literal: joined with an unsigned type it is unsigned. */
const struct type *type_of_literal(struct types *ts, u64 num, bool is_negative);
/* enumeration: borrowed, one object for each definition. size: 1, 2, 4 or 8 bytes. */
const struct type *type_enum(struct types *ts, const struct enumeration *enumeration, u32 size,
                             bool is_signed);
/* capacity: bytes with the NUL, at least 1. */
const struct type *type_string(struct types *ts, u32 capacity);
/* The same for strings of the script's own, which need no escapes when they are printed. */
const struct type *type_own_string(struct types *ts, u32 capacity);
/* The string in an array of n characters, which may be full: in memory there is a NUL behind it. */
const struct type *type_chars(struct types *ts, u32 n);
/* Bytes of the longest string of a type, with its NUL. */
u32 type_capacity(const struct type *t);
/* capacity: bytes, at least 1. */
const struct type *type_buffer(struct types *ts, u32 capacity);
/* elems: n types, copied. */
const struct type *type_tuple(struct types *ts, const struct type *const *elems, u32 n);
/* The same with a name for each, copied (their bytes are borrowed). */
const struct type *type_record(struct types *ts, const struct type *const *elems,
                               const struct str *names, u32 n);
/* n elements of a type that has a C layout (type_raw_size() is not 0). */
const struct type *type_array(struct types *ts, const struct type *of, u32 n);
/* composite: borrowed. */
const struct type *type_struct(struct types *ts, const struct composite *composite);
const struct type *type_pointer(struct types *ts, const struct type *of, enum space space);
/* text: borrowed; empty where the shape has no parameter. */
const struct type *type_shape(struct types *ts, enum shape_id shape, struct str text);
/* A stack of at most n_frames. shape: KSTACK or USTACK. mode: borrowed, a word of stack_mode. */
const struct type *type_stack(struct types *ts, enum shape_id shape, struct str mode, u32 n_frames);
/* params: three numbers, 0 where the aggregation has fewer. */
const struct type *type_agg(struct types *ts, enum agg_id agg, bool is_signed, const s64 params[3]);

/* Bytes that a value takes in memory (a map's key or value, a record): a multiple of 8. 0 for void
 * and error. */
u32 type_mem_size(const struct type *t);
/* Bytes that it takes in a C struct or array: what sizeof gives. 0 where it has no place in one. */
u32 type_raw_size(const struct type *t);
/* Bytes that it is aligned to there; 1 where it has no place. Those of BTF structs are taken from
 * their members: a packed one is seen by its size and offsets only. */
u32 type_raw_align(const struct type *t);
/* Offset of element i of a tuple in memory. */
u32 type_elem_offset(const struct type *t, u32 i);
/* Number of 8-byte members of an aggregation's slot. */
u32 type_agg_words(const struct type *t);

/* Has it been inferred, without an error? NULL: not yet. */
bool type_is_known(const struct type *t);
/* Values of these kinds are one 64-bit word in the IR; the others are memory. */
bool type_is_word(const struct type *t);
/* int, bool, enum, pointer, ksym: usable where an integer is wanted. */
bool type_is_numeric(const struct type *t);
/* int, enum: a number whose sign is_signed tells. */
bool type_is_integer(const struct type *t);

/* ---- C structs and unions ---- */

/* The member of a name, also one of an anonymous struct or union inside. NULL: there is none.
 * bit_offset_out: from the begin of the composite. */
const struct composite_field *composite_find(const struct composite *composite, struct str name,
                                             u32 *bit_offset_out);
/* The members, loaded. */
const struct composite_field *composite_fields(const struct composite *composite, u32 *n_out);

/* ---- names and joins ---- */

/* Append the name as diagnostics show it: int8, uint64, bool, string[16], (int64,string[4]),
 * struct task_struct *, int32[4], enum x, inet_t, count_t, void. */
void type_print(struct buf *out, const struct type *t);
/* The same as a string in the arena. */
struct str type_name(struct arena *arena, const struct type *t);

/* The type that holds values of both, or NULL where there is none. Ints: wider size, signed if
 * either is and is no literal; if signs differ the signed one of the next size, at most 8. The
 * longer string or buffer, tuples element by element, the pointer that is not `void *`. Used for
 * maps, variables and keys that are assigned more than once. */
const struct type *type_join(struct types *ts, const struct type *a, const struct type *b);
