/* Warnings at run time. They are rendered as those of the compiler are; bpftrace's texts are kept
 * to the byte, but for our code at the end of the first line. */
#include "runtime/run_errors.h"

#include <errno.h>
#include <inttypes.h>

#include "runtime/error.h"
#include "runtime/sink.h"

enum {
    SHOWN_MAX = 16, /* warnings in full of one site */
    TEXT_BYTES = 512,
};

struct message {
    enum diag_code code;
    const char *text;   /* NULL: what the return code means */
    const char *brief;  /* for "N more of this" */
    const char *helper; /* NULL: none is told; "": the site names it */
};

static const struct message *message_of(u64 error)
{
    static const struct message messages[] = {
        [RUN_ERROR_DIV_ZERO] = {W_RUN_DIV_ZERO,
                                "Divide or modulo by 0 detected. This can lead to unexpected "
                                "results. 1 is being used as the result.",
                                "divide or modulo by 0", NULL},
        [RUN_ERROR_MAP_FULL] = {W_RUN_MAP_FULL,
                                "Map full; can't update element. Try increasing max_map_keys "
                                "config or manually setting the max entries in a map declaration "
                                "e.g. `let @a = hash(5000)`",
                                "map full", "map_update_elem"},
        [RUN_ERROR_READ] = {W_RUN_READ, "Bad address", "bad address", ""},
        [RUN_ERROR_BOUNDS] = {W_RUN_BOUNDS,
                              "Array access out of bounds. This can lead to unexpected results.",
                              "array access out of bounds", NULL},
        [RUN_ERROR_HELPER] = {W_RUN_HELPER, NULL, "call failed", ""},
        [RUN_ERROR_BUSY] = {W_RUN_BUSY,
                            "Missed a value: programs were interrupted while they counted here.",
                            "missed a value", NULL},
    };

    _Static_assert(ARRAY_SIZE(messages) == RUN_ERROR_LAST + 1, "each error has its text");
    return &messages[error];
}

int run_errors_init(struct run_errors *e, const struct meta *meta, const struct sources *sources,
                    struct sink *sink, FILE *log)
{
    *e = (struct run_errors){.meta = meta, .sources = sources, .log = log, .sink = sink};
    e->n_shown = calloc(MAX(meta->sites.n, 1), sizeof(*e->n_shown));
    e->n_cut = calloc(MAX(meta->sites.n, 1), sizeof(*e->n_cut));
    return e->n_shown == NULL || e->n_cut == NULL ? -ENOMEM : 0;
}

void run_errors_done(struct run_errors *e)
{
    free(e->n_shown);
    free(e->n_cut);
    e->n_shown = e->n_cut = NULL;
    buf_done(&e->text);
}

/* Offer a message to the output format. type: of the record. False: it is for the log. */
static bool offer(struct run_errors *e, const char *type, struct span span,
                  struct sink_message message)
{
    struct place place = sources_place(e->sources, span);

    message.type = type;
    if (place.source != NULL) {
        message.file = place.source->name;
        message.line = place.line;
        message.column = place.column;
    }
    return sink_message(e->sink, &message);
}

/* Render a message at a place. info: a line to put behind the first one, or empty. hint: or NULL.
 */
static void show(struct run_errors *e, enum diag_code code, struct span span, struct str text,
                 struct str info, const char *hint)
{
    struct diag_note note = {.span = NO_SPAN, .text = str_of(hint)};
    struct diag diag = {.code = code,
                        .severity = diag_letter(code) == 'E' ? SEV_ERROR : SEV_WARNING,
                        .span = span,
                        .text = text};
    const char *end = NULL;

    if (hint != NULL) {
        diag.notes.items = &note;
        diag.notes.n = 1;
    }
    buf_reset(&e->text);
    diag_render(&diag, e->sources, &e->text, e->has_color);
    if (e->text.failed)
        return;
    end = info.n == 0 ? NULL : memchr(e->text.p, '\n', e->text.n);
    /* A warning that cannot be written has nobody to read it: the stream's errors are not looked
     * at. */
    if (end != NULL) {
        size_t n_first = (size_t)(end + 1 - e->text.p);

        (void)fwrite(e->text.p, 1, n_first, e->log);
        (void)fwrite(info.p, 1, info.n, e->log);
        (void)fwrite(end + 1, 1, e->text.n - n_first, e->log);
    } else {
        (void)fwrite(e->text.p, 1, e->text.n, e->log);
    }
    (void)fflush(e->log);
}

static struct span site_span(const struct meta_site *site)
{
    return (struct span){(u32)site->span_begin, (u32)site->span_end};
}

void run_errors_show(struct run_errors *e, u32 site, s64 retcode)
{
    const struct meta_site *row = &e->meta->sites.items[site];
    const struct message *message = message_of(row->num0);
    struct str helper = str_of(message->helper);
    struct str text = str_of(message->text != NULL ? message->text : error_text((s32)retcode));
    char info[TEXT_BYTES] = "";

    if (e->warnings == PTL_WARNINGS_NONE ||
        (e->warnings == PTL_WARNINGS_FIRST && e->n_shown[site] >= SHOWN_MAX))
        return;
    e->n_shown[site]++;
    if (message->helper != NULL && helper.n == 0)
        helper = row->text;
    if (offer(e, helper.n != 0 ? "helper_error" : "runtime_error", site_span(row),
              (struct sink_message){.text = text, .helper = helper, .retcode = (s32)retcode}))
        return;
    if (helper.n != 0) {
        (void)snprintf(info, sizeof(info), "Additional Info - helper: %.*s, retcode: %d\n",
                       STR_ARG(helper),
                       (s32)retcode); // before 6.4 the kernel leaves the upper half undefined
    }
    show(e, message->code, site_span(row), text, str_of(info), NULL);
}

static enum diag_code message_code(u64 kind)
{
    switch (kind) {
    case SITE_ERRORF:
        return E_RUN_SCRIPT;
    case SITE_WARNF:
        return W_RUN_SCRIPT;
    default:
        return W_RUN_FILE;
    }
}

void run_errors_message(struct run_errors *e, u32 site, struct str text)
{
    const struct meta_site *row = &e->meta->sites.items[site];

    if (text.n != 0 && text.p[text.n - 1] == '\n')
        text.n--;
    if (!offer(e, row->kind == SITE_ERRORF ? "errorf" : "warnf", site_span(row),
               (struct sink_message){.text = text}))
        show(e, message_code(row->kind), site_span(row), text, (struct str){0}, NULL);
}

/* What records of this site are to the reader. */
static const char *record_words(u64 kind)
{
    switch (kind) {
    case SITE_PRINTF:
        return "outputs of this printf";
    case SITE_PRINT:
        return "values of this print";
    case SITE_JOIN:
        return "outputs of this join";
    case SITE_TIME:
        return "outputs of this time";
    case SITE_ERRORF:
    case SITE_WARNF:
        return "messages of this";
    case SITE_SYSTEM:
        return "commands of this";
    case SITE_CAT:
        return "files of this";
    default:
        return "calls of this";
    }
}

void run_errors_cut(struct run_errors *e, u32 site)
{
    e->n_cut[site]++;
}

u64 run_errors_n_cut(const struct run_errors *e, u32 site, const struct ptl_book *total)
{
    return e->meta->sites.items[site].kind == SITE_CUT ? total->errors : e->n_cut[site];
}

static void show_cut(struct run_errors *e, const struct meta_site *row, u64 n)
{
    char text[TEXT_BYTES];

    if (n == 0 || e->warnings == PTL_WARNINGS_NONE)
        return;
    if (row->text.n == 0) {
        (void)snprintf(text, sizeof(text),
                       "Cut %" PRIu64 " %s%s here: %s longer than %" PRIu64 " bytes.", n,
                       row->kind == SITE_CAT ? "file" : "text", n == 1 ? "" : "s",
                       n == 1 ? "it was" : "they were", row->num0); // fits
    } else {
        (void)snprintf(text, sizeof(text),
                       "Cut %" PRIu64 " list%s here: %s more than %" PRIu64 " %.*s.", n,
                       n == 1 ? "" : "s", n == 1 ? "it had" : "they had", row->num0,
                       STR_ARG(row->text)); // what does not fit is somebody else's object
    }
    if (!offer(e, "runtime_error", site_span(row), (struct sink_message){.text = str_of(text)}))
        show(e, W_RUN_CUT, site_span(row), str_of(text), (struct str){0}, NULL);
}

void run_errors_book(struct run_errors *e, u32 site, const struct ptl_book *total)
{
    const struct meta_site *row = &e->meta->sites.items[site];
    char text[TEXT_BYTES];

    show_cut(e, row, run_errors_n_cut(e, site, total));
    if (row->kind == SITE_CUT)
        return;
    if (row->kind == SITE_ERROR) {
        const struct message *message = message_of(row->num0);

        if (total->errors <= e->n_shown[site] || e->warnings == PTL_WARNINGS_NONE)
            return;
        (void)snprintf(text, sizeof(text), "%" PRIu64 "%s of this: %s",
                       total->errors - e->n_shown[site], e->n_shown[site] != 0 ? " more" : "",
                       message->brief); // fits
        if (offer(e, "runtime_error", site_span(row), (struct sink_message){.text = str_of(text)}))
            return;
        show(e, message->code, site_span(row), str_of(text), (struct str){0}, NULL);
        return;
    }
    if (total->lost == 0 ||
        offer(e, "", site_span(row), (struct sink_message){.n_lost = total->lost}))
        return;
    (void)snprintf(text, sizeof(text),
                   "Lost %" PRIu64 " %s: the buffer between the kernel and ptrace-lite was full.",
                   total->lost, record_words(row->kind)); // fits
    show(e, W_RUN_LOST, site_span(row), str_of(text), (struct str){0},
         "Print less: filter more, or count in a map and print that from an interval probe.");
}

void run_errors_missed(struct run_errors *e, const struct meta_attach *row, u64 n)
{
    struct span span = {(u32)row->span_begin, (u32)row->span_end};
    char text[TEXT_BYTES];

    if (n == 0)
        return;
    (void)snprintf(text, sizeof(text),
                   "Missed %" PRIu64
                   " events of this probe: another program was running on that CPU.",
                   n); // fits
    if (offer(e, "runtime_error", span, (struct sink_message){.text = str_of(text)}))
        return;
    show(e, W_RUN_MISSED, span, str_of(text), (struct str){0}, NULL);
}

void run_errors_preempted(struct run_errors *e, u64 n)
{
    struct span nowhere = {0, 0};
    char text[TEXT_BYTES];

    if (n == 0)
        return;
    (void)snprintf(text, sizeof(text),
                   "Missed %" PRIu64
                   " events of user probes: too many tasks were preempted in a program.",
                   n); // fits
    if (offer(e, "runtime_error", nowhere, (struct sink_message){.text = str_of(text)}))
        return;
    show(e, W_RUN_PREEMPTED, nowhere, str_of(text), (struct str){0}, NULL);
}
