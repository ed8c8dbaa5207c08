/* What the compiler may know of a kernel: tracepoint formats, later BTF. Reads files below a root
 * folder, so that tests can put a canned one in place of the running kernel's. */
#pragma once

#include "abi/event_format.h"
#include "base/str.h"

struct kernel;

/* A view. tracefs: path of the tracing folder (NULL: /sys/kernel/tracing, else
 * /sys/kernel/debug/tracing). Nothing is opened before it is needed. Lives in the arena. */
struct kernel *kernel_new(struct arena *arena, const char *tracefs);

/* The folder of tracepoints that was given; NULL: it is this machine's. Lives as the view. */
const char *kernel_given_tracefs(const struct kernel *k);

/* Format of category:event. Returns 0; -ENOENT no such event; -EACCES tracefs is not readable;
 * -EPROTO a format that cannot be understood. The result is cached in the view. */
int kernel_tracepoint(const struct kernel *k, struct str category, struct str event,
                      const struct tracepoint **out);

/* Names of all functions that can be traced, from available_filter_functions.
 * Returns their number, 0 where tracefs is not readable. */
u32 kernel_function_names(const struct kernel *k, const char *const **names_out);

/* Names of all events, "category:event", for "did you mean".
 * Returns their number, 0 where tracefs is not readable. */
u32 kernel_tracepoint_names(const struct kernel *k, const char *const **names_out);
