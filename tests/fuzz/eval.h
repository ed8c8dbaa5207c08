/* Inside of the evaluator: values, maps, and what was printed. */
#pragma once

#include "parser/ast.h"
#include "semantic/context.h"
#include "tests/fuzz/evaluator.h"

/* An integer (bool, too) is `word`, a string `text`, a tuple `elems`; which of them, its type says.
 */
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
    bool is_exiting;
    const char *problem; /* first; NULL: none */
};

/* Remember that this cannot be evaluated. */
void eval_fail(struct eval *ev, const char *what);

/* eval_expr.c */
struct value eval_expr(struct eval *ev, const struct expr *e);
bool eval_truth(const struct type *t, const struct value *v);
/* `a op b` with that sign. */
u64 eval_arithmetic(enum op op, bool is_signed, u64 a, u64 b);
/* Does C's rule for mixed operands, with literals that adapt, compute this with signs? */
bool eval_is_signed(enum op op, const struct expr *a, const struct expr *b);
struct value *eval_variable(struct eval *ev, const struct symbol *symbol);

/* eval_call.c */
struct value eval_call(struct eval *ev, const struct expr *e);

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
void eval_format(struct buf *out, const struct type *t, const struct value *v);
void eval_printf(struct eval *ev, const struct expr *call, struct buf *out);
int eval_compare(const struct type *t, const struct value *a, const struct value *b);
