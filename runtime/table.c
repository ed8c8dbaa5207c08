/* The rows of one map. Keys and values lie in two byte buffers that are reused from print to print.
 */
#include "runtime/table.h"

#include <errno.h>

#include "runtime/agg.h"
#include "runtime/value.h"

void table_init(struct table *t, const struct meta *meta)
{
    *t = (struct table){.meta = meta, .div = 1};
}

void table_done(struct table *t)
{
    buf_done(&t->keys);
    buf_done(&t->values);
    free(t->order);
    *t = (struct table){0};
}

void table_begin(struct table *t, const struct meta_map *map, u32 value_size)
{
    t->map = map;
    t->key_size = map->key == META_NO_REF ? 0 : (u32)t->meta->types.items[map->key].size;
    t->value_size = value_size;
    buf_reset(&t->keys);
    buf_reset(&t->values);
    t->n = 0;
    t->first = 0;
    t->div = 1;
}

static const struct meta_type *value_type(const struct table *t)
{
    return &t->meta->types.items[t->map->value];
}

static bool is_number(const struct meta_type *type)
{
    return type->kind == ABI_INT || type->kind == ABI_UINT;
}

static bool has_order_of_values(const struct meta_type *type)
{
    return is_number(type) || type->kind == ABI_ENUM || type->kind == ABI_AGG;
}

static bool has_mark(const struct table *t)
{
    return t->map->set_offset != META_NO_REF;
}

void table_merge(const struct table *t, u8 *into, const u8 *from)
{
    const struct meta_type *type = value_type(t);
    u64 mark = t->map->set_offset;

    if (type->kind == ABI_AGG) {
        agg_ops((enum agg_id)type->num0)->merge(type, into, from);
    } else if (is_number(type)) {
        agg_word_set(into, 0, value_word(into) + value_word(from));
    } else if (!has_mark(t) || value_word(into + mark) == 0) {
        memcpy(into, from, t->value_size);
        return;
    }
    if (has_mark(t))
        agg_word_set(into + mark, 0, value_word(into + mark) | value_word(from + mark));
}

int table_add(struct table *t, const u8 *key, const u8 *slots, u32 n_slots)
{
    u8 *value = NULL;

    buf_add(&t->keys, key, t->key_size);
    buf_add(&t->values, slots, t->value_size);
    if (t->keys.failed || t->values.failed)
        return -ENOMEM;
    value = (u8 *)t->values.p + (size_t)t->n * t->value_size;
    if (n_slots > 1 || value_type(t)->kind == ABI_AGG) {
        memset(value, 0, t->value_size); /* what every merge begins with */
        for (u32 i = 0; i < n_slots; i++)
            table_merge(t, value, slots + (size_t)i * t->value_size);
    }
    t->n++;
    return 0;
}

bool table_is_set(const struct table *t, const u8 *value)
{
    const struct meta_type *type = value_type(t);

    if (has_mark(t))
        return value_word(value + t->map->set_offset) != 0;
    if (type->kind == ABI_AGG)
        return agg_ops((enum agg_id)type->num0)->is_set(type, value);
    return true;
}

static const u8 *row_key(const struct table *t, u32 row)
{
    return (const u8 *)t->keys.p + (size_t)row * t->key_size;
}

static const u8 *row_value(const struct table *t, u32 row)
{
    return (const u8 *)t->values.p + (size_t)row * t->value_size;
}

enum {
    RANK_DIGITS = 8, /* bytes of a rank */
    DIGIT_VALUES = 256,
};

/* A row that is being sorted. */
struct sort_row {
    u64 value, key; /* ranks, see value_rank() */
    u32 row;
};

struct sort {
    const struct table *t;
    bool has_exact_values, has_exact_keys;
};

static int row_order(const void *a, const void *b, void *data)
{
    const struct sort *sort = data;
    const struct table *t = sort->t;
    const struct sort_row *x = a, *y = b;
    int order = 0;

    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    if (!sort->has_exact_values)
        order = value_compare(t->meta, t->map->value, row_value(t, x->row), row_value(t, y->row));
    if (order != 0)
        return order;
    if (x->key != y->key)
        return x->key < y->key ? -1 : 1;
    if (sort->has_exact_keys)
        return 0;
    return value_compare(t->meta, t->map->key, row_key(t, x->row), row_key(t, y->row));
}

/* The digit of a row's rank: those of its key are 0 to 7, those of its value 8 to 15. */
static u8 digit_of(const struct sort_row *row, u32 digit)
{
    u64 rank = digit < RANK_DIGITS ? row->key : row->value;

    return (u8)(rank >> (digit % RANK_DIGITS * 8));
}

/* Sort by one digit, from rows into other; rows of the same digit keep their order. False: all have
 * the same, and nothing was done. */
static bool sort_by_digit(const struct sort_row *rows, struct sort_row *other, u32 n, u32 digit)
{
    u32 first[DIGIT_VALUES] = {0}, at = 0;

    for (u32 i = 0; i < n; i++)
        first[digit_of(&rows[i], digit)]++;
    if (first[digit_of(&rows[0], digit)] == n)
        return false;
    for (u32 i = 0; i < DIGIT_VALUES; i++) {
        u32 count = first[i];

        first[i] = at;
        at += count;
    }
    for (u32 i = 0; i < n; i++)
        other[first[digit_of(&rows[i], digit)]++] = rows[i];
    return true;
}

/* Sort rows whose ranks tell all. Gives back the array that has them: rows or other. */
static struct sort_row *sort_by_ranks(struct sort_row *rows, struct sort_row *other, u32 n)
{
    for (u32 digit = 0; digit < 2 * RANK_DIGITS; digit++) {
        struct sort_row *sorted = other;

        if (!sort_by_digit(rows, other, n, digit))
            continue;
        other = rows;
        rows = sorted;
    }
    return rows;
}

/* Order the rows: by value where values have an order, then by key. */
static int sort_rows(struct table *t)
{
    bool by_value = has_order_of_values(value_type(t)), by_key = t->map->key != META_NO_REF;
    struct sort sort = {t, !by_value, !by_key};
    _cleanup_free_ struct sort_row *rows = malloc(2 * (size_t)t->n * sizeof(*rows));
    const struct sort_row *sorted = rows;

    if (rows == NULL)
        return -ENOMEM;
    for (u32 i = 0; i < t->n; i++) {
        rows[i] = (struct sort_row){.row = i};
        if (by_value) {
            rows[i].value =
                value_rank(t->meta, t->map->value, row_value(t, i), &sort.has_exact_values);
        }
        if (by_key)
            rows[i].key = value_rank(t->meta, t->map->key, row_key(t, i), &sort.has_exact_keys);
    }
    if (sort.has_exact_values && sort.has_exact_keys) {
        sorted = sort_by_ranks(rows, rows + t->n, t->n);
    } else {
        qsort_r(rows, t->n, sizeof(*rows), row_order, &sort);
    }
    for (u32 i = 0; i < t->n; i++)
        t->order[i] = sorted[i].row;
    return 0;
}

int table_sort(struct table *t, u64 top, u64 div)
{
    const struct meta_type *type = value_type(t);
    int err = 0;

    if (t->order_cap < t->n) {
        u32 *grown = realloc(t->order, t->n * sizeof(*grown));

        if (grown == NULL)
            return -ENOMEM;
        t->order = grown;
        t->order_cap = t->n;
    }
    if (t->n > 0)
        err = sort_rows(t);
    if (err != 0)
        return err;
    if (type->kind == ABI_AGG && agg_ops((enum agg_id)type->num0)->has_no_top_div)
        return 0;
    t->first = top != 0 && top < t->n ? t->n - (u32)top : 0;
    t->div = MAX(div, 1);
    return 0;
}

const u8 *table_key_added(const struct table *t, u32 i)
{
    return row_key(t, i);
}

const u8 *table_key(const struct table *t, u32 i)
{
    return row_key(t, t->order[i]);
}

const u8 *table_value(const struct table *t, u32 i)
{
    return row_value(t, t->order[i]);
}
