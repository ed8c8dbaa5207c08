/* The notes of sys/sdt.h. */
#include "runtime/usdt.h"

#include <errno.h>
#include <string.h>

#define NOTE_TYPE 3

/* LAYOUT: of a note: three addresses of 8 bytes, then three strings. */
struct note {
    u64 address, base, semaphore;
};

/* The string at *at of the note, behind which *at goes; false if it does not end in it. */
static bool take_string(struct str note, u32 *at, struct str *out)
{
    const char *end = *at < note.n ? memchr(note.p + *at, '\0', note.n - *at) : NULL;

    if (end == NULL)
        return false;
    *out = (struct str){note.p + *at, (u32)(end - note.p) - *at};
    *at += out->n + 1;
    return true;
}

struct walk {
    struct binary *binary;
    u64 base; /* address of .stapsdt.base; 0: there is none */
    int (*fn)(void *data, const struct usdt_place *place);
    void *data;
};

/* prelink(8) moves the code and leaves the notes: the section .stapsdt.base tells by how much. */
static u64 moved(const struct walk *w, const struct note *note, u64 address)
{
    return w->base == 0 || address == 0 ? address : address + w->base - note->base;
}

static int on_note(void *data, u32 type, struct str owner, struct str bytes)
{
    const struct walk *w = data;
    struct note note;
    struct usdt_place place = {0};
    u32 at = sizeof(note);

    if (type != NOTE_TYPE || !str_eq_c(owner, "stapsdt") || bytes.n < sizeof(note))
        return 0;
    memcpy(&note, bytes.p, sizeof(note));
    if (!take_string(bytes, &at, &place.space) || !take_string(bytes, &at, &place.name) ||
        !take_string(bytes, &at, &place.args))
        return 0;
    place.address = moved(w, &note, note.address);
    if (binary_offset(w->binary, place.address, &place.offset) != 0)
        return 0;
    if (note.semaphore != 0 &&
        binary_offset(w->binary, moved(w, &note, note.semaphore), &place.semaphore) != 0)
        return 0;
    return w->fn(w->data, &place);
}

int usdt_each(struct binary *binary, int (*fn)(void *data, const struct usdt_place *place),
              void *data)
{
    struct walk walk = {.binary = binary, .fn = fn, .data = data};

    walk.base = binary_section_address(binary, ".stapsdt.base");
    return binary_notes(binary, on_note, &walk);
}
