/* What a program knows already: words that cannot change while it runs, keys that lie in memory,
 * and elements that it has read and not written since. Asking for one of them again costs nothing.
 *
 * An entry holds where its value was computed and in all that follows in the same branch:
 * lower_if(), lower_else() and lower_end_if() forget what a branch learnt. */
#include "stdlib/lower.h"

/* More entries than this are not worth the search. */
#define MAX_KNOWN 32

static struct known_entry *find(struct lowering *lo, const struct known_entry *like)
{
    vec_foreach(entry, &lo->known) {
        if (entry->what == like->what && entry->func == lo->b.func && entry->map == like->map &&
            entry->key == like->key)
            return entry;
    }
    return NULL;
}

static void add(struct lowering *lo, struct known_entry entry)
{
    entry.func = lo->b.func;
    if (lo->known.n < MAX_KNOWN)
        *vec_push(lo->v->arena, &lo->known) = entry;
}

void known_truncate(struct lowering *lo, u32 n)
{
    lo->known.n = MIN(lo->known.n, n);
}

/* ---- words and names of the task ---- */

ir_val known_value(struct lowering *lo, enum known_what what)
{
    const struct known_entry *entry = find(lo, &(struct known_entry){.what = what});

    return entry ? entry->val : NULL;
}

ir_val known_add_value(struct lowering *lo, enum known_what what, ir_val val)
{
    add(lo, (struct known_entry){.what = what, .val = val});
    return val;
}

/* ---- keys ---- */

/* A word is what it is; of the values in memory only those are looked at that nothing writes
 * again. */
static bool is_same_part(struct lowering *lo, const struct operand *a, const struct operand *b)
{
    if (a->type != b->type)
        return false;
    if (type_is_word(a->type) || a->val->op == IR_STRING)
        return ir_is_same(a->val, b->val);
    return a->val == b->val && a->val == known_value(lo, KNOWN_COMM);
}

static bool is_key(struct lowering *lo, const struct known_entry *entry, const struct type *type,
                   const struct operand *parts, u32 n)
{
    if (entry->what != KNOWN_KEY || entry->func != lo->b.func || entry->type != type ||
        entry->n_parts != n)
        return false;
    for (u32 i = 0; i < n; i++) {
        if (!is_same_part(lo, &entry->parts[i], &parts[i]))
            return false;
    }
    return true;
}

ir_val known_key(struct lowering *lo, const struct type *type, const struct operand *parts, u32 n)
{
    vec_foreach(entry, &lo->known) {
        if (is_key(lo, entry, type, parts, n))
            return entry->val;
    }
    return NULL;
}

ir_val known_add_key(struct lowering *lo, const struct type *type, const struct operand *parts,
                     u32 n, ir_val key)
{
    struct operand *copy = arena_array(lo->v->arena, struct operand, n);

    for (u32 i = 0; i < n; i++) {
        copy[i] = parts[i];
        if (!is_same_part(lo, &parts[i], &parts[i]))
            return key;
    }
    add(lo, (struct known_entry){
                .what = KNOWN_KEY, .type = type, .parts = copy, .n_parts = n, .val = key});
    return key;
}

/* ---- elements ---- */

static bool is_known_key(struct lowering *lo, ir_val key)
{
    vec_foreach(entry, &lo->known) {
        if (entry->what == KNOWN_KEY && entry->func == lo->b.func && entry->val == key)
            return true;
    }
    return false;
}

ir_val known_of_map(struct lowering *lo, enum known_what what, const struct map_info *map,
                    ir_val key)
{
    const struct known_entry *entry = NULL;

    if (!key || is_known_key(lo, key))
        entry = find(lo, &(struct known_entry){.what = what, .map = map, .key = key});
    return entry ? entry->val : NULL;
}

ir_val known_add_of_map(struct lowering *lo, enum known_what what, const struct map_info *map,
                        ir_val key, ir_val val)
{
    add(lo, (struct known_entry){.what = what, .map = map, .key = key, .val = val});
    return val;
}

void known_forget_elements(struct lowering *lo, const struct map_info *map)
{
    vec_foreach(entry, &lo->known) {
        if (entry->what == KNOWN_ELEMENT && (!map || entry->map == map))
            entry->what = KNOWN_NOTHING;
    }
}
