/* Names of what patterns stand for. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "abi/record.h"
#include "runtime/attach.h"

static int reserve(struct probe_names *names)
{
    u32 capacity = names->capacity * 2 + 16;
    char **grown = NULL;

    if (names->n >= PTL_PROBES_MAX)
        return -E2BIG;
    if (names->n < names->capacity)
        return 0;
    grown = realloc(names->items, capacity * sizeof(*grown));
    if (grown == NULL)
        return -ENOMEM;
    names->items = grown;
    names->capacity = capacity;
    return 0;
}

int probe_names_add(struct probe_names *names, u32 *out, const char *fmt, ...)
{
    int err = reserve(names);
    va_list args;
    char *text = NULL;

    if (err != 0)
        return err;
    va_start(args, fmt);
    err = vasprintf(&text, fmt, args);
    va_end(args);
    if (err < 0)
        return -ENOMEM;
    *out = names->n;
    names->items[names->n++] = text;
    return 0;
}

int probe_names_usdt(struct probe_names *names, u32 index, const struct ptl_usdt *args)
{
    struct ptl_usdt *grown = realloc(names->usdt, (index + 1) * sizeof(*grown));

    if (grown == NULL)
        return -ENOMEM;
    for (u32 i = names->n_usdt; i < index; i++)
        grown[i] = (struct ptl_usdt){0};
    grown[index] = *args;
    names->usdt = grown;
    names->n_usdt = index + 1;
    return 0;
}

void probe_names_done(struct probe_names *names)
{
    for (u32 i = 0; i < names->n; i++)
        free(names->items[i]);
    free(names->items);
    free(names->usdt);
    *names = (struct probe_names){0};
}
