/* Records from the ring buffer. Which site sent a record tells what it means; its size was fixed
 * when the script was compiled, so one look at it is all the checking a record needs. */
#include "runtime/events.h"

#include <errno.h>
#include <string.h>
#include <time.h>

#include "abi/record.h"
#include "runtime/command.h"
#include "runtime/error.h"
#include "runtime/format.h"
#include "runtime/progress.h"
#include "runtime/usym.h"
#include "runtime/value.h"

/* A map that is read or changed counts as so many records of a batch: it takes longer. */
#define MAP_BUDGET 64

static void print_map(struct events *e, const struct meta_site *site, const u8 *payload)
{
    const struct table *table = NULL;
    u64 top = value_word(payload);
    u64 div = value_word(payload + sizeof(top));
    int err = 0;

    progress_begin(e->sink->progress);
    err = maps_read(e->maps, (u32)site->map, (enum flip_role)site->num0, top, div, &table);
    if (err == 0) {
        sink_map(e->sink, table);
    } else if (e->err == 0) {
        e->err = err;
    }
    progress_end(e->sink->progress);
}

static void remember(struct events *e, int err)
{
    if (e->err == 0)
        e->err = err;
}

/* errorf(), warnf(). What was printed before is written before: on a terminal both appear in order.
 */
static void show_message(struct events *e, u32 index, const u8 *payload)
{
    _cleanup_buf_ struct buf text = {0};

    format_printf(e->sink->env, &e->meta->sites.items[index], payload, &text);
    if (text.failed) {
        remember(e, -ENOMEM);
        return;
    }
    (void)sink_flush(e->sink); // it remembers failures
    run_errors_message(e->errors, index, (struct str){text.p, (u32)text.n});
}

/* system(), cat(). */
static void do_command(struct events *e, u32 index, const u8 *payload)
{
    const struct meta_site *site = &e->meta->sites.items[index];
    bool is_system = site->kind == SITE_SYSTEM;
    _cleanup_buf_ struct buf text = {0};
    _cleanup_buf_ struct buf message = {0};
    int err = 0;

    format_printf(e->sink->env, site, payload, &text);
    buf_add_char(&text, '\0');
    if (text.failed) {
        remember(e, -ENOMEM);
        return;
    }
    (void)sink_flush(e->sink); // what it writes itself comes behind; failures are remembered
    err = is_system ? command_run(e->sink, e->signals, site, text.p)
                    : command_cat(e->sink, site, text.p);
    if (err > 0)
        run_errors_cut(e->errors, index);
    if (err >= 0)
        return;
    buf_printf(&message, is_system ? "failed to run '%s': %s" : "failed to open file '%s': %s",
               text.p, error_text(err));
    run_errors_message(e->errors, index, (struct str){message.p, (u32)message.n});
}

/* join(). What is between the words is the script's own. */
static void show_words(struct events *e, const struct meta_site *site, const u8 *payload)
{
    u64 n = MIN(value_word(payload), (u64)PTL_JOIN_WORDS);
    const char *words = (const char *)payload + sizeof(n);
    _cleanup_buf_ struct buf text = {0};

    for (u64 i = 0; i < n; i++) {
        const char *p = words + i * PTL_JOIN_WORD_BYTES;
        struct str word = {p, (u32)strnlen(p, PTL_JOIN_WORD_BYTES)};

        if (i > 0)
            buf_add_str(&text, site->text);
        if (e->sink->env->is_raw) {
            buf_add_str(&text, word);
        } else {
            value_escape(word, &text);
        }
    }
    buf_add_char(&text, '\n');
    if (text.failed) {
        remember(e, -ENOMEM);
    } else {
        sink_output(e->sink, site, (struct str){text.p, (u32)text.n});
    }
}

/* Returns what events_record() returns. */
static int handle(struct events *e, u32 index, const u8 *payload)
{
    const struct meta_site *site = &e->meta->sites.items[index];

    switch ((enum site_kind)site->kind) {
    case SITE_PRINTF:
        sink_printf(e->sink, site, payload);
        return 0;
    case SITE_ERRORF:
    case SITE_WARNF:
        show_message(e, index, payload);
        return 0;
    case SITE_CUT: // sends none
        return 0;
    case SITE_SYSTEM:
    case SITE_CAT:
        do_command(e, index, payload);
        return 0;
    case SITE_PRINT:
        sink_value(e->sink, site, payload);
        return 0;
    case SITE_JOIN:
        show_words(e, site, payload);
        return 0;
    case SITE_TIME:
        sink_time(e->sink, site, (s64)time(NULL));
        return 0;
    case SITE_EXIT:
        if (!e->is_exiting)
            e->exit_code = (s64)value_word(payload);
        e->is_exiting = true;
        e->is_cut = site->num0 != 0;
        return -ECANCELED;
    case SITE_PROCESS:
        if (e->sink->env->usyms != NULL)
            usyms_note(e->sink->env->usyms, value_word(payload));
        return 0;
    case SITE_PRINT_MAP:
        print_map(e, site, payload);
        return 0;
    case SITE_CLEAR:
        remember(e, maps_clear(e->maps, (u32)site->map, (enum flip_role)site->num0));
        return 0;
    case SITE_ZERO:
        remember(e, maps_zero(e->maps, (u32)site->map, (enum flip_role)site->num0));
        return 0;
    case SITE_ERROR:
        (void)sink_flush(e->sink); // on a terminal both appear in order; it remembers failures
        run_errors_show(e->errors, index, (s64)value_word(payload));
        return 0;
    }
    return 0;
}

static u32 cost(const struct meta_site *site)
{
    return site->map != META_NO_REF && site_is_control((enum site_kind)site->kind) ? MAP_BUDGET : 1;
}

int events_record(struct events *e, const void *bytes, size_t size)
{
    struct ptl_record record;
    int err = 0;

    if (size >= sizeof(record))
        memcpy(&record, bytes, sizeof(record));
    if (size < sizeof(record) || record.site >= e->meta->sites.n ||
        record.size != sizeof(record) + e->meta->sites.items[record.site].payload_size ||
        record.size > size) {
        remember(e, -EPROTO);
        return -EPROTO;
    }
    if (!e->is_cut)
        err = handle(e, record.site, (const u8 *)bytes + sizeof(record));
    if (err != 0)
        return err;
    if (e->err != 0)
        return e->err;
    e->budget -= MIN(e->budget, cost(&e->meta->sites.items[record.site]));
    return e->budget == 0 ? -EAGAIN : 0;
}
