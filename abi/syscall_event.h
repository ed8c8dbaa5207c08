/* Names of system calls, as programs know them, and those of the kernel's tracepoints for them. */
#pragma once

#include "abi/abi.h"

/* What the tracepoints of PROBE_SYSCALL or PROBE_SYSRET begin with: "sys_enter_". */
const char *syscall_event_prefix(enum probe_id provider);

/* The system call of a tracepoint: "openat" of sys_enter_openat, "stat" of sys_exit_newstat.
 * Returns a part of `event` or a constant; NULL if it is none that begins with prefix. */
const char *syscall_of_event(const char *prefix, const char *event);

/* The other name by which the kernel may have events for a system call: "newstat" of "stat". An
 * empty one if there is none. A tracepoint of the call's own name comes first. */
struct str syscall_other_name(struct str name);
