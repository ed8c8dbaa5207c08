/* Values of a script, as bytes plus a type of the metadata: shown as text, and compared.
 *
 * meta_check() has made sure that each value lies inside its payload, key or map value, so nothing
 * here looks at sizes again. */
#pragma once

#include "abi/meta.h"

struct symbols;

/* What is needed to show a value. All borrowed. */
struct value_env {
    const struct meta *meta;
    struct symbols *symbols; /* NULL: addresses are shown as numbers */
    bool is_raw;             /* strings of traced programs are not escaped */
};

/* The 8 bytes at p, which need not be aligned. */
u64 value_word(const u8 *p);

/* Append a string of a traced program: control characters other than newline and tab, and bytes
 * that are no UTF-8, as \xNN. */
void value_escape(struct str text, struct buf *out);

/* Append the value in its default format: what print() and %s show.
 * type: index of the type row. bytes: borrowed, as many as the type's size. */
void value_format(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out);

/* The same, cut to `most` bytes; a string is cut before it is escaped. */
void value_format_cut(const struct value_env *env, u64 type, const u8 *bytes, u64 most,
                      struct buf *out);

/* The same as value_format() for a map's key: the parentheses of the outermost tuple are dropped.
 */
void value_format_key(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out);

/* Order of two values of one type: numbers as signed or unsigned ones by their type, strings byte
 * by byte, tuples field by field. <0, 0, >0. */
int value_compare(const struct meta *meta, u64 type, const u8 *a, const u8 *b);
