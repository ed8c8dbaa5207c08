/* Interpreter of the IR: runs a module's BEGIN and END programs as the kernel would, with maps and
 * the ring buffer as tables in memory. */
#pragma once

#include "ir/ir.h"

/* Run and append what the script prints to out: "exit STATUS" on a line, then its output. Records
 * are shown by the runtime's own sinks. Returns NULL, or a static sentence that says what the
 * program did which it may not, or what is not known here. */
const char *interp_run(const struct ir_module *m, struct buf *out);
