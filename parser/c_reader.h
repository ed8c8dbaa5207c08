/* The reader of C at the head of a script: preprocessor and declarations. Internal to parser/.
 *
 * First c_preprocess() walks over a whole source, line by line: it obeys the directives, and gives
 * a copy of the text in which they, and what conditionals leave out, are spaces; so every position
 * stays what it was, and scanner and grammar see no directives at all. Files that are included in
 * quotes are read there and then, and hold declarations only. Later, where the parser meets
 * `struct`, `union`, `enum` or `typedef` at the top, c_read_declarations() reads them from that
 * copy.
 *
 * Macros live as long as from their #define to their #undef; since all directives are read before
 * any code, each knows the times of both, and a position tells its time (c_time_at). */
#pragma once

#include "parser/parse.h"

enum {
    C_MAX_NESTING = 60, /* of braces, parentheses, pointers, includes, expansions, conditionals */
};

/* #define NAME BODY */
struct c_macro {
    struct str name;
    struct span span;   /* of the name; NO_SPAN: predefined */
    struct source body; /* base: position of its first byte */
    bool is_function;   /* has parameters */
    u32 from, to;       /* times of definition and end */
    struct c_macro *next;
};

/* From `position` on the time is `time`. */
struct c_mark {
    u32 position, time;
};

/* A source that was preprocessed; its marks are in order. */
struct c_file {
    u32 base, size;
    u32 begin; /* time at the begin */
    VEC(struct c_mark) marks;
};

enum {
    C_BUCKETS = 1024
};

struct c_reader {
    struct arena *arena;
    struct diags *diags;
    struct program *program;
    struct c_macro *buckets[C_BUCKETS]; /* newest first in each */
    VEC(struct c_file *) files;
    u32 now;
    u32 n_includes; /* nested, at the moment */
    u32 depth;      /* of what is being read: C_MAX_NESTING */
    u32 n_expansions;
    bool has_note; /* about ignored includes */
};

/* ---- tokens ---- */

enum c_kind {
    C_END,
    C_WORD,
    C_NUMBER,
    C_CHAR,
    C_STRING,
    C_PUNCT,
};

/* span: where it stands; for what a macro expands to, the place of the macro's use. */
struct c_token {
    enum c_kind kind;
    struct span span;
    struct str text;
};

/* Text that tokens are taken from: the source, or the body of a macro. */
struct c_frame {
    struct str text;
    u32 base, at;
    const struct c_macro *macro; /* NULL: the source */
};

/* The tokens of a source from some position on, macros expanded. */
struct c_stream {
    struct c_reader *r;
    struct c_frame frames[C_MAX_NESTING];
    u32 n_frames;
    struct span use;      /* of the outermost macro that is being expanded */
    struct c_token token; /* the next one, where has_token */
    bool has_token;
    u32 braces;        /* open ones, of the tokens taken */
    u32 offset;        /* in the source, behind the token before that one */
    bool is_directive; /* of #if: `defined` means something */
};

/* Begin with the text of source src from offset `at` on. */
void c_stream_init(struct c_stream *st, struct c_reader *r, const struct source *src, u32 at);
/* Look at the next token. */
struct c_token c_peek(struct c_stream *st);
/* Take it. */
struct c_token c_next(struct c_stream *st);
/* The same without expanding it, as behind `defined`. Only where nothing was looked at. */
struct c_token c_next_raw(struct c_stream *st);
/* Is the next token this punctuator or word? */
bool c_is(struct c_stream *st, const char *text);
/* If so, take it. */
bool c_take(struct c_stream *st, const char *text);
/* The same, else report that it was expected. */
bool c_expect(struct c_stream *st, const char *text);
/* Report that something was expected where the next token is. what: "identifier", "';'". */
void c_expected(struct c_stream *st, const char *what);
/* Offset in the source behind the last token taken. */
u32 c_offset(const struct c_stream *st);
/* One level deeper; false (reported) where that is too deep. Pair with r->depth--. */
bool c_enter(struct c_stream *st);

/* ---- macros ---- */

/* Time at a position of a preprocessed source. */
u32 c_time_at(const struct c_reader *r, u32 position);
/* The macro of that name at that time, or NULL. */
const struct c_macro *c_macro_find(const struct c_reader *r, struct str name, u32 time);
/* Define one from now on; replaces the one of the same name. */
struct c_macro *c_macro_define(struct c_reader *r, struct str name, struct span span,
                               struct source body);
/* End it, if there is one. */
void c_macro_undefine(struct c_reader *r, struct str name);
/* Is the body the name itself? Then nothing is to be expanded. */
bool c_macro_is_self(const struct c_macro *macro);

/* Report a use that is not supported, or that never ends. */
void c_macro_report_function(struct diags *diags, const struct c_macro *macro, struct span use);
void c_macro_report_recursion(struct diags *diags, const struct c_macro *macro, struct span use);

/* ---- expressions ---- */

/* A constant expression, without commas. Reports and returns NULL where there is none. */
struct expr *c_read_expr(struct c_stream *st);

/* ---- declarations ---- */

/* What __attribute__ says about layout. */
struct c_attributes {
    bool is_packed;
    struct expr *align; /* NULL: none */
};

/* Type specifiers: `const struct x`, `unsigned long`, and their attributes. NULL: reported. */
struct type_name *c_read_specifiers(struct c_stream *st, struct c_attributes *attributes);
/* The rest of the type, `*name[3]`, around `base`. name_out: empty where there is none.
 * attributes may be added to. NULL: reported. */
struct type_name *c_read_declarator(struct c_stream *st, struct type_name *base,
                                    struct c_token *name_out, struct c_attributes *attributes);
/* A type without a name, as in sizeof and casts. NULL: reported. */
struct type_name *c_read_type(struct c_stream *st);
/* Does the next token begin a type? Only words that are one by themselves count. */
bool c_begins_type(struct c_stream *st);
/* __attribute__((...)) and its like, any number of them. */
void c_read_attributes(struct c_stream *st, struct c_attributes *attributes);
/* struct, union or enum behind the keyword `token`, with its definition if it has one, which is
 * added to the program. NULL: reported. */
struct type_name *c_read_tagged(struct c_stream *st, struct c_token keyword);

/* ---- entries ---- */

/* A reader for one compilation, with what is predefined. */
struct c_reader *c_reader_new(struct arena *arena, struct diags *diags, struct program *program);
/* Obey the directives of src; returns its text without them. */
struct str c_preprocess(struct c_reader *r, const struct source *src);
/* Read the declaration at offset `at` of src (its text preprocessed) into the program. Returns the
 * offset behind it, also where it was reported. */
u32 c_read_declaration(struct c_reader *r, const struct source *src, u32 at);
/* Read a source that holds nothing but declarations. */
void c_read_declarations(struct c_reader *r, const struct source *src);
