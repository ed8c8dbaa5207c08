/* A list of names that grows: heap copies. */
#pragma once

#include "base/str.h"

struct name_list {
    char **items; /* each with a NUL behind it */
    u32 n, capacity;
};

/* Add a copy of all bytes of the name. Returns 0 or -ENOMEM. */
int name_list_add(struct name_list *list, struct str name);

/* Put the names in the order of strcmp(), each once. */
void name_list_sort(struct name_list *list);

/* Free all; an empty list is fine. */
void name_list_done(struct name_list *list);
