/* The kernel's tracefs: where it is, numbers of tracepoints. */
#pragma once

#include "base/str.h"

/* Where tracefs is mounted; NULL with errno if it is not, or cannot be entered. */
const char *tracefs_root(void);

/* Number of a tracepoint. Returns it, -ENOENT if there is none of this name, -EINVAL for a name
 * that is none, or why it cannot be read. */
s64 tracefs_event_id(struct str category, struct str event);

/* Append the text of an event's format file. event: "category:event". Returns 0, -ENOENT if there
 * is none of this name, -EINVAL for a name that is none, or why it cannot be read. */
int tracefs_event_format(struct str event, struct buf *out);

/* Call fn for each event that matches both patterns, in the order of their names, until it returns
 * other than 0, which is then the result. Returns -ENOMEM, or why tracefs cannot be read. */
int tracefs_each_event(struct str category, struct str event,
                       int (*fn)(void *data, const char *category, const char *event), void *data);

/* The event of the category (or the category, if that does not exist) with the name nearest to the
 * given one. Writes "category:event" into out; false if none is near. */
bool tracefs_nearest(struct str category, struct str event, struct buf *out);
