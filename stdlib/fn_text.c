/* Words that look into strings and memory. */
#include <linux/bpf.h>

#include "abi/record.h"
#include "stdlib/lower.h"

/* The text of a constant argument ends at its first NUL. */
static struct str const_text(const struct call_arg *arg)
{
    return str_sub(arg->text, 0, (u32)strnlen(arg->text.p, arg->text.n));
}

static bool is_const_text(const struct call_arg *arg)
{
    return arg->is_const && arg->type && arg->type->kind == TYPE_STRING;
}

static bool are_const_texts(const struct call *c)
{
    return is_const_text(&c->args[0]) && is_const_text(&c->args[1]);
}

/* ---- length ---- */

static bool fold_strlen(struct vocab *v, const struct call *c, struct folded *out)
{
    (void)v;
    if (!is_const_text(&c->args[0]))
        return false;
    out->num = const_text(&c->args[0]).n;
    return true;
}

static ir_val lower_strlen(struct lowering *lo, struct call *c)
{
    struct operand text = lower_text(lo, &c->args[0]);

    return ir_str_len(&lo->b, text.val, type_mem_size(text.type));
}

const struct func_desc fn_strlen = {
    .name = "strlen",
    .sig = "(text) -> uint64",
    .doc = "Number of bytes of a string, or of an array of characters up to its NUL.",
    .example = "BEGIN { print(strlen(comm) < 16); }",
    .fold = fold_strlen,
    .lower = lower_strlen,
};

static bool fold_strcap(struct vocab *v, const struct call *c, struct folded *out)
{
    (void)v;
    out->num = type_raw_size(c->args[0].type);
    return true;
}

/* Always known. */
static ir_val lower_never(struct lowering *lo, struct call *c)
{
    (void)lo;
    (void)c;
    ptl_bug("a word that is always constant is lowered");
}

const struct func_desc fn_strcap = {
    .name = "strcap",
    .sig = "(text) -> uint64",
    .doc = "Bytes that the type of the string has room for, its NUL included.",
    .example = "BEGIN { print(strcap(comm)); }",
    .fold = fold_strcap,
    .lower = lower_never,
};

/* ---- comparison ---- */

static bool fold_strncmp(struct vocab *v, const struct call *c, struct folded *out)
{
    struct str a = const_text(&c->args[0]), b = const_text(&c->args[1]);
    u32 n = (u32)MIN(c->args[2].num, UINT32_MAX);

    (void)v;
    if (!are_const_texts(c))
        return false;
    out->num = !str_eq(str_sub(a, 0, MIN(a.n, n)), str_sub(b, 0, MIN(b.n, n)));
    return true;
}

static ir_val lower_strncmp(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    struct operand x = lower_text(lo, &c->args[0]), y = lower_text(lo, &c->args[1]);
    u64 most = c->args[2].num;

    if (x.val->op == IR_STRING) {
        most = MIN(most, type_mem_size(y.type));
    } else if (y.val->op == IR_STRING) {
        most = MIN(most, type_mem_size(x.type));
    } else {
        most = MIN(most, MIN(type_capacity(x.type), type_capacity(y.type)));
    }
    return ir_binary(b, IR_EQ, ir_str_eq(b, x.val, y.val, (u32)most), ir_const(b, 0));
}

const struct func_desc fn_strncmp = {
    .name = "strncmp",
    .sig = "(text, text, number) -> uint64",
    .doc = "strncmp(a, b, n): 0 if the first n bytes of two strings are the same, else 1.",
    .example = "kprobe:vfs_open / strncmp(comm, \"sys\", 3) == 0 / { @[comm] = count(); }",
    .fold = fold_strncmp,
    .lower = lower_strncmp,
};

/* ---- a string in a string ---- */

static s64 find_const(const struct call *c)
{
    return str_find(const_text(&c->args[0]), const_text(&c->args[1]));
}

static bool fold_strstr(struct vocab *v, const struct call *c, struct folded *out)
{
    (void)v;
    if (!are_const_texts(c))
        return false;
    out->num = (u64)find_const(c);
    return true;
}

/* A short text that is known is unrolled. */
static ir_val lower_strstr(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    struct operand text = lower_text(lo, &c->args[0]);
    struct str wanted = const_text(&c->args[1]);

    if (!is_const_text(&c->args[1]) || wanted.n > IR_FIND_MAX)
        return lower_find_text(lo, text, lower_text(lo, &c->args[1]));
    if (wanted.n == 0)
        return ir_const(b, 0);
    return ir_str_find(b, text.val, type_mem_size(text.type), wanted);
}

const struct func_desc fn_strstr = {
    .name = "strstr",
    .sig = "(text, text) -> int64",
    .doc = "strstr(text, part): number of bytes before the first place of a string in another; -1 "
           "if it is not there.",
    .example = "BEGIN { print(strstr(\"hello\", \"l\")); }",
    .fold = fold_strstr,
    .lower = lower_strstr,
};

static bool fold_strcontains(struct vocab *v, const struct call *c, struct folded *out)
{
    (void)v;
    if (!are_const_texts(c))
        return false;
    out->num = find_const(c) >= 0;
    return true;
}

static ir_val lower_strcontains(struct lowering *lo, struct call *c)
{
    return ir_binary(&lo->b, IR_SLE, ir_const(&lo->b, 0), lower_strstr(lo, c));
}

const struct func_desc fn_strcontains = {
    .name = "strcontains",
    .sig = "(text, text) -> bool",
    .doc = "strcontains(text, part): is the second string somewhere in the first one?",
    .example = "kprobe:vfs_open / strcontains(comm, \"sh\") / { @[comm] = count(); }",
    .fold = fold_strcontains,
    .lower = lower_strcontains,
};

/* ---- bytes ---- */

/* Memory that can be compared where it lies: bytes of the value. An address is one of such bytes,
 * as many as are compared. */
static u64 comparable_bytes(const struct call_arg *arg, u64 wanted)
{
    switch (arg->type->kind) {
    case TYPE_STRING:
    case TYPE_ARRAY:
    case TYPE_STRUCT:
        return type_raw_size(arg->type);
    case TYPE_POINTER:
        return wanted;
    default:
        return 0;
    }
}

static const struct type *check_memcmp(struct vocab *v, struct call *c)
{
    u64 n = c->args[2].num;

    for (u32 i = 0; i < 2; i++) {
        const struct call_arg *arg = &c->args[i];

        if (!arg->type || arg->type->kind == TYPE_ERROR)
            return type_error(v->types);

        u64 bytes = comparable_bytes(arg, n);
        struct str type = type_name(v->arena, arg->type);

        if (bytes == 0) {
            diag_add(v->diags, E_ARG_TYPE, arg->span,
                     "memcmp() compares strings, arrays, structs and what pointers point to (%.*s "
                     "provided)",
                     STR_ARG(type));
            return type_error(v->types);
        }
        if (n > MIN(bytes, PTL_STRING_MAX)) {
            diag_add(v->diags, E_ARG_RANGE, c->args[2].span,
                     "memcmp() can compare at most %llu bytes of %.*s",
                     (unsigned long long)MIN(bytes, PTL_STRING_MAX), STR_ARG(type));
            return type_error(v->types);
        }
    }
    return NULL;
}

static ir_val bytes_of(struct lowering *lo, const struct call_arg *arg, u32 n)
{
    struct ir_builder *b = &lo->b;

    if (arg->type->kind != TYPE_POINTER)
        return arg->val;

    ir_val copy = ir_slot_addr(b, ir_slot_new(b, "bytes", n));

    lower_read(lo, copy, ir_const(b, n), arg->val, arg->type->space);
    return copy;
}

static ir_val lower_memcmp(struct lowering *lo, struct call *c)
{
    u32 n = (u32)c->args[2].num;

    if (n == 0)
        return ir_const(&lo->b, 0);
    return ir_mem_cmp(&lo->b, bytes_of(lo, &c->args[0], n), bytes_of(lo, &c->args[1], n), n);
}

const struct func_desc fn_memcmp = {
    .name = "memcmp",
    .sig = "(any, any, number) -> int32",
    .doc =
        "memcmp(a, b, n): compares the first n bytes of two strings, arrays, structs, or of what "
        "pointers point to: 0 if they are the same, else -1 or 1 as the first byte that differs "
        "is less or greater in a.",
    .example = "BEGIN { print(memcmp(comm, \"ptl\", 3)); }",
    .check = check_memcmp,
    .lower = lower_memcmp,
};

/* ---- joining ---- */

static const struct type *check_str_concat(struct vocab *v, struct call *c)
{
    u64 size = 1;

    for (u32 i = 0; i < 2; i++) {
        const struct type *t = c->args[i].type;

        if (!type_is_known(t))
            return type_error(v->types);
        size += t->kind == TYPE_STRING ? type_capacity(t) - 1 : type_raw_size(t);
    }
    size = MIN(size, PTL_STRING_MAX);
    return c->args[0].type->is_literal && c->args[1].type->is_literal
               ? type_own_string(v->types, (u32)size)
               : type_string(v->types, (u32)size);
}

static bool fold_str_concat(struct vocab *v, const struct call *c, struct folded *out)
{
    if (!are_const_texts(c))
        return false;

    struct str a = const_text(&c->args[0]), b = const_text(&c->args[1]);
    struct str text = str_printf(v->arena, "%.*s%.*s", STR_ARG(a), STR_ARG(b));

    out->text = str_sub(text, 0, MIN(text.n, PTL_STRING_MAX - 1));
    return true;
}

/* The first one is copied whole, the second behind its end, of which the verifier knows no more
 * than the mask of its length. */
static ir_val lower_str_concat(struct lowering *lo, struct call *c)
{
    struct ir_builder *b = &lo->b;
    const struct type *t = check_str_concat(lo->v, c);
    struct operand x = lower_text(lo, &c->args[0]), y = lower_text(lo, &c->args[1]);
    u32 x_size = type_mem_size(x.type);
    u32 size = (u32)lower_mask(x_size - 1) + 1 + type_mem_size(y.type);
    ir_val joined = ir_slot_addr(b, ir_slot_new(b, "joined", size));

    ir_copy(b, joined, x.val, x_size);
    ir_fill_zero(b, joined, x_size, size - x_size);

    ir_val end = ir_ptr_add(b, joined, ir_opaque(b, ir_str_len(b, joined, x_size)));

    lower_copy_string(lo, end, ir_const(b, type_capacity(y.type)), y.val);
    if (t->size == PTL_STRING_MAX) {
        struct branch is_cut = lower_if(lo, ir_load(b, joined, t->size - 1, 1, false));

        ir_store(b, joined, t->size - 1, 1, ir_const(b, 0));
        lower_count_cut(lo, lower_cut_site(lo, t->size - 1));
        lower_end_if(lo, &is_cut);
    }
    return joined;
}

const struct func_desc fn_str_concat = {
    .name = "str_concat",
    .sig = "(text, text) -> ?",
    .doc = "Two strings one behind the other, at most 1023 bytes.",
    .example = "BEGIN { print(str_concat(\"a\", \"b\")); }",
    .check = check_str_concat,
    .fold = fold_str_concat,
    .lower = lower_str_concat,
};
