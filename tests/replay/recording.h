/* A recording of a run: what the runtime got from the kernel, in order. A file of entries, each a
 * header and `size` bytes, in the byte order of the machine.
 *
 * tests/replay/record makes one for each script beside it, in a guest, by a ptrace-lite whose ways
 * into the output (recorder.c) write down what passes; test_recorded.c replays it. */
#pragma once

#include "abi/record.h"

enum entry_kind {
    ENTRY_META = 1,   /* the object's metadata */
    ENTRY_RECORD = 2, /* of the ring buffer */
    ENTRY_TABLE = 3,  /* struct entry_table: a map is read, its rows follow */
    ENTRY_ROW = 4,    /* struct entry_row, the key, the slots of all CPUs */
    ENTRY_SORT = 5,   /* struct entry_sort */
    ENTRY_SHOW = 6,   /* the map that was read is printed */
    ENTRY_END = 7,    /* the run is over, maps and books follow */
    ENTRY_BOOK = 8,   /* struct entry_book */
};

struct entry {
    u32 kind, size;
};

struct entry_table {
    u64 map; /* of the metadata */
    u64 value_size;
};

struct entry_row {
    u64 key_size, n_slots;
};

struct entry_sort {
    u64 top, div;
    u64 n_rows; /* none where a map without key was never written */
};

struct entry_book {
    u64 site;
    struct ptl_book total;
};
