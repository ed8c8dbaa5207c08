/* Types of the language: made once each (hash-consed), so that two types are equal when their
 * pointers are. Also their names, their sizes in memory, and the join that finds a type for values
 * of two.
 *
 * A struct types lives in the arena of its compilation; it owns nothing else. */
#include "ir/type.h"

struct type_node {
    struct type type;
    u32 hash;
    struct type_node *next; /* in its bucket */
};

enum {
    N_BUCKETS = 64
};

struct types {
    struct arena *arena;
    struct type_node *buckets[N_BUCKETS];
};

struct types *types_new(struct arena *arena)
{
    struct types *ts = arena_new(arena, struct types);

    ts->arena = arena;
    return ts;
}

static u32 hash_word(u32 hash, u64 word)
{
    u64 mixed = ((u64)hash ^ word) * 0x9e3779b97f4a7c15u;

    return (u32)(mixed >> 32);
}

static u32 type_hash(const struct type *t)
{
    u32 hash = hash_word(t->kind, t->size * 4u + t->is_literal * 2u + t->is_signed);

    for (u32 i = 0; i < t->n_elems; i++)
        hash = hash_word(hash, (uintptr_t)t->elems[i]);
    if (t->kind != TYPE_AGG)
        return hash;
    hash = hash_word(hash, t->agg);
    for (u32 i = 0; i < ARRAY_SIZE(t->params); i++)
        hash = hash_word(hash, (u64)t->params[i]);
    return hash;
}

static bool type_same(const struct type *a, const struct type *b)
{
    if (a->kind != b->kind || a->size != b->size || a->is_signed != b->is_signed ||
        a->is_literal != b->is_literal || a->n_elems != b->n_elems || a->agg != b->agg)
        return false;
    for (u32 i = 0; i < a->n_elems; i++) {
        if (a->elems[i] != b->elems[i])
            return false;
    }
    return memcmp(a->params, b->params, sizeof(a->params)) == 0;
}

/* The one type that looks like `want`. Its elems are copied if it is new. */
static const struct type *type_get(struct types *ts, const struct type *want)
{
    u32 hash = type_hash(want);
    struct type_node **bucket = &ts->buckets[hash % N_BUCKETS];
    struct type_node *node = NULL;

    for (node = *bucket; node; node = node->next) {
        if (node->hash == hash && type_same(&node->type, want))
            return &node->type;
    }
    node = arena_new(ts->arena, struct type_node);
    node->type = *want;
    node->hash = hash;
    node->next = *bucket;
    *bucket = node;
    if (want->n_elems) {
        const struct type **elems = arena_array(ts->arena, const struct type *, want->n_elems);

        memcpy(elems, want->elems, sizeof(*elems) * want->n_elems);
        node->type.elems = elems;
    }
    return &node->type;
}

static const struct type *type_simple(struct types *ts, enum type_kind kind)
{
    return type_get(ts, &(struct type){.kind = kind});
}

const struct type *type_error(struct types *ts)
{
    return type_simple(ts, TYPE_ERROR);
}

const struct type *type_void(struct types *ts)
{
    return type_simple(ts, TYPE_VOID);
}

const struct type *type_bool(struct types *ts)
{
    return type_simple(ts, TYPE_BOOL);
}

const struct type *type_ksym(struct types *ts)
{
    return type_simple(ts, TYPE_KSYM);
}

const struct type *type_pointer(struct types *ts)
{
    return type_simple(ts, TYPE_POINTER);
}

const struct type *type_int(struct types *ts, u32 size, bool is_signed)
{
    return type_get(ts, &(struct type){.kind = TYPE_INT, .size = size, .is_signed = is_signed});
}

const struct type *type_of_literal(struct types *ts, u64 num, bool is_negative)
{
    s64 value = (s64)num;
    u32 size = 1;

    if (!is_negative && num > INT64_MAX)
        return type_int(ts, 8, false);
    for (; size < 8; size *= 2) {
        s64 limit = (s64)1 << (size * 8 - 1);

        if (value >= -limit && value < limit)
            break;
    }
    return type_get(
        ts, &(struct type){
                .kind = TYPE_INT, .size = size, .is_signed = true, .is_literal = !is_negative});
}

const struct type *type_string(struct types *ts, u32 capacity)
{
    return type_get(ts, &(struct type){.kind = TYPE_STRING, .size = capacity});
}

const struct type *type_own_string(struct types *ts, u32 capacity)
{
    return type_get(ts, &(struct type){.kind = TYPE_STRING, .size = capacity, .is_literal = true});
}

const struct type *type_tuple(struct types *ts, const struct type *const *elems, u32 n)
{
    return type_get(ts, &(struct type){.kind = TYPE_TUPLE, .n_elems = n, .elems = elems});
}

const struct type *type_agg(struct types *ts, enum agg_id agg, bool is_signed, const s64 params[3])
{
    return type_get(ts, &(struct type){.kind = TYPE_AGG,
                                       .is_signed = is_signed,
                                       .agg = agg,
                                       .params = {params[0], params[1], params[2]}});
}

u32 type_mem_size(const struct type *t)
{
    switch (t->kind) {
    case TYPE_ERROR:
    case TYPE_VOID:
    case TYPE_COUNT_:
        return 0;
    case TYPE_INT:
    case TYPE_BOOL:
    case TYPE_KSYM:
    case TYPE_POINTER:
        return 8;
    case TYPE_STRING:
        return ROUND_UP(t->size, 8);
    case TYPE_TUPLE:
        return type_elem_offset(t, t->n_elems);
    case TYPE_AGG:
        return type_agg_words(t) * 8;
    }
    return 0;
}

u32 type_elem_offset(const struct type *t, u32 i)
{
    u32 offset = 0;

    for (u32 k = 0; k < i; k++)
        offset += type_mem_size(t->elems[k]);
    return offset;
}

u32 type_agg_words(const struct type *t)
{
    return agg_word_count(t->agg, t->params);
}

bool type_is_word(const struct type *t)
{
    return type_is_numeric(t);
}

bool type_is_numeric(const struct type *t)
{
    return t->kind == TYPE_INT || t->kind == TYPE_BOOL || t->kind == TYPE_KSYM ||
           t->kind == TYPE_POINTER;
}

static void tuple_print(struct buf *out, const struct type *t)
{
    buf_add_char(out, '(');
    for (u32 i = 0; i < t->n_elems; i++) {
        if (i)
            buf_add_char(out, ',');
        type_print(
            out, t->elems[i]); /* a tuple nests only as deep as the parser lets expressions nest */
    }
    buf_add_char(out, ')');
}

void type_print(struct buf *out, const struct type *t)
{
    switch (t->kind) {
    case TYPE_ERROR:
        buf_add_cstr(out, "error");
        break;
    case TYPE_VOID:
        buf_add_cstr(out, "void");
        break;
    case TYPE_INT:
        buf_printf(out, "%sint%u", t->is_signed ? "" : "u", t->size * 8);
        break;
    case TYPE_BOOL:
        buf_add_cstr(out, "bool");
        break;
    case TYPE_STRING:
        buf_printf(out, "string[%u]", t->size);
        break;
    case TYPE_TUPLE:
        tuple_print(out, t);
        break;
    case TYPE_KSYM:
        buf_add_cstr(out, "ksym_t");
        break;
    case TYPE_POINTER:
        buf_add_cstr(out, "pointer");
        break;
    case TYPE_AGG:
        buf_add_cstr(out, agg_type_name(t->agg));
        break;
    case TYPE_COUNT_:
        break;
    }
}

struct str type_name(struct arena *arena, const struct type *t)
{
    _cleanup_buf_ struct buf out = {0};

    type_print(&out, t);
    return str_dup(arena, (struct str){out.p, (u32)out.n});
}

static const struct type *join_ints(struct types *ts, const struct type *a, const struct type *b)
{
    const struct type *with_sign = a->is_signed ? a : b, *other = a->is_signed ? b : a;

    if (a->is_literal != b->is_literal) {
        other = a->is_literal ? b : a;
        return type_int(ts, MAX(a->size, b->size), other->is_signed);
    }
    if (a->is_signed == b->is_signed)
        return a->size >= b->size ? a : b;
    if (with_sign->size > other->size)
        return with_sign;
    return type_int(ts, MIN(other->size * 2, 8), true);
}

static const struct type *join_strings(struct types *ts, const struct type *a, const struct type *b)
{
    u32 capacity = MAX(a->size, b->size);

    return a->is_literal && b->is_literal ? type_own_string(ts, capacity)
                                          : type_string(ts, capacity);
}

static const struct type *join_tuples(struct types *ts, const struct type *a, const struct type *b)
{
    const struct type **elems = NULL;

    if (a->n_elems != b->n_elems)
        return NULL;
    elems = arena_array(ts->arena, const struct type *, a->n_elems);
    for (u32 i = 0; i < a->n_elems; i++) {
        elems[i] = type_join(ts, a->elems[i], b->elems[i]);
        if (!elems[i])
            return NULL;
    }
    return type_tuple(ts, elems, a->n_elems);
}

/* The same aggregation of values with and without sign has one. */
static const struct type *join_aggs(const struct type *a, const struct type *b)
{
    if (a->agg != b->agg || memcmp(a->params, b->params, sizeof(a->params)) != 0)
        return NULL;
    return a->is_signed ? a : b;
}

const struct type *type_join(struct types *ts, const struct type *a, const struct type *b)
{
    if (a == b || a->kind == TYPE_ERROR)
        return a;
    if (b->kind == TYPE_ERROR)
        return b;
    if (a->kind != b->kind)
        return NULL;
    switch (a->kind) {
    case TYPE_INT:
        return join_ints(ts, a, b);
    case TYPE_STRING:
        return join_strings(ts, a, b);
    case TYPE_TUPLE:
        return join_tuples(ts, a, b);
    case TYPE_AGG:
        return join_aggs(a, b);
    default:
        return NULL; /* kinds without parameters are equal by pointer */
    }
}
