/* The types that the script's own C declarations name. */
#include "semantic/context.h"

void c_type_add(struct sema *s, enum type_name_kind kind, struct str name, const struct type *t)
{
    *vec_push(s->arena, &s->c_types) = (struct c_type){kind, name, t};
}

const struct type *c_type_find(const struct sema *s, enum type_name_kind kind, struct str name)
{
    vec_foreach(known, &s->c_types) {
        if (known->kind == kind && str_eq(known->name, name))
            return known->type;
    }
    return NULL;
}

struct str c_type_nearest(struct sema *s, enum type_name_kind kind, struct str name)
{
    const char **names = arena_array(s->arena, const char *, s->c_types.n);
    u32 n = 0;
    int nearest = 0;

    vec_foreach(known, &s->c_types) {
        if (known->kind == kind && known->name.n)
            names[n++] = str_cstr(s->arena, known->name);
    }
    nearest = str_nearest(name, names, n);
    return str_of(nearest < 0 ? NULL : names[nearest]);
}

const struct type *c_enumerator_find(const struct sema *s, struct str name, s64 *value_out)
{
    vec_foreach(known, &s->c_types) {
        if (known->kind != TYPE_NAME_ENUM)
            continue;

        const struct enumeration *e = known->type->enumeration;

        for (u32 i = 0; i < e->n_items; i++) {
            if (str_eq(e->items[i].name, name)) {
                *value_out = e->items[i].value;
                return known->type;
            }
        }
    }
    return NULL;
}
