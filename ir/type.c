/* Types of the language: made once each (hash-consed), so that two types are equal when their
 * pointers are.
 *
 * A struct types lives in the arena of its compilation; it owns nothing else. */
#include "ir/type.h"

struct type_node {
    struct type type;
    u32 hash;
    struct type_node *next; /* in its bucket */
};

enum {
    N_BUCKETS = 1024
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

struct arena *types_arena(struct types *ts)
{
    return ts->arena;
}

static u32 hash_word(u32 hash, u64 word)
{
    u64 mixed = ((u64)hash ^ word) * 0x9e3779b97f4a7c15u;

    return (u32)(mixed >> 32);
}

static u32 type_hash(const struct type *t)
{
    u32 hash =
        hash_word(t->kind, t->size * 8u + t->is_chars * 4u + t->is_literal * 2u + t->is_signed);

    hash = hash_word(hash, t->n_elems * 4u + t->space);
    for (u32 i = 0; t->elems && i < t->n_elems; i++)
        hash = hash_word(hash, (uintptr_t)t->elems[i]);
    hash = hash_word(hash, (uintptr_t)t->of ^ (uintptr_t)t->composite ^ (uintptr_t)t->enumeration);
    hash = hash_word(hash, t->agg * 16u + t->shape);
    for (u32 i = 0; i < ARRAY_SIZE(t->params); i++)
        hash = hash_word(hash, (u64)t->params[i]);
    return hash;
}

static bool names_same(const struct type *a, const struct type *b)
{
    if (!a->names || !b->names)
        return a->names == b->names;
    for (u32 i = 0; i < a->n_elems; i++) {
        if (!str_eq(a->names[i], b->names[i]))
            return false;
    }
    return true;
}

static bool type_same(const struct type *a, const struct type *b)
{
    if (a->kind != b->kind || a->size != b->size || a->is_signed != b->is_signed ||
        a->is_literal != b->is_literal || a->is_chars != b->is_chars || a->n_elems != b->n_elems ||
        a->agg != b->agg)
        return false;
    if (a->of != b->of || a->space != b->space || a->composite != b->composite ||
        a->enumeration != b->enumeration || a->shape != b->shape || !str_eq(a->text, b->text))
        return false;
    for (u32 i = 0; a->elems && i < a->n_elems; i++) {
        if (a->elems[i] != b->elems[i])
            return false;
    }
    return names_same(a, b) && memcmp(a->params, b->params, sizeof(a->params)) == 0;
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
    if (want->elems) {
        const struct type **elems = arena_array(ts->arena, const struct type *, want->n_elems);

        memcpy(elems, want->elems, sizeof(*elems) * want->n_elems);
        node->type.elems = elems;
    }
    if (want->names) {
        struct str *names = arena_array(ts->arena, struct str, want->n_elems);

        memcpy(names, want->names, sizeof(*names) * want->n_elems);
        node->type.names = names;
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

const struct type *type_chars(struct types *ts, u32 n)
{
    return type_get(ts, &(struct type){.kind = TYPE_STRING, .size = n, .is_chars = true});
}

const struct type *type_enum(struct types *ts, const struct enumeration *enumeration, u32 size,
                             bool is_signed)
{
    return type_get(ts, &(struct type){.kind = TYPE_ENUM,
                                       .size = size,
                                       .is_signed = is_signed,
                                       .enumeration = enumeration});
}

const struct type *type_buffer(struct types *ts, u32 capacity)
{
    return type_get(ts, &(struct type){.kind = TYPE_BUFFER, .size = capacity});
}

const struct type *type_record(struct types *ts, const struct type *const *elems,
                               const struct str *names, u32 n)
{
    return type_get(
        ts, &(struct type){.kind = TYPE_TUPLE, .n_elems = n, .elems = elems, .names = names});
}

const struct type *type_array(struct types *ts, const struct type *of, u32 n)
{
    return type_get(ts, &(struct type){.kind = TYPE_ARRAY, .n_elems = n, .of = of});
}

const struct type *type_struct(struct types *ts, const struct composite *composite)
{
    return type_get(ts, &(struct type){.kind = TYPE_STRUCT, .composite = composite});
}

const struct type *type_pointer(struct types *ts, const struct type *of, enum space space)
{
    return type_get(ts, &(struct type){.kind = TYPE_POINTER, .of = of, .space = space});
}

const struct type *type_shape(struct types *ts, enum shape_id shape, struct str text)
{
    return type_get(ts, &(struct type){.kind = TYPE_SHAPE, .shape = shape, .text = text});
}

const struct type *type_stack(struct types *ts, enum shape_id shape, struct str mode, u32 n_frames)
{
    u32 size = STACK_HEADER_BYTES + n_frames * stack_frame_bytes(mode);

    return type_get(ts,
                    &(struct type){.kind = TYPE_SHAPE, .shape = shape, .text = mode, .size = size});
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
