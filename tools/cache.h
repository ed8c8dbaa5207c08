/* Compiled programs that are kept: below $XDG_CACHE_HOME, else for root below /var/cache, for
 * others below ~/.cache, in a folder "ptrace-lite" that nobody else may write to. Whatever is wrong
 * with it, a run goes on without. */
#pragma once

#include <limits.h>

#include "tools/options.h"
#include "tools/script.h"

/* The place of one script's object. */
struct cache {
    int dir;             /* descriptor of the folder; -1: there is no cache for this */
    char path[PATH_MAX]; /* of the folder; "" if there is none */
    const char *why_not; /* dir is -1: a static text, or NULL if none was wanted */
    struct buf key;      /* all that a compilation depends on */
    char name[20];       /* of the entry in the folder */
};

/* Open the cache for a script with these options. compiler: path of ptlc. has_color: of its
 * messages. Never fails: why_not tells why it is of no use. Freed by cache_done(). */
void cache_open(struct cache *c, const struct options *o, const struct script *script,
                const char *compiler, bool has_color);

/* Find the object, and what the compiler said about its script. An entry that is damaged, of
 * somebody else or for something else counts as none. Returns whether there is one. */
bool cache_find(const struct cache *c, struct buf *object_out, struct buf *messages_out);

/* Keep them, and drop what was not used for longest where it becomes too much. Returns 0 or a
 * negative errno. */
int cache_keep(const struct cache *c, const struct buf *object, const struct buf *messages);

/* Close and free. A zeroed one with dir -1 is fine. */
void cache_done(struct cache *c);

/* --cache-stats: print where it is, and how much it holds: nothing, if it is not there yet. Returns
 * 0, or -ENOENT/... after saying on standard error why there is none. */
int cache_stats(FILE *out);
