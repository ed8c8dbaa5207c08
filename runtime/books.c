/* What the programs counted for each place of the script lies in the map PTL_MAP_BOOKS; what the
 * kernel counted of each probe was read when it was detached. Where a kernel does not count, it is
 * said to be unknown. */
#include "runtime/books.h"

#include <inttypes.h>

#include <bpf/bpf.h>

#include "abi/record.h"

enum {
    NUMBER_BYTES = 32
};

/* Say what happened at one place, and add it to the summary. */
static void show_place(struct run *run, u32 site, const struct ptl_book *total,
                       struct sink_summary *summary)
{
    const struct meta *meta = &run->s->meta;
    bool is_cut = false;

    summary->n_lost += total->lost;
    if (site == PTL_BOOK_PREEMPTED(meta->sites.n)) {
        run_errors_preempted(&run->errors, total->errors);
    } else {
        run_errors_book(&run->errors, site, total);
        summary->n_cut += run_errors_n_cut(&run->errors, site, total);
        is_cut = meta->sites.items[site].kind == SITE_CUT;
    }
    summary->n_failed += is_cut ? 0 : total->errors;
}

/* Sums up, over all places, what was lost, what failed and what was cut. */
static void show_places(struct run *run, struct sink_summary *summary)
{
    const struct ptl_session *s = run->s;
    const struct bpf_map *map = bpf_object__find_map_by_name(s->object, PTL_MAP_BOOKS);
    u32 n_cpus = maps_cpu_count(s->maps);
    _cleanup_free_ struct ptl_book *books = calloc(n_cpus, sizeof(*books));

    if (map == NULL || books == NULL || bpf_map__value_size(map) != sizeof(*books) ||
        bpf_map__type(map) != BPF_MAP_TYPE_PERCPU_ARRAY)
        return;
    for (u32 site = 0; site <= s->meta.sites.n; site++) {
        struct ptl_book total = {0};

        if (bpf_map_lookup_elem(bpf_map__fd(map), &site, books) != 0)
            continue;
        for (u32 cpu = 0; cpu < n_cpus; cpu++) {
            total.lost += books[cpu].lost;
            total.errors += books[cpu].errors;
        }
        show_place(run, site, &total, summary);
    }
}

static const char *number(char *text, bool is_known, u64 n)
{
    (void)snprintf(text, NUMBER_BYTES, "%" PRIu64, n); // fits
    return is_known ? text : "unknown";
}

static void show_probes(FILE *log, const struct sink_summary *summary)
{
    char hits[NUMBER_BYTES], missed[NUMBER_BYTES];
    _cleanup_buf_ struct buf name = {0};

    (void)fprintf(log, "%-40s %12s %12s\n", "probe", "hits", "missed");
    for (u32 i = 0; i < summary->n_probes; i++) {
        const struct sink_probe *probe = &summary->probes[i];

        buf_reset(&name);
        buf_add_escaped(&name, probe->name);
        (void)fprintf(log, "%-40.*s %12s %12s\n", (int)name.n, name.p ? name.p : "",
                      number(hits, probe->book.knows_hits, probe->book.n_hits),
                      number(missed, probe->book.knows_missed, probe->book.n_missed));
    }
    (void)fflush(log); // what cannot be written has nobody to read it
}

void books_show(struct run *run)
{
    const struct ptl_session *s = run->s;
    _cleanup_free_ struct sink_probe *probes = calloc(MAX(s->n_points, 1), sizeof(*probes));
    struct sink_summary summary = {.probes = probes};

    for (u32 i = 0; i < s->n_points; i++) {
        const struct attach_point *point = &s->points[i];

        run_errors_missed(&run->errors, point->row, point->book.n_missed);
        summary.n_missed += point->book.n_missed;
        if (point->ops->when == ATTACH_EVENTS && !point->is_skipped && probes != NULL)
            probes[summary.n_probes++] = (struct sink_probe){point->row->name, point->book};
    }
    show_places(run, &summary);
    if (summary.n_lost + summary.n_failed + summary.n_cut + summary.n_missed == 0 ||
        sink_summary(&run->sink, &summary))
        return;
    if (summary.n_lost + summary.n_missed != 0) // the others have been told in full
        show_probes(s->opts->log, &summary);
}
