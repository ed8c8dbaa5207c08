/* The tables of constants_*.def, each in order of name. */
#include "stdlib/constants.h"

#define CONSTANT(name, value)          {#name, value, value, false, false, false},
#define UNSIGNED(name, value)          {#name, (s64)(value), (s64)(value), true, false, false},
#define BY_ARCH(name, x86_64, aarch64) {#name, x86_64, aarch64, false, false, false},
#define X86_64(name, value)            {#name, value, value, false, false, true},
#define ENUMERATOR(name, value)        {#name, value, value, false, true, false},

static const struct constant of_errors[] = {
#include "stdlib/constants_err.def"
};

static const struct constant of_networks[] = {
#include "stdlib/constants_net.def"
};

static const struct constant of_systems[] = {
#include "stdlib/constants_sys.def"
};

static const struct {
    const struct constant *items;
    u32 n;
} tables[] = {
    {of_errors, ARRAY_SIZE(of_errors)},
    {of_networks, ARRAY_SIZE(of_networks)},
    {of_systems, ARRAY_SIZE(of_systems)},
};

static const struct constant *table_find(const struct constant *items, u32 n, struct str name)
{
    u32 low = 0, high = n;

    while (low < high) {
        u32 middle = low + (high - low) / 2;
        int order = str_cmp(name, str_of(items[middle].name));

        if (order == 0)
            return &items[middle];
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

static bool is_aarch64(const struct arch *arch)
{
    return str_eq_c(str_of(arch->name), "aarch64");
}

const struct constant *constant_find(struct str name, const struct arch *arch)
{
    for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
        const struct constant *c = table_find(tables[i].items, tables[i].n, name);

        if (c)
            return c->is_x86_64 && is_aarch64(arch) ? NULL : c;
    }
    return NULL;
}

s64 constant_value(const struct constant *c, const struct arch *arch)
{
    return is_aarch64(arch) ? c->value_aarch64 : c->value;
}

const char *constant_nearest(struct arena *arena, struct str name)
{
    const char **names = NULL;
    u32 n = 0;
    int nearest = 0;

    for (u32 i = 0; i < ARRAY_SIZE(tables); i++)
        n += tables[i].n;
    names = arena_array(arena, const char *, n);
    n = 0;
    for (u32 i = 0; i < ARRAY_SIZE(tables); i++) {
        for (u32 k = 0; k < tables[i].n; k++)
            names[n++] = tables[i].items[k].name;
    }
    nearest = str_nearest(name, names, n);
    return nearest < 0 ? NULL : names[nearest];
}
