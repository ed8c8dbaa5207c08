/* Inside of the evaluator: values, maps, and what was printed. */
#pragma once

#include "parser/ast.h"
#include "semantic/context.h"
#include "tests/fuzz/evaluator.h"

/* What fits in a word is `word`; a string is `text` without its NUL, a buffer what it holds, an
 * array or a struct its bytes as C has them; a tuple `elems`. Which of them, its type says. */
struct value {
    u64 word;
    struct str text;
    struct value *elems;
    u32 n;
};

/* A row of a map: a value, or the words of an aggregation. */
struct row {
    struct value key, value;
    u64 *words;
    bool is_gone;
};

struct emap {
    const struct symbol *symbol;
    VEC(struct row) rows; /* of a scalar: none or one */
};

enum event_kind {
    EVENT_TEXT,
    EVENT_EXIT,
    EVENT_PRINT_MAP,
    EVENT_CLEAR,
    EVENT_ZERO,
};

/* What a program sends; maps are looked at when it has ended, as in a trace. */
struct event {
    enum event_kind kind;
    struct str text;
    struct emap *map;
    u64 top, div;
    s64 status;
};

enum flow {
    FLOW_ON,
    FLOW_BREAK,
    FLOW_CONTINUE,
    FLOW_END, /* of the clause */
};

struct variable {
    const struct symbol *symbol;
    struct value value;
};

struct eval {
    struct arena *arena;
    VEC(struct emap *) maps;
    VEC(struct variable) variables;
    VEC(struct event) events;
    u32 n_handled;
    const struct clause *clause;
    struct buf *out;
    enum flow flow;
    u64 n_steps;
    s64 status;
    u32 max_strlen;
    bool is_exiting, is_quiet; /* is_quiet: no maps at the end */
    const char *problem;       /* first; NULL: none */
};

/* Remember that this cannot be evaluated. */
void eval_fail(struct eval *ev, const char *what);

/* evaluator.c */
void eval_stmt(struct eval *ev, const struct stmt *stmt);

/* eval_expr.c */
struct value eval_expr(struct eval *ev, const struct expr *e);
bool eval_truth(const struct type *t, const struct value *v);
/* `a op b` with that sign. */
u64 eval_arithmetic(enum op op, bool is_signed, u64 a, u64 b);
/* Does C's rule for mixed operands, with literals that adapt, compute this with signs? */
bool eval_is_signed(enum op op, const struct expr *a, const struct expr *b);
struct value *eval_variable(struct eval *ev, const struct symbol *symbol);

/* eval_place.c: a member, an element, what a pointer points to. */
struct value eval_place(struct eval *ev, const struct expr *e);
/* Zeros all through: what an absent key gives. */
struct value eval_zero(struct eval *ev, const struct type *t);
/* The value whose bytes these are, as C has it. */
struct value eval_from_bytes(struct eval *ev, const struct type *t, struct str bytes);
/* So many bits of a little-endian number. */
u64 eval_bits(const u8 *bytes, u32 bit_offset, u32 n_bits, bool is_signed);
/* The bytes before the first NUL. */
struct str eval_text_of(struct str bytes);
/* size bytes at an address; zeros where they cannot be read. */
struct str eval_memory(struct eval *ev, enum space space, u64 address, u32 size);
/* At most size - 1 bytes before a NUL. */
struct str eval_memory_string(struct eval *ev, enum space space, u64 address, u32 size);

/* eval_call.c */
struct value eval_call(struct eval *ev, const struct expr *e);

/* eval_word.c: a function that computes something and has no effects; NULL: none of the name is
 * known.
 */
typedef struct value eval_word_fn(struct eval *ev, const struct expr *e);
eval_word_fn *eval_word(struct str name);

/* eval_map.c: maps by symbol; keys as one value (a tuple of several). */
struct emap *eval_map(struct eval *ev, const struct symbol *symbol);
struct value eval_key(struct eval *ev, const struct expr *map);
struct row *eval_row(const struct emap *map, const struct value *key);
struct row *eval_row_made(struct eval *ev, struct emap *map, const struct value *key);
bool eval_delete(const struct emap *map, const struct value *key);
u64 eval_len(const struct emap *map);
void eval_aggregate(struct eval *ev, struct emap *map, const struct value *key, u64 word);
/* Value of an aggregation as a number. */
u64 eval_agg_number(const struct type *t, const struct row *row);
/* Handle the events that were not handled. */
void eval_events(struct eval *ev);
void eval_show_maps(struct eval *ev);

/* eval_text.c */
void eval_format(struct eval *ev, struct buf *out, const struct type *t, const struct value *v);
/* A member of the struct or union with these bytes, as it is shown. */
struct value eval_member(struct eval *ev, const struct composite_field *f, struct str bytes);
void eval_printf(struct eval *ev, const struct expr *call, struct buf *out);
/* Order; and sameness, for which padding between members counts. */
int eval_compare(struct eval *ev, const struct type *t, const struct value *a,
                 const struct value *b);
bool eval_same(const struct type *t, const struct value *a, const struct value *b);
