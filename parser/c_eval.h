/* Values of constant expressions of C: conditions of #if, sizes of arrays, widths of bit-fields,
 * enumerators. */
#pragma once

#include "base/diag.h"
#include "parser/ast.h"

/* num is sign- or zero-extended from size bytes (4 or 8). */
struct c_value {
    u64 num;
    u32 size;
    bool is_unsigned;
};

struct c_eval {
    struct diags *diags;
    bool is_directive; /* all numbers have 64 bits, and names stand for 0 */
    /* Value of an EXPR_IDENT, EXPR_SIZEOF, EXPR_OFFSETOF or EXPR_CAST (*out: of its operand).
     * Reports and returns false where it has none. Not called for directives. */
    bool (*leaf)(void *data, const struct expr *e, struct c_value *out);
    void *data;
};

/* The value of e. False where it has none: reported. */
bool c_eval(const struct c_eval *eval, const struct expr *e, struct c_value *out);
/* A value of `size` bytes out of a wider number. */
struct c_value c_value_of(u64 num, u32 size, bool is_unsigned);
