/* Aggregations in the runtime: folding the slots of all CPUs, and showing the result.
 *
 * One file agg_<name>.c for each row of abi/agg.def, and no other place that knows them by name.
 * A slot is a row of 8-byte words in the byte order of the machine; bytes need not be aligned. */
#pragma once

#include "abi/meta.h"

/* Operations on the slots of one aggregation. type: its row of the metadata; each slot is
 * type->size bytes. */
struct agg_ops {
    /* Fold `from` into `into`; a slot of zeros is the neutral element. */
    void (*merge)(const struct meta_type *type, u8 *into, const u8 *from);
    /* Has anything been added since the slot was zero? */
    bool (*is_set)(const struct meta_type *type, const u8 *slot);
    /* Order in which a map prints its rows: <0, 0, >0. */
    int (*compare)(const struct meta_type *type, const u8 *a, const u8 *b);
    /* Append the value as text; a histogram appends whole lines. div >= 1: numbers and the counts
     * of hist() are divided by it. */
    void (*show)(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out);
    /* The same as JSON: a number, an object, an array of buckets. */
    void (*json)(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out);
    /* The value as one number, signed where the argument is: what a stack weighs (-f folded). */
    u64 (*number)(const struct meta_type *type, const u8 *slot);
    const char *json_type; /* of the record: "map", "stats", "hist" */
    bool is_block;         /* shown as lines below the map's name */
    bool has_no_top_div;   /* print()'s top and div are ignored (stats) */
};

/* agg_ops_count, agg_ops_sum, ...: one for each row. */
#define AGG(id, name, type_name) extern const struct agg_ops agg_ops_##name;
#include "abi/agg.def"
#undef AGG

/* The operations of an aggregation; never NULL. */
const struct agg_ops *agg_ops(enum agg_id id);

/* Word i of a slot. */
u64 agg_word(const u8 *slot, u64 i);

/* Set word i of a slot. */
void agg_word_set(u8 *slot, u64 i, u64 word);

/* Add each word of `from` to the same word of `into`: the merge of everything that counts. */
void agg_merge_sum(const struct meta_type *type, u8 *into, const u8 *from);

/* The second word says how often, or whether, something was added: sum, avg, min, max, stats. */
bool agg_is_set_by_second(const struct meta_type *type, const u8 *slot);

/* Sum of all words: what histograms are ordered by. */
u64 agg_total(const struct meta_type *type, const u8 *slot);

/* Order of two words, signed where the aggregation's argument is. */
int agg_compare_words(const struct meta_type *type, u64 a, u64 b);

/* word / div, signed where the argument is. div 0 counts as 1. */
u64 agg_divide(const struct meta_type *type, u64 word, u64 div);

/* Append a word as a number, signed where the argument is. */
void agg_show_word(const struct meta_type *type, u64 word, struct buf *out);

/* min, max: keep the better of two {value, is_set} slots in `into`, whose value lies as it is. */
void agg_merge_extreme(const struct meta_type *type, u8 *into, const u8 *from);

/* Compare and show a slot whose first word is the value: count, sum, min, max. */
int agg_compare_first(const struct meta_type *type, const u8 *a, const u8 *b);
void agg_show_first(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out);

/* Its first word. */
u64 agg_number_first(const struct meta_type *type, const u8 *slot);

/* The same as JSON. */
void agg_json_first(const struct meta_type *type, const u8 *slot, u64 div, struct buf *out);

/* Append a word as a number of JSON, signed where the argument is. */
void agg_json_word(const struct meta_type *type, u64 word, struct buf *out);

/* The average of a {total, n} slot, rounded toward zero; 0 of nothing. */
u64 agg_average(const struct meta_type *type, const u8 *slot);

/* Order by average. */
int agg_compare_average(const struct meta_type *type, const u8 *a, const u8 *b);
