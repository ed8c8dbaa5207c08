/* The answer of the kernel's verifier. Its log is a trace of the last path that it followed; the
 * place is that of the last instruction in it, or of the one that a special sentence names. */
#include "runtime/verifier.h"

#include <errno.h>

#include "runtime/error.h"
#include "runtime/lineinfo.h"

struct refusal {
    const char *pattern;
    enum diag_code code;
    const char *text, *hint;
};

/* Find a C string in s; its offset or -1. */
static int find(struct str s, const char *pattern)
{
    const char *at = s.n == 0 ? NULL : memmem(s.p, s.n, pattern, strlen(pattern));

    return at == NULL ? -1 : (int)(at - s.p);
}

/* The number at offset `at` of s. */
static bool number_at(struct str s, u32 at, u32 *out)
{
    u64 number = 0;
    u32 begin = at;

    for (; at < s.n && s.p[at] >= '0' && s.p[at] <= '9' && number <= UINT32_MAX; at++)
        number = number * 10 + (u64)(s.p[at] - '0');
    *out = (u32)number;
    return at > begin && number <= UINT32_MAX;
}

/* Take the last line off the log. False: there is none left. */
static bool last_line(struct str *log, struct str *out)
{
    u32 begin = 0;

    while (log->n > 0 && (log->p[log->n - 1] == '\n' || log->p[log->n - 1] == '\0'))
        log->n--;
    if (log->n == 0)
        return false;
    for (begin = log->n; begin > 0 && log->p[begin - 1] != '\n'; begin--)
        ;
    *out = (struct str){log->p + begin, log->n - begin};
    log->n = begin;
    return true;
}

/* "12: (71) r1 = *(u8 *)(r1 +40)": a traced instruction. */
static bool is_traced(struct str line, u32 *insn)
{
    u32 digits = 0;

    if (!number_at(line, 0, insn))
        return false;
    while (digits < line.n && line.p[digits] >= '0' && line.p[digits] <= '9')
        digits++;
    return str_starts(str_sub(line, digits, line.n), ": (");
}

/* The instruction that a sentence names: behind the last "insn ". */
static bool named_insn(struct str line, u32 *insn)
{
    static const char word[] = "insn ";
    bool is_found = false;

    for (u32 at = 0; at + sizeof(word) - 1 < line.n; at++) {
        if (str_starts(str_sub(line, at, line.n), word))
            is_found = number_at(line, at + (u32)sizeof(word) - 1, insn) || is_found;
    }
    return is_found;
}

/* The word behind offset `at`: of letters, digits and '_'. */
static struct str word_behind(struct str line, u32 at)
{
    u32 end = at;

    while (end < line.n && (line.p[end] == '_' || (line.p[end] >= '0' && line.p[end] <= '9') ||
                            (line.p[end] >= 'a' && line.p[end] <= 'z') ||
                            (line.p[end] >= 'A' && line.p[end] <= 'Z')))
        end++;
    return str_sub(line, at, end);
}

/* Does a row of the catalogue know this line? */
static bool read_line(struct str line, struct verdict *out)
{
    static const struct refusal refusals[] = {
#define REFUSAL(pattern, code, text, hint) {pattern, code, text, hint},
#include "runtime/verifier.def"
#undef REFUSAL
    };

    for (u32 i = 0; i < ARRAY_SIZE(refusals); i++) {
        const struct refusal *row = &refusals[i];
        int at = find(line, row->pattern);

        if (at < 0)
            continue;
        out->code = row->code;
        out->text = row->text[0] != '\0' ? row->text : NULL;
        out->hint = row->hint;
        out->word = word_behind(line, (u32)at + (u32)strlen(row->pattern));
        out->line = line;
        if (!out->has_insn && row->code != E_VERIFIER_COMPLEX)
            out->has_insn = named_insn(line, &out->insn);
        return true;
    }
    return false;
}

/* Lines that end a log without telling anything. */
static bool is_summary(struct str line)
{
    static const char *const starts[] = {"processed ", "verification time", "stack depth",
                                         "max_states", "cur state:",        "old state:"};

    for (u32 i = 0; i < ARRAY_SIZE(starts); i++) {
        if (str_starts(line, starts[i]))
            return true;
    }
    return false;
}

void verifier_read(struct str log, int err, struct verdict *out)
{
    struct str rest = log;
    struct str line;
    bool is_known = false;
    u32 insn = 0;

    *out = (struct verdict){.code = E_VERIFIER, .hint = ""};
    while (last_line(&rest, &line)) {
        if (is_traced(line, &insn)) {
            if (!out->has_insn)
                out->insn = insn;
            out->has_insn = true;
            break; // the verdict stands behind the last instruction
        }
        if (!is_known)
            is_known = read_line(line, out);
        if (out->line.n == 0 && !is_summary(line))
            out->line = line;
    }
    /* A log that overflowed lost its end (before 6.4) or hides the real error: only a program that
     * the kernel followed for very long does that. */
    if (!is_known && (err == -ENOSPC || err == -E2BIG))
        (void)read_line(STR("too complex"), out);
}

/* The offset of a line and column in a text. */
static bool text_offset(struct str text, u32 line, u32 column, u32 *out)
{
    u32 at = 0;

    for (; line > 1; line--) {
        const char *end = at >= text.n ? NULL : memchr(text.p + at, '\n', text.n - at);

        if (end == NULL)
            return false;
        at = (u32)(end - text.p) + 1;
    }
    if (column == 0)
        column = 1;
    if (column - 1 >= text.n - at)
        return false;
    *out = at + column - 1;
    return true;
}

/* Span of what begins at a place: a word with its sigil, or one character. */
static struct span place_span(const struct sources *sources, const struct line_place *place)
{
    vec_foreach(source, &sources->list) {
        u32 at = 0;
        u32 end = 0;

        if (sources->list.n > 1 && !str_eq(source->name, place->file))
            continue;
        if (!text_offset(source->text, place->line, place->column, &at))
            continue;
        end = at + 1; // the sigil of @map and $variable belongs to the word
        end += word_behind(source->text, end).n;
        return (struct span){source->base + at, source->base + end};
    }
    return NO_SPAN;
}

static struct span verdict_span(const struct elf_view *elf, struct str name,
                                const struct verdict *verdict, struct span fallback,
                                const struct sources *sources)
{
    struct line_place place = {0};
    struct span span = NO_SPAN;

    if (verdict->has_insn && lineinfo_find(elf, name, verdict->insn, &place) == 0)
        span = place_span(sources, &place);
    return span_is_none(span) ? fallback : span;
}

/* Our sentence, its '@' replaced by the word of the log. */
static struct diag *report_text(const struct verdict *verdict, struct span span,
                                struct diags *diags)
{
    struct str text = str_of(verdict->text);
    int at = str_index(text, '@');

    if (at < 0)
        return diag_add(diags, verdict->code, span, "%s", verdict->text);
    return diag_add(diags, verdict->code, span, "%.*s%.*s%.*s", at, text.p, STR_ARG(verdict->word),
                    (int)text.n - at - 1, text.p + at + 1);
}

void verifier_report(const struct elf_view *elf, struct str name, struct str log, int err,
                     struct span fallback, struct diags *diags)
{
    struct verdict verdict;
    struct span span;
    struct diag *diag = NULL;

    verifier_read(log, err, &verdict);
    span = verdict_span(elf, name, &verdict, fallback, diags->sources);
    if (verdict.text != NULL) {
        diag = report_text(&verdict, span, diags);
    } else if (verdict.code == E_VERIFIER_INTERNAL) {
        diag = diag_add(diags, verdict.code, span,
                        "ptrace-lite made a program that the kernel refuses: %.*s",
                        STR_ARG(verdict.line));
        diag_hint(diag, "This is a mistake in ptrace-lite, not in the script. Please report it "
                        "with the output of -v.");
    } else if (verdict.line.n != 0) {
        diag = diag_add(diags, verdict.code, span, "The kernel refuses this program: %.*s",
                        STR_ARG(verdict.line));
    } else {
        diag = diag_add(diags, verdict.code, span, "The kernel refuses this program: %s.",
                        error_text(err));
    }
    if (verdict.hint[0] != '\0')
        diag_hint(diag, "%s", verdict.hint);
}
