/* Listing the functions of programs and libraries that can be probed, and their own probes. */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "runtime/binary.h"
#include "runtime/demangle.h"
#include "runtime/error.h"
#include "runtime/name_list.h"
#include "runtime/runtime.h"
#include "runtime/usdt.h"

/* "uprobe:BINARY:PATTERN"; without a pattern: all. */
struct search {
    enum probe_id provider;
    struct str binary;
    char *pattern; /* owned */
};

static bool find_provider(struct str search, enum probe_id *out)
{
    int colon = str_index(search, ':');

    return colon > 0 && probe_find(str_sub(search, 0, (u32)colon), out) &&
           (*out == PROBE_UPROBE || *out == PROBE_URETPROBE || *out == PROBE_USDT);
}

bool ptl_lists(const char *search)
{
    enum probe_id provider = PROBE_UPROBE;

    return find_provider(str_of(search), &provider);
}

static int parse(struct str text, struct search *out)
{
    struct str rest;
    int colon = 0;

    if (!find_provider(text, &out->provider))
        return -EINVAL;
    rest = str_sub(text, (u32)str_index(text, ':') + 1, text.n);
    colon = str_index(rest, ':');
    out->binary = colon < 0 ? rest : str_sub(rest, 0, (u32)colon);
    out->pattern = colon < 0 ? strdup("*") : strndup(rest.p + colon + 1, rest.n - (u32)colon - 1);
    return out->pattern == NULL ? -ENOMEM : 0;
}

struct found {
    const struct search *search;
    struct name_list names;
};

static int found_add(struct found *found, const char *name)
{
    return str_matches(found->search->pattern, name) ? name_list_add(&found->names, str_of(name))
                                                     : 0;
}

static int on_symbol(void *data, const struct binary_symbol *symbol)
{
    struct found *found = data;
    _cleanup_buf_ struct buf name = {0};

    if (!demangle_matches(found->search->pattern, symbol->name.p, &name))
        return 0;
    return name.failed ? -ENOMEM : name_list_add(&found->names, (struct str){name.p, (u32)name.n});
}

static int on_place(void *data, const struct usdt_place *place)
{
    _cleanup_buf_ struct buf name = {0};

    buf_printf(&name, "%.*s:%.*s%c", STR_ARG(place->space), STR_ARG(place->name), '\0');
    return name.failed ? -ENOMEM : found_add(data, name.p);
}

static void print(struct found *found, FILE *out)
{
    name_list_sort(&found->names);
    for (u32 i = 0; i < found->names.n; i++) {
        (void)fprintf(out, "%s:%.*s:%s\n", probe_name(found->search->provider),
                      STR_ARG(found->search->binary),
                      found->names.items[i]); // the caller checks the stream
    }
}

static int list_binary(struct binary *binary, const struct search *search, FILE *out,
                       struct ptl_error *err)
{
    struct found found = {.search = search};
    int failed = search->provider == PROBE_USDT ? usdt_each(binary, on_place, &found)
                                                : binary_each(binary, on_symbol, &found);

    if (failed != 0) {
        failed = error_set(err, failed, EXIT_MACHINE, "Out of memory.");
    } else if (found.names.n == 0) {
        failed = error_set(err, -ENOENT, EXIT_USER, "No probes found: %s:%.*s:%s",
                           probe_name(search->provider), STR_ARG(search->binary), search->pattern);
    } else {
        print(&found, out);
    }
    name_list_done(&found.names);
    return failed;
}

static const char *why(int err)
{
    if (err == -ENOEXEC)
        return "not an ELF program or library";
    return err == -ENODATA ? "the end of this ELF file is missing" : error_text(err);
}

int ptl_list(const char *search, const char *search_path, pid_t pid, FILE *out,
             struct ptl_error *err)
{
    _cleanup_(binary_close) struct binary *binary = NULL;
    struct search parsed = {0};
    char path[PATH_MAX];
    int failed = parse(str_of(search), &parsed);

    if (failed == 0)
        failed = binary_path(parsed.binary, search_path, pid, path, sizeof(path));
    if (failed == 0)
        failed = binary_open(path, &binary);
    if (failed == 0) {
        failed = list_binary(binary, &parsed, out, err);
    } else {
        (void)error_set(err, failed, EXIT_USER, "%.*s: %s", STR_ARG(parsed.binary), why(failed));
    }
    free(parsed.pattern);
    return failed;
}
