/* The script's own C types, between their table (c_types.c), their making (c_declare.c), the values
 * of their constants (c_const.c) and their layout (c_layout.c). Internal to semantic/. */
#pragma once

#include "parser/c_eval.h"
#include "semantic/context.h"

enum {
    C_TYPE_BUCKETS = 1024,
    C_MAX_BYTES = 1 << 28, /* of a type: offsets in bits fit 32 */
};

enum c_state {
    C_NEW,
    C_BUSY, /* being made */
    C_DONE,
};

/* A tag or a typedef. */
struct c_type {
    enum type_name_kind kind; /* TYPE_NAME_STRUCT, _UNION, _ENUM; _WORD: a typedef */
    struct str name;
    struct c_decl *decl;     /* NULL: only mentioned, behind a pointer */
    const struct type *type; /* NULL: not yet; of a struct from its first mention on */
    struct composite *composite;
    enum c_state state;
    struct c_type *next;
};

struct c_enumerator_entry {
    struct str name;
    struct span span;
    struct c_value value;
    const struct type *type; /* NULL: its enum is being made */
    struct c_enumerator_entry *next;
};

struct c_types {
    struct c_type *types[C_TYPE_BUCKETS];
    struct c_enumerator_entry *enumerators[C_TYPE_BUCKETS];
    u32 depth; /* of types that need each other */
};

/* The entry of a name, NULL if there is none; a new one. */
struct c_type *c_entry_find(const struct c_types *table, enum type_name_kind kind, struct str name);
struct c_type *c_entry_add(struct sema *s, enum type_name_kind kind, struct str name);
struct c_enumerator_entry *c_enumerator_entry(const struct c_types *table, struct str name);
struct c_enumerator_entry *c_enumerator_add(struct sema *s, struct str name);

/* c_declare.c: the type of an entry: made now if need be, apart from a struct's members. */
const struct type *c_entry_type(struct sema *s, struct c_type *entry);
/* The type that is written in a declaration, complete: it has a size. NULL after reporting. what:
 * what is of that type, for the message. */
const struct type *c_complete_type(struct sema *s, struct type_name *name);
/* The same where it may be of unknown size or void. */
const struct type *c_type_of(struct sema *s, struct type_name *name);

/* c_const.c: value of a constant expression; false after reporting. */
bool c_const(struct sema *s, const struct expr *e, struct c_value *out);
/* The number that is an array's length, a width, an alignment: 0 to max. False after reporting. */
bool c_const_size(struct sema *s, const struct expr *e, const char *what, u64 max, u64 *out);

/* c_layout.c: place the members of decl as the target's C compiler does. False after reporting. */
bool c_layout(struct sema *s, const struct c_decl *decl, struct composite *composite);
