/* Functions whose arguments are a printf format and what it shows: printf, errorf, warnf, system,
 * cat. */
#pragma once

#include "abi/record.h"
#include "stdlib/lower.h"

/* Check the conversions of the format, a literal that is the first argument, against the others.
 * Reports at the call. Returns NULL, or type_error(). */
const struct type *format_check(struct vocab *v, struct call *c);

/* Send a record with the arguments. kind: of a site that has pieces. Gives the site. */
u64 format_send(struct lowering *lo, struct call *c, enum site_kind kind);

/* The format as the kernel's bpf_trace_printk() wants it. Reports at the call, and returns false,
 * where it can not do a conversion. format_check() has found nothing. */
bool format_kernel(struct vocab *v, const struct call *c, struct str *out);

/* The formatted text, where all arguments are known at compile time (%s: strings and integers;
 * flags and sizes are not looked at). format_check() has found nothing. False: they are not. */
bool format_fold(struct vocab *v, const struct call *c, struct str *out);
