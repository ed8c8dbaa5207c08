/* What several aggregations share, and the table of all of them. */
#include "runtime/agg.h"

#include <inttypes.h>

#include "runtime/json.h"

const struct agg_ops *agg_ops(enum agg_id id)
{
    static const struct agg_ops *const table[] = {
#define AGG(id, name, type_name) [AGG_##id] = &agg_ops_##name,
#include "abi/agg.def"
#undef AGG
    };

    return table[id];
}

u64 agg_word(const u8 *slot, u64 i)
{
    u64 word = 0;

    memcpy(&word, slot + i * sizeof(word), sizeof(word));
    return word;
}

void agg_word_set(u8 *slot, u64 i, u64 word)
{
    memcpy(slot + i * sizeof(word), &word, sizeof(word));
}

void agg_merge_sum(const struct meta_type *type, u8 *into, const u8 *from)
{
    for (u64 i = 0; i < type->size / sizeof(u64); i++)
        agg_word_set(into, i, agg_word(into, i) + agg_word(from, i));
}

bool agg_is_set_by_second(const struct meta_type *type, const u8 *slot)
{
    (void)type;
    return agg_word(slot, 1) != 0;
}

u64 agg_total(const struct meta_type *type, const u8 *slot)
{
    u64 total = 0;

    for (u64 i = 0; i < type->size / sizeof(u64); i++)
        total += agg_word(slot, i);
    return total;
}

int agg_compare_words(const struct meta_type *type, u64 a, u64 b)
{
    if (type->is_signed != 0)
        return (s64)a < (s64)b ? -1 : (s64)a > (s64)b;
    return a < b ? -1 : a > b;
}

u64 agg_divide(const struct meta_type *type, u64 word, u64 div)
{
    if (div <= 1)
        return word;
    if (type->is_signed == 0)
        return word / div;
    /* A divisor beyond the signed range exceeds every signed word but the smallest. */
    return div > INT64_MAX ? 0 : (u64)((s64)word / (s64)div);
}

void agg_show_word(const struct meta_type *type, u64 word, struct buf *out)
{
    if (type->is_signed != 0) {
        buf_add_s64(out, (s64)word);
    } else {
        buf_add_u64(out, word);
    }
}

void agg_merge_extreme(const struct meta_type *type, u8 *into, const u8 *from)
{
    enum agg_id agg = (enum agg_id)type->num0;
    bool is_coded = agg_word(from, 1) == AGG_SET_CODED;
    u64 value = agg_word(from, 0) ^ (is_coded ? agg_neutral(agg, type->is_signed != 0) : 0);
    int order = agg_compare_words(type, value, agg_word(into, 0));

    if (agg_word(from, 1) == 0)
        return;
    if (agg_word(into, 1) != 0 && (agg == AGG_MIN ? order >= 0 : order <= 0))
        return;
    agg_word_set(into, 0, value);
    agg_word_set(into, 1, AGG_SET);
}

int agg_compare_first(const struct meta_type *type, const u8 *a, const u8 *b)
{
    return agg_compare_words(type, agg_word(a, 0), agg_word(b, 0));
}

void agg_show_first(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    agg_show_word(type, agg_divide(type, agg_word(slot, 0), div), out);
}

u64 agg_number_first(const struct meta_type *type, const u8 *slot)
{
    (void)type;
    return agg_word(slot, 0);
}

void agg_json_word(const struct meta_type *type, u64 word, struct buf *out)
{
    json_number(word, type->is_signed != 0, out);
}

void agg_json_first(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out)
{
    agg_json_word(type, agg_divide(type, agg_word(slot, 0), div), out);
}

u64 agg_average(const struct meta_type *type, const u8 *slot)
{
    u64 n = agg_word(slot, 1);

    return n == 0 ? 0 : agg_divide(type, agg_word(slot, 0), n);
}

int agg_compare_average(const struct meta_type *type, const u8 *a, const u8 *b)
{
    return agg_compare_words(type, agg_average(type, a), agg_average(type, b));
}
