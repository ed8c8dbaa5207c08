/* Values of a script, as bytes plus a type of the metadata: shown as text, and compared.
 *
 * meta_check() has made sure that each value lies inside its payload, key or map value, so nothing
 * here looks at sizes again. */
#pragma once

#include "abi/meta.h"

struct symbols;
struct users;
struct cgroups;
struct usyms;

/* What is needed to show a value. All borrowed. */
struct value_env {
    const struct meta *meta;
    struct symbols *symbols; /* NULL: addresses are shown as numbers */
    struct users *users;     /* NULL: users are shown as numbers */
    struct cgroups *cgroups; /* NULL: cgroups are shown as numbers */
    struct usyms *usyms;     /* NULL: addresses of processes are shown as numbers */
    s64 boot_time_ns;        /* of CLOCK_REALTIME when the machine booted */
    u64 cut_size;            /* capacity of strings that may have been cut: max_strlen */
    struct str cut_mark;     /* what is shown behind those */
    bool is_raw;             /* strings of traced programs are not escaped */
    bool is_mangled;         /* functions of C++ are shown as the linker calls them */
};

/* The 8 bytes at p, which need not be aligned. */
u64 value_word(const u8 *p);

/* The number of a type that is one (INT, UINT, BOOL, ENUM, KSYM, POINTER), of 1 to 8 bytes, with
 * its sign. */
u64 value_number(const struct meta_type *type, const u8 *bytes);

/* Field i of a type that has so many. */
const struct meta_field *value_field(const struct meta *meta, const struct meta_type *type, u64 i);

/* Is it a record: a tuple whose fields have names? */
bool value_is_record(const struct meta *meta, const struct meta_type *type);

/* A member of a struct, record or tuple: its type and where it lies; a bit-field is taken out as a
 * number of 8 bytes. */
struct value_member {
    struct meta_type type;
    const u8 *bytes; /* of what the member is in, or word */
    u8 word[8];
};

/* bytes: of what the member is in, borrowed. */
void value_member(const struct meta *meta, const struct meta_field *field, const u8 *bytes,
                  struct value_member *out);

/* What a buffer (ABI_BUFFER) holds, borrowed from bytes. */
struct str value_buffer(const struct meta_type *type, const u8 *bytes);

/* Append bytes as text: printable ASCII as it stands, the others as \xNN. */
void value_format_buffer(struct str bytes, struct buf *out);

/* Append the name of a function of a program, as it is written. */
void value_format_function(const struct value_env *env, struct str symbol, struct buf *out);

/* Append a string of a traced program: control characters other than newline and tab, and bytes
 * that are no UTF-8, as \xNN. */
void value_escape(struct str text, struct buf *out);

/* Append the value in its default format: what print() and %s show.
 * type: index of the type row. bytes: borrowed, as many as the type's size. */
void value_format(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out);

/* The same for a type that is no row, such as that of a bit-field. */
void value_format_typed(const struct value_env *env, const struct meta_type *t, const u8 *bytes,
                        struct buf *out);

/* value_format(), cut to `most` bytes; a string is cut before it is escaped. */
void value_format_cut(const struct value_env *env, u64 type, const u8 *bytes, u64 most,
                      struct buf *out);

/* The same as value_format() for a map's key: the parentheses of the outermost tuple are dropped,
 * though not the braces of a record. */
void value_format_key(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out);

/* Order of two values of one type: numbers as signed or unsigned ones by their type, strings and
 * buffers byte by byte, tuples, structs and arrays part by part. <0, 0, >0. */
int value_compare(const struct meta *meta, u64 type, const u8 *a, const u8 *b);

/* A number for a value, so that the order of numbers is that of values as far as they differ: most
 * comparisons of a long list need no more. is_exact_out: values of the type with the same number
 * are equal. */
u64 value_rank(const struct meta *meta, u64 type, const u8 *bytes, bool *is_exact_out);
