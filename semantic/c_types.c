/* What the script's own C declarations name: a table of tags, typedefs and enumerators.
 *
 * A struct is there as a type from its first mention, so that pointers to it can be made; its
 * layout is made by c_declare.c, in the order of the script, or earlier where another type needs
 * it.
 */
#include "semantic/c_types.h"

static u32 bucket_of(struct str name)
{
    u32 hash = 0;

    for (u32 i = 0; i < name.n; i++)
        hash = hash * 31 + (u8)name.p[i];
    return hash % C_TYPE_BUCKETS;
}

struct c_type *c_entry_find(const struct c_types *table, enum type_name_kind kind, struct str name)
{
    for (struct c_type *t = table->types[bucket_of(name)]; t; t = t->next) {
        if (t->kind == kind && str_eq(t->name, name))
            return t;
    }
    return NULL;
}

struct c_type *c_entry_add(struct sema *s, enum type_name_kind kind, struct str name)
{
    struct c_type *t = arena_new(s->arena, struct c_type);
    struct c_type **bucket = &s->c_types->types[bucket_of(name)];

    *t = (struct c_type){.kind = kind, .name = name, .next = *bucket};
    *bucket = t;
    return t;
}

const struct type *c_type_find(struct sema *s, enum type_name_kind kind, struct str name)
{
    struct c_type *t = c_entry_find(s->c_types, kind, name);

    return t ? c_entry_type(s, t) : NULL;
}

struct str c_type_nearest(struct sema *s, enum type_name_kind kind, struct str name)
{
    VEC(const char *) names = {0};
    int nearest = 0;

    for (u32 i = 0; i < C_TYPE_BUCKETS; i++) {
        for (const struct c_type *t = s->c_types->types[i]; t; t = t->next) {
            if (t->kind == kind)
                *vec_push(s->arena, &names) = str_cstr(s->arena, t->name);
        }
    }
    nearest = str_nearest(name, names.items, names.n);
    return str_of(nearest < 0 ? NULL : names.items[nearest]);
}

struct c_enumerator_entry *c_enumerator_entry(const struct c_types *table, struct str name)
{
    for (struct c_enumerator_entry *e = table->enumerators[bucket_of(name)]; e; e = e->next) {
        if (str_eq(e->name, name))
            return e;
    }
    return NULL;
}

struct c_enumerator_entry *c_enumerator_add(struct sema *s, struct str name)
{
    struct c_enumerator_entry *e = arena_new(s->arena, struct c_enumerator_entry);
    struct c_enumerator_entry **bucket = &s->c_types->enumerators[bucket_of(name)];

    *e = (struct c_enumerator_entry){.name = name, .next = *bucket};
    *bucket = e;
    return e;
}

struct str c_enumerator_nearest(struct sema *s, struct str name)
{
    VEC(const char *) names = {0};
    int nearest = 0;

    for (u32 i = 0; i < C_TYPE_BUCKETS; i++) {
        for (const struct c_enumerator_entry *e = s->c_types->enumerators[i]; e; e = e->next)
            *vec_push(s->arena, &names) = str_cstr(s->arena, e->name);
    }
    nearest = str_nearest(name, names.items, names.n);
    return str_of(nearest < 0 ? NULL : names.items[nearest]);
}

const struct type *c_enumerator_find(const struct sema *s, struct str name, s64 *value_out)
{
    const struct c_enumerator_entry *e = c_enumerator_entry(s->c_types, name);

    if (!e || !e->type)
        return NULL;
    *value_out = (s64)e->value.num;
    return e->type;
}
