/* What the files of this folder share: symbols and the state of one analysis. */
#pragma once

#include "abi/config.h"
#include "semantic/semantic.h"
#include "stdlib/lower.h"

enum {
    VALUE_SIZE_MAX = 8192, /* bytes of a value that is stored, or read whole */
};

/* A variable or a map of the script; expr->symbol. */
struct symbol {
    struct str name; /* without $; maps with @ */
    struct span span;
    bool is_map, is_assigned;
    const struct type *type; /* variables; NULL until it is known */
    struct map_info map;
    /* lowering: the variable's memory in the program that is being made */
    const struct ir_slot *slot;
    const struct ir_func *slot_program;
};

/* A loop around what is being lowered: what break and continue do. */
struct loop_scope {
    struct ir_block *next, *end; /* of unroll; NULL: the function of a LOOP or an EACH */
    const struct loop_scope *outer;
};

/* `let $x;` */
struct let_entry {
    struct symbol *symbol;
    struct span span;
};

/* A clause and its attach points; parallel to the program's list. */
struct clause_info {
    struct clause *clause;
    struct attach_point *points;
    u32 n_points;
};

struct scope_entry {
    struct symbol *symbol;
    u32 depth;
};

struct c_types; /* semantic/c_types.h */

struct sema {
    struct arena *arena;
    struct vocab v;
    const struct semantic_opts *opts;
    const struct source *source;
    VEC(struct clause_info) clauses;
    VEC(struct symbol *) maps;
    VEC(struct scope_entry) scope; /* variables in sight, innermost last */
    u32 depth;
    struct c_types *c_types;          /* of the script's own C declarations */
    const struct clause_info *clause; /* that is being looked at */
    bool has_imports;                 /* of scripts, even of an empty folder */
    bool has_changed;                 /* a type was learnt in this round of inference */
    struct config_value config[CONFIG_COUNT_];
    u32 n_expansions;              /* of macros */
    struct macro *prelude;         /* NULL: not parsed yet */
    VEC(struct let_entry) lets;    /* resolve: of the clause, without a value */
    u32 loop_depth;                /* resolve: loops around */
    const struct loop_scope *loop; /* lowering: the innermost loop */
};

/* resolve.c: parse the probe specs, connect variables, maps and words to what they name. Reports
 * what it finds; goes on after errors. */
void resolve_program(struct sema *s, struct program *program);

/* probes.c: the attach points of all clauses, in s->clauses; those that are malformed are reported
 * and left out. */
void parse_probes(struct sema *s, struct program *program);
/* probes.c: look up what a clause, whose words are resolved, wants to know of its points: patterns
 * become points where each match has a program of its own. */
void resolve_probes(struct sema *s, struct clause_info *info);

/* macro.c: put what the script's macros stand for in the place of their calls. */
void expand_macros(struct sema *s, struct program *program);
/* Look, behind all clauses, for unknown names in macros that nobody called. */
void check_uncalled_macros(struct sema *s, const struct program *program);
/* prelude.c: make a call or word what the prelude's macro of its name stands for, names not
 * resolved; false if there is none. */
bool expand_prelude(struct sema *s, struct expr *e);

/* resolve.c: the span of a statement with the `;` behind it, if it stands right there: how bpftrace
 * underlines. */
struct span span_with_semicolon(const struct sema *s, struct span span);

/* type_name.c: the type that is written; type_error() after reporting. */
const struct type *type_of_name(struct sema *s, struct type_name *name);
/* The same for a name alone (kind: STRUCT, UNION, ENUM, WORD), without a report: NULL if there is
 * none. */
const struct type *type_find(struct sema *s, enum type_name_kind kind, struct str name);
/* string, buffer, inet: `[N]` behind the word is part of the type, and no array. */
bool type_word_has_length(struct str word);
/* Names in the expressions that a type holds: typeof($x), string[$1]. NULL is no type. */
void resolve_type_name(struct sema *s, struct type_name *name);

/* c_declare.c: make the types of the script's C declarations. */
void c_declare(struct sema *s, const struct program *program);
/* c_types.c: one of them, NULL if there is none; the nearest name, empty if none is near. */
const struct type *c_type_find(struct sema *s, enum type_name_kind kind, struct str name);
struct str c_type_nearest(struct sema *s, enum type_name_kind kind, struct str name);
/* The nearest name of an enumerator of the script's own, empty if none is near. */
struct str c_enumerator_nearest(struct sema *s, struct str name);
/* The enum that has this constant, NULL if none has. */
const struct type *c_enumerator_find(const struct sema *s, struct str name, s64 *value_out);

/* query.c: sizeof, offsetof, a type as an argument: the names in them. */
void resolve_query(struct sema *s, struct expr *e);
/* An operand that is a type or an expression, and was read as an expression: set *type and clear
 * *of if it is a type; then the names in it. */
void resolve_type_operand(struct sema *s, struct expr **of, struct type_name **type);
/* Types and values of both. */
const struct type *infer_sizeof(struct sema *s, struct expr *e);
const struct type *infer_offsetof(struct sema *s, struct expr *e);
/* The type of a constant: an enumerator of the script or the kernel, or what C headers define.
 * NULL: there is none of that name. */
const struct type *find_constant(struct sema *s, struct str name, s64 *value_out);
/* Report a word that names nothing. */
void report_unknown_word(struct sema *s, struct str name, struct span span);
/* Report arguments that are types, of a call that is about values. */
void refuse_types(struct sema *s, const struct expr *args);
/* Does a bare word name one? And its type and value. */
bool is_enumerator(struct sema *s, struct str name);
const struct type *infer_enumerator(struct sema *s, struct expr *e);
/* "Did you mean": the member whose name is nearest. */
void hint_field(struct sema *s, struct diag *diag, const struct composite *composite,
                struct str name);

/* config.c: the settings of the script and of the environment. */
void apply_config(struct sema *s, const struct program *program);
/* Those that the runtime is to know. */
void settings_to_meta(struct sema *s, struct meta *meta);
/* If e is config.NAME, make it the constant that it is, or report that there is none of the name;
 * false: it is something else. */
bool resolve_setting(struct sema *s, struct expr *e);

/* map_decl.c: the maps that let declares; and, when the types are known, whether they are used so.
 */
void declare_maps(struct sema *s, const struct program *program);
void check_map_decls(struct sema *s);

/* resolve.c, for the file below: one expression; the statements of a block, in a scope of its own.
 */
void resolve_expr(struct sema *s, struct expr *e);
void resolve_block(struct sema *s, const struct stmt *block);
/* A variable in sight, NULL if there is none; a new one. */
struct symbol *find_variable(const struct sema *s, struct str name);
struct symbol *declare_variable(struct sema *s, struct str name, struct span span);
/* A map that stands for all of its elements. */
void resolve_whole_map(struct sema *s, struct expr *e);
void enter_scope(struct sema *s);
void leave_scope(struct sema *s);
/* resolve_loop.c: let, loops, break and continue. */
void resolve_loop_stmt(struct sema *s, struct stmt *stmt);

/* infer.c: types of all expressions of a clause. Called in rounds until nothing changes (see
 * semantic.c). */
void infer_clause(struct sema *s, const struct clause_info *info);
/* infer_expr.c: type of an expression; never NULL. Statement-level calls of aggregations are
 * infer.c's. */
const struct type *infer_expr(struct sema *s, struct expr *e);
/* infer.c: types of a statement's expressions; and of a block that has a value: that of its last
 * statement, void where there is none. */
void infer_stmt(struct sema *s, struct stmt *stmt);
const struct type *infer_block_value(struct sema *s, const struct stmt *block);
/* infer.c: a condition is a word or a string. */
void infer_condition(struct sema *s, struct expr *e);
/* infer_loop.c: let and loops. */
void infer_loop_stmt(struct sema *s, struct stmt *stmt);
/* infer_place.c: members, elements, what pointers point to. infer_deref: of e->a, which has its
 * type. */
const struct type *infer_field(struct sema *s, struct expr *e);
const struct type *infer_index(struct sema *s, struct expr *e);
const struct type *infer_deref(struct sema *s, struct expr *e);
/* cast.c: EXPR_CAST. */
const struct type *infer_cast(struct sema *s, struct expr *e);
struct operand lower_cast(struct sema *s, struct lowering *lo, struct expr *e);
/* infer_expr.c: make an aggregation's value that stands where a number is wanted the number that
 * it is. Reports and returns false where it is none. */
bool settle_agg(struct sema *s, struct expr *e);
/* Type of the key that is written in a map access; NULL without a key or where it is not known yet.
 */
const struct type *infer_key(struct sema *s, struct expr *map);
/* Learn that the symbol holds a value of this type; reports at span where it cannot. */
void infer_assign(struct sema *s, struct symbol *symbol, const struct type *t, struct span span);
/* Type and sign of the result of an arithmetic operator on two values. */
const struct type *infer_arithmetic(struct sema *s, enum op op, struct expr *a, struct expr *b,
                                    struct span span);
/* Fill e->is_const and e->num where the operands are constants. */
void fold_expr(struct expr *e);
/* Does the value depend on a parameter `$1` that is given when the object runs? */
bool needs_param(const struct expr *e);
/* Report that it is no constant. */
void report_not_constant(struct sema *s, const struct expr *e);
/* Is a comparison's order that of signed numbers? Addresses have no sign. */
bool compares_signed(const struct expr *e);

/* uses.c: does the clause use a word that has one of these FN_* flags, or one of these CAP_* needs?
 */
bool clause_uses(const struct clause *clause, u32 flags, u32 needs);
/* The same of one statement. FN_ENDS: can it end the block around it? */
bool stmt_uses(const struct stmt *stmt, u32 flags, u32 needs);
/* Is it return, break or continue? */
bool stmt_is_jump(const struct stmt *stmt);

/* flip.c: decide which maps have two halves, and what their prints and clears do with them. */
void find_flips(struct sema *s);

/* lower_clause.c: programs and attach rows of a clause. */
void lower_clause(struct sema *s, const struct clause_info *info);

/* lower_expr.c: code for an expression. */
struct operand lower_expr(struct sema *s, struct lowering *lo, struct expr *e);
/* Key of a map access, its memory. */
ir_val lower_key_of(struct sema *s, struct lowering *lo, struct expr *map);
/* Code for `a op b`; t: type of the result, which tells the sign. */
ir_val lower_arithmetic(struct lowering *lo, enum op op, const struct type *t, ir_val a, ir_val b);
/* A number of elements as bytes for arithmetic with such a pointer; a pointer is what it is. */
ir_val lower_elements(struct lowering *lo, const struct type *pointer, struct operand n);
/* Address of a variable in the current function. */
ir_val lower_variable(struct lowering *lo, struct symbol *symbol);
/* Fill c->args[].val: code for the arguments. */
void lower_args(struct sema *s, struct lowering *lo, struct call *c, struct expr *args);
/* Address of what lies in a parameter of the traced function, or what the parameter points to, for
 * a helper that wants to know the type. Reports what lies elsewhere. */
ir_val lower_typed(struct sema *s, struct lowering *lo, struct expr *e);

/* lower_place.c: does an expression lie in something else, or behind a pointer? And its value. */
bool expr_is_place(const struct expr *e);
ir_val lower_place(struct sema *s, struct lowering *lo, struct expr *e);

/* lower_stmt.c: code for a statement and those of its blocks; and for a block that has a value,
 * NULL for void. */
void lower_stmt(struct sema *s, struct lowering *lo, struct stmt *stmt);
struct operand lower_block_value(struct sema *s, struct lowering *lo, const struct stmt *block);
/* lower_loop.c: let, loops, break and continue. */
void lower_loop_stmt(struct sema *s, struct lowering *lo, struct stmt *stmt);
