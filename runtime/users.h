/* Names of users, from /etc/passwd: what other sources a machine has may block or ask the network.
 */
#pragma once

#include "base/str.h"

struct users;

/* Prepare an empty table. Returns 0 or -ENOMEM. */
int users_new(struct users **out);

/* NULL-safe; sets *u to NULL. */
void users_free(struct users **u);

/* The name of a user, valid until the next call; empty if there is none. Reads the file when it has
 * changed. */
struct str users_find(struct users *u, u64 uid);
