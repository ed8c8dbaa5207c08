/* available_filter_functions: "name" or "name [module]" in each line, in no order. Addresses are
 * those of symbols, and with those that ftrace patches in available_filter_functions_addrs. */
#include "runtime/traceable.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "runtime/name_list.h"
#include "runtime/tracefs.h"

enum {
    ENTRY_BYTES = 16, /* the patched instruction is not further behind the first (x86: endbr64) */
};

static FILE *tracefs_file(const char *name)
{
    const char *root = tracefs_root();
    char path[128];

    if (root == NULL)
        return NULL;
    (void)snprintf(path, sizeof(path), "%s/%s", root, name); // fits
    return fopen(path, "re");
}

/* An item of the list: "name", NUL, "module". */
static int add_function(struct name_list *list, const char *name, const char *module)
{
    _cleanup_buf_ struct buf item = {0};

    buf_printf(&item, "%s%c%s", name, '\0', module);
    return item.failed ? -ENOMEM : name_list_add(list, (struct str){item.p, (u32)item.n});
}

/* Cut a line into name and module. */
static void split(char *line, const char **module_out)
{
    char *space = strchr(line, ' ');

    line[strcspn(line, " \n")] = '\0';
    *module_out = "vmlinux";
    if (space == NULL || space[1] != '[')
        return;
    space[strcspn(space + 2, "]\n") + 2] = '\0';
    *module_out = space + 2;
}

static bool is_function(const char *name)
{
    return strstr(name, ".part.") == NULL && strncmp(name, "__ftrace_invalid_address__", 26) != 0;
}

/* All of a name that matches, of whatever module. */
static int functions_read(struct name_list *list, FILE *file, const char *name_pattern)
{
    char *line = NULL;
    size_t size = 0;
    int err = 0;

    while (err == 0 && getline(&line, &size, file) > 0) {
        const char *module = NULL;

        split(line, &module);
        if (str_matches(name_pattern, line) && is_function(line))
            err = add_function(list, line, module);
    }
    free(line);
    return err;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* The functions of one name from item first on, whose end goes to *end. */
static struct traceable gather(const struct name_list *list, u32 first, const char *module_pattern,
                               u32 *end)
{
    struct traceable function = {.name = list->items[first]};
    u32 i = first;

    for (; i < list->n && strcmp(list->items[i], function.name) == 0; i++)
        function.n += str_matches(module_pattern, list->items[i] + strlen(function.name) + 1);
    function.is_unique = i == first + 1;
    *end = i;
    return function;
}

int traceable_each(struct str module, struct str name,
                   int (*fn)(void *data, const struct traceable *function), void *data)
{
    _cleanup_free_ char *name_pattern = strndup(name.p, name.n);
    _cleanup_free_ char *module_pattern = module.n ? strndup(module.p, module.n) : strdup("*");
    _cleanup_(name_list_done) struct name_list list = {0};
    FILE *file = tracefs_file("available_filter_functions");
    int err = 0;

    if (file == NULL)
        return -errno;
    err = name_pattern == NULL || module_pattern == NULL
              ? -ENOMEM
              : functions_read(&list, file, name_pattern);
    (void)fclose(file); // only read from
    if (list.n != 0)
        qsort(list.items, list.n, sizeof(*list.items), by_name);
    for (u32 i = 0; err == 0 && i < list.n;) {
        struct traceable function = gather(&list, i, module_pattern, &i);

        err = function.n != 0 ? fn(data, &function) : 0;
    }
    return err;
}

/* ---- addresses ---- */

/* A name, and its index among those that are wanted. */
struct key {
    const char *name;
    u32 index;
};

struct places {
    struct key *keys; /* sorted by name */
    u32 n_keys;
    struct traceable_place *list;
    u32 n, capacity;
};

static void places_done(struct places *p)
{
    free(p->keys);
    free(p->list);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(((const struct key *)a)->name, ((const struct key *)b)->name);
}

static int by_address(const void *a, const void *b)
{
    u64 x = ((const struct traceable_place *)a)->address;
    u64 y = ((const struct traceable_place *)b)->address;

    return x < y ? -1 : x > y;
}

static int places_init(struct places *p, u32 n)
{
    p->keys = calloc(MAX(n, 1), sizeof(*p->keys));
    return p->keys == NULL ? -ENOMEM : 0;
}

static void places_want(struct places *p, const char *name, u32 index)
{
    p->keys[p->n_keys++] = (struct key){name, index};
}

/* All that is wanted is known. */
static void places_seal(struct places *p)
{
    if (p->n_keys != 0)
        qsort(p->keys, p->n_keys, sizeof(*p->keys), by_key);
}

/* NULL: the name is not wanted. */
static const struct key *places_find(const struct places *p, const char *name)
{
    struct key wanted = {.name = name};

    return bsearch(&wanted, p->keys, p->n_keys, sizeof(*p->keys), by_key);
}

static int places_add(struct places *p, const struct key *key, u64 address, bool is_of_module)
{
    struct traceable_place *grown = NULL;

    if (p->n == p->capacity) {
        grown = realloc(p->list, (2 * (size_t)p->capacity + 64) * sizeof(*grown));
        if (grown == NULL)
            return -ENOMEM;
        p->list = grown;
        p->capacity = 2 * p->capacity + 64;
    }
    p->list[p->n++] = (struct traceable_place){address, key->index, is_of_module};
    return 0;
}

static void places_sort(struct places *p)
{
    if (p->n != 0)
        qsort(p->list, p->n, sizeof(*p->list), by_address);
}

/* Looking for places among the kernel's symbols. */
struct search {
    struct places *places;
    const char *module_pattern;
};

static int on_symbol(void *data, const struct symbol_line *symbol)
{
    const struct search *search = data;
    const struct key *key = places_find(search->places, symbol->name);
    bool is_of_module = symbol->module[0] != '\0';

    if (key == NULL ||
        !str_matches(search->module_pattern, is_of_module ? symbol->module : "vmlinux"))
        return 0;
    return places_add(search->places, key, symbol->address, is_of_module);
}

/* What ftrace patches in functions of these names: lines "ADDRESS NAME[ [MODULE]]", the kernel's
 * own first and in ascending order. Nothing is wanted behind `last`. */
static int patched_read(struct places *p, u64 last)
{
    _cleanup_free_ char *line = NULL;
    FILE *file = tracefs_file("available_filter_functions_addrs");
    size_t size = 0;
    u64 address = 0;
    int err = 0;

    places_seal(p);
    while (err == 0 && file != NULL && address <= last && getline(&line, &size, file) > 0) {
        const char *module = NULL;
        const struct key *key = NULL;
        char *at = NULL;

        address = strtoull(line, &at, 16);
        if (at[0] != ' ')
            continue;
        split(at + 1, &module);
        key = places_find(p, at + 1);
        err = key != NULL ? places_add(p, key, address, false) : 0;
    }
    if (file != NULL)
        (void)fclose(file); // only read from
    places_sort(p);
    return err;
}

/* Is something patched at the beginning of the function? Both are gone through in order. */
static bool is_patched(const struct places *patched, u32 *at, u64 address)
{
    while (*at < patched->n && patched->list[*at].address < address)
        (*at)++;
    return *at < patched->n && patched->list[*at].address - address < ENTRY_BYTES;
}

/* Of names that have more functions than can be traced, keep those. n_more: how many more, by name.
 */
static int keep_patched(struct places *p, const char *const *names, const int *n_more, u32 n_names)
{
    _cleanup_(places_done) struct places patched = {0};
    u32 n = 0, at = 0;
    u64 last = 0;
    int err = places_init(&patched, n_names);

    for (u32 i = 0; err == 0 && i < n_names; i++) {
        if (n_more[i] > 0)
            places_want(&patched, names[i], i);
    }
    for (u32 i = 0; i < p->n; i++) {
        const struct traceable_place *place = &p->list[i];

        if (n_more[place->index] > 0 && !place->is_of_module)
            last = MAX(last, place->address + ENTRY_BYTES);
        if (n_more[place->index] > 0 && place->is_of_module)
            last = UINT64_MAX;
    }
    if (err == 0 && patched.n_keys != 0)
        err = patched_read(&patched, last);
    for (u32 i = 0; i < p->n && patched.n != 0; i++) {
        if (n_more[p->list[i].index] <= 0 || is_patched(&patched, &at, p->list[i].address))
            p->list[n++] = p->list[i];
    }
    p->n = patched.n != 0 ? n : p->n;
    return err;
}

/* How many functions there are of each name beyond those that are wanted. */
static int *count_more(const struct places *p, const struct traceable_wanted *wanted)
{
    int *n_more = calloc(MAX(wanted->n_names, 1), sizeof(*n_more));

    for (u32 i = 0; i < p->n && n_more != NULL; i++)
        n_more[p->list[i].index]++;
    for (u32 i = 0; i < wanted->n_names && n_more != NULL; i++)
        n_more[i] -= (int)wanted->n_functions[i];
    return n_more;
}

int traceable_places(struct symbols *symbols, const struct traceable_wanted *wanted,
                     struct traceable_place **out, u32 *n_out)
{
    struct str module = wanted->module;
    _cleanup_free_ char *module_pattern = module.n ? strndup(module.p, module.n) : strdup("*");
    _cleanup_(places_done) struct places found = {0};
    _cleanup_free_ int *n_more = NULL;
    struct search search = {&found, module_pattern};
    int err = module_pattern == NULL ? -ENOMEM : places_init(&found, wanted->n_names);

    for (u32 i = 0; err == 0 && i < wanted->n_names; i++)
        places_want(&found, wanted->names[i], i);
    places_seal(&found);
    if (err == 0)
        err = symbols_each(symbols, on_symbol, &search); // in ascending order
    if (err == 0 && wanted->n_functions != NULL) {
        n_more = count_more(&found, wanted);
        err =
            n_more == NULL ? -ENOMEM : keep_patched(&found, wanted->names, n_more, wanted->n_names);
    }
    if (err != 0)
        return err;
    *out = take_ptr(found.list);
    *n_out = found.n;
    return 0;
}
