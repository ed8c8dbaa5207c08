/* Inside of the interpreter. */
#pragma once

#include "abi/names.h"
#include "runtime/sink.h"
#include "tests/fuzz/interp.h"

/* Memory that the program may use; what lies outside of all of them it may not. */
struct region {
    u8 *p;
    u64 size;
    bool is_writable;
};

struct entry {
    u8 *key, *value; /* NULL: deleted */
};

/* A map; an array has all its entries, a hash those that were made. */
struct imap {
    const struct ir_map *ir;
    VEC(struct entry) entries;
    bool was_zeroed; /* a scalar that zero() left set */
};

struct interp {
    struct arena arena;
    const struct ir_module *m;
    VEC(struct region) regions; /* in the order of their addresses */
    u64 **leaves;               /* by function: values of its texts and zeros, by instruction */
    u8 ***slots;                /* by function, by slot */
    struct imap *maps;          /* by id */
    VEC(u8 *) ring;             /* records, in the order in which they were reserved */
    u32 n_drained;
    u8 *tables[NAMES_COUNT_];
    u64 n_steps, now_ns;
    s64 exit_code;
    bool is_exiting;
    const char *problem; /* first; NULL: none */
    struct value_env env;
    struct sink sink;
};

/* One call of a function. */
struct frame {
    const struct ir_func *func;
    u64 *values;              /* by instruction */
    u64 *leaves;              /* of the function */
    u8 **slots;               /* of the function, by slot */
    const struct frame *root; /* of the program, whose slots its callbacks share */
    u64 index;                /* INDEX */
    struct entry element;     /* KEY, VALUE */
};

/* Remember the first problem. */
void interp_fail(struct interp *in, const char *what);
/* size bytes of zeros that the program may use; both in the arena. */
u8 *interp_memory(struct interp *in, u64 size, bool is_writable);
/* The region that holds p, or the last one before it; NULL: there is none. */
const struct region *interp_region(const struct interp *in, u64 p);

/* The pointer whose bits a word holds; whether anything is there, interp_check() says. */
static inline void *interp_pointer(u64 word)
{
    void *p = NULL;

    memcpy(&p, &word, sizeof(p));
    return p;
}

/* Is [p, p + size) inside of one region? Reports where it is not. */
bool interp_check(struct interp *in, u64 p, u64 size, bool is_write);
/* The map's entry of a key, or NULL; interp_entry() of those that are there. */
struct entry *interp_find(const struct imap *map, const u8 *key);
struct imap *interp_map(struct interp *in, const struct ir_map *ir);

/* interp_call.c: a call of a BPF helper. */
u64 interp_call(struct interp *in, const struct ir_inst *inst, const u64 *args);

/* interp_out.c: handle all records that were not handled; show all maps. */
void interp_drain(struct interp *in);
void interp_show_maps(struct interp *in);
