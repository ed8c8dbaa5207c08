/* What a run does not need any more, it gives up. */
#pragma once

#include "runtime/session.h"

/* Call once all is attached: drop the capabilities that the rest of the run does not need, take on
 * no_new_privs, and let the kernel refuse (EPERM) the system calls that it does not make. Scripts
 * that run commands keep everything: commands have the privileges of who runs the tool. Tells -v
 * what is kept. For good: there is no way back. Returns 0 or a negative errno. */
int privileges_drop(const struct ptl_session *s);
