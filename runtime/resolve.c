/* A word for each row of the metadata's table `resolved`, written into read-only data before load.
 *
 * /proc/kallsyms is read once, line by line, and only if a symbol is wanted: a table of all symbols
 * in order, as symbols.c makes it, is more than that needs. */
#include "runtime/resolve.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/limits.h>
#include <linux/magic.h>

#include "abi/event_format.h"
#include "abi/record.h"
#include "runtime/args.h"
#include "runtime/binary.h"
#include "runtime/error.h"
#include "runtime/symbols.h"
#include "runtime/tracefs.h"

/* One word on its way. */
struct word {
    const struct meta_resolved *row;
    bool is_found;
    bool is_other;  /* a field of the name is there, of another shape */
    bool is_global; /* a symbol that other parts of the kernel see */
    u64 value;
    struct str text; /* of a row of several words */
};

struct words {
    struct word *items; /* one for each row */
    u32 n;
};

static void words_done(struct words *w)
{
    free(w->items);
}

static int words_init(struct words *w, const struct meta *meta)
{
    w->n = meta->resolveds.n;
    w->items = calloc(MAX(w->n, 1), sizeof(*w->items));
    if (w->items == NULL)
        return -ENOMEM;
    for (u32 i = 0; i < w->n; i++)
        w->items[i].row = &meta->resolveds.items[i];
    return 0;
}

/* ---- symbols ---- */

/* Of several symbols with one name the global one is meant, else the first. */
static void offer_symbol(const struct words *w, struct str name, char type, u64 address)
{
    bool is_global = type >= 'A' && type <= 'Z';

    for (u32 i = 0; i < w->n; i++) {
        struct word *word = &w->items[i];

        if (word->row->kind != RESOLVED_SYMBOL || !str_eq(word->row->text, name) ||
            (word->is_found && (word->is_global || !is_global)))
            continue;
        word->is_found = true;
        word->is_global = is_global;
        word->value = address;
    }
}

static int find_symbols(const struct words *w)
{
    _cleanup_free_ char *line = NULL;
    struct symbol_line symbol;
    size_t size = 0;
    FILE *f = NULL;
    bool is_wanted = false;

    for (u32 i = 0; i < w->n; i++)
        is_wanted = is_wanted || w->items[i].row->kind == RESOLVED_SYMBOL;
    if (!is_wanted)
        return 0;
    f = fopen("/proc/kallsyms", "re");
    if (f == NULL)
        return -errno;
    while (getline(&line, &size, f) > 0) {
        if (symbol_line_parse(line, &symbol))
            offer_symbol(w, str_of(symbol.name), symbol.type, symbol.address);
    }
    (void)fclose(f); // only read
    return 0;
}

/* ---- control groups ---- */

/* Its ID is its inode's number. */
static void find_cgroup(struct word *word)
{
    char path[PATH_MAX];
    struct statfs fs;
    struct stat st;

    if (snprintf(path, sizeof(path), "%.*s", STR_ARG(word->row->text)) >= (int)sizeof(path))
        return;
    if (statfs(path, &fs) != 0 || fs.f_type != CGROUP2_SUPER_MAGIC || stat(path, &st) != 0)
        return;
    word->is_found = true;
    word->value = st.st_ino;
}

/* ---- symbols of programs and libraries ---- */

/* That there is no such file is reported where the probe is opened, and so no word is missing. */
static void find_user_symbol(const struct ptl_session *s, struct word *word)
{
    _cleanup_(binary_close) struct binary *binary = NULL;
    struct str name = word->row->text;
    struct binary_symbol function;
    char path[PATH_MAX];

    word->is_found = true;
    if (binary_path(word->row->file, s->opts->search_path, s->opts->filter_pid, path,
                    sizeof(path)) != 0 ||
        binary_open(path, &binary) != 0 || binary_object(binary, name, &word->value) == 0)
        return;
    word->is_found = binary_find(binary, name, &function) == 0;
    if (word->is_found)
        word->value = function.address;
}

/* ---- fields of tracepoints ---- */

/* Where the compiler saw a field of another shape it made other code. That there is no such event
 * is reported where it is attached to. */
static void find_event_field(struct ptl_session *s, struct word *word)
{
    _cleanup_buf_ struct buf text = {0};
    struct tracepoint event = {0};
    int failed = tracefs_event_format(word->row->file, &text);

    word->is_found = failed == -ENOENT;
    if (failed != 0 || tracepoint_parse(&s->arena, (struct str){text.p, (u32)text.n}, &event) != 0)
        return;
    for (u32 i = 0; i < event.n_fields; i++) {
        const struct tracepoint_field *field = &event.fields[i];

        if (!str_eq(field->name, word->row->text))
            continue;
        word->is_found = tracepoint_field_shape(field) == word->row->num;
        word->is_other = !word->is_found && field->size == FIELD_SHAPE_SIZE(word->row->num);
        word->value = field->offset;
    }
}

static int find_words(struct ptl_session *s, const struct words *w)
{
    int failed = find_symbols(w);

    for (u32 i = 0; i < w->n; i++) {
        if (w->items[i].row->kind == RESOLVED_CGROUP)
            find_cgroup(&w->items[i]);
        if (w->items[i].row->kind == RESOLVED_USER_SYMBOL)
            find_user_symbol(s, &w->items[i]);
        if (w->items[i].row->kind == RESOLVED_EVENT_FIELD)
            find_event_field(s, &w->items[i]);
        if (arg_is(w->items[i].row)) {
            w->items[i].is_found = true;
            arg_value(s, w->items[i].row, &w->items[i].value, &w->items[i].text);
        }
    }
    return failed;
}

/* ---- results ---- */

/* With kptr_restrict every address reads as 0. */
static bool is_hidden(const struct word *word)
{
    return word->row->kind == RESOLVED_SYMBOL && word->is_found && word->value == 0;
}

static void report(struct ptl_session *s, const struct word *word)
{
    struct span span = session_span(word->row->span_begin, word->row->span_end);
    struct str text = word->row->text;
    struct diag *diag = NULL;

    if (word->row->kind == RESOLVED_CGROUP) {
        (void)diag_add(&s->diags, E_NO_CGROUP, span, "'%.*s' is no control group of version 2",
                       STR_ARG(text));
        return;
    }
    if (word->row->kind == RESOLVED_USER_SYMBOL) {
        (void)diag_add(&s->diags, E_NO_USER_SYMBOL, span, "%.*s has no symbol '%.*s'",
                       STR_ARG(word->row->file.n ? word->row->file : STR("The program")),
                       STR_ARG(text));
        return;
    }
    if (word->row->kind == RESOLVED_EVENT_FIELD) {
        diag = diag_add(&s->diags, E_EVENT_FIELD, span,
                        word->is_other ? "tracepoint %.*s has a field '%.*s' of %u bytes here, "
                                         "but of another type"
                                       : "tracepoint %.*s has no field '%.*s' of %u bytes here",
                        STR_ARG(word->row->file), STR_ARG(text), FIELD_SHAPE_SIZE(word->row->num));
        diag_hint(diag, "The object was compiled for a kernel that has: compile the script here.");
        return;
    }
    diag = diag_add(&s->diags, E_NO_SYMBOL, span, "Failed to resolve kernel symbol: %.*s",
                    STR_ARG(text));
    if (is_hidden(word))
        diag_hint(diag, "The kernel hides its addresses: see /proc/sys/kernel/kptr_restrict.");
}

static bool report_missing(struct ptl_session *s, const struct words *w)
{
    bool is_missing = false;

    for (u32 i = 0; i < w->n; i++) {
        if (w->items[i].is_found && !is_hidden(&w->items[i]))
            continue;
        report(s, &w->items[i]);
        is_missing = true;
    }
    return is_missing;
}

/* All of it as the programs read it. */
static void write_words(const struct words *w, struct buf *out)
{
    for (u32 i = 0; i < w->n; i++) {
        const struct word *word = &w->items[i];

        if (word->row->n_words == 1) {
            buf_add(out, &word->value, sizeof(word->value));
        } else {
            buf_add(out, word->text.p, word->text.n);
            buf_pad(out, '\0', word->row->n_words * sizeof(u64) - word->text.n);
        }
    }
}

/* The programs may read less than there is, never more. */
static int fill_in(const struct words *w, struct bpf_map *map)
{
    size_t size = bpf_map__value_size(map);
    _cleanup_buf_ struct buf bytes = {0};

    write_words(w, &bytes);
    if (bytes.failed)
        return -ENOMEM;
    if (size > bytes.n)
        return -EPROTO;
    return bpf_map__set_initial_value(map, bytes.p, size);
}

int resolve_words(struct ptl_session *s, struct ptl_error *err)
{
    struct bpf_map *map = bpf_object__find_map_by_name(s->object, PTL_SECTION_RESOLVED);
    _cleanup_(words_done) struct words w = {0};
    int failed = 0;

    if (map == NULL)
        return 0; // nothing in the programs depends on one
    failed = words_init(&w, &s->meta);
    if (failed == 0)
        failed = find_words(s, &w);
    if (failed == 0 && report_missing(s, &w)) {
        *err = (struct ptl_error){.err = -ENOENT, .exit_status = EXIT_USER};
        return -ENOENT;
    }
    if (failed == 0)
        failed = fill_in(&w, map);
    if (failed == 0)
        return 0;
    return error_set(err, failed, EXIT_MACHINE, "Cannot set the constants of the object: %s",
                     error_text(failed));
}
