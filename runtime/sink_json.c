/* JSON, an object for each line: records of bpftrace's -f json, and no line that is not valid.
 *
 *   {"type": "map", "data": {"@x": {"key": 5}}} */
#include <inttypes.h>

#include "abi/record.h"
#include "runtime/agg.h"
#include "runtime/format.h"
#include "runtime/json.h"
#include "runtime/sink.h"
#include "runtime/timestamp.h"

static void begin(struct sink *sink, const char *type)
{
    buf_printf(&sink->text, "{\"type\": \"%s\", ", type);
}

static void add_member(struct sink *sink, const char *name, struct str text)
{
    buf_printf(&sink->text, "\"%s\": ", name);
    json_string(text, &sink->text);
}

static void end(struct sink *sink)
{
    buf_add_cstr(&sink->text, "}\n");
}

static void add_data(struct sink *sink, const char *type, struct str text)
{
    begin(sink, type);
    add_member(sink, "data", text);
    end(sink);
}

/* The sink's own escapes are JSON's. */
static struct value_env raw_env(const struct sink *sink)
{
    struct value_env env = *sink->env;

    env.is_raw = true;
    return env;
}

static void json_printf(struct sink *sink, const struct meta_site *site, const u8 *payload)
{
    _cleanup_buf_ struct buf text = {0};
    struct value_env env = raw_env(sink);

    format_printf(&env, site, payload, &text);
    add_data(sink, "printf", (struct str){text.p, (u32)text.n});
}

static void json_print(struct sink *sink, const struct meta_site *site, const u8 *payload)
{
    begin(sink, "value");
    buf_add_cstr(&sink->text, "\"data\": ");
    json_value(sink->env, site->type, payload, &sink->text);
    end(sink);
}

static void json_output(struct sink *sink, const struct meta_site *site, struct str text)
{
    add_data(sink,
             site->kind == SITE_CAT    ? "cat"
             : site->kind == SITE_JOIN ? "join"
                                       : "syscall", // of system()
             text);
}

static void json_time(struct sink *sink, const struct meta_site *site, s64 now)
{
    _cleanup_buf_ struct buf text = {0};

    (void)timestamp_seconds(site->text, now, &text); // a bad format is shown as it stands
    add_data(sink, "time", (struct str){text.p, (u32)text.n});
}

static void add_row(struct sink *sink, const struct table *table, const u8 *value)
{
    const struct meta_type *type = &table->meta->types.items[table->map->value];

    if (type->kind == ABI_AGG) {
        agg_ops((enum agg_id)type->num0)->json(type, value, table->div, &sink->text);
    } else if (table->div > 1 && (type->kind == ABI_INT || type->kind == ABI_UINT)) {
        struct meta_type number = {.kind = type->kind, .is_signed = type->kind == ABI_INT};

        json_number(agg_divide(&number, value_word(value), table->div), number.is_signed != 0,
                    &sink->text);
    } else {
        json_value(sink->env, table->map->value, value, &sink->text);
    }
}

static bool json_map(struct sink *sink, const struct table *table)
{
    const struct meta_type *type = &table->meta->types.items[table->map->value];
    bool has_key = table->map->key != META_NO_REF;
    bool goes_on = true;

    if (table->first >= table->n)
        return true;
    begin(sink, type->kind == ABI_AGG ? agg_ops((enum agg_id)type->num0)->json_type : "map");
    buf_add_cstr(&sink->text, "\"data\": {");
    json_string(table->map->name, &sink->text);
    buf_add_cstr(&sink->text, has_key ? ": {" : ": ");
    for (u32 i = table->first; i < table->n && goes_on; i++) {
        if (has_key) {
            buf_add_cstr(&sink->text, i == table->first ? "" : ", ");
            json_key(sink->env, table->map->key, table_key(table, i), &sink->text);
            buf_add_cstr(&sink->text, ": ");
        }
        add_row(sink, table, table_value(table, i));
        goes_on = sink_row(sink, table, i);
    }
    buf_add_cstr(&sink->text, has_key ? "}}" : "}");
    end(sink);
    return true;
}

static void json_result(struct sink *sink, const struct sink_result *r)
{
    begin(sink, r->is_bench ? "benchmark_result" : "test_result");
    buf_add_cstr(&sink->text, "\"data\": {");
    json_string(r->name, &sink->text);
    if (!r->is_bench) {
        buf_printf(&sink->text, ": {\"duration\": %" PRIu64 ", \"passed\": %s, ", r->ns,
                   r->has_failed ? "false" : "true");
        add_member(sink, "output", (struct str){sink->aside.p, (u32)sink->aside.n});
        buf_add_cstr(&sink->text, "}}");
    } else if (r->has_failed) {
        buf_add_cstr(&sink->text, ": {\"passed\": false}}");
    } else {
        buf_printf(&sink->text, ": {\"average\": %" PRIu64 ", \"iters\": %" PRIu64 "}}", r->ns,
                   r->n_runs);
    }
    end(sink);
}

static void json_tally(struct sink *sink, u32 n_passed, u32 n_failed)
{
    (void)sink; // each has its line
    (void)n_passed;
    (void)n_failed;
}

static void add_count(struct sink *sink, const char *type, const char *what, u64 n)
{
    begin(sink, type);
    buf_printf(&sink->text, "\"count\": %" PRIu64 ", \"data\": {\"%s\": %" PRIu64 "}", n, what, n);
    end(sink);
}

static void json_attached(struct sink *sink, u32 n)
{
    add_count(sink, "attached_probes", "probes", n);
}

static void json_message(struct sink *sink, const struct sink_message *m)
{
    if (m->n_lost != 0) {
        add_count(sink, "lost_events", "events", m->n_lost);
        return;
    }
    begin(sink, m->type);
    add_member(sink, "msg", m->text);
    if (m->helper.n != 0) {
        buf_add_cstr(&sink->text, ", ");
        add_member(sink, "helper", m->helper);
        buf_printf(&sink->text, ", \"retcode\": %d", m->retcode);
    }
    if (m->file.n != 0) {
        buf_add_cstr(&sink->text, ", ");
        add_member(sink, "filename", m->file);
        buf_printf(&sink->text, ", \"line\": %u, \"col\": %u", m->line, m->column);
    }
    end(sink);
}

/* What is not known is null. */
static void add_number(struct sink *sink, const char *name, bool is_known, u64 n)
{
    if (is_known) {
        buf_printf(&sink->text, ", \"%s\": %" PRIu64, name, n);
    } else {
        buf_printf(&sink->text, ", \"%s\": null", name);
    }
}

static void json_summary(struct sink *sink, const struct sink_summary *summary)
{
    begin(sink, "summary");
    buf_printf(&sink->text,
               "\"data\": {\"missed\": %" PRIu64 ", \"lost\": %" PRIu64 ", \"failed\": %" PRIu64
               ", \"cut\": %" PRIu64 ", \"probes\": [",
               summary->n_missed, summary->n_lost, summary->n_failed, summary->n_cut);
    for (u32 i = 0; i < summary->n_probes; i++) {
        const struct sink_probe *probe = &summary->probes[i];

        buf_add_cstr(&sink->text, i == 0 ? "{" : ",{");
        add_member(sink, "probe", probe->name);
        add_number(sink, "hits", probe->book.knows_hits, probe->book.n_hits);
        add_number(sink, "missed", probe->book.knows_missed, probe->book.n_missed);
        buf_add_char(&sink->text, '}');
    }
    buf_add_cstr(&sink->text, "]}");
    end(sink);
}

const struct sink_ops sink_json_ops = {
    .printf = json_printf,
    .value = json_print,
    .output = json_output,
    .time = json_time,
    .map = json_map,
    .result = json_result,
    .tally = json_tally,
    .has_output_in_result = true,
    .attached = json_attached,
    .message = json_message,
    .summary = json_summary,
};
