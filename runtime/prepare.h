/* What is settled between opening an object and loading it: sizes of maps, the memory they take,
 * and the constants of the running machine. */
#pragma once

#include "runtime/session.h"

/* Which part of the ring a data record may still fill, bytes: the rest is kept for control. A
 * control record per CPU fits into what is kept, and at most half of the ring is kept.
 * largest_record: of any site, header included. */
u64 prepare_ring_limit(u64 ring_bytes, u32 n_cpus, u64 largest_record);

/* Size of the ring: a power of two from 256 KiB to 16 MiB, 1 MiB for each CPU, where there is
 * memory for that. Its pages are mapped twice, and count so as memory of the process. has_data: the
 * script prints; without, the smallest will do. wanted: the user's choice, or 0. */
u64 prepare_ring_bytes(u64 wanted, bool has_data, u32 n_cpus, u64 available_bytes);

/* Memory of a map, bytes: key and value rounded up to 8, for each entry, the value once for each of
 * n_copies CPUs. UINT64_MAX when it overflows. */
u64 prepare_map_bytes(u64 key_size, u64 value_size, u64 max_entries, u64 n_copies);

/* Size the ring, choose which maps are not preallocated, and check the memory of all maps together.
 * Returns 0, -E2BIG with *err naming the largest, or -EPROTO for an object without a ring. */
int prepare_maps(struct ptl_session *s, struct ptl_error *err);

/* Fill in struct ptl_config. Returns 0, -EPROTO if the object has none, or a negative errno. */
int prepare_config(struct ptl_session *s, struct ptl_error *err);
