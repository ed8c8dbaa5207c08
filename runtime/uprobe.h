/* What the files about user probes (uprobe, uretprobe, usdt) share. */
#pragma once

#include "runtime/attach_group.h"
#include "runtime/binary.h"

/* uprobe_target.c: open the binary that a probe names, and see whether it may be probed. path: of
 * PATH_MAX bytes, gets its path. Returns 0, or a negative errno after reporting to diags; *out may
 * be set all the same. */
int uprobe_open_binary(const struct attach_point *point, struct diags *diags, char *path,
                       struct binary **out);

/* uprobe_target.c: address, and offset in the file, of what a probe that is no pattern names.
 * Returns 0, or a negative errno after reporting to diags. */
int uprobe_find(const struct attach_point *point, struct binary *binary, struct diags *diags,
                u64 *address_out, u64 *out);

/* uprobe_target.c: is it a return probe, by whatever method? */
bool uprobe_is_return(const struct attach_point *point);

/* uprobe_target.c: can the probe stand for several functions? */
bool uprobe_is_pattern(const struct attach_point *point);

/* uprobe_group.c: one link, for the point or its group, for all places of the point's path, which
 * its events tell. Returns 0 or a negative errno. */
int uprobe_link_places(struct attach_point *point);

/* uprobe_group.c: attach_ops.may_join and .join of user probes. */
bool uprobe_may_join(const struct attach_group *group);
int uprobe_join(struct attach_group *group, struct diags *diags);
