/* The vocabulary of the language: one descriptor per function (builtin variables are functions
 * without arguments), aggregation and probe provider, with its signature, documentation, checks and
 * lowering.
 *
 * A word is added by one descriptor in a file of its family and one row in funcs.def, abi/agg.def
 * or abi/probe.def. Nothing else in the tree compares names of words. Nothing here sees the AST or
 * LLVM. */
#pragma once

#include "abi/option.h"
#include "abi/record.h"
#include "base/diag.h"
#include "ir/ir.h"
#include "stdlib/btf.h"
#include "stdlib/kernel.h"

struct lowering; /* stdlib/lower.h */
struct probe_desc;
struct agg_desc;

/* A type whose row is in the metadata. */
struct known_type {
    const struct type *type;
    u32 size; /* in memory: a word has 8 bytes, or its C size */
    u64 index;
};

/* An option of the script: the first getopt() of its name. */
struct script_option {
    struct meta_option row;
    u64 num; /* its value */
    struct str text;
};

/* What one compilation works with. */
struct vocab {
    struct arena *arena;
    struct types *types;
    struct diags *diags;
    struct ir_module *module;
    const struct kernel *kernel;
    struct btf *btf; /* the kernel's types */
    const struct arch *arch;
    const struct ir_map *ring, *books; /* PTL_MAP_RING, PTL_MAP_BOOKS */
    const struct ir_map *names;        /* PTL_MAP_NAMES; NULL: no word has asked for it */
    const struct ir_map *usdt;         /* PTL_MAP_USDT; the same */
    const struct ir_map *processes;    /* PTL_MAP_PROCESSES; the same */
    const struct ir_map *places;       /* PTL_MAP_PLACES; the same */
    VEC(struct known_type) meta_types;
    VEC(const char *) macro_names; /* that calls may mean, for "did you mean" */
    u32 max_probes, max_map_keys, max_strlen, max_cat_bytes; /* of the script's config */
    struct str stack_mode;                                   /* the same */
    u64 meta_flags; /* META_FLAG_* that the programs need */
    struct script_args args;
    bool is_open; /* what args lack is given when the object runs */
    VEC(struct script_option) script_options;
    bool has_open_exec;  /* programs of the script interrupt each other: see enum probe_exec */
    bool allows_unsafe;  /* functions with FN_UNSAFE may be called */
    bool lacks_kprobes;  /* of the kernel that the script is for: see probe_desc.stand_in */
    bool test_plain_rmw; /* tests: aggregations on shared maps by plain read-modify-write */
    bool test_refused;   /* tests: exit() does what the verifier refuses */
};

/* A row of map_kind.def. */
struct map_kind {
    const char *name;
    u32 bpf_type;
    bool is_percpu;
};

/* A map of the script. semantic/ finds its types; lowering declares it at first use. */
struct map_info {
    struct str name;  /* with the @ */
    struct span span; /* first use */
    bool is_scalar,
        is_keyed;           /* how it is used; neither before the first use with or without a key */
    const struct type *key; /* NULL: scalar, or not known yet */
    const struct type *value;    /* NULL: not known yet */
    bool is_deleted;             /* by delete(), somewhere in the script */
    bool is_declared;            /* by let */
    const struct map_kind *kind; /* NULL: the default for its value */
    u32 max_entries;             /* 0: the default */
    bool is_flipped;             /* printed, then cleared: enum flip_role */
    struct ir_map *ir;           /* NULL: not declared yet */
    u64 meta_index;
};

/* An attach point whose spec has been parsed. */
struct attach_point {
    const struct probe_desc *probe;
    struct str name; /* in full, with the provider's long name */
    struct span span;
    struct str text[2];
    u64 num[2];
    enum attach_choice choice;
    bool is_pattern; /* its targets are looked up: when the script is compiled where a program is
                      * made for each, else where it runs */
    /* What `args` has, and the type of `retval`; NULL: not looked up, or another kind of probe. */
    const struct tracepoint *tracepoint;
    const struct btf_function *function;
    /* Of a point `*` of a provider with star_is_rest: what others name, with spaces between. */
    struct str others;
    u32 first_param; /* of the function's: those before are not the event's */
};

struct attach_points {
    VEC(struct attach_point) list;
};

/* ---- functions ---- */

/* An argument of a call. */
struct call_arg {
    struct span span;
    const struct type *type; /* of a whole map: NULL */
    bool is_const;           /* integer or string known at compile time: num or text */
    bool is_open;            /* depends on a `$1` that is given when the object runs */
    bool is_param;           /* `$1`: text is the parameter, num its number if it is one */
    u64 num;
    struct str text;
    bool is_out;                 /* parameter kind `variable`: $x, which the call assigns to */
    const struct type *out_type; /* what it assigns: set by check() */
    struct map_info *map;        /* parameter kind `map`: the map itself */
    bool map_has_key;            /* written with [ ]: print(@x[1]) */
    ir_val val; /* lowering only: the word, or the address of the memory (of kind `variable`: the
                   variable's own, which has `type`); NULL for kind `literal`
                   and `map` */
};

struct call {
    const struct func_desc *fn;
    struct str name; /* as written: "arg3" */
    struct span span;
    struct call_arg *args;
    u32 n_args;
    u32 number;                       /* of numbered words: 3 for arg3 */
    const struct attach_point *point; /* that is being checked or lowered */
    enum flip_role flip;              /* print(@x), clear(@x), zero(@x) */
    struct str member;                /* `args.filename`: the field; empty else */
    struct span member_span;
};

/* A value that is known at compile time: a number, or a string's text. */
struct folded {
    u64 num;
    struct str text;
};

/* Needs of a function, and what a provider offers. */
#define CAP_ARGN     (1u << 0) /* arguments by register: arg0 */
#define CAP_RETVAL   (1u << 1) /* retval */
#define CAP_FUNC     (1u << 2) /* func */
#define CAP_FIELDS   (1u << 3) /* args.field */
#define CAP_REGS     (1u << 4) /* reg("ip") */
#define CAP_OVERRIDE (1u << 5) /* override() */
#define CAP_BINARY   (1u << 6) /* uaddr(): text[0] is a program or library */
#define CAP_TYPED    (1u << 7) /* the verifier knows the types of the function's parameters */

#define FN_VARIABLE   (1u << 0) /* may be written without parentheses */
#define FN_NUMBERED   (1u << 1) /* the name is followed by a number: arg0, arg1 */
#define FN_MEMBERS    (1u << 2) /* is used with a member: args.field */
#define FN_ENDS       (1u << 3) /* control does not come back: exit() */
#define FN_PER_POINT  (1u << 4) /* differs by attach point: one program for each */
#define FN_SHOWS      (1u << 5) /* shows its first argument, if that is a map as a whole: print() */
#define FN_EMPTIES    (1u << 6) /* what a map had is gone: clear(), zero() */
#define FN_KEEPS_KEYS (1u << 8) /* but for its keys: zero() */

#define FN_TEXT   (1u << 9) /* a parameter as the first argument is its text: str($1) */
#define FN_UNSAFE (1u << 7) /* runs commands, or changes what traced programs do: --unsafe */

struct func_desc {
    const char *name;
    /* "(kind, kind?, ...) -> type": kinds int, string, text (string or array of characters),
     * literal (of a string), number (a literal), word (a bare name), option (that or
     * a number), map, printable (a map or a
     * value), typed (what lies in a parameter of the traced function), any;
     * `?` optional, `...` any number of any kind. Type: void, bool, int64, string[16], ksym, or
     * `?`: check() tells. */
    const char *sig;
    const char *doc;     /* one sentence or more, for the reference */
    const char *example; /* a whole script that a test runs */
    u32 flags;
    u32 needs; /* CAP_* of the provider */
    /* Rules beyond the signature; gives the result's type (the signature's if NULL). Called in
     * every round of type inference with what is known so far: types may be NULL or errors, be
     * silent about those. */
    const struct type *(*check)(struct vocab *v, struct call *c);
    /* The result where it is known at compile time; NULL: it never is. Called when the types are in
     * order; false where it is not known. */
    bool (*fold)(struct vocab *v, const struct call *c, struct folded *out);
    /* Emit code; gives the word or the address of the result, NULL for void. */
    ir_val (*lower)(struct lowering *lo, struct call *c);
};

/* Function by name (resolves numbered ones; number_out may be NULL), or NULL. */
const struct func_desc *vocab_func(struct str name, u32 *number_out);
const struct func_desc *const *vocab_funcs(u32 *n_out);

/* Check arity and kinds of arguments against the signature, then the descriptor's own rules.
 * Reports to v->diags. Returns the type of the result: type_error() where something was wrong. */
const struct type *vocab_check(struct vocab *v, struct call *c);

/* Does parameter i take a whole map where one is written without a key: kinds `map` and
 * `printable`? */
bool vocab_param_takes_map(const struct func_desc *fn, u32 i);
/* Is it of kind `int`, so that an aggregation there means the number that it stands for? */
bool vocab_param_is_int(const struct func_desc *fn, u32 i);
/* Is it of kind `variable`, so that `$x` there means the variable and not its value? */
bool vocab_param_is_variable(const struct func_desc *fn, u32 i);
/* Is it of kind `map`, so that `@x[k]` there means the map and a key: delete(@x[k])? */
bool vocab_param_is_map(const struct func_desc *fn, u32 i);

/* Is it of kind `typed`, so that the verifier must see how it comes from a parameter of the traced
 * function? */
bool vocab_param_is_typed(const struct func_desc *fn, u32 i);

/* Is it of kind `word` or `option`, so that a bare name there is no variable but the text:
 * nsecs(boot)? */
bool vocab_param_is_word(const struct func_desc *fn, u32 i);

/* Learn that the map is used with this key, or holds this value (types as they stand; NULL and
 * errors teach nothing). Report at span and return false where that does not agree with what is
 * known. */
bool map_join_key(struct vocab *v, struct map_info *map, const struct type *key, struct span span);
bool map_join_value(struct vocab *v, struct map_info *map, const struct type *value,
                    struct span span);

/* ---- aggregations ---- */

struct agg_desc {
    enum agg_id id;
    const char *sig; /* "(int, number?)" in the words of func_desc */
    const char *doc;
    const char *example;
    /* Check constants, fill params (3, zeroed). Returns false after reporting. */
    bool (*check)(struct vocab *v, struct call *c, s64 *params);
    /* What update() is to be given in place of the value, where it is not the value: computed once,
     * before the slot is looked up. NULL: the value itself. */
    ir_val (*prepare)(struct lowering *lo, const struct type *agg_type, ir_val value);
    /* The number that all slots together are: add the slot at ptr to the two words at sum (zero at
     * first), and the number that these are then. NULL: it is no number (a histogram). */
    void (*gather)(struct lowering *lo, const struct type *agg_type, ir_val ptr, ir_val sum);
    ir_val (*gathered)(struct lowering *lo, const struct type *agg_type, ir_val sum);
    /* Add one value to the slot at ptr (value: NULL for count). */
    void (*update)(struct lowering *lo, const struct type *agg_type, ir_val ptr, ir_val value);
};

/* Aggregation by name, or NULL; and by its id. */
const struct agg_desc *vocab_agg(struct str name);
const struct agg_desc *vocab_agg_by_id(enum agg_id id);
/* Type of the map's value for this call, or type_error() after reporting. */
const struct type *vocab_check_agg(struct vocab *v, const struct agg_desc *agg, struct call *c);

/* ---- probe providers ---- */

/* Which programs can interrupt each other, on one CPU. */
enum probe_exec {
    EXEC_ALONE,   /* begin, end: nothing else is attached while they run */
    EXEC_GUARDED, /* kprobe, tracepoint, perf event: preemption is off and the kernel's
                   * bpf_prog_active keeps a second program of this class from running on the CPU,
                   * so a plain update of a per-CPU slot is exact */
    EXEC_OPEN, /* raw tracepoint, fentry: the kernel keeps a program from interrupting itself, but
                * not others: updates of per-CPU slots are atomic in the whole script */
    EXEC_PREEMPTIBLE, /* uprobe: the task can be preempted, and another one run the same program */
};

struct probe_desc {
    enum probe_id id;
    const char *forms; /* "kprobe:FUNCTION", for messages and the reference */
    const char *doc;
    const char *example;
    u32 caps; /* CAP_* */
    enum probe_exec exec;
    bool has_task; /* false: the current task is arbitrary, -p does not filter (begin, end,
                      interval) */
    enum ir_ctx ctx;
    const char *section; /* libbpf's section name for the program type */
    enum attach_method method;
    enum attach_method method_many; /* for patterns, tried first; 0: there is none */
    bool is_user;      /* numbers that it gives are addresses of user space as a rule */
    bool star_is_rest; /* a point `*` is what no other point of the script names */
    bool is_retval_signed;
    bool is_per_point; /* a program is loaded for one target: points share none */
    u32 n_args;        /* of argN; 0: as many as the CPU has registers for */
    /* Type of what `ctx` points to. NULL: void. */
    const struct type *(*context)(struct vocab *v, const struct attach_point *point);
    /* Is this run one for nothing? NULL: there are no such. */
    ir_val (*leaves)(struct lowering *lo);
    const struct probe_desc *stand_in; /* takes its place where the kernel lacks it */
    /* Rules for argN beyond its number. Returns false after reporting. NULL: there are none. */
    bool (*check_arg)(struct vocab *v, const struct call *c);
    /* CAP_ARGN: argument n; CAP_RETVAL: the return value. As 64-bit words, as they come. */
    ir_val (*arg)(struct lowering *lo, u32 n);
    ir_val (*retval)(struct lowering *lo);
    /* Where one event stands for all matches of a pattern: is this one meant (a word; NULL:
     * always), and the name of the match in PTL_NAME_BYTES of memory. NULL: each match has its
     * event. */
    ir_val (*is_meant)(struct lowering *lo);
    ir_val (*match_name)(struct lowering *lo);
    /* Parse the parts behind the provider's name (n strings, quotes removed) into point. Returns
     * false after reporting at point->span. */
    bool (*parse)(struct vocab *v, struct attach_point *point, const struct str *parts, u32 n);
    /* What there is, as it is written behind the provider: for lists, and for patterns that are
     * looked up when the script is compiled. Returns their number; 0: they cannot be read. NULL:
     * that cannot be told. */
    u32 (*names)(struct vocab *v, const char *const **names_out);
    /* Ask the kernel view for what the body's use of `args` or `retval` needs; called once, and
     * only where one is used. Returns false after reporting. NULL: nothing to ask. */
    bool (*resolve)(struct vocab *v, struct attach_point *point);
};

/* Provider by its long or short name without regard to case, or NULL; and by its id. */
const struct probe_desc *vocab_probe(struct str name);
const struct probe_desc *vocab_probe_by_id(enum probe_id id);
/* Parse a whole spec ("k:do_nanosleep"); reports at span and returns false where it is wrong. */
bool vocab_parse_spec(struct vocab *v, struct str spec, struct span span, struct attach_point *out);

/* "f+0x10" to name and offset in bytes; no offset: 0. False if what follows the + is no number. */
bool probe_split_offset(struct vocab *v, struct str part, struct str *name_out, u64 *offset_out);
/* The stand-ins of kprobes: as much of them as fentry and fexit can do. */
extern const struct probe_desc probe_kprobe_stand_in, probe_kretprobe_stand_in;
/* Is the point attached in another way, because the kernel lacks its own? */
bool probe_is_stand_in(const struct attach_point *point);
/* Give the point its stand-in, unless it is a pattern. Returns false after reporting. */
bool probe_take_stand_in(struct vocab *v, struct attach_point *point);
/* Report that the point's stand-in has no such word, and return false, if something stands in. */
bool probe_stand_in_has(struct vocab *v, const struct call *c);
/* Report that the point's kind of probe has no such word. Returns false. */
bool probe_lacks(struct vocab *v, const struct call *c);
/* probe_desc.arg and retval of BPF trampolines. */
ir_val probe_trampoline_arg(struct lowering *lo, u32 n);
ir_val probe_trampoline_retval(struct lowering *lo);
/* Arguments of a trampoline: MAX_BPF_FUNC_ARGS in include/linux/bpf.h. */
#define PROBE_TRAMPOLINE_ARGS 12
/* Letters, digits and what else is in names, and in patterns of them; not empty. */
bool probe_is_pattern(struct str name);
/* probe_desc.names of the kernel's functions that can be traced. */
u32 probe_function_names(struct vocab *v, const char *const **names_out);
/* Is the name one that another point of the script has, so that this point `*` is not for it? */
bool probe_is_other(struct vocab *v, const struct attach_point *point, const char *name);
/* Replace a point that is a pattern by points for all that it matches, appended to out. Returns
 * false after reporting. */
bool probe_expand(struct vocab *v, const struct attach_point *point, struct attach_points *out);
/* A number in decimal, 0 octal or 0x notation that is the whole part. */
bool probe_number(struct vocab *v, struct str part, u64 *out);
/* probe_desc.arg and retval of those whose context is the registers of a function. */
ir_val probe_register_arg(struct lowering *lo, u32 n);
ir_val probe_register_retval(struct lowering *lo);
/* Report that the spec has n parts where it takes `takes` ("1 or 2"). Returns false. */
bool probe_report_count(struct vocab *v, const struct attach_point *point, const char *takes,
                        u32 n);
/* Report that a part of the spec is not the name of `what` ("a tracepoint"). */
void probe_report_name(struct vocab *v, const struct attach_point *point, struct str name,
                       const char *what);
/* Report that the fields of a tracepoint are not known, err being that of kernel_tracepoint().
 * written: what is near to a name of the provider's list if it is misspelt. Returns false. */
bool probe_report_tracepoint(struct vocab *v, const struct attach_point *point, int err,
                             struct str written);
/* Report that BTF has no function `name`, which begins with a prefix that users do not write. */
void probe_report_no_function(struct vocab *v, const struct attach_point *point, struct str name,
                              const char *prefix);

/* ---- all ---- */

/* Report "Unknown function: 'x'" or the like with the nearest name as a hint. is_call: it was
 * written with ( ). */
void vocab_report_unknown(struct vocab *v, struct str name, struct span span, bool is_call);

/* If what was reported as unknown at compile time is_open, say how to bind the parameter. */
void vocab_hint_param(struct diag *diag, bool is_open);

/* docs/reference.md, from all descriptors. */
void vocab_reference(struct buf *out);
