/* Names of what patterns stand for. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

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

int probe_names_place(struct probe_names *names, u32 index, u64 address)
{
    u64 *grown = realloc(names->places, (index + 1) * sizeof(*grown));

    if (grown == NULL)
        return -ENOMEM;
    for (u32 i = names->n_places; i < index; i++)
        grown[i] = 0;
    grown[index] = address;
    names->places = grown;
    names->n_places = index + 1;
    return 0;
}

void probe_names_done(struct probe_names *names)
{
    name_list_done(&names->list);
    free(names->usdt);
    free(names->places);
    *names = (struct probe_names){0};
}
