/* Types as written: `uint64`, `unsigned long`, `struct task_struct *`, `string[16]`, `u8[6]`,
 * `typeof($x)`. A name is looked up among the language's own words, C's, the script's declarations,
 * and the kernel's types, in this order. */
#include "semantic/context.h"
#include "stdlib/c_words.h"

/* ---- words ---- */

static const struct type *find_own_word(struct sema *s, struct str name)
{
    static const struct {
        const char *name;
        u32 size;
        bool is_signed;
    } ints[] = {{"int8", 1, true},  {"uint8", 1, false},  {"int16", 2, true}, {"uint16", 2, false},
                {"int32", 4, true}, {"uint32", 4, false}, {"int64", 8, true}, {"uint64", 8, false}};

    for (u32 i = 0; i < ARRAY_SIZE(ints); i++) {
        if (str_eq_c(name, ints[i].name))
            return type_int(s->v.types, ints[i].size, ints[i].is_signed);
    }
    if (str_eq_c(name, "bool") || str_eq_c(name, "_Bool"))
        return type_bool(s->v.types);
    if (str_eq_c(name, "void"))
        return type_void(s->v.types);
    if (str_eq_c(name, "inet"))
        return type_shape(s->v.types, SHAPE_INET, STR(""));
    if (str_eq_c(name, "string"))
        return type_string(s->v.types, 1);
    return NULL;
}

const struct type *type_find(struct sema *s, enum type_name_kind kind, struct str name)
{
    const struct type *t = NULL;

    if (kind == TYPE_NAME_WORD)
        t = find_own_word(s, name);
    if (!t && kind == TYPE_NAME_WORD)
        t = c_words_type(s->v.types, name);
    if (!t)
        t = c_type_find(s, kind, name);
    if (t)
        return t;
    switch (kind) {
    case TYPE_NAME_WORD:
        return btf_typedef(s->v.btf, name);
    case TYPE_NAME_STRUCT:
    case TYPE_NAME_UNION:
        return btf_struct(s->v.btf, name, kind == TYPE_NAME_UNION);
    case TYPE_NAME_ENUM:
        return btf_enum(s->v.btf, name);
    default:
        return NULL;
    }
}

/* ---- what is wrong ---- */

static const char *keyword_of(enum type_name_kind kind)
{
    switch (kind) {
    case TYPE_NAME_STRUCT:
        return "struct ";
    case TYPE_NAME_UNION:
        return "union ";
    case TYPE_NAME_ENUM:
        return "enum ";
    default:
        return "";
    }
}

static enum btf_names btf_names_of(enum type_name_kind kind)
{
    switch (kind) {
    case TYPE_NAME_STRUCT:
        return BTF_NAMES_STRUCT;
    case TYPE_NAME_UNION:
        return BTF_NAMES_UNION;
    case TYPE_NAME_ENUM:
        return BTF_NAMES_ENUM;
    default:
        return BTF_NAMES_TYPEDEF;
    }
}

/* The same name is that of another kind of type: `task_struct` without `struct`. */
static bool hint_other_kind(struct sema *s, struct diag *diag, const struct type_name *name)
{
    static const enum type_name_kind kinds[] = {TYPE_NAME_STRUCT, TYPE_NAME_UNION, TYPE_NAME_ENUM,
                                                TYPE_NAME_WORD};

    for (u32 i = 0; i < ARRAY_SIZE(kinds); i++) {
        if (kinds[i] != name->kind && type_find(s, kinds[i], name->name)) {
            diag_hint(diag, "Did you mean '%s%.*s'?", keyword_of(kinds[i]), STR_ARG(name->name));
            return true;
        }
    }
    return false;
}

static void report_unknown(struct sema *s, const struct type_name *name)
{
    const char *keyword = keyword_of(name->kind);
    struct str fault = btf_fault(s->v.btf);
    struct str near;
    struct diag *diag =
        diag_add(s->v.diags, E_UNKNOWN_TYPE, name->span, "Cannot resolve unknown type \"%s%.*s\"",
                 keyword, STR_ARG(name->name));

    if (fault.n)
        diag_hint(diag, "The kernel's types can not be read: %.*s", STR_ARG(fault));
    if (hint_other_kind(s, diag, name))
        return;
    near = c_type_nearest(s, name->kind, name->name);
    if (!near.n)
        near = btf_nearest(s->v.btf, btf_names_of(name->kind), name->name);
    if (near.n)
        diag_hint(diag, "Did you mean '%s%.*s'?", keyword, STR_ARG(near));
}

/* ---- all ---- */

/* The number in string[N] and T[N]; 0 after reporting. */
static u32 length_of(struct sema *s, struct expr *count)
{
    enum {
        LENGTH_MAX = 1 << 20
    };
    const struct type *t = infer_expr(s, count);

    if (t->kind == TYPE_ERROR)
        return 0;
    if (t->kind == TYPE_INT && count->is_const && count->num > 0 && count->num <= LENGTH_MAX)
        return (u32)count->num;
    vocab_hint_param(diag_add(s->v.diags, E_TYPE_LENGTH, count->span,
                              "The length of a type is a constant from 1 to %u",
                              (unsigned)LENGTH_MAX),
                     needs_param(count));
    return 0;
}

bool type_word_has_length(struct str word)
{
    return str_eq_c(word, "string") || str_eq_c(word, "buffer") || str_eq_c(word, "inet");
}

/* string[N], buffer[N], inet[N]. */
static const struct type *sized_word(struct sema *s, struct type_name *name)
{
    u32 n = length_of(s, name->count);

    if (n == 0)
        return type_error(s->v.types);
    if (str_eq_c(name->name, "string"))
        return type_string(s->v.types, n);
    if (str_eq_c(name->name, "buffer"))
        return type_buffer(s->v.types, n);
    return find_own_word(s, name->name);
}

static const struct type *named_type(struct sema *s, struct type_name *name)
{
    const struct type *t = NULL;

    if (name->count)
        return sized_word(s, name);
    t = type_find(s, name->kind, name->name);
    if (t)
        return t;
    report_unknown(s, name);
    return type_error(s->v.types);
}

static const struct type *pointer_to(struct sema *s, struct type_name *name)
{
    const struct type *of = type_of_name(s, name->inner);

    return of->kind == TYPE_ERROR ? of : type_pointer(s->v.types, of, SPACE_KERNEL);
}

static const struct type *array_of(struct sema *s, struct type_name *name)
{
    const struct type *of = type_of_name(s, name->inner);
    u32 n = name->count ? length_of(s, name->count) : 0;
    struct str text = type_name(s->arena, of);

    if (of->kind == TYPE_ERROR || (name->count && n == 0))
        return type_error(s->v.types);
    if (type_raw_size(of) > 0 && (u64)n * type_raw_size(of) <= INT32_MAX)
        return type_array(s->v.types, of, n);
    diag_add(s->v.diags, E_TYPE_LENGTH, name->span,
             type_raw_size(of) ? "This array of '%.*s' is too large"
                               : "There are no arrays of values of type '%.*s'",
             STR_ARG(text));
    return type_error(s->v.types);
}

const struct type *type_of_name(struct sema *s, struct type_name *name)
{
    switch (name->kind) {
    case TYPE_NAME_WORD:
    case TYPE_NAME_STRUCT:
    case TYPE_NAME_UNION:
    case TYPE_NAME_ENUM:
        return named_type(s, name);
    case TYPE_NAME_TYPEOF:
        return name->inner ? type_of_name(s, name->inner) : infer_expr(s, name->of);
    case TYPE_NAME_POINTER:
        return pointer_to(s, name);
    case TYPE_NAME_ARRAY:
        return array_of(s, name);
    case TYPE_NAME_RECORD:
    case TYPE_NAME_COUNT_:
        break;
    }
    ptl_bug("a type that scripts cannot write");
}

void resolve_type_name(struct sema *s, struct type_name *name)
{
    for (; name; name = name->inner) {
        if (name->count)
            resolve_expr(s, name->count);
        if (name->of)
            resolve_type_operand(s, &name->of, &name->inner);
    }
}
