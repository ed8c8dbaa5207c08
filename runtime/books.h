/* The books of a run: what was missed, lost, or failed. */
#pragma once

#include "runtime/run.h"

/* Tell what the kernel and the programs counted because it could not be told: at each place in the
 * script, and what is known of each probe. Silent when there is nothing. After detaching. */
void books_show(struct run *run);
