/* Values as JSON (RFC 8259): always valid, whatever a traced program calls itself. */
#pragma once

#include "runtime/value.h"

/* Append a string with its quotes. What is no UTF-8 becomes U+FFFD. */
void json_string(struct str text, struct buf *out);

/* Append a number; one that a double cannot hold exactly is a string. */
void json_number(u64 word, bool is_signed, struct buf *out);

/* Append the value: numbers (enumerators and pointers too), true and false, strings, null, arrays
 * (tuples; of buffers the bytes, signed), objects (structs and records), what aggregations are.
 * env, type, bytes: as of value_format(); strings are not escaped but as JSON does. */
void json_value(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out);

/* Append a map's key as a string: the text of value_format_key() without the spaces of tuples. */
void json_key(const struct value_env *env, u64 type, const u8 *bytes, struct buf *out);
