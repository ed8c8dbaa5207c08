/* Tools that lowerings share: values in memory, map elements, records of the ring buffer, run-time
 * warnings.
 *
 * Invariants: a word (type_is_word) is an IR int. Anything else is the address of type_mem_size()
 * bytes in which strings are NUL-terminated and zero up to the end, so that equal strings are equal
 * bytes. */
#pragma once

#include "stdlib/vocab.h"

/* A value with its type. */
struct operand {
    const struct type *type;
    ir_val val;
};

/* What a program knows already; see "values that are known" below. */
enum known_what {
    KNOWN_NOTHING,
    KNOWN_PID_TGID,
    KNOWN_UID_GID,
    KNOWN_COMM,
    KNOWN_KEY,
    KNOWN_ELEMENT,
    KNOWN_ADDRESS,
};

struct known_entry {
    enum known_what what;
    const struct ir_func *func;
    const struct map_info *map; /* of an element */
    ir_val key;
    const struct type *type; /* of a key: its own, and what it is made of */
    const struct operand *parts;
    u32 n_parts;
    ir_val val;
};

/* State while one program is made. */
struct lowering {
    struct ir_builder b;
    struct vocab *v;
    const struct attach_point *point;
    VEC(struct known_entry) known;
    bool is_slot_shared; /* the aggregation's slot that is updated is cleared by other CPUs */
    bool wants_typed; /* parameters of the function are read as pointers that the verifier knows */
    const struct ir_slot *left; /* a word, 1 when a loop's function was left for good; NULL: not in
                                   a loop that can be */
};

/* ---- memory ---- */

/* Store `from` as a `to` at ptr + offset: widths and string sizes are adapted, tuples element by
 * element. */
void lower_store(struct lowering *lo, ir_val ptr, u32 offset, const struct type *to,
                 struct operand from);
/* The address of `from` as a `to`: itself where the layouts agree, else a slot. */
ir_val lower_in_memory(struct lowering *lo, const struct type *to, struct operand from);
/* Value of type t at ptr + offset: the word loaded, or the address. */
ir_val lower_load(struct lowering *lo, const struct type *t, ir_val ptr, u32 offset);
/* A word of type t that lies in the low bytes of one whose other bytes may be anything. */
ir_val lower_word_of(struct lowering *lo, const struct type *t, ir_val word);
/* A new slot for a value of type t, as address. */
ir_val lower_slot(struct lowering *lo, const char *name, const struct type *t);
/* 1 if the operand counts as true: a word is not 0, a string is not empty. */
ir_val lower_truth(struct lowering *lo, struct operand o);

/* An address of the context as a number: the verifier does not let a program compute with the
 * address itself. */
ir_val lower_context_address(struct lowering *lo, ir_val address);
/* Read size bytes (a word, at most those of dst) from an address into memory at dst; zeros where it
 * cannot be read, with a run-time warning at the builder's span. */
void lower_read(struct lowering *lo, ir_val dst, ir_val size, ir_val from, enum space space);
/* The same up to a NUL; there is one in dst always. What lies behind it is not touched. */
void lower_read_string(struct lowering *lo, ir_val dst, ir_val size, ir_val from, enum space space);
/* The same two without a warning. */
void lower_try_read(struct lowering *lo, ir_val dst, ir_val size, ir_val from, enum space space);
void lower_try_read_string(struct lowering *lo, ir_val dst, ir_val size, ir_val from,
                           enum space space);

/* Room for a text. */
struct room {
    ir_val dst;
    u32 size;      /* bytes, with the NUL */
    ir_val wanted; /* bytes without it that the script asks for; NULL: all */
    u64 cut_site;  /* lower_cut_site(): where what is cut counts */
};

/* lower_try_read_string() of at most `size` bytes, which is not more than the room has. A text that
 * is cut because the room ends is counted: where it is full, the byte that became the NUL is read
 * again. Else that costs one comparison. */
void lower_read_text(struct lowering *lo, const struct room *room, ir_val size, ir_val from,
                     enum space space);
/* A new place, at the builder's span, that cuts texts of more than so many bytes, or lists of more
 * than so many words; and: one was cut there. */
u64 lower_cut_site(struct lowering *lo, u64 bytes);
u64 lower_cut_words_site(struct lowering *lo, u64 words);
void lower_count_cut(struct lowering *lo, u64 site);

/* ---- strings and lengths ---- */

/* n, or most where n is larger as an unsigned number. The verifier sees that it is at most
 * lower_mask(most), the least 2^k - 1 that is not less. */
ir_val lower_clamp(struct lowering *lo, ir_val n, u64 most);
u64 lower_mask(u64 most);
/* Copy a string of the program's own memory up to its NUL, at most size - 1 bytes and a NUL. */
void lower_copy_string(struct lowering *lo, ir_val dst, ir_val size, ir_val from);
/* An argument of kind `text` as a string. */
struct operand lower_text(struct lowering *lo, const struct call_arg *arg);

/* Offset of the first place of part in text, both strings; -1 where there is none. */
ir_val lower_find_text(struct lowering *lo, struct operand text, struct operand part);

/* ---- maps ---- */

/* Address of the key for a map access: keys as given in [ ], n of them (0 for a scalar map). */
ir_val lower_key(struct lowering *lo, const struct map_info *map, const struct operand *keys,
                 u32 n);
/* The map's key type of several keys: itself for one, else a tuple. */
const struct type *keys_type(struct vocab *v, const struct type *const *types, u32 n);

/* Value of an element as an operand's val: 0 or "" where the key is absent. Not for aggregations.
 */
ir_val lower_map_read(struct lowering *lo, struct map_info *map, ir_val key);
/* Set an element; a failing update is a run-time warning at the builder's span. */
void lower_map_write(struct lowering *lo, struct map_info *map, ir_val key, struct operand value);
/* Add to an integer element, atomically on the element. Gives the value before. */
ir_val lower_map_add(struct lowering *lo, struct map_info *map, ir_val key, ir_val delta);
/* Store the value of an element at dst, an address of a value of its type; zeros where the key is
 * absent. 1 if it is there. */
ir_val lower_map_find(struct lowering *lo, struct map_info *map, ir_val key, struct operand dst);
/* 1 if the key is there. */
ir_val lower_map_has(struct lowering *lo, struct map_info *map, ir_val key);
/* Remove an element. 1 if it was there. */
ir_val lower_map_delete(struct lowering *lo, struct map_info *map, ir_val key);
/* Find the element of a map without key now: before a value is computed for it that costs less than
 * behind. */
void lower_map_touch(struct lowering *lo, struct map_info *map);
/* Update an aggregation's slot of the current CPU, made first where the key is new. value: NULL for
 * count(). */
void lower_map_aggregate(struct lowering *lo, struct map_info *map, ir_val key, ir_val value);
/* Add delta to a slot's 8-byte member: the one place that decides how exactness is kept (see enum
 * probe_exec). */
void lower_slot_add(struct lowering *lo, ir_val ptr, s64 offset, ir_val delta);
/* The number of a bucket as lower_bucket_add() wants it: computed here, not later. */
ir_val lower_bucket(struct lowering *lo, ir_val bucket);
/* Count one more in a bucket of a histogram's slot: update() of histograms. */
void lower_bucket_add(struct lowering *lo, const struct type *t, ir_val ptr, ir_val bucket);
/* Declare the map in the module and the metadata, once. */
void lower_map_declare(struct vocab *v, struct map_info *map);

/* The number that an aggregation stands for, of all CPUs together: 0 where the key is absent. Only
 * for those that have one (agg_desc.gather). */
ir_val lower_map_gather(struct lowering *lo, struct map_info *map, ir_val key);

/* Clear the slots of all CPUs of an aggregation without key; it is declared. 1 if any was set. */
ir_val lower_map_clear_slots(struct lowering *lo, struct map_info *map);

/* agg_desc.gathered of those whose number is the first of the two words. */
ir_val lower_gathered_first(struct lowering *lo, const struct type *t, ir_val sum);

/* The entry of the match that fired, in a map of what is told about matches (see PTL_MAP_NAMES and
 * PTL_MAP_USDT); NULL at run time never happens, but the verifier cannot know. *map: declared by
 * this name at first use. */
ir_val lower_match(struct lowering *lo, const struct ir_map **map, const char *name,
                   u32 value_size);

/* ---- records ---- */

/* Index of a new site of the metadata; the caller fills the row's further members through
 * lower_site(). */
u64 lower_site_new(struct vocab *v, enum site_kind kind, struct span span);
struct meta_site *lower_site(struct vocab *v, u64 site);
/* Index of a type's row in the metadata. */
u64 lower_meta_type(struct vocab *v, const struct type *t);

/* A record between reserve and submit. */
struct record {
    u64 site;
    ir_val ptr; /* of the header; the payload follows at sizeof(struct ptl_record) */
    struct ir_block *done;
};

/* Reserve a record for the site with its payload_size; where there is no room the loss is counted
 * and control goes on behind lower_record_end(). Evaluate arguments before. Data (not control) is
 * refused when only the reserve is left. */
struct record lower_record_begin(struct lowering *lo, u64 site);
/* Store a value in the payload. */
void lower_record_store(struct lowering *lo, const struct record *r, u32 offset,
                        const struct type *t, struct operand o);
void lower_record_end(struct lowering *lo, const struct record *r);

/* Send a run-time warning at the builder's span: counted always, sent for the first PTL_ERRORS_SENT
 * on each CPU. code: the helper's return value, or NULL. map: that it is about, or NULL. */
void lower_run_error(struct lowering *lo, enum run_error error, ir_val code,
                     const struct map_info *map);

/* The same for a helper that failed: helper: BPF_FUNC_*, which the warning names. */
void lower_helper_error(struct lowering *lo, enum run_error error, ir_val code, u32 helper);

/* A word that is found out where the object is loaded, named at the builder's span: the address of
 * a symbol, .. */
ir_val lower_resolved(struct lowering *lo, enum resolved_kind kind, struct str text);
/* The same of a symbol of a program or library (RESOLVED_USER_SYMBOL). */
ir_val lower_user_symbol(struct lowering *lo, struct str file, struct str symbol);

/* Offset of a field in the records of an event ("category:event"). */
ir_val lower_event_field(struct lowering *lo, struct str event,
                         const struct tracepoint_field *field);
/* Parameter $number of a script that is compiled ahead of time, as an integer or as a text of
 * PTL_PARAM_TEXT_MAX bytes; number 0: how many there are. */
ir_val lower_param(struct lowering *lo, u64 number);
ir_val lower_param_text(struct lowering *lo, u64 number);
/* The same of an option: index in the vocabulary. kind: enum option_kind. */
ir_val lower_option(struct lowering *lo, u64 index, u64 kind);

/* ---- control flow ---- */

/* A function that a loop calls, while it is made: the builder's place before. */
struct callback {
    struct ir_builder outer;
    u32 n_known;
    struct ir_func *func;
};

/* Go on in a new function for a LOOP or an EACH of the current program. */
struct callback lower_callback_begin(struct lowering *lo, enum ir_func_kind kind);
/* Go on where the builder was; the function returns 0 at its end. */
void lower_callback_end(struct lowering *lo, const struct callback *cb);
/* Leave the program from wherever the builder is, loops included; goes on in a block that is never
 * reached. */
void lower_leave(struct lowering *lo);

/* What is open between lower_if() and lower_end_if(). */
struct branch {
    struct ir_block *other, *done;
    u32 n_known; /* before it */
};

/* Start "if (cond)": appends to the true branch. */
struct branch lower_if(struct lowering *lo, ir_val cond);
/* The same: "if (ptr is not NULL)". */
struct branch lower_if_found(struct lowering *lo, ir_val ptr);
/* Go on with the false branch. */
void lower_else(struct lowering *lo, struct branch *br);
/* Join both. */
void lower_end_if(struct lowering *lo, const struct branch *br);
/* A quotient or remainder that warns at run time and gives 1 where the divisor is 0. op: IR_UDIV,
 * IR_SDIV, .. */
ir_val lower_divide(struct lowering *lo, enum ir_op op, ir_val a, ir_val b);
/* pid (high half) and tid (low half) in the tracer's PID namespace. */
ir_val lower_pid_tgid(struct lowering *lo);
/* The current process in that namespace, of which the runtime keeps what it has mapped: for values
 * that are addresses in it. */
ir_val lower_process(struct lowering *lo);

/* ---- values that are known (known.c) ----
 *
 * A word of the task, the memory of a key and an element that was read need not be computed twice.
 * Each function that gives one gives NULL where it is not known here; each that adds one gives it
 * back. Who makes a branch without lower_if() takes back what was learnt in it. */

/* A word that is the same as long as the program runs, or memory that nothing writes again. */
ir_val known_value(struct lowering *lo, enum known_what what);
ir_val known_add_value(struct lowering *lo, enum known_what what, ir_val val);
/* Memory of a key of this type made of these n parts. */
ir_val known_key(struct lowering *lo, const struct type *type, const struct operand *parts, u32 n);
ir_val known_add_key(struct lowering *lo, const struct type *type, const struct operand *parts,
                     u32 n, ir_val key);
/* KNOWN_ELEMENT: value of the element with this key, as lower_map_read() gives it. KNOWN_ADDRESS:
 * of the element of a map without key (NULL). */
ir_val known_of_map(struct lowering *lo, enum known_what what, const struct map_info *map,
                    ir_val key);
ir_val known_add_of_map(struct lowering *lo, enum known_what what, const struct map_info *map,
                        ir_val key, ir_val val);
/* The map's elements are being written; NULL: those of all maps may be. */
void known_forget_elements(struct lowering *lo, const struct map_info *map);
/* Forget all but the first n entries of lo->known. */
void known_truncate(struct lowering *lo, u32 n);
