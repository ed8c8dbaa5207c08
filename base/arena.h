/* One allocator for one compilation: everything lives until arena_done(), nothing is freed singly.
 *
 * The arena has a hard cap. Where it is exceeded (or malloc fails) `on_full` is called and must not
 * return: the compiler's entry (tools/compile.c) jumps to its only setjmp and reports E001. So
 * arena_alloc() never returns NULL. */
#pragma once

#include "base/util.h"

struct arena_chunk;
struct arena_release;

struct arena {
    struct arena_chunk *chunks; /* newest first */
    size_t used_bytes;          /* of all chunks together */
    size_t cap_bytes;
    void (*on_full)(void *data); /* does not return */
    void *on_full_data;
    struct arena_release *releases; /* newest first */
};

/* Prepare an empty arena of at most cap_bytes. on_full must not return (longjmp); data is passed to
 * it. */
void arena_init(struct arena *a, size_t cap_bytes, void (*on_full)(void *data), void *data);

/* Free all that was allocated. The arena may be used again. */
void arena_done(struct arena *a);

/* size bytes, zeroed, aligned to 16. Never NULL: see on_full. */
void *arena_alloc(struct arena *a, size_t size);

/* Have arena_done() call release(p, size), before it frees the memory: for what is not memory of
 * the arena but lives as long, such as a mapped file. */
void arena_adopt(struct arena *a, void (*release)(void *p, size_t size), void *p, size_t size);

#define arena_new(a, type)      ((type *)arena_alloc((a), sizeof(type)))
#define arena_array(a, type, n) ((type *)arena_alloc((a), sizeof(type) * (size_t)(n)))

/* A growable array in an arena: VEC(struct x) xs = {0}; *vec_push(a, &xs) = item. Growing copies;
 * pointers to items do not survive a push. */
#define VEC(type)    \
    struct {         \
        type *items; \
        u32 n, cap;  \
    }

/* Make room for one more item of item_size in a VEC; returns the new items pointer. Used by
 * vec_push only. */
void *arena_grow(struct arena *a, void *items, u32 n, u32 *cap, size_t item_size);

#define vec_push(a, v)                                                                    \
    ({                                                                                    \
        (v)->items = arena_grow((a), (v)->items, (v)->n, &(v)->cap, sizeof(*(v)->items)); \
        &(v)->items[(v)->n++];                                                            \
    })

/* The NULL check: NULL + 0 is undefined in C. */
#define vec_foreach(it, v) \
    for (__typeof__(*(v)->items) *it = (v)->items; it && it < (v)->items + (v)->n; it++)
