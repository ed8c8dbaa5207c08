/* C types of BTF as types of the language.
 *
 * A damaged file may say anything: chains that never end, structs inside of themselves, members
 * outside of their struct. Chains are followed MAX_DEPTH far, a struct is checked before its
 * members are given to anybody, and one that is not in order has none. */
#include <stdlib.h>

#include "stdlib/btf_file.h"

enum {
    MAX_DEPTH = 32,           /* of pointers, typedefs, arrays, structs inside of each other */
    MAX_MEMBERS = 65536,      /* of a struct and all that it holds */
    MAX_ARRAY_BYTES = 1 << 28 /* so that sizes in bits fit 32 bits */
};

struct maker {
    struct types *types;
    const struct btf_file *file; /* the numbers are of */
};

static const struct type *make(const struct maker *m, u32 id, u32 depth);

/* Bytes that the language has no type for. */
static const struct type *make_opaque(const struct maker *m, u32 size)
{
    return type_array(m->types, type_int(m->types, 1, false), MIN(size, MAX_ARRAY_BYTES));
}

static const struct type *make_int(const struct maker *m, const struct btf_type *t)
{
    u32 word = *(const u32 *)btf_behind(t);

    if (!is_word_size(t->size))
        return make_opaque(m, t->size);
    if (BTF_INT_ENCODING(word) & BTF_INT_BOOL && t->size == 1)
        return type_bool(m->types);
    return type_int(m->types, t->size, BTF_INT_ENCODING(word) & BTF_INT_SIGNED);
}

static bool is_modifier(const struct btf_type *t)
{
    switch (btf_kind_of(t)) {
    case BTF_KIND_TYPEDEF:
    case BTF_KIND_VOLATILE:
    case BTF_KIND_CONST:
    case BTF_KIND_RESTRICT:
    case BTF_KIND_TYPE_TAG:
        return true;
    default:
        return false;
    }
}

/* The number behind typedefs and qualifiers. is_user_out (may be NULL): one says __user. 0: the
 * chain does not end. */
static u32 skip_modifiers(const struct maker *m, u32 id, bool *is_user_out)
{
    for (u32 i = 0; i < MAX_DEPTH; i++) {
        const struct btf_type *t = btf_file_type(m->file, id);

        if (!t || !is_modifier(t))
            return id;
        if (is_user_out && btf_kind_of(t) == BTF_KIND_TYPE_TAG &&
            strcmp(btf_file_string(m->file, t->name_off), "user") == 0)
            *is_user_out = true;
        id = t->type;
    }
    return 0;
}

static const struct type *make_pointer(const struct maker *m, const struct btf_type *t, u32 depth)
{
    bool is_user = false;

    (void)skip_modifiers(m, t->type, &is_user);
    return type_pointer(m->types, make(m, t->type, depth + 1), is_user ? SPACE_USER : SPACE_KERNEL);
}

static bool is_char(const struct maker *m, u32 id)
{
    const struct btf_type *t = btf_file_type(m->file, skip_modifiers(m, id, NULL));

    return t && btf_kind_of(t) == BTF_KIND_INT && t->size == 1 &&
           strcmp(btf_file_string(m->file, t->name_off), "char") == 0;
}

static const struct type *make_array(const struct maker *m, const struct btf_type *t, u32 depth)
{
    const struct btf_array *array = btf_behind(t);
    const struct type *of = make(m, array->type, depth + 1);
    u32 size = type_raw_size(of);

    if (size == 0) /* structs without members, which locks are where they are not debugged */
        return make_opaque(m, 0);
    if (array->nelems > MAX_ARRAY_BYTES / size)
        return make_opaque(m, 0);
    if (array->nelems > 0 && is_char(m, array->type))
        return type_chars(m->types, array->nelems);
    return type_array(m->types, of, array->nelems);
}

static s64 enum_value(const struct btf_type *t, u32 i)
{
    if (btf_kind_of(t) == BTF_KIND_ENUM64) {
        const struct btf_enum64 *e = (const struct btf_enum64 *)btf_behind(t) + i;

        return (s64)((u64)e->val_hi32 << 32 | e->val_lo32);
    }

    const struct btf_enum *e = (const struct btf_enum *)btf_behind(t) + i;

    return BTF_INFO_KFLAG(t->info) ? e->val : (s64)(u32)e->val;
}

/* Both kinds begin with the name's offset. */
const char *btf_enumerator_name(const struct btf_file *f, const struct btf_type *t, u32 i)
{
    size_t size =
        btf_kind_of(t) == BTF_KIND_ENUM64 ? sizeof(struct btf_enum64) : sizeof(struct btf_enum);

    return btf_file_string(f, *(const u32 *)((const char *)btf_behind(t) + i * size));
}

static const struct type *make_enum(const struct maker *m, const struct btf_type *t)
{
    struct arena *arena = types_arena(m->types);
    struct enumeration *enumeration = arena_new(arena, struct enumeration);
    u32 n = btf_count_of(t);
    struct enumerator *items = arena_array(arena, struct enumerator, n);

    for (u32 i = 0; i < n; i++) {
        items[i] = (struct enumerator){
            .name = str_of(btf_enumerator_name(m->file, t, i)),
            .value = enum_value(t, i),
        };
    }
    enumeration->name = str_of(btf_file_string(m->file, t->name_off));
    enumeration->items = items;
    enumeration->n_items = n;
    return type_enum(m->types, enumeration, is_word_size(t->size) ? t->size : 4,
                     BTF_INFO_KFLAG(t->info));
}

// --- structs and unions --------------------------------------------------------------------------

static bool is_composite(const struct btf_type *t)
{
    return btf_kind_of(t) == BTF_KIND_STRUCT || btf_kind_of(t) == BTF_KIND_UNION;
}

/* The struct that a member of this type holds by value, alone or in arrays; NULL: none. */
static const struct btf_type *held_composite(const struct maker *m, u32 id)
{
    for (u32 i = 0; i < MAX_DEPTH; i++) {
        const struct btf_type *t = btf_file_type(m->file, skip_modifiers(m, id, NULL));

        if (!t || btf_kind_of(t) != BTF_KIND_ARRAY)
            return t && is_composite(t) ? t : NULL;
        id = ((const struct btf_array *)btf_behind(t))->type;
    }
    return NULL;
}

/* Do structs inside of structs end, and soon? */
static bool nests_well(const struct maker *m, const struct btf_type *t, u32 depth, u32 *n_members)
{
    const struct btf_member *members = btf_behind(t);

    *n_members += btf_count_of(t);
    if (depth > MAX_DEPTH || *n_members > MAX_MEMBERS)
        return false;
    for (u32 i = 0; i < btf_count_of(t); i++) {
        const struct btf_type *held = held_composite(m, members[i].type);

        if (held && !nests_well(m, held, depth + 1, n_members))
            return false;
    }
    return true;
}

/* Where a member lies. Bit-fields: with the kind flag the member tells their width, without it the
 * integer type does. */
static void place_field(const struct maker *m, const struct btf_type *t,
                        const struct btf_member *member, struct composite_field *field)
{
    const struct btf_type *own = btf_file_type(m->file, skip_modifiers(m, member->type, NULL));
    u32 word = 0;

    field->bit_offset = member->offset;
    if (BTF_INFO_KFLAG(t->info)) {
        field->bit_offset = BTF_MEMBER_BIT_OFFSET(member->offset);
        field->bit_size = BTF_MEMBER_BITFIELD_SIZE(member->offset);
        return;
    }
    if (!own || btf_kind_of(own) != BTF_KIND_INT)
        return;
    word = *(const u32 *)btf_behind(own);
    if (BTF_INT_BITS(word) == own->size * 8 && BTF_INT_OFFSET(word) == 0)
        return;
    field->bit_offset += BTF_INT_OFFSET(word);
    field->bit_size = BTF_INT_BITS(word);
}

/* Is it inside of its struct, and wide enough for its bits? */
static bool field_fits(const struct composite *c, const struct composite_field *field)
{
    u64 n_bits = field->bit_size ? field->bit_size : (u64)type_raw_size(field->type) * 8;

    if (field->bit_size > type_raw_size(field->type) * 8 || (field->bit_size && n_bits > 64))
        return false;
    if (!field->bit_size && field->bit_offset % 8)
        return false;
    return field->bit_offset + n_bits <= (u64)c->size * 8;
}

struct composite_source {
    struct maker maker;
    const struct btf_type *type;
};

static void load_fields(struct composite *self)
{
    const struct composite_source *from = self->source;
    const struct maker *m = &from->maker;
    const struct btf_member *members = btf_behind(from->type);
    u32 n = btf_count_of(from->type), n_members = 0;

    if (!nests_well(m, from->type, 0, &n_members))
        return;
    self->fields = arena_array(types_arena(m->types), struct composite_field, n);
    for (u32 i = 0; i < n; i++) {
        struct composite_field *field = &self->fields[self->n_fields];

        *field = (struct composite_field){
            .name = str_of(btf_file_string(m->file, members[i].name_off)),
            .type = make(m, members[i].type, 0),
        };
        place_field(m, from->type, &members[i], field);
        self->n_fields += field->type->kind != TYPE_VOID && field_fits(self, field);
    }
}

static const struct type *make_composite(const struct maker *m, const struct btf_type *t)
{
    struct arena *arena = types_arena(m->types);
    struct composite *c = arena_new(arena, struct composite);
    struct composite_source *from = arena_new(arena, struct composite_source);

    *from = (struct composite_source){.maker = *m, .type = t};
    c->name = str_of(btf_file_string(m->file, t->name_off));
    c->is_kernel = c->name.n > 0;
    c->is_union = btf_kind_of(t) == BTF_KIND_UNION;
    if (btf_kind_of(t) == BTF_KIND_FWD) {
        c->is_union = BTF_INFO_KFLAG(t->info);
    } else {
        c->size = MIN(t->size, MAX_ARRAY_BYTES);
        c->load = load_fields;
        c->source = from;
    }
    return type_struct(m->types, c);
}

// --- all -----------------------------------------------------------------------------------------

static const struct type *make_new(const struct maker *m, const struct btf_type *t, u32 depth)
{
    switch (btf_kind_of(t)) {
    case BTF_KIND_INT:
        return make_int(m, t);
    case BTF_KIND_PTR:
        return make_pointer(m, t, depth);
    case BTF_KIND_ARRAY:
        return make_array(m, t, depth);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
    case BTF_KIND_FWD:
        return make_composite(m, t);
    case BTF_KIND_ENUM:
    case BTF_KIND_ENUM64:
        return make_enum(m, t);
    case BTF_KIND_FLOAT:
        return make_opaque(m, t->size);
    default:
        return is_modifier(t) ? make(m, t->type, depth + 1) : type_void(m->types);
    }
}

static const struct type *make(const struct maker *m, u32 id, u32 depth)
{
    const struct btf_type *t = btf_file_type(m->file, id);

    if (!t || depth > MAX_DEPTH)
        return type_void(m->types);

    struct maker own = {m->types, btf_file_of(m->file, id)};
    const struct type **made = &own.file->made[id - own.file->first_id];

    if (!*made)
        *made = make_new(&own, t, depth);
    return *made;
}

const struct type *btf_type_of(struct types *ts, const struct btf_file *f, u32 id)
{
    return make(&(struct maker){ts, f}, id, 0);
}
