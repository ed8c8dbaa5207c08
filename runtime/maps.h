/* The script's maps in the kernel: read as tables, cleared, zeroed. */
#pragma once

#include <bpf/libbpf.h>

#include "abi/record.h"
#include "runtime/table.h"

struct maps;
struct progress;

/* Find the ELF map of each map row in an opened object, and check that key and value sizes agree
 * with the metadata. obj and meta are borrowed.
 * Returns 0, -ENOMEM, or -EPROTO if the object does not hold what its metadata says. */
int maps_new(struct maps **out, const struct meta *meta, const struct bpf_object *obj);

/* NULL-safe; sets *m to NULL. */
void maps_free(struct maps **m);

/* Tell this how far reading is, from now on; NULL: nothing. Borrowed. */
void maps_show_progress(struct maps *m, struct progress *progress);

/* Number of the system's possible CPUs: slots of a per-CPU value. */
u32 maps_cpu_count(const struct maps *m);

/* What an ELF map holds elements of: itself, or, before load, of a map of maps the one that it was
 * declared with. */
struct bpf_map *maps_content(struct bpf_map *map);

/* Has it a value for each CPU? */
bool map_is_percpu(const struct bpf_map *map);

/* Before the object is loaded, with the flags of its maps as they shall be: make the halves of
 * flipped maps. Returns 0 or what the kernel says. */
int maps_make_halves(struct maps *m);

/* The object was loaded: connect the maps, before any program runs. Returns 0 or what the kernel
 * says. */
int maps_loaded(struct maps *m);

/* Read a loaded map, fold and order it. index: row of the metadata. role: FLIP_BEGIN changes halves
 * and reads the one that programs wrote to until then; FLIP_GO_ON reads that one again. A scalar
 * that was never written gives no row. The table is reused: valid until the next call. Returns 0,
 * -ENOMEM, or what the kernel says. */
int maps_read(struct maps *m, u32 index, enum flip_role role, u64 top, u64 div,
              const struct table **out);

/* Delete all elements; a scalar becomes unwritten. role: FLIP_END, after FLIP_BEGIN, does that to
 * the half that was read. Returns 0, -ENOMEM, or what the kernel says. */
int maps_clear(struct maps *m, u32 index, enum flip_role role);

/* Set all values to zero, keeping the keys; role as above. Returns 0, -ENOMEM, or what the kernel
 * says.
 */
int maps_zero(struct maps *m, u32 index, enum flip_role role);

/* The rows of the metadata in byte order of the maps' names: maps_count() of them. */
const u32 *maps_by_name(const struct maps *m);
u32 maps_count(const struct maps *m);
