/* Inside of the generator: its state, and what its files ask of each other. */
#pragma once

#include "stdlib/vocab.h"
#include "tests/fuzz/generate.h"

enum {
    VARS_MAX = 12,
    MAPS_MAX = 10,
    ELEMS_MAX = 3, /* of a tuple, and keys of a map */
    DEPTH_MAX = 4, /* of expressions */
    NEST_MAX = 3,  /* of blocks */
};

/* What the generator knows of a type: enough to use a value where it fits. */
enum shape_kind {
    SHAPE_INT,
    SHAPE_STRING,
    SHAPE_BOOL,
    SHAPE_TUPLE,
    SHAPE_AGG, /* of a map only */
    SHAPE_ANY, /* the descriptor does not tell */
};

struct shape {
    enum shape_kind kind;
    u32 n; /* of a tuple's elems */
    enum shape_kind elems[ELEMS_MAX];
};

struct gen_var {
    struct shape shape;
    u32 id;
    bool is_const; /* a loop's counter */
};

struct gen_map {
    struct shape value;
    struct shape keys[ELEMS_MAX];
    u32 n_keys; /* 0: scalar */
    const struct agg_desc *agg;
    u32 agg_numbers[ELEMS_MAX]; /* parameters that are the same in every call */
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
    FEATURE_ARRAY,
    FEATURE_RECORD,
    FEATURE_STRING_ORDER,
    FEATURE_STRUCT,
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
    u32 n_maps;
    u32 nest, n_loops; /* blocks and loops around */
    bool in_map_loop;  /* order of the keys is unknown: nothing may depend on it */
    bool has_feature[FEATURE_GEN_COUNT_];
    const struct probe_desc *probe; /* of the clause */
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

/* Append an expression of that shape; depth: levels that it may still have. */
void gen_expr(struct gen *g, const struct shape *shape, u32 depth);
void gen_int(struct gen *g, u32 depth);
void gen_string(struct gen *g, u32 depth);
/* An integer literal of 0 .. n - 1. */
void gen_small(struct gen *g, u32 n);
/* A condition: integer, bool or string. */
void gen_condition(struct gen *g, u32 depth);
struct shape gen_shape(struct gen *g);
struct shape gen_scalar_shape(struct gen *g);

/* Name of a map, and the same with a key where it has one. */
void gen_map_name(struct gen *g, const struct gen_map *map);
void gen_map_access(struct gen *g, const struct gen_map *map, u32 depth);
/* A random map of those that fit, or NULL. value: NULL for any that does not aggregate. */
const struct gen_map *gen_pick_map(struct gen *g, const struct shape *value);

/* gen_call.c: a call of a function with this result, as an expression; false if there is none.
 * SHAPE_ANY: of any function with a value. */
bool gen_call(struct gen *g, enum shape_kind result, u32 depth);
/* A call without a value, as a statement. */
bool gen_void_call(struct gen *g);
/* An aggregation for a new map, and the call for one. */
void gen_agg_choose(struct gen *g, struct gen_map *map);
void gen_agg_call(struct gen *g, const struct gen_map *map);
/* Text of an attach point for a clause; sets g->probe and g->spec. */
void gen_probe(struct gen *g);

/* gen_stmt.c: one statement, in a line of its own. */
void gen_stmt(struct gen *g);
/* printf("...", ...); */
void gen_printf(struct gen *g);
