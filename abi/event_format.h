/* Records of tracepoints, as the kernel describes them in tracefs: events/CATEGORY/EVENT/format. */
#pragma once

#include "base/arena.h"
#include "base/str.h"

/* A format file is a few KiB; one event with hundreds of fields stays far below this. */
#define EVENT_FORMAT_MAX ((size_t)256 * 1024)

struct tracepoint_field {
    struct str name;
    struct str type;  /* as the kernel writes it: "const char *", "char[16]", "__data_loc char[]" */
    u32 offset, size; /* bytes in the record */
    bool is_signed;
    bool is_array;    /* char comm[16] */
    bool is_data_loc; /* the 4 bytes are offset and length of the data: "__data_loc char[]" */
    bool is_rel_loc;  /* the same, and the offset counts from the field's end */
};

struct tracepoint {
    struct str name;                 /* "category:event"; set by who looks it up */
    struct tracepoint_field *fields; /* without the common_* ones */
    u32 n_fields;
};

/* How a field lies in its record, but for the offset: its size in the low half, and bits that say
 * what it is. Code for one of another shape reads nonsense. The sign is that of a number; whether a
 * char has one depends on how the kernel was compiled (it has none from 6.2 on), and its sign here
 * is that of C. */
u64 tracepoint_field_shape(const struct tracepoint_field *field);
/* The bytes in a shape. */
#define FIELD_SHAPE_SIZE(shape) ((u32)(shape))

/* Read the text of a format file, which the result points into. Returns 0, or -EPROTO for what
 * cannot be understood. */
int tracepoint_parse(struct arena *arena, struct str text, struct tracepoint *tp);
