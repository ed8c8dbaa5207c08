/* Groups: attach points that have one link to the kernel instead of an event for each.
 *
 * A list of names in one clause, which share its program; and the entry and the return of the same
 * functions, a program for each (kprobe.session). A group exists only where the kernel has taken
 * its link, and is made before programs are loaded, since they are loaded for it; if anything
 * speaks against it, the points are attached as if there were no groups, and report what is wrong.
 *
 * What a group must not change is the order of clauses for one event: there is none if a point that
 * is not in it may be at the same place. */
#pragma once

#include "runtime/attach.h"
#include "runtime/gate.h"
#include "runtime/link.h"

struct attach_group {
    struct attach_point **points; /* of the program for entry, then as many of that for return */
    u32 n;                        /* of each program */
    bool is_session;
    const struct attach_point *all; /* of the script; borrowed */
    u32 n_all;
    u32 n_users; /* of its points that are not detached */
    struct gate gate;
    bool is_open; /* events go to the programs */
    int links[2];
    u32 n_links;
};

struct ptl_session;

/* Make the groups that a script allows and this kernel can have. Reports nothing but to -v. */
void groups_make(struct ptl_session *s);

/* Is the point in the group? */
bool group_has(const struct attach_group *group, const struct attach_point *point);

/* Link the group's gate; request says to what. Returns 0 or a negative errno. */
int group_link(struct attach_group *group, struct link_request *request);

/* attach_ops.enable of a point in a group: all of them run from now on. Returns 0 or a negative
 * errno. */
int group_enable(const struct attach_point *point);

/* What the kernel has counted of a point in a group, as far as it can be told. */
struct attach_book group_book(const struct attach_point *point);

/* What -v says of a point in a group. */
const char *group_how(const struct attach_group *group);

/* The point is detached; with the last one the group goes. */
void group_leave(struct attach_point *point);
