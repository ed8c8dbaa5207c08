/* The reference manual, from the descriptors: what docs/reference.md holds. */
#include "abi/config.h"
#include "stdlib/prelude.h"
#include "stdlib/vocab.h"

static void add_entry(struct buf *out, const char *title, const char *doc, const char *example)
{
    buf_printf(out, "### `%s`\n\n%s\n\n    %s\n\n", title, doc, example);
}

static void add_probes(struct buf *out)
{
    buf_add_cstr(
        out, "## Probes\n\nNames of probe types are not case-sensitive. Of alternatives, "
             "`kprobe:a ?? kprobe:b` with spaces around the `?\?`, the first is attached that the "
             "running kernel has.\n\n");
    for (u32 i = 0; i < PROBE_COUNT_; i++) {
        const struct probe_desc *probe = vocab_probe_by_id((enum probe_id)i);
        const char *short_name = probe_short_name(probe->id);

        add_entry(out, probe->forms, probe->doc, probe->example);
        if (*short_name)
            buf_printf(out, "Short form: `%s`.\n\n", short_name);
    }
}

static void add_funcs(struct buf *out, bool variables)
{
    u32 n = 0;
    const struct func_desc *const *funcs = vocab_funcs(&n);

    buf_add_cstr(out, variables ? "## Builtins\n\nWritten without parentheses.\n\n"
                                : "## Functions\n\n");
    for (u32 i = 0; i < n; i++) {
        const struct func_desc *fn = funcs[i];
        _cleanup_buf_ struct buf title = {0};

        if ((bool)(fn->flags & FN_VARIABLE) != variables)
            continue;
        buf_add_cstr(&title, fn->name);
        if (fn->flags & FN_NUMBERED)
            buf_add_cstr(&title, "N");
        if (fn->flags & FN_MEMBERS)
            buf_add_cstr(&title, ".NAME");
        buf_add_cstr(&title, variables ? fn->sig + 2 : fn->sig); /* without "()" */
        buf_add_char(&title, '\0');
        if (!title.failed)
            add_entry(out, title.p, fn->doc, fn->example);
    }
}

static void add_aggs(struct buf *out)
{
    buf_add_cstr(
        out,
        "## Aggregations\n\nAssigned to a map: `@x = count();`, `@x[key] = count();`. Each CPU has its own "
        "slot, which no other writes: the numbers are exact.\n\n");
    for (u32 i = 0; i < AGG_COUNT_; i++) {
        const struct agg_desc *agg = vocab_agg_by_id((enum agg_id)i);
        _cleanup_buf_ struct buf title = {0};

        buf_printf(&title, "%s%.*s", agg_name(agg->id), (int)(strchr(agg->sig, ')') - agg->sig) + 1,
                   agg->sig);
        buf_add_char(&title, '\0');
        if (!title.failed)
            add_entry(out, title.p, agg->doc, agg->example);
    }
}

static void add_settings(struct buf *out)
{
    buf_add_cstr(
        out,
        "## Settings\n\nSet by `config = { NAME = VALUE; }` at the head of a script, or by a variable of the "
        "environment, which wins: `BPFTRACE_NAME` or `PTRACE_LITE_NAME`, in capitals. `config.NAME` is the "
        "value.\n\n| name | without | values | |\n|---|---|---|---|\n");
    for (u32 i = 0; i < CONFIG_COUNT_; i++) {
        const struct config_row *row = config_row((enum config_id)i);
        struct str word = config_word(row, row->preset);

        buf_printf(out, "| `%s` | ", row->name);
        if (row->kind == CONFIG_KIND_INT) {
            buf_printf(out, "%llu | %llu to %llu", (unsigned long long)row->preset,
                       (unsigned long long)row->min, (unsigned long long)row->max);
        } else if (row->kind == CONFIG_KIND_BOOL) {
            buf_printf(out, "%s | true, false", row->preset ? "true" : "false");
        } else if (row->kind == CONFIG_KIND_TEXT) {
            buf_printf(out, "`%s` | a string", row->words);
        } else {
            buf_printf(out, "%.*s | ", STR_ARG(word));
            for (const char *p = row->words; *p; p++)
                *p == '|' ? buf_add_cstr(out, ", ") : buf_add_char(out, *p);
        }
        buf_printf(out, " | %s |\n", row->doc);
    }
    buf_add_char(out, '\n');
}

static struct str line_take(struct str *rest)
{
    int newline = str_index(*rest, '\n');
    struct str line = newline < 0 ? *rest : str_sub(*rest, 0, (u32)newline);

    *rest = str_sub(*rest, line.n + 1, rest->n);
    return line;
}

/* In prelude.pt each macro stands directly below its comment, whose last line is the example. */
static void add_prelude(struct buf *out)
{
    static const char comment[] = "// ", example[] = "// Example: ", macro[] = "macro ";
    _cleanup_buf_ struct buf doc = {0};
    struct str rest = prelude_text(), sample = {"", 0};

    buf_add_cstr(out, "## Prelude\n\nMacros that every script has, written in the language. One "
                      "without parameters may be written without parentheses.\n\n");
    while (rest.n > 0) {
        struct str line = line_take(&rest);

        if (str_starts(line, example)) {
            sample = str_sub(line, sizeof(example) - 1, line.n);
        } else if (str_starts(line, comment)) {
            buf_printf(&doc, "%.*s\n", STR_ARG(str_sub(line, sizeof(comment) - 1, line.n)));
        } else if (str_starts(line, macro)) {
            buf_printf(out, "### `%.*s`\n\n%.*s\n    %.*s\n\n",
                       STR_ARG(str_sub(line, sizeof(macro) - 1, line.n)), (int)doc.n, doc.p,
                       STR_ARG(sample));
        } else {
            buf_reset(&doc);
        }
    }
}

void vocab_reference(struct buf *out)
{
    buf_add_cstr(
        out,
        "# Reference\n\n"
        "Generated by `ptlc --reference` from the compiler's own tables; every example is a test.\n"
        "In signatures `?` marks an optional argument and `...` any number; `literal` is a string "
        "literal, `number` an integer literal, `printable` a value or a whole map.\n\n");
    add_probes(out);
    add_funcs(out, true);
    add_funcs(out, false);
    add_aggs(out);
    add_prelude(out);
    add_settings(out);
}
