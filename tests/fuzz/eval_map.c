/* Maps of the evaluator: rows in the order in which they were made. Aggregations are kept in the
 * words that abi/agg.def describes, so that the runtime can show them: how they are counted is
 * written anew here. */
#include "abi/tseries.h"
#include "runtime/agg.h"
#include "tests/fuzz/eval.h"

struct emap *eval_map(struct eval *ev, const struct symbol *symbol)
{
    struct emap *map = NULL;

    vec_foreach(known, &ev->maps) {
        if ((*known)->symbol == symbol)
            return *known;
    }
    map = arena_new(ev->arena, struct emap);
    map->symbol = symbol;
    *vec_push(ev->arena, &ev->maps) = map;
    return map;
}

static const struct type *key_type(const struct emap *map)
{
    return map->symbol->map.key;
}

static const struct type *value_type(const struct emap *map)
{
    return map->symbol->map.value;
}

struct value eval_key(struct eval *ev, const struct expr *map)
{
    struct value key = {.n = map->n_args};
    u32 i = 0;

    if (map->n_args == 0)
        return key;
    if (map->n_args == 1)
        return eval_expr(ev, map->args);
    key.elems = arena_array(ev->arena, struct value, key.n);
    for (const struct expr *e = map->args; e; e = e->next)
        key.elems[i++] = eval_expr(ev, e);
    return key;
}

struct row *eval_row(const struct emap *map, const struct value *key)
{
    vec_foreach(row, &map->rows) {
        if (!row->is_gone && (!key_type(map) || eval_same(key_type(map), &row->key, key)))
            return row;
    }
    return NULL;
}

struct row *eval_row_made(struct eval *ev, struct emap *map, const struct value *key)
{
    struct row *row = eval_row(map, key);

    if (row)
        return row;
    row = vec_push(ev->arena, &map->rows);
    *row = (struct row){.key = *key};
    if (value_type(map)->kind == TYPE_AGG)
        row->words = arena_array(ev->arena, u64, type_agg_words(value_type(map)));
    return row;
}

bool eval_delete(const struct emap *map, const struct value *key)
{
    struct row *row = eval_row(map, key);

    if (row)
        row->is_gone = true;
    return row != NULL;
}

u64 eval_len(const struct emap *map)
{
    u64 n = 0;

    vec_foreach(row, &map->rows)
        n += !row->is_gone;
    return n;
}

/* ---- aggregations ---- */

/* Negative; 0 .. 2^bits - 1, one each; then 2^bits for each power of two. */
static u64 hist_bucket(s64 value, u32 bits)
{
    u32 power = 0;

    if (value < 0)
        return 0;
    if (value < (s64)1 << bits)
        return 1 + (u64)value;
    while (value >> power > 1)
        power++;
    return 1 + ((u64)(power - bits) << bits) + ((u64)value >> (power - bits));
}

static u64 lhist_bucket(s64 value, const s64 params[3])
{
    u64 range = (u64)params[1] - (u64)params[0];
    u64 step = (u64)params[2];

    if (value < params[0])
        return 0;
    if (value >= params[1])
        return (range + step - 1) / step + 1;
    return ((u64)value - (u64)params[0]) / step + 1;
}

static void keep_extreme(const struct type *t, u64 *words, u64 word, bool wants_max)
{
    bool is_less = t->is_signed ? (s64)word < (s64)words[0] : word < words[0];
    bool is_more = t->is_signed ? (s64)word > (s64)words[0] : word > words[0];

    if (!words[1] || (wants_max ? is_more : is_less))
        words[0] = word;
    words[1] = 1;
}

/* One interval that lasts as long as the machine: the first bucket of the first lane has all. */
static void keep_series(const struct type *t, u64 *words, u64 word)
{
    u64 *bucket = words + 1;
    u64 *value = &bucket[1];
    u64 *more = &bucket[2];
    u64 extreme[] = {*value, *more};
    enum tseries_function function = (enum tseries_function)(t->params[2] & ~(s64)TSERIES_OPEN);

    bucket[0] = 1;
    if (function == TSERIES_MAX || function == TSERIES_MIN) {
        keep_extreme(t, extreme, word, function == TSERIES_MAX);
        *value = extreme[0];
    } else {
        *value = function == TSERIES_LAST ? word : *value + word;
    }
    *more += 1;
}

void eval_aggregate(struct eval *ev, struct emap *map, const struct value *key, u64 word)
{
    const struct type *t = value_type(map);
    u64 *words = eval_row_made(ev, map, key)->words;

    if (!words)
        ptl_bug("an aggregation in a map that does not aggregate");
    switch (t->agg) {
    case AGG_COUNT:
        words[0]++;
        return;
    case AGG_SUM:
        words[0] += word;
        words[1] = 1;
        return;
    case AGG_AVG:
    case AGG_STATS:
        words[0] += word;
        words[1]++;
        return;
    case AGG_MIN:
    case AGG_MAX:
        keep_extreme(t, words, word, t->agg == AGG_MAX);
        return;
    case AGG_HIST:
        words[hist_bucket((s64)word, (u32)t->params[0])]++;
        return;
    case AGG_LHIST:
        words[lhist_bucket((s64)word, t->params)]++;
        return;
    case AGG_TSERIES:
        keep_series(t, words, word);
        return;
    case AGG_COUNT_:
        break;
    }
    eval_fail(ev, "an aggregation");
}

u64 eval_agg_number(const struct type *t, const struct row *row)
{
    if (!row)
        return 0;
    if (t->agg != AGG_AVG)
        return row->words[0];
    if (row->words[1] == 0)
        return 0;
    return t->is_signed ? (u64)((s64)row->words[0] / (s64)row->words[1])
                        : row->words[0] / row->words[1];
}

/* ---- showing ---- */

static struct meta_type agg_meta(const struct type *t)
{
    return (struct meta_type){
        .kind = ABI_AGG,
        .size = (u64)type_agg_words(t) * 8,
        .is_signed = t->is_signed,
        .num0 = t->agg,
        .num1 = (u64)t->params[0],
        .num2 = (u64)t->params[1],
        .num3 = (u64)t->params[2],
    };
}

struct sorting {
    struct eval *ev;
    const struct emap *map;
};

static int row_order(const void *a, const void *b, void *data)
{
    struct sorting *sorting = data;
    const struct emap *map = sorting->map;
    const struct type *t = value_type(map);
    const struct row *x = *(const struct row *const *)a;
    const struct row *y = *(const struct row *const *)b;
    int order = 0;

    if (t->kind == TYPE_AGG) {
        struct meta_type meta = agg_meta(t);

        order = agg_ops(t->agg)->compare(&meta, (const u8 *)x->words, (const u8 *)y->words);
    } else if (type_is_integer(t)) {
        order = eval_compare(sorting->ev, t, &x->value, &y->value);
    }
    if (order == 0 && key_type(map))
        order = eval_compare(sorting->ev, key_type(map), &x->key, &y->key);
    return order;
}

/* The divisor of print() has no sign: one beyond the signed range is larger than any value. */
static u64 signed_quotient(u64 word, u64 div)
{
    return div > INT64_MAX ? 0 : (u64)((s64)word / (s64)div);
}

static void show_value(struct eval *ev, const struct type *t, const struct row *row, u64 div)
{
    struct value v = row->value;

    if (t->kind == TYPE_AGG) {
        struct meta_type meta = agg_meta(t);

        buf_add_cstr(ev->out, agg_ops(t->agg)->is_block ? ":\n" : ": ");
        agg_ops(t->agg)->show(&meta, (const u8 *)row->words, div, ev->out);
        return;
    }
    buf_add_cstr(ev->out, ": ");
    if (t->kind == TYPE_INT && div > 1)
        v.word = t->is_signed ? signed_quotient(v.word, div) : v.word / div;
    eval_format(ev, ev->out, t, &v);
}

/* A tuple, not a record: shown without parentheses as a key. */
static bool is_list(const struct type *t)
{
    return t->kind == TYPE_TUPLE && !t->names;
}

static void show_row(struct eval *ev, const struct emap *map, const struct row *row, u64 div)
{
    const struct type *key = key_type(map);

    buf_add_str(ev->out, map->symbol->name);
    for (u32 i = 0; key && is_list(key) && i < key->n_elems; i++) {
        buf_add_cstr(ev->out, i ? ", " : "[");
        eval_format(ev, ev->out, key->elems[i], &row->key.elems[i]);
    }
    if (key && !is_list(key)) {
        buf_add_char(ev->out, '[');
        eval_format(ev, ev->out, key, &row->key);
    }
    if (key)
        buf_add_char(ev->out, ']');
    show_value(ev, value_type(map), row, div);
    buf_add_char(ev->out, '\n');
}

static void show_map(struct eval *ev, const struct emap *map, u64 top, u64 div)
{
    const struct row **rows = arena_array(ev->arena, const struct row *, map->rows.n + 1);
    const struct type *t = value_type(map);
    u32 n = 0;

    vec_foreach(row, &map->rows) {
        if (!row->is_gone)
            rows[n++] = row;
    }
    qsort_r(rows, n, sizeof(*rows), row_order, &(struct sorting){ev, map});
    if (t->kind == TYPE_AGG && t->agg == AGG_STATS) {
        top = 0;
        div = 1;
    }
    for (u32 i = top != 0 && top < n ? n - (u32)top : 0; i < n; i++)
        show_row(ev, map, rows[i], MAX(div, 1));
}

static void zero_all(struct eval *ev, const struct emap *map)
{
    const struct type *t = value_type(map);

    vec_foreach(row, &map->rows) {
        if (t->kind == TYPE_AGG) {
            memset(row->words, 0, (size_t)type_agg_words(t) * 8);
        } else {
            row->value = eval_zero(ev, t);
        }
    }
}

static void handle(struct eval *ev, const struct event *event)
{
    switch (event->kind) {
    case EVENT_TEXT:
        buf_add_str(ev->out, event->text);
        return;
    case EVENT_EXIT:
        if (!ev->is_exiting)
            ev->status = event->status;
        ev->is_exiting = true;
        return;
    case EVENT_PRINT_MAP:
        show_map(ev, event->map, event->top, event->div);
        return;
    case EVENT_CLEAR:
        event->map->rows.n = 0;
        return;
    case EVENT_ZERO:
        zero_all(ev, event->map);
        return;
    }
}

void eval_events(struct eval *ev)
{
    for (; ev->n_handled < ev->events.n && !ev->problem; ev->n_handled++)
        handle(ev, &ev->events.items[ev->n_handled]);
}

static int name_order(const void *a, const void *b)
{
    const struct emap *const *x = a;
    const struct emap *const *y = b;

    return str_cmp((*x)->symbol->name, (*y)->symbol->name);
}

void eval_show_maps(struct eval *ev)
{
    if (ev->maps.n > 1)
        qsort(ev->maps.items, ev->maps.n, sizeof(*ev->maps.items), name_order);
    buf_add_cstr(ev->out, "\n\n");
    if (ev->is_quiet)
        return;
    vec_foreach(map, &ev->maps) {
        if (!ev->problem)
            show_map(ev, *map, 0, 1);
    }
}
