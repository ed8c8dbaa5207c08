/* Names of what patterns stand for. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "abi/record.h"
#include "runtime/attach.h"

int probe_names_add(struct probe_names *names, u32 *out, const char *fmt, ...)
{
    _cleanup_free_ char *text = NULL;
    va_list args;
    int n = 0;

    if (names->list.n >= names->max)
        return -E2BIG;
    va_start(args, fmt);
    n = vasprintf(&text, fmt, args);
    va_end(args);
    if (n < 0) {
        text = NULL;
        return -ENOMEM;
    }
    *out = names->list.n;
    return name_list_add(&names->list, (struct str){text, (u32)n});
}

/* Set the item of an index; those between it and the last one are zeros. Returns the list where it
 * lies now, NULL: no memory, and the old one stays. */
static void *put(void *items, u32 *n, u32 index, const void *item, size_t item_size)
{
    u8 *grown = realloc(items, (index + 1) * item_size);

    if (grown == NULL)
        return NULL;
    if (index > *n)
        memset(grown + *n * item_size, 0, (index - *n) * item_size);
    memcpy(grown + index * item_size, item, item_size);
    *n = index + 1;
    return grown;
}

int probe_names_usdt(struct probe_names *names, u32 index, const struct ptl_usdt *args)
{
    struct ptl_usdt *grown = put(names->usdt, &names->n_usdt, index, args, sizeof(*args));

    if (grown == NULL)
        return -ENOMEM;
    names->usdt = grown;
    return 0;
}

int probe_names_place(struct probe_names *names, u32 index, u64 address)
{
    u64 *grown = put(names->places, &names->n_places, index, &address, sizeof(address));

    if (grown == NULL)
        return -ENOMEM;
    names->places = grown;
    return 0;
}

void probe_names_cut(struct probe_names *names, u32 n)
{
    while (names->list.n > n)
        free(names->list.items[--names->list.n]);
    names->n_usdt = MIN(names->n_usdt, n);
    names->n_places = MIN(names->n_places, n);
}

void probe_names_done(struct probe_names *names)
{
    name_list_done(&names->list);
    free(names->usdt);
    free(names->places);
    *names = (struct probe_names){0};
}
