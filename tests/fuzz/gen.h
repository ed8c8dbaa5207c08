/* Inside of the generator: its state, and what its files ask of each other. */
#pragma once

#include "stdlib/vocab.h"
#include "tests/fuzz/generate.h"

enum {
    VARS_MAX = 16,
    MAPS_MAX = 10,
    ELEMS_MAX = 4, /* of a tuple */
    KEYS_MAX = 3,
    STRUCTS_MAX = 4,
    FIELDS_MAX = 8,
    ITEMS_MAX = 5, /* of an enum */
    MACROS_MAX = 5,
    PARAMS_MAX = 3, /* of a macro */
    DEPTH_MAX = 4,  /* of expressions */
    NEST_MAX = 3,   /* of blocks */
    NAME_BYTES = 12,
};

/* What the generator knows of a type: enough to use a value where it fits. */
enum shape_kind {
    SHAPE_INT,
    SHAPE_STRING,
    SHAPE_BOOL,
    SHAPE_TUPLE,
    SHAPE_RECORD,
    SHAPE_ARRAY,
    SHAPE_STRUCT,
    SHAPE_POINTER,
    SHAPE_ENUM,
    SHAPE_BUFFER,
    SHAPE_RESULT, /* of a function whose type has no name here: number says which */
    SHAPE_AGG,    /* of a map only */
    SHAPE_ANY,    /* the descriptor does not tell */
};

struct shape {
    enum shape_kind kind;
    u32 n;      /* elements of TUPLE, RECORD, ARRAY */
    u32 number; /* INT: its C type in structs and behind pointers; STRING there: its capacity;
                   STRUCT, ENUM, RESULT: which */
    const struct shape *elems; /* TUPLE, RECORD: n; ARRAY, POINTER: one */
};

struct gen_field {
    char name[NAME_BYTES];
    struct shape shape;
    u32 bits; /* 0: no bit-field */
};

/* A struct or union of the script's own. */
struct gen_struct {
    bool is_union;
    struct gen_field fields[FIELDS_MAX];
    u32 n_fields;
};

struct gen_var {
    struct shape shape;
    char name[NAME_BYTES]; /* with its $; without for an expression that a macro was given */
    bool is_const;         /* a loop's counter, a macro's expression */
};

struct gen_map {
    char name[NAME_BYTES];
    struct shape value;
    struct shape keys[KEYS_MAX];
    u32 n_keys; /* 0: scalar */
    const struct agg_desc *agg;
    u32 agg_numbers[ELEMS_MAX]; /* parameters that are the same in every call */
};

enum param_kind {
    PARAM_EXPR,
    PARAM_VAR,
    PARAM_MAP, /* of integers, with one integer as key */
};

struct gen_macro {
    u32 id; /* overloads share one */
    enum param_kind kinds[PARAMS_MAX];
    struct shape shapes[PARAMS_MAX];
    u32 n_params;
    struct shape result;
    bool has_result;
};

/* Parts of the language that the compiler under test may have or not: probed once. */
enum feature {
    FEATURE_TUPLE_FIELD,
    FEATURE_IF_EXPR,
    FEATURE_BLOCK_EXPR,
    FEATURE_WHILE,
    FEATURE_FOR_RANGE,
    FEATURE_FOR_MAP,
    FEATURE_UNROLL,
    FEATURE_LET,
    FEATURE_ELVIS,
    FEATURE_AGG_READ,
    FEATURE_SIZEOF,
    FEATURE_STRING_ORDER,
    FEATURE_GEN_COUNT_
};

struct gen {
    u64 state; /* of the random numbers */
    enum script_mode mode;
    const struct gen_kernel *folders;
    struct buf *out; /* that is being written: a statement, an expression */
    struct gen_var vars[VARS_MAX];
    u32 n_vars, next_var;
    struct gen_map maps[MAPS_MAX];
    u32 n_maps, next_map;
    struct gen_struct structs[STRUCTS_MAX];
    u32 n_structs;
    s32 enums[2][ITEMS_MAX]; /* values of e0_0, e0_1, ... */
    u32 n_enums;
    struct gen_macro macros[MACROS_MAX];
    u32 n_macros;
    bool is_macro;     /* a macro's body is being written: no calls of macros, no return */
    u32 nest, n_loops; /* blocks and loops around */
    u32 n_within;      /* ways and keys of maps around */
    bool in_map_loop;  /* order of the keys is unknown: nothing may depend on it */
    bool has_feature[FEATURE_GEN_COUNT_];
    const struct probe_desc *probe; /* of the clause; NULL: in the head */
    struct str spec;                /* its attach point */
    struct arena *arena;
    const struct kernel *kernel;
};

/* 0 .. n - 1; n > 0. */
u32 gen_below(struct gen *g, u32 n);
/* True in one of n cases. */
bool gen_one_in(struct gen *g, u32 n);
/* Append as printf does. */
#define gen_put(g, ...) buf_printf((g)->out, __VA_ARGS__)
/* Is the script with this text a good one? */
bool gen_accepts(const struct gen *g, struct str text);

/* ---- gen_type.c ---- */

/* A random shape for a variable or a map; of a word; one without parts. */
struct shape gen_shape(struct gen *g);
struct shape gen_scalar_shape(struct gen *g);
/* The same type? Widths of integers and lengths of strings count behind pointers and in arrays
 * only. */
bool shape_same(const struct shape *a, const struct shape *b);
/* Its name, as it is written in a cast. Not for SHAPE_RESULT, SHAPE_ANY, SHAPE_AGG. */
void gen_type_name(struct gen *g, const struct shape *shape);
/* The declarations of C at the head of a script. */
void gen_declarations(struct gen *g);
/* A random C type that a pointer may point to. */
struct shape gen_pointee(struct gen *g);
/* Bytes of a C integer type. */
u32 gen_int_size(u32 number);
/* Name of a record's member. */
const char *gen_label(u32 i);

/* ---- gen_head.c ---- */

/* config, declared maps and macros. text: the script so far. */
void gen_head(struct gen *g, struct buf *text);
/* A call of a macro with this result, as an expression; NULL: of one that is a statement. False if
 * there is none. */
bool gen_macro_call(struct gen *g, const struct shape *result, u32 depth);

/* ---- gen_expr.c ---- */

/* Append an expression of that shape; depth: levels that it may still have. */
void gen_expr(struct gen *g, const struct shape *shape, u32 depth);
void gen_int(struct gen *g, u32 depth);
void gen_string(struct gen *g, u32 depth);
void gen_bool(struct gen *g, u32 depth);
/* An integer literal of 0 .. n - 1. */
void gen_small(struct gen *g, u32 n);
/* A condition: integer, bool or string. */
void gen_condition(struct gen *g, u32 depth);

/* ---- gen_value.c: values of any shape ---- */

/* A variable of that shape, a read of a map; false if there is none. */
bool gen_var_of(struct gen *g, const struct shape *shape);
bool gen_map_read(struct gen *g, const struct shape *shape, u32 depth);
/* A way to such a value through members, elements and pointers; false if none was found. */
bool gen_path(struct gen *g, const struct shape *shape, u32 depth);
/* `c ? a : b`, `a ?: b`, `if (c) { a } else { b }`, `({ ...; a })`, `comptime if`. */
void gen_choice(struct gen *g, const struct shape *shape, u32 depth);
/* Values that are no integers, bools or strings. */
void gen_compound(struct gen *g, const struct shape *shape, u32 depth);

/* Name of a map, and the same with a key where it has one. */
void gen_map_name(struct gen *g, const struct gen_map *map);
void gen_map_access(struct gen *g, const struct gen_map *map, u32 depth);
/* The key alone, a tuple of several. */
void gen_map_key(struct gen *g, const struct gen_map *map, u32 depth);
/* A random map of those that fit, or NULL. value: NULL for any that does not aggregate. */
const struct gen_map *gen_pick_map(struct gen *g, const struct shape *value);
/* A new variable with the next name. */
struct gen_var *gen_new_var(struct gen *g, const struct shape *shape, bool is_const);
/* A new map with the next name. */
struct gen_map *gen_new_map(struct gen *g);

/* ---- gen_call.c ---- */

/* A call of a function with this result, as an expression; false if there is none. */
bool gen_call(struct gen *g, enum shape_kind result, u32 depth);
/* Of the function of a SHAPE_RESULT; and a random one of those, false: there is none. */
void gen_result_call(struct gen *g, const struct shape *shape, u32 depth);
bool gen_result_shape(struct gen *g, struct shape *out);
/* A call without a value, as a statement. */
bool gen_void_call(struct gen *g);
/* find(@map, key, $x): of a variable of the right shape, a new one if may_declare. False: there is
 * no map with keys. */
bool gen_find(struct gen *g, bool may_declare, u32 depth);
/* An aggregation for a new map, and the call for one. */
void gen_agg_choose(struct gen *g, struct gen_map *map);
void gen_agg_call(struct gen *g, const struct gen_map *map);
/* Text of an attach point for a clause; sets g->probe and g->spec. */
void gen_probe(struct gen *g);

/* ---- gen_kernel.c ---- */

/* A field of the clause's tracepoint; false if there is none. */
bool gen_field(struct gen *g);
/* A value of that kind out of the kernel's memory; false without events. */
bool gen_kernel_value(struct gen *g, enum shape_kind kind);

/* ---- gen_stmt.c ---- */

/* One statement, in a line of its own. */
void gen_stmt(struct gen *g);
/* printf("...", ...); */
void gen_printf(struct gen *g);
/* Statements that only declare what is worked with: without them all is known at compile time. */
void gen_first(struct gen *g);
