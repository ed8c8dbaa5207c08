/* Reading an object, which is untrusted: everything is checked before anything of it is used. */
#pragma once

#include "abi/meta.h"
#include "runtime/elf.h"
#include "runtime/runtime.h"

/* An arena that the metadata of an object of size bytes fits in, with diagnostics about it. Freed
 * by arena_done(). */
void object_arena(struct arena *arena, size_t size);

/* Decode and check the metadata, in the arena, and the digest over all of the object. Returns 0, or
 * a negative errno and in *why a sentence without its end ("it is damaged"): -EPROTO for what is no
 * object of ours or not as it was written, -EPROTONOSUPPORT for one of another version. */
int object_read(struct arena *arena, const struct elf_view *elf, struct meta *out,
                const char **why);

/* Fill *err with what object_read() found. Returns failed. */
int object_refuse(int failed, const char *why, struct ptl_error *err);
