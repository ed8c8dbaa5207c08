/* The arena: a list of zeroed chunks, filled from the front.
 *
 * A request that does not fit opens a new chunk; a large one gets a chunk of its own behind the
 * newest, so that the rest of the newest stays in use. Chunks come from calloc(): memory is zeroed
 * by the kernel where it is fresh, and nothing is ever handed out twice. */
#include "base/arena.h"

#include <string.h>

enum {
    ARENA_ALIGN = 16,
    ARENA_CHUNK_BYTES = 64 * 1024,
};

struct arena_chunk {
    struct arena_chunk *next;
    size_t size, used; /* of data */
    _Alignas(ARENA_ALIGN) char data[];
};

struct arena_release {
    struct arena_release *next;
    void (*release)(void *p, size_t size);
    void *p;
    size_t size;
};

void arena_init(struct arena *a, size_t cap_bytes, void (*on_full)(void *data), void *data)
{
    *a = (struct arena){.cap_bytes = cap_bytes, .on_full = on_full, .on_full_data = data};
}

void arena_done(struct arena *a)
{
    struct arena_chunk *chunk = a->chunks;

    for (; a->releases; a->releases = a->releases->next)
        a->releases->release(a->releases->p, a->releases->size);
    while (chunk) {
        struct arena_chunk *next = chunk->next;

        free(chunk);
        chunk = next;
    }
    a->chunks = NULL;
    a->used_bytes = 0;
}

NORETURN static void arena_full(struct arena *a)
{
    a->on_full(a->on_full_data);
    ptl_bug("on_full of an arena returned");
}

static struct arena_chunk *chunk_add(struct arena *a, size_t size)
{
    size_t data_bytes = MAX(size, (size_t)ARENA_CHUNK_BYTES - sizeof(struct arena_chunk));
    size_t total = sizeof(struct arena_chunk) + data_bytes;
    struct arena_chunk *chunk = NULL;

    if (total <= a->cap_bytes - a->used_bytes)
        chunk = calloc(1, total);
    if (!chunk)
        arena_full(a);
    chunk->size = data_bytes;
    a->used_bytes += total;
    if (a->chunks && size > ARENA_CHUNK_BYTES / 4) {
        chunk->next = a->chunks->next;
        a->chunks->next = chunk;
    } else {
        chunk->next = a->chunks;
        a->chunks = chunk;
    }
    return chunk;
}

void *arena_alloc(struct arena *a, size_t size)
{
    struct arena_chunk *chunk = a->chunks;
    void *p = NULL;

    if (size >= a->cap_bytes) /* first, so that the sums below cannot wrap */
        arena_full(a);
    size = ROUND_UP(MAX(size, (size_t)1), ARENA_ALIGN);
    if (!chunk || chunk->size - chunk->used < size)
        chunk = chunk_add(a, size);
    p = chunk->data + chunk->used;
    chunk->used += size;
    return p;
}

void *arena_grow(struct arena *a, void *items, u32 n, u32 *cap, size_t item_size)
{
    u32 new_cap = *cap ? *cap * 2 : 8;
    void *grown = NULL;

    if (n < *cap)
        return items;
    if (new_cap <= *cap)
        arena_full(a);
    grown = arena_alloc(a, (size_t)new_cap * item_size);
    if (n)
        memcpy(grown, items, n * item_size);
    *cap = new_cap;
    return grown;
}

void arena_adopt(struct arena *a, void (*release)(void *p, size_t size), void *p, size_t size)
{
    struct arena_release *entry = arena_new(a, struct arena_release);

    *entry = (struct arena_release){a->releases, release, p, size};
    a->releases = entry;
}
