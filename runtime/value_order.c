/* The order of two values of one type. */
#include "runtime/agg.h"
#include "runtime/value.h"

static int compare_typed(const struct meta *meta, const struct meta_type *t, const u8 *a,
                         const u8 *b);

static int compare_strings(const u8 *a, const u8 *b, u64 size)
{
    struct str x = {(const char *)a, (u32)strnlen((const char *)a, size)};
    struct str y = {(const char *)b, (u32)strnlen((const char *)b, size)};

    return str_cmp(x, y);
}

static int compare_fields(const struct meta *meta, const struct meta_type *type, const u8 *a,
                          const u8 *b)
{
    for (u64 i = 0; i < type->n_fields; i++) {
        const struct meta_field *field = &meta->fields.items[type->first_field + i];
        struct value_member x;
        struct value_member y;
        int order = 0;

        value_member(meta, field, a, &x);
        value_member(meta, field, b, &y);
        order = compare_typed(meta, &x.type, x.bytes, y.bytes);
        if (order != 0)
            return order;
    }
    return 0;
}

static int compare_arrays(const struct meta *meta, const struct meta_type *type, const u8 *a,
                          const u8 *b)
{
    const struct meta_type *of = &meta->types.items[meta->fields.items[type->first_field].type];

    for (u64 i = 0; i < type->num0; i++) {
        int order = compare_typed(meta, of, a + i * of->size, b + i * of->size);

        if (order != 0)
            return order;
    }
    return 0;
}

static u64 word_rank(u64 word, bool is_signed)
{
    return is_signed ? word ^ (u64)1 << 63 : word;
}

static u64 number_rank(const struct meta_type *type, const u8 *bytes)
{
    return word_rank(value_number(type, bytes), type->kind == ABI_INT || type->is_signed != 0);
}

static int compare_numbers(const struct meta_type *type, const u8 *a, const u8 *b)
{
    u64 x = number_rank(type, a);
    u64 y = number_rank(type, b);

    return x < y ? -1 : x > y;
}

/* Each 8 bytes as a number, the first counts most; in addresses of the network the first byte does.
 */
static int compare_shapes(const struct meta_type *type, const u8 *a, const u8 *b)
{
    if (type->num0 == SHAPE_INET || type->num0 == SHAPE_MAC)
        return memcmp(a, b, type->size);
    for (u64 i = 0; i < type->size; i += sizeof(u64)) {
        if (value_word(a + i) != value_word(b + i))
            return value_word(a + i) < value_word(b + i) ? -1 : 1;
    }
    return 0;
}

static int compare_typed(const struct meta *meta, const struct meta_type *t, const u8 *a,
                         const u8 *b)
{
    switch ((enum abi_type)t->kind) {
    case ABI_NONE:
        return 0;
    case ABI_INT:
    case ABI_UINT:
    case ABI_BOOL:
    case ABI_ENUM:
    case ABI_KSYM:
    case ABI_POINTER:
        return compare_numbers(t, a, b);
    case ABI_STRING:
        return compare_strings(a, b, t->size);
    case ABI_TUPLE:
    case ABI_STRUCT:
        return compare_fields(meta, t, a, b);
    case ABI_ARRAY:
        return compare_arrays(meta, t, a, b);
    case ABI_BUFFER:
        return str_cmp(value_buffer(t, a), value_buffer(t, b));
    case ABI_SHAPE:
        return compare_shapes(t, a, b);
    case ABI_AGG:
        return agg_ops((enum agg_id)t->num0)->compare(t, a, b);
    }
    return 0;
}

int value_compare(const struct meta *meta, u64 type, const u8 *a, const u8 *b)
{
    return compare_typed(meta, &meta->types.items[type], a, b);
}

/* Its first bytes, the first counts most. */
static u64 string_rank(const u8 *bytes, u64 size)
{
    u64 rank = 0;
    bool is_over = false;

    for (u64 i = 0; i < sizeof(rank); i++) {
        is_over = is_over || i >= size || bytes[i] == '\0';
        rank = rank << 8 | (is_over ? 0 : bytes[i]);
    }
    return rank;
}

u64 value_rank(const struct meta *meta, u64 type, const u8 *bytes, bool *is_exact_out)
{
    const struct meta_type *t = &meta->types.items[type];
    bool unused = false;

    *is_exact_out = meta_type_is_word(t);
    if (*is_exact_out)
        return number_rank(t, bytes);
    switch ((enum abi_type)t->kind) {
    case ABI_AGG:
        *is_exact_out = agg_ops((enum agg_id)t->num0)->compare == agg_compare_first;
        return *is_exact_out ? word_rank(agg_word(bytes, 0), t->is_signed != 0) : 0;
    case ABI_STRING:
        return string_rank(bytes, t->size);
    case ABI_TUPLE: {
        const struct meta_field *first = t->n_fields != 0 ? value_field(meta, t, 0) : NULL;

        return first != NULL ? value_rank(meta, first->type, bytes + first->offset, &unused) : 0;
    }
    default:
        return 0;
    }
}
