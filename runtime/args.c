/* Parameters and options of the run. Every value is looked at twice: before anything is opened, to
 * say what is wrong with it, and when the programs' constants are written. */
#include "runtime/args.h"

#include <errno.h>

#include "runtime/error.h"

bool arg_is(const struct meta_resolved *row)
{
    return row->kind >= RESOLVED_PARAM && row->kind <= RESOLVED_OPTION_TEXT;
}

static struct span span_of(const struct meta_resolved *row)
{
    return session_span(row->span_begin, row->span_end);
}

/* Parameters that the compiler was given come before those of the run. NULL: it is missing. */
static const struct str *find_param(const struct ptl_session *s, u64 number)
{
    u64 n_bound = s->meta.infos.items[0].n_params;

    if (number <= n_bound || number - n_bound > s->opts->args.n_params)
        return NULL;
    return &s->opts->args.params[number - n_bound - 1];
}

static int param_value(struct ptl_session *s, const struct meta_resolved *row, u64 *num_out,
                       struct str *text_out)
{
    const struct str *given = find_param(s, row->num);
    bool is_negative = false, is_number = false;

    if (given == NULL)
        return 0;
    *text_out = *given;
    if (row->kind == RESOLVED_PARAM_TEXT)
        return 1;
    is_number = param_number(*given, num_out, &is_negative);
    if (is_number && (is_negative || *num_out <= INT64_MAX))
        return 1;
    if (is_number) {
        (void)diag_add(&s->diags, E_PARAM_VALUE, span_of(row),
                       "Parameter $%llu is %.*s, and an object takes integers of at most %lld",
                       (unsigned long long)row->num, STR_ARG(*given), (long long)INT64_MAX);
        return -EINVAL;
    }
    diag_hint(diag_add(&s->diags, E_PARAM_VALUE, span_of(row),
                       "Parameter $%llu is '%.*s', and the script uses it as an integer",
                       (unsigned long long)row->num, STR_ARG(*given)),
              "The script gets its text by str($%llu).", (unsigned long long)row->num);
    return -EINVAL;
}

static int option_or_default(struct ptl_session *s, const struct meta_resolved *row, u64 *num_out,
                             struct str *text_out)
{
    const struct meta_option *option = &s->meta.options.items[row->num];
    int given = script_option_value(option, &s->opts->args, &s->diags, num_out, text_out);

    if (given == 0) {
        *num_out = option->default_num;
        *text_out = option->default_text;
    }
    return given;
}

/* Returns 1, 0 where it was not given, or -EINVAL after reporting. */
static int find_value(struct ptl_session *s, const struct meta_resolved *row, u64 *num_out,
                      struct str *text_out)
{
    int given = 1;

    *num_out = 0;
    *text_out = STR("");
    if (row->kind == RESOLVED_PARAM_COUNT) {
        *num_out = s->meta.infos.items[0].n_params + s->opts->args.n_params;
    } else if (row->kind == RESOLVED_PARAM || row->kind == RESOLVED_PARAM_TEXT) {
        given = param_value(s, row, num_out, text_out);
    } else {
        given = option_or_default(s, row, num_out, text_out);
    }
    if (given < 0 || text_out->n < row->n_words * sizeof(u64) || row->n_words == 1)
        return given;
    (void)diag_add(&s->diags, E_PARAM_VALUE, span_of(row),
                   "'%.*s...' is too long: an object takes texts of at most %llu bytes",
                   STR_ARG(str_sub(*text_out, 0, 16)),
                   (unsigned long long)(row->n_words * sizeof(u64) - 1));
    return -EINVAL;
}

void arg_value(struct ptl_session *s, const struct meta_resolved *row, u64 *num_out,
               struct str *text_out)
{
    (void)find_value(s, row, num_out, text_out); // args_check() has told what is wrong
}

static void check_row(struct ptl_session *s, const struct meta_resolved *row)
{
    struct str text;
    u64 num = 0;
    bool is_param = row->kind == RESOLVED_PARAM || row->kind == RESOLVED_PARAM_TEXT;

    if (find_value(s, row, &num, &text) == 0 && is_param) {
        (void)diag_add(&s->diags, W_PARAM_MISSING, span_of(row),
                       "Positional parameter $%llu is missing: 0 or \"\" is used",
                       (unsigned long long)row->num);
    }
}

/* What the compiler was given is part of the programs. */
static void check_bound(struct ptl_session *s)
{
    vec_foreach(option, &s->meta.options) {
        struct str text;
        u64 num = 0;

        if (!option->is_bound ||
            script_option_value(option, &s->opts->args, &s->diags, &num, &text) <= 0)
            continue;
        (void)diag_add(&s->diags, E_OPTION_VALUE,
                       session_span(option->span_begin, option->span_end),
                       "--%.*s was given when the object was compiled", STR_ARG(option->name));
    }
}

/* Warnings are told at once, and forgotten. */
static void tell_warnings(struct ptl_session *s)
{
    _cleanup_buf_ struct buf text = {0};

    if (s->opts->warnings != PTL_WARNINGS_NONE)
        diags_render(&s->diags, &text, s->opts->has_color);
    if (text.n != 0)
        (void)fwrite(text.p, 1, text.n, s->opts->log); // nowhere to tell that
    diags_truncate(&s->diags, 0);
}

int args_check(struct ptl_session *s, struct ptl_error *err)
{
    struct script_options options = {s->meta.options.items, s->meta.options.n};

    if (!s->opts->is_object)
        return 0; /* the compiler has seen all of it */
    script_options_check(options, &s->opts->args, &s->diags);
    check_bound(s);
    vec_foreach(row, &s->meta.resolveds) {
        if (arg_is(row))
            check_row(s, row);
    }
    if (diags_errors(&s->diags) == 0) {
        tell_warnings(s);
        return 0;
    }
    *err = (struct ptl_error){.err = -EINVAL, .exit_status = EXIT_USER};
    return -EINVAL;
}
