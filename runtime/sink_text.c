/* The plain text format: bpftrace's, byte for byte.
 *
 *   @x: 5                 a scalar
 *   @x[key, key]: 5       a row of a map
 *   @h[key]:              a histogram: its rows below, then an empty line */
#include <inttypes.h>

#include "abi/record.h"
#include "runtime/agg.h"
#include "runtime/format.h"
#include "runtime/sink.h"
#include "runtime/timestamp.h"

static void text_printf(struct sink *sink, const struct meta_site *site, const u8 *payload)
{
    format_printf(sink->env, site, payload, &sink->text);
}

static void text_value(struct sink *sink, const struct meta_site *site, const u8 *payload)
{
    value_format(sink->env, site->type, payload, &sink->text);
    buf_add_char(&sink->text, '\n');
}

/* What a command prints is the user's own doing, and join() has seen to its words; a file may hold
 * what a traced program wrote. */
static void text_output(struct sink *sink, const struct meta_site *site, struct str text)
{
    if (site->kind != SITE_CAT || sink->env->is_raw) {
        buf_add_str(&sink->text, text);
    } else {
        value_escape(text, &sink->text);
    }
}

static void text_time(struct sink *sink, const struct meta_site *site, s64 now)
{
    (void)timestamp_seconds(site->text, now, &sink->text); // a bad format is shown as it stands
}

/* The value of a row, divided where it is a number. */
static void add_value(struct sink *sink, const struct table *table, const u8 *value)
{
    const struct meta_type *type = &table->meta->types.items[table->map->value];
    bool is_signed = type->kind == ABI_INT;
    u8 divided[sizeof(u64)];

    if (table->div > 1 && (type->kind == ABI_INT || type->kind == ABI_UINT)) {
        struct meta_type number = {.kind = type->kind, .is_signed = is_signed};

        agg_word_set(divided, 0, agg_divide(&number, value_word(value), table->div));
        value = divided;
    }
    value_format(sink->env, table->map->value, value, &sink->text);
}

static void text_row(struct sink *sink, const struct table *table, u32 i)
{
    const struct meta_type *type = &table->meta->types.items[table->map->value];
    const struct agg_ops *agg = type->kind == ABI_AGG ? agg_ops((enum agg_id)type->num0) : NULL;
    const u8 *value = table_value(table, i);

    buf_add_str(&sink->text, table->map->name);
    if (table->map->key != META_NO_REF) {
        buf_add_char(&sink->text, '[');
        value_format_key(sink->env, table->map->key, table_key(table, i), &sink->text);
        buf_add_char(&sink->text, ']');
    }
    buf_add_cstr(&sink->text, agg != NULL && agg->is_block ? ":\n" : ": ");
    if (agg != NULL) {
        agg->show(type, value, table->div, &sink->text);
    } else {
        add_value(sink, table, value);
    }
    buf_add_char(&sink->text, '\n');
}

static bool text_map(struct sink *sink, const struct table *table)
{
    bool goes_on = true;

    for (u32 i = table->first; i < table->n && goes_on; i++) {
        text_row(sink, table, i);
        goes_on = sink_row(sink, table, i);
    }
    return true;
}

static void text_result(struct sink *sink, const struct sink_result *r)
{
    if (!r->is_bench || r->has_failed) {
        buf_printf(&sink->text, "%s %.*s\n", r->has_failed ? "FAIL" : "ok", STR_ARG(r->name));
    } else {
        buf_printf(&sink->text, "%.*s: %" PRIu64 " ns a run, %" PRIu64 " runs\n", STR_ARG(r->name),
                   r->ns, r->n_runs);
    }
}

static void text_tally(struct sink *sink, u32 n_passed, u32 n_failed)
{
    buf_printf(&sink->text, "%u passed, %u failed\n", n_passed, n_failed);
}

static void text_end(struct sink *sink)
{
    buf_add_cstr(&sink->text, "\n\n");
}

const struct sink_ops sink_text_ops = {
    .printf = text_printf,
    .value = text_value,
    .output = text_output,
    .time = text_time,
    .map = text_map,
    .result = text_result,
    .tally = text_tally,
    .end = text_end,
};
