/* Lists of names. */
#include "runtime/name_list.h"

#include <errno.h>
#include <string.h>

static int reserve(struct name_list *list)
{
    u32 capacity = list->capacity * 2 + 64;
    char **grown = NULL;

    if (list->n < list->capacity)
        return 0;
    grown = realloc(list->items, capacity * sizeof(*grown));
    if (grown == NULL)
        return -ENOMEM;
    list->items = grown;
    list->capacity = capacity;
    return 0;
}

int name_list_add(struct name_list *list, struct str name)
{
    char *copy = NULL;

    if (reserve(list) != 0)
        return -ENOMEM;
    copy = malloc((size_t)name.n + 1);
    if (copy == NULL)
        return -ENOMEM;
    if (name.n != 0)
        memcpy(copy, name.p, name.n);
    copy[name.n] = '\0';
    list->items[list->n++] = copy;
    return 0;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

void name_list_sort(struct name_list *list)
{
    u32 n = 0;

    if (list->n == 0)
        return;
    qsort(list->items, list->n, sizeof(*list->items), by_name);
    for (u32 i = 0; i < list->n; i++) {
        if (n > 0 && strcmp(list->items[n - 1], list->items[i]) == 0) {
            free(list->items[i]);
        } else {
            list->items[n++] = list->items[i];
        }
    }
    list->n = n;
}

void name_list_done(struct name_list *list)
{
    for (u32 i = 0; i < list->n; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct name_list){0};
}
