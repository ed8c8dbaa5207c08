/* Questions about types, which are answered at compile time: for macros, whose arguments may be of
 * any type. */
#include "stdlib/lower.h"

static ir_val lower_never(struct lowering *lo, struct call *c)
{
    (void)lo;
    (void)c;
    ptl_bug("a question about a type is lowered");
}

#define QUESTION(id, condition, text, sample)                                        \
    static bool fold_##id(struct vocab *v, const struct call *c, struct folded *out) \
    {                                                                                \
        const struct call_arg *arg = &c->args[0];                                    \
        const struct type *t = arg->type;                                            \
                                                                                     \
        (void)v;                                                                     \
        out->num = condition;                                                        \
        return true;                                                                 \
    }                                                                                \
    const struct func_desc fn_##id = {                                               \
        .name = #id,                                                                 \
        .sig = "(printable) -> bool",                                                \
        .doc = text " The answer is known at compile time; nothing is computed.",    \
        .example = "BEGIN { print(" sample "); }",                                   \
        .fold = fold_##id,                                                           \
        .lower = lower_never,                                                        \
    }

QUESTION(is_ptr, t && t->kind == TYPE_POINTER, "Is it a pointer?", "is_ptr(1)");
QUESTION(is_str, t && t->kind == TYPE_STRING, "Is it a string?", "is_str(comm)");
QUESTION(is_array, t && t->kind == TYPE_ARRAY, "Is it an array?", "is_array(pton(\"::1\"))");
QUESTION(is_integer, t &&type_is_integer(t), "Is it an integer?", "is_integer(pid)");
QUESTION(is_unsigned_integer, t &&type_is_integer(t) && !t->is_signed,
         "Is it an integer without sign?", "is_unsigned_integer(pid)");
QUESTION(is_literal, t && arg->is_const, "Is its value known at compile time?", "is_literal(7)");
QUESTION(is_scalar, arg->map ? arg->map->is_scalar : t &&type_is_word(t),
         "Is it a map without keys, or a number or a pointer?", "is_scalar(pid)");
