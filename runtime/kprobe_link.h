/* Links of kprobe.multi and kprobe.session: one for many functions. */
#pragma once

#include "runtime/attach_group.h"

/* attach_kprobe.c: find what a pattern stands for: names, and addresses of those that share theirs.
 * Returns 0, or a negative errno after reporting to diags. */
int kprobe_open_pattern(struct attach_point *point, struct diags *diags);

/* attach_kprobe.c: does the probe name no module but the kernel itself? */
bool kprobe_is_core(const struct attach_point *point);

/* Has the point one link, instead of events? */
bool kprobe_is_multi(const struct attach_point *point);

/* The name of a function of an opened pattern, by its index in env->names. */
const char *kprobe_match_name(const struct attach_point *point, u32 index);

/* Link the matches of a pattern, or of its group. Returns 0; -ENOBUFS for a session that would miss
 * entries; or a negative errno. */
int kprobe_link_matches(struct attach_point *point);

/* kprobe_group.c: attach_ops.may_join and .join of kprobes. */
bool kprobe_may_join(const struct attach_group *group);
int kprobe_join(struct attach_group *group, struct diags *diags);

/* Link the functions of a group's list, by address, n of them. The same. */
int kprobe_link_list(struct attach_group *group, const u64 *addresses);
