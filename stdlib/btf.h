/* The kernel's types, from BTF: structs, unions, enums, typedefs and functions by name.
 *
 * Nothing is opened before something is asked for. What the kernel itself (vmlinux) has not is
 * searched in its modules. All answers live in the arena of the types, and the same question has
 * the same answer: a composite or an enumeration is one object for each definition.
 *
 * How C types appear: integers by size and sign; `char[N]` as a string of capacity N (other arrays
 * of bytes stay arrays); pointers in the kernel's space, or the user's where marked __user; const,
 * volatile, restrict and typedefs are looked through; arrays of unknown length have 0 elements; a
 * pointer to a function is a `void *`; what the language has no type for (floats, 128-bit integers)
 * is an array of bytes.
 *
 * A composite is_kernel where it has a tag, so that its members can be found by name in another
 * kernel. One without a tag (of a typedef, or inside of another) has the offsets of the BTF that
 * was read. */
#pragma once

#include "ir/type.h"

struct btf;

/* A view. path: a file with the kernel's BTF, or a folder that holds it as `vmlinux` and beside it
 * those of modules; NULL: /sys/kernel/btf. Borrowed. */
struct btf *btf_new(struct types *types, const char *path);

/* Why there are no types: one sentence without a full stop. Empty: they could be read. */
struct str btf_fault(struct btf *b);

/* `struct name` or `union name`, TYPE_STRUCT; NULL: there is none. Its members are read when they
 * are asked for. */
const struct type *btf_struct(struct btf *b, struct str name, bool is_union);
/* `enum name`, TYPE_ENUM; NULL: there is none. */
const struct type *btf_enum(struct btf *b, struct str name);
/* What a typedef's name stands for: any type, also TYPE_VOID; NULL: there is no such typedef. */
const struct type *btf_typedef(struct btf *b, struct str name);

/* A constant of any enum. Returns false where there is none. enum_out: the TYPE_ENUM that it is
 * of. */
bool btf_enumerator(struct btf *b, struct str name, s64 *value_out, const struct type **enum_out);

struct btf_parameter {
    struct str name; /* empty: it has none */
    const struct type *type;
};

struct btf_function {
    struct btf_parameter *params;
    u32 n_params;
    bool is_variadic;          /* more may follow */
    const struct type *result; /* TYPE_VOID: none */
};

/* A kernel function by name; NULL: there is none. Of several of one name (static ones) the first.
 */
const struct btf_function *btf_func(struct btf *b, struct str name);

/* What has names. */
enum btf_names {
    BTF_NAMES_STRUCT,
    BTF_NAMES_UNION,
    BTF_NAMES_ENUM,
    BTF_NAMES_TYPEDEF,
    BTF_NAMES_ENUMERATOR,
    BTF_NAMES_FUNC,
};

/* All names of a kind in vmlinux that begin with the prefix, without it. Returns their number. */
u32 btf_names(struct btf *b, enum btf_names kind, const char *prefix,
              const char *const **names_out);

/* "Did you mean": the name of vmlinux that is nearest to one that does not exist; empty: none is
 * near. */
struct str btf_nearest(struct btf *b, enum btf_names kind, struct str name);
