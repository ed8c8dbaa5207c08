/* What the programs of the interpreter sent, handled as the runtime does: in order, after the
 * program has ended. */
#include "tests/fuzz/interp_state.h"

static struct imap *map_of_row(struct interp *in, u64 index)
{
    const struct meta_map *row = &in->m->meta.maps.items[index];

    vec_foreach(ir, &in->m->maps) {
        if (str_eq_c(row->bpf_name, (*ir)->name))
            return interp_map(in, *ir);
    }
    ptl_bug("a map row without its map");
}

static bool is_scalar(const struct interp *in, u64 index)
{
    return in->m->meta.maps.items[index].key == META_NO_REF;
}

static void map_show(struct interp *in, u64 index, u64 top, u64 div)
{
    const struct imap *map = map_of_row(in, index);
    struct table table;

    table_init(&table, &in->m->meta);
    table_begin(&table, &in->m->meta.maps.items[index], map->ir->value_size);
    vec_foreach(entry, &map->entries) {
        bool is_there = entry->key != NULL;

        if (is_there && is_scalar(in, index))
            is_there = map->was_zeroed || table_is_set(&table, entry->value);
        if (is_there && table_add(&table, entry->key, entry->value, 1) != 0)
            ptl_bug("out of memory for a table");
    }
    if (table_sort(&table, top, div) != 0)
        ptl_bug("out of memory for a table");
    sink_map(&in->sink, &table);
    table_done(&table);
}

static void map_clear(struct interp *in, u64 index)
{
    struct imap *map = map_of_row(in, index);

    map->was_zeroed = false;
    vec_foreach(entry, &map->entries) {
        if (is_scalar(in, index)) {
            memset(entry->value, 0, map->ir->value_size);
        } else {
            *entry = (struct entry){0};
        }
    }
}

static void scalar_zero(struct interp *in, u64 index)
{
    struct imap *map = map_of_row(in, index);
    u64 mark = in->m->meta.maps.items[index].set_offset;
    u8 *value = map->entries.items[0].value;
    struct table table;
    bool is_set = map->was_zeroed;

    table_init(&table, &in->m->meta);
    table_begin(&table, &in->m->meta.maps.items[index], map->ir->value_size);
    is_set = is_set || table_is_set(&table, value);
    memset(value, 0, map->ir->value_size);
    if (is_set && mark != META_NO_REF)
        value[mark] = 1;
    map->was_zeroed = is_set;
    table_done(&table);
}

static void map_zero(struct interp *in, u64 index)
{
    struct imap *map = map_of_row(in, index);

    if (is_scalar(in, index)) {
        scalar_zero(in, index);
        return;
    }
    vec_foreach(entry, &map->entries) {
        if (entry->key)
            memset(entry->value, 0, map->ir->value_size);
    }
}

static void record_handle(struct interp *in, const u8 *record)
{
    struct ptl_record header;
    const struct meta_site *site = NULL;
    const u8 *payload = record + sizeof(header);

    memcpy(&header, record, sizeof(header));
    if (header.site >= in->m->meta.sites.n) {
        interp_fail(in, "a record of no site");
        return;
    }
    site = &in->m->meta.sites.items[header.site];
    if (header.size != sizeof(header) + site->payload_size)
        interp_fail(in, "a record of the wrong size");
    switch ((enum site_kind)site->kind) {
    case SITE_PRINTF:
        sink_printf(&in->sink, site, payload);
        return;
    case SITE_PRINT:
        sink_value(&in->sink, site, payload);
        return;
    case SITE_TIME:
        sink_time(&in->sink, site, 0);
        return;
    case SITE_EXIT:
        if (!in->is_exiting)
            in->exit_code = (s64)value_word(payload);
        in->is_exiting = true;
        return;
    case SITE_PRINT_MAP:
        map_show(in, site->map, value_word(payload), value_word(payload + 8));
        return;
    case SITE_CLEAR:
        map_clear(in, site->map);
        return;
    case SITE_ZERO:
        map_zero(in, site->map);
        return;
    case SITE_ERROR:
    case SITE_ERRORF:
    case SITE_WARNF:
    case SITE_SYSTEM:
    case SITE_CAT:
    case SITE_JOIN:
    case SITE_PROCESS:
    case SITE_CUT:
        return; // not part of standard output
    }
    interp_fail(in, "a record of a kind that the interpreter does not know");
}

void interp_drain(struct interp *in)
{
    for (; in->n_drained < in->ring.n && !in->problem; in->n_drained++)
        record_handle(in, in->ring.items[in->n_drained]);
}

/* In byte order of their names. */
void interp_show_maps(struct interp *in)
{
    const struct meta *meta = &in->m->meta;
    bool *is_shown = arena_array(&in->arena, bool, meta->maps.n + 1);

    sink_end(&in->sink);
    if (meta->infos.items[0].flags & META_FLAG_QUIET_MAPS)
        return;
    for (u32 n = 0; n < meta->maps.n; n++) {
        u32 next = meta->maps.n;

        for (u32 i = 0; i < meta->maps.n; i++) {
            if (!is_shown[i] && (next == meta->maps.n || str_cmp(meta->maps.items[i].name,
                                                                 meta->maps.items[next].name) < 0))
                next = i;
        }
        is_shown[next] = true;
        map_show(in, next, 0, 1);
    }
}
