/* C declarations -> types. See c_types.h. */
#include "semantic/c_types.h"

enum {
    MAX_NEEDS = 100, /* types that need each other's size before it is their turn */
};

/* ---- types as written ---- */

static const struct type *composite_type(struct sema *s, struct c_type *entry)
{
    entry->composite = arena_new(s->arena, struct composite);
    entry->composite->name = entry->name;
    entry->composite->is_union = entry->kind == TYPE_NAME_UNION;
    return type_struct(s->v.types, entry->composite);
}

/* A tag behind a pointer, of which nothing else need be known. */
static const struct type *mentioned_type(struct sema *s, const struct type_name *name)
{
    const struct type *t = type_find(s, name->kind, name->name);
    struct c_type *entry = NULL;

    if (t)
        return t;
    entry = c_entry_add(s, name->kind, name->name);
    entry->type = composite_type(s, entry);
    entry->state = C_DONE;
    return entry->type;
}

static const struct type *pointed_type(struct sema *s, struct type_name *name)
{
    bool is_tag = name->kind == TYPE_NAME_STRUCT || name->kind == TYPE_NAME_UNION;

    return is_tag ? mentioned_type(s, name) : c_type_of(s, name);
}

static bool is_char(const struct type_name *name)
{
    return name->kind == TYPE_NAME_WORD && str_eq_c(name->name, "char");
}

static const struct type *array_type(struct sema *s, struct type_name *name)
{
    const struct type *of = c_complete_type(s, name->inner);
    u64 n = 0;

    if (!of)
        return NULL;
    if (name->count && !c_const_size(s, name->count, "The length of an array", C_MAX_BYTES, &n))
        return NULL;
    if (n * MAX(type_raw_size(of), 1u) > C_MAX_BYTES) {
        diag_add(s->v.diags, E_C_SIZE, name->span, "The array is too large");
        return NULL;
    }
    if (n > 0 && is_char(name->inner))
        return type_chars(s->v.types, (u32)n);
    return type_array(s->v.types, of, (u32)n);
}

const struct type *c_type_of(struct sema *s, struct type_name *name)
{
    const struct type *t = NULL;

    switch (name->kind) {
    case TYPE_NAME_POINTER:
        t = pointed_type(s, name->inner);
        return t ? type_pointer(s->v.types, t, SPACE_NONE) : NULL;
    case TYPE_NAME_ARRAY:
        return array_type(s, name);
    case TYPE_NAME_RECORD:
        return name->decl->defined;
    default:
        if (name->decl) /* an enum in place */
            return name->decl->defined;
        t = type_of_name(s, name);
        return t->kind == TYPE_ERROR ? NULL : t;
    }
}

/* ---- definitions ---- */

static bool enumerator_is_new(struct sema *s, const struct c_enumerator *item,
                              const struct c_value *value)
{
    const struct c_enumerator_entry *known = c_enumerator_entry(s->c_types, item->name);

    if (!known)
        return true;
    if (known->value.num != value->num) {
        diag_note(diag_add(s->v.diags, E_C_REDEFINED, item->span,
                           "Enumerator '%.*s' has another value already", STR_ARG(item->name)),
                  known->span, "This is the other one.");
    }
    return false;
}

/* The C type of an enum: int, unsigned if no value is negative, wider if one needs it. */
static const struct type *enum_type(struct sema *s, const struct c_decl *decl,
                                    struct enumeration *e, bool has_huge)
{
    u64 all = 0;
    bool is_signed = false;
    u32 size = decl->is_packed ? 1 : 4;

    if (has_huge)
        return type_enum(s->v.types, e, 8, false);
    for (u32 i = 0; i < e->n_items; i++)
        is_signed |= e->items[i].value < 0;
    for (u32 i = 0; i < e->n_items; i++) {
        u64 value = (u64)e->items[i].value;

        all |= e->items[i].value < 0 ? ~value : value;
    }
    while (size < 8 && all >> (size * 8 - is_signed) != 0)
        size *= 2;
    return type_enum(s->v.types, e, size, is_signed);
}

static const struct type *make_enum(struct sema *s, const struct c_decl *decl)
{
    struct enumeration *e = arena_new(s->arena, struct enumeration);
    VEC(struct enumerator) items = {0};
    VEC(struct c_enumerator_entry *) entries = {0};
    struct c_value value = {0, 4, false};
    const struct type *t = NULL;
    bool has_huge = false; /* above INT64_MAX */

    for (const struct c_enumerator *item = decl->enumerators; item; item = item->next) {
        if (item->value && !c_const(s, item->value, &value))
            return NULL;
        if (enumerator_is_new(s, item, &value)) {
            struct c_enumerator_entry *entry = c_enumerator_add(s, item->name);

            entry->span = item->span;
            entry->value = value;
            *vec_push(s->arena, &entries) = entry;
        }
        *vec_push(s->arena, &items) =
            (struct enumerator){.name = item->name, .value = (s64)value.num};
        has_huge |= value.is_unsigned && value.num > INT64_MAX;
        value.num++;
        if (value.size == 4 && value.num == (value.is_unsigned ? (u64)UINT32_MAX : INT32_MAX) + 1)
            value.size = 8;
    }
    *e = (struct enumeration){.name = decl->name, .items = items.items, .n_items = items.n};
    t = enum_type(s, decl, e, has_huge);
    vec_foreach(entry, &entries)
        (*entry)->type = t;
    return t;
}

static const struct type *make_typedef(struct sema *s, const struct c_decl *decl)
{
    const struct type *t = c_type_of(s, decl->type);

    if (t && decl->align) {
        u64 align = 0;

        if (!c_const_size(s, decl->align, "The alignment", C_MAX_BYTES, &align))
            return NULL;
        if (align != type_raw_align(t)) {
            diag_add(s->v.diags, E_C_UNSUPPORTED, decl->span,
                     "A typedef cannot have an alignment of its own");
        }
    }
    return t;
}

/* Members of `a` and `b` alike, as far as two definitions of one type must be. */
static bool is_alike(const struct type *a, const struct type *b);

static bool fields_alike(const struct composite *a, const struct composite *b)
{
    if (a->is_union != b->is_union || a->size != b->size || a->n_fields != b->n_fields)
        return false;
    for (u32 i = 0; i < a->n_fields; i++) {
        const struct composite_field *x = &a->fields[i], *y = &b->fields[i];

        if (!str_eq(x->name, y->name) || x->bit_offset != y->bit_offset ||
            x->bit_size != y->bit_size || !is_alike(x->type, y->type))
            return false;
    }
    return true;
}

static bool items_alike(const struct enumeration *a, const struct enumeration *b)
{
    if (a->n_items != b->n_items)
        return false;
    for (u32 i = 0; i < a->n_items; i++) {
        if (!str_eq(a->items[i].name, b->items[i].name) || a->items[i].value != b->items[i].value)
            return false;
    }
    return true;
}

static bool is_alike(const struct type *a, const struct type *b)
{
    if (a == b)
        return true;
    if (a->kind != b->kind || type_raw_size(a) != type_raw_size(b))
        return false;
    switch (a->kind) {
    case TYPE_STRUCT: /* what has a name was compared where it was defined */
        return a->composite->name.n || b->composite->name.n
                   ? str_eq(a->composite->name, b->composite->name)
                   : fields_alike(a->composite, b->composite);
    case TYPE_ENUM:
        return items_alike(a->enumeration, b->enumeration);
    case TYPE_ARRAY:
    case TYPE_POINTER:
        return is_alike(a->of, b->of);
    default:
        return false;
    }
}

static const struct type *make_composite(struct sema *s, const struct c_decl *decl,
                                         struct composite *composite)
{
    const struct type *t = type_struct(s->v.types, composite);

    composite->name = decl->name;
    return c_layout(s, decl, composite) ? t : NULL;
}

static const struct type *make(struct sema *s, const struct c_decl *decl,
                               struct composite *composite)
{
    switch (decl->kind) {
    case C_DECL_RECORD:
        return make_composite(s, decl, composite);
    case C_DECL_ENUM:
        return make_enum(s, decl);
    case C_DECL_TYPEDEF:
        return make_typedef(s, decl);
    }
    return NULL;
}

/* ---- when ---- */

static bool report_cycle(struct sema *s, struct span span)
{
    diag_add(s->v.diags, E_C_INCOMPLETE, span, "The type needs itself before it is complete");
    return false;
}

/* Make what the entry declares. False: it is being made, or went wrong; reported. */
static bool complete(struct sema *s, struct c_type *entry, struct span span)
{
    struct c_types *table = s->c_types;
    const struct type *t = NULL;

    if (entry->state == C_BUSY)
        return report_cycle(s, span);
    if (entry->state == C_DONE || !entry->decl || entry->decl->is_forward)
        return true;
    if (table->depth == MAX_NEEDS) {
        diag_add(s->v.diags, E_TOO_DEEP, span, "syntax: nested too deeply");
        return false;
    }
    table->depth++;
    entry->state = C_BUSY;
    t = make(s, entry->decl, entry->composite);
    entry->state = C_DONE;
    table->depth--;
    if (!entry->composite)
        entry->type = t ? t : type_error(s->v.types);
    entry->decl->defined = entry->type;
    return t != NULL;
}

const struct type *c_entry_type(struct sema *s, struct c_type *entry)
{
    bool is_tag = entry->kind == TYPE_NAME_STRUCT || entry->kind == TYPE_NAME_UNION;

    if (entry->type)
        return entry->type;
    if (!is_tag) {
        /* What went wrong was reported. */
        return complete(s, entry, entry->decl->span) ? entry->type : type_error(s->v.types);
    }
    if (entry->decl->is_forward) /* the kernel's, if it has one */
        entry->type = btf_struct(s->v.btf, entry->name, entry->kind == TYPE_NAME_UNION);
    if (!entry->type)
        entry->type = composite_type(s, entry);
    return entry->type;
}

/* Has the type a size, now or as soon as it is made? */
static bool is_complete(struct sema *s, const struct type *t, struct span span)
{
    struct c_type *entry = NULL;
    enum type_name_kind kind = TYPE_NAME_STRUCT;
    struct str name = {"", 0};

    if (t->kind == TYPE_ARRAY)
        return is_complete(s, t->of, span);
    if (t->kind == TYPE_STRUCT && !t->composite->is_kernel && t->composite->name.n) {
        kind = t->composite->is_union ? TYPE_NAME_UNION : TYPE_NAME_STRUCT;
        entry = c_entry_find(s->c_types, kind, t->composite->name);
        if (entry && entry->composite == t->composite && !complete(s, entry, span))
            return false;
    }
    if (type_raw_size(t) > 0 || (t->kind == TYPE_STRUCT && t->composite->fields))
        return true;
    name = type_name(s->arena, t);
    diag_add(s->v.diags, E_C_INCOMPLETE, span, "The type '%.*s' has no known size here",
             STR_ARG(name));
    return false;
}

const struct type *c_complete_type(struct sema *s, struct type_name *name)
{
    const struct type *t = c_type_of(s, name);

    return t && is_complete(s, t, name->span) ? t : NULL;
}

/* ---- declarations ---- */

static enum type_name_kind kind_of(const struct c_decl *decl)
{
    switch (decl->kind) {
    case C_DECL_RECORD:
        return decl->is_union ? TYPE_NAME_UNION : TYPE_NAME_STRUCT;
    case C_DECL_ENUM:
        return TYPE_NAME_ENUM;
    case C_DECL_TYPEDEF:
        break;
    }
    return TYPE_NAME_WORD;
}

/* The same name again: fine if it means the same. */
static void declare_again(struct sema *s, struct c_decl *decl, struct c_type *entry)
{
    struct composite *composite = arena_new(s->arena, struct composite);
    const struct type *again = NULL;
    bool is_same = false;

    (void)complete(s, entry, decl->span); /* reported */
    again = make(s, decl, composite);
    if (!again || !type_is_known(entry->type))
        return;
    is_same = decl->kind == C_DECL_RECORD ? fields_alike(entry->type->composite, composite)
                                          : is_alike(entry->type, again);
    decl->defined = entry->type;
    if (!is_same) {
        diag_note(diag_add(s->v.diags, E_C_REDEFINED, decl->span,
                           "'%.*s' is defined in another way already", STR_ARG(decl->name)),
                  entry->decl->span, "This is the other definition.");
    }
}

/* Enter the name of a declaration, if it is the first of that name or a forward one came first. */
static void enter(struct sema *s, struct c_decl *decl)
{
    enum type_name_kind kind = kind_of(decl);
    struct c_type *entry = c_entry_find(s->c_types, kind, decl->name);

    if (!decl->name.n || (entry && !entry->decl->is_forward))
        return;
    if (!entry)
        entry = c_entry_add(s, kind, decl->name);
    entry->decl = decl;
}

static void declare(struct sema *s, struct c_decl *decl)
{
    struct c_type *entry = NULL;

    if (decl->is_forward)
        return;
    if (!decl->name.n) {
        decl->defined = make(s, decl, arena_new(s->arena, struct composite));
        return;
    }
    entry = c_entry_find(s->c_types, kind_of(decl), decl->name);
    if (entry->decl != decl) {
        declare_again(s, decl, entry);
        return;
    }
    (void)c_entry_type(s, entry);
    (void)complete(s, entry, decl->span); /* reported */
}

void c_declare(struct sema *s, const struct program *program)
{
    s->c_types = arena_new(s->arena, struct c_types);
    for (struct c_decl *decl = program->c_decls.first; decl; decl = decl->next)
        enter(s, decl);
    for (struct c_decl *decl = program->c_decls.first; decl; decl = decl->next)
        declare(s, decl);
}
