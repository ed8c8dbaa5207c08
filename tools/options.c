/* The command line of ptrace-lite: a handler for each row of options.def, and what getopt_long
 * needs, made from the same rows. Options may stand before and behind the program; `--` ends them,
 * and what follows is the program's: --NAME an option of its own, all else a parameter. */
#include "tools/options.h"

#include <errno.h>
#include <getopt.h>
#include <stddef.h>
#include <string.h>

#include "tools/message.h"

#define PID_MAX_LIMIT 0x400000 /* of the kernel, 64-bit */
#define LONG_BASE     0x100    /* getopt values of rows: above all letters */
#define OPERAND       1

enum option_use {
    FOR_ALL,
    FOR_RUN,
    NO_RUN
};

struct option_row {
    char letter; /* 0: none */
    enum option_use use;
    const char *name;
    const char *argument;
    /* False after saying what is wrong; NULL: a flag. */
    bool (*set)(struct options *o, const char *arg);
    size_t flag; /* the place of its bool in struct options */
    const char *help;
};

// --- handlers ------------------------------------------------------------------------------------

static bool option_text(struct options *o, const char *arg)
{
    if (o->text) {
        message_error("two programs given: -e may be used once");
        return false;
    }
    o->text = arg;
    return true;
}

static bool option_command(struct options *o, const char *arg)
{
    o->command = arg;
    return true;
}

static bool option_pid(struct options *o, const char *arg)
{
    char *end = NULL;
    long pid = 0;

    errno = 0;
    pid = strtol(arg, &end, 10);
    if (end == arg || *end != '\0') {
        message_error("Failed to parse pid: %s", arg);
        return false;
    }
    if (errno == ERANGE || pid < 1 || pid > PID_MAX_LIMIT) {
        message_error("Pid out of range: %s", arg);
        return false;
    }
    o->pid = (pid_t)pid;
    return true;
}

static bool option_output(struct options *o, const char *arg)
{
    o->output = arg;
    return true;
}

static bool option_aot(struct options *o, const char *arg)
{
    if (o->aot) {
        message_error("two objects to write: --aot may be given once");
        return false;
    }
    o->aot = arg;
    return true;
}

static bool option_btf(struct options *o, const char *arg)
{
    o->btf = arg;
    return true;
}

static bool option_tracefs(struct options *o, const char *arg)
{
    o->tracefs = arg;
    return true;
}

static bool option_emit(struct options *o, const char *arg)
{
    o->emit = arg; /* ptlc knows the stages */
    return true;
}

static bool option_fmt(struct options *o, const char *arg)
{
    (void)arg; /* none */
    o->emit = "fmt";
    return true;
}

static bool option_fmt_in_place(struct options *o, const char *arg)
{
    o->is_in_place = true;
    return option_fmt(o, arg);
}

static bool option_max_map_memory(struct options *o, const char *arg)
{
    static const char units[] = "KMG";
    const char *unit = NULL;
    char *end = NULL;
    u64 size = 0;

    errno = 0;
    size = strtoull(arg, &end, 10);
    if (*end != '\0')
        unit = strchr(units, *end);
    if (arg[0] < '0' || arg[0] > '9' || (*end != '\0' && (!unit || end[1] != '\0'))) {
        message_error("Failed to parse size: %s", arg);
        message_hint("a number of bytes, or with K, M or G: 64M");
        return false;
    }
    if (errno == ERANGE || size == 0 ||
        (unit && __builtin_mul_overflow(size, 1ull << (10 * (unit - units + 1)), &size))) {
        message_error("Size out of range: %s", arg);
        return false;
    }
    o->max_map_memory_bytes = size;
    return true;
}

/* Append one name, n bytes of it. */
static bool feature_add(struct options *o, const char *name, size_t n)
{
    char *copy = NULL;

    if (n == 0) {
        message_error("--no-feature: a name is missing");
        return false;
    }
    if (o->n_no_features == OPTIONS_FEATURES_MAX) {
        message_error("--no-feature: more than %d names", OPTIONS_FEATURES_MAX);
        return false;
    }
    copy = strndup(name, n);
    if (!copy) {
        message_error("out of memory");
        return false;
    }
    o->no_features[o->n_no_features++] = copy;
    return true;
}

static bool option_no_feature(struct options *o, const char *arg)
{
    for (;;) {
        size_t n = strcspn(arg, ",");

        if (!feature_add(o, arg, n))
            return false;
        if (arg[n] == '\0')
            return true;
        arg += n + 1;
    }
}

static bool option_format(struct options *o, const char *arg)
{
#define SINK(id, name) " " #name
    static const char formats[] =
#include "runtime/sinks.def"
        ;
#undef SINK

    if (ptl_format_find(arg, &o->format))
        return true;
    message_error("Invalid output format \"%s\"", arg);
    message_hint("The formats are:%s", formats);
    return false;
}

static bool option_buffering(struct options *o, const char *arg)
{
    static const char *const modes[] = {
        [PTL_BUFFER_PAUSE] = "line",
        [PTL_BUFFER_FULL] = "full",
        [PTL_BUFFER_NONE] = "none",
    };

    for (u32 i = 0; i < ARRAY_SIZE(modes); i++) {
        if (strcmp(modes[i], arg) == 0) {
            o->buffering = (enum ptl_buffering)i;
            return true;
        }
    }
    message_error("Invalid output buffering \"%s\"", arg);
    message_hint("The modes are: line full none");
    return false;
}

static bool option_warnings(struct options *o, const char *arg)
{
    (void)arg;                             /* none */
    if (o->warnings == PTL_WARNINGS_ALL) { /* bpftrace's -kk was a level of its own */
        message_error("-k may be given once");
        return false;
    }
    o->warnings = PTL_WARNINGS_ALL;
    return true;
}

static bool option_completions(struct options *o, const char *arg)
{
    o->completions = arg; /* completions.c knows the shells */
    return true;
}

static bool option_test_switch(struct options *o, const char *arg)
{
    o->test_switch = arg;
    return true;
}

static const struct option_row rows[] = {
#define OPT(letter, name, argument, set, use, help) \
    {letter, use, name, argument, option_##set, 0, help},
#define FLAG(letter, name, field, use, help) \
    {letter, use, name, "", NULL, offsetof(struct options, field), help},
#include "tools/options.def"
#undef OPT
#undef FLAG
};

// --- getopt --------------------------------------------------------------------------------------

struct getopt_tables {
    char letters[2 + 2 * ARRAY_SIZE(rows)];
    struct option names[ARRAY_SIZE(rows) + 1];
};

static void tables_make(struct getopt_tables *t)
{
    char *letter = t->letters;
    struct option *name = t->names;

    memset(t, 0, sizeof(*t));
    *letter++ = '-'; /* operands come as OPERAND, in their place */
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        bool has_argument = *rows[i].argument != '\0';

        if (rows[i].letter) {
            *letter++ = rows[i].letter;
            if (has_argument)
                *letter++ = ':';
        }
        if (*rows[i].name != '\0')
            *name++ = (struct option){rows[i].name, has_argument, NULL, LONG_BASE + (int)i};
    }
}

static const struct option_row *row_find(int value)
{
    if (value >= LONG_BASE)
        return &rows[value - LONG_BASE];
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (rows[i].letter == value)
            return &rows[i];
    }
    return NULL;
}

/* The rule of the language: text has a block in it, and file names have no `{` or `<`. */
static bool is_program_text(const char *arg)
{
    return strpbrk(arg, "{<") != NULL;
}

/* What is left behind the options: the program, unless -e gave it, and its parameters. */
static bool operands_take(struct options *o, const char **operands, u32 n)
{
    if ((o->is_list || o->is_info || o->is_cache_stats) && n == 0)
        return true;
    if (!o->text) {
        if (n == 0) {
            message_error("no program given");
            return false;
        }
        *(is_program_text(operands[0]) && !o->is_list ? &o->text : &o->file) = operands[0];
        operands++;
        n--;
    }
    o->params = operands;
    o->n_params = n;
    return true;
}

/* One option of the command line. */
static bool row_take(struct options *o, const struct option_row *row, const char *arg)
{
    if (row->use != FOR_ALL && !o->not_for_aot)
        o->not_for_aot = row;
    if (row->set)
        return row->set(o, arg);
    *(bool *)((char *)o + row->flag) = true;
    return true;
}

/* All of the command line; *n_out operands. */
static bool words_take(struct options *o, int argc, char **argv, u32 *n_out)
{
    struct getopt_tables tables;
    int value = 0;

    tables_make(&tables);
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    while ((value = getopt_long(argc, argv, tables.letters, tables.names, NULL)) != -1) {
        const struct option_row *row = value == OPERAND ? NULL : row_find(value);

        if (value == OPERAND) {
            o->operands[(*n_out)++] = optarg;
            continue;
        }
        if (!row) { /* '?': getopt has told the reason */
            options_usage(stderr);
            return false;
        }
        if (!row_take(o, row, optarg))
            return false;
    }
    for (char **rest = argv + optind; *rest; rest++) { /* behind `--` */
        if (strncmp(*rest, "--", 2) == 0 && (*rest)[2] != '\0') {
            o->script_options[o->n_script_options++] = *rest + 2;
        } else {
            o->operands[(*n_out)++] = *rest;
        }
    }
    return true;
}

/* --aot runs nothing: what is for a run, or is done instead of one, would be lost. */
static bool aot_check(const struct options *o)
{
    const struct option_row *row = o->not_for_aot;
    char letter[2] = "";
    const char *option = "--no-feature ", *name = NULL;

    for (u32 i = 0; i < o->n_no_features && !name; i++) {
        if (strcmp(o->no_features[i], "kprobe") != 0) /* the one that the compiler asks for */
            name = o->no_features[i];
    }
    if (row) {
        option = row->letter ? "-" : "--";
        letter[0] = row->letter;
        name = row->letter ? letter : row->name;
    }
    if (!name)
        return true;
    message_error("--aot and %s%s exclude each other", option, name);
    if (!row || row->use == FOR_RUN)
        message_hint("--aot runs nothing: give %s%s to the run of the object", option, name);
    return false;
}

static bool options_check(const struct options *o)
{
    if (o->pid && o->command) {
        message_error("-p and -c exclude each other");
        message_hint("-c traces the command that it starts, -p a process that runs already");
        return false;
    }
    if (o->has_no_warnings && o->warnings != PTL_WARNINGS_FIRST) {
        message_error("-k and --no-warnings exclude each other");
        return false;
    }
    if (o->is_test && o->is_bench) {
        message_error("--test and --bench exclude each other");
        return false;
    }
    if (o->aot && !aot_check(o))
        return false;
    if (o->is_in_place && (!o->file || strcmp(o->file, "-") == 0 || o->output)) {
        message_error("--fmt-in-place writes to the FILE that it reads: give one, and no -o");
        return false;
    }
    return true;
}

bool options_parse(struct options *o, int argc, char **argv)
{
    u32 n = 0;

    memset(o, 0, sizeof(*o));
    o->operands = calloc((size_t)argc, sizeof(*o->operands));
    o->script_options = calloc((size_t)argc, sizeof(*o->script_options));
    if (!o->operands || !o->script_options) {
        message_error("out of memory");
        return false;
    }
    if (!words_take(o, argc, argv, &n))
        return false;
    if (o->wants_help || o->wants_version || o->completions)
        return true;
    if (!operands_take(o, o->operands, n)) {
        options_usage(stderr);
        return false;
    }
    return options_check(o);
}

bool options_run_object(const struct options *o)
{
    return o->test_switch && strcmp(o->test_switch, "aot") == 0;
}

void options_done(struct options *o)
{
    for (u32 i = 0; i < o->n_no_features; i++)
        free(o->no_features[i]);
    o->n_no_features = 0;
    free(o->operands);
    free(o->script_options);
    o->operands = NULL;
    o->script_options = NULL;
}

void options_usage(FILE *out)
{
    (void)fputs(
        "usage: ptrace-lite [OPTIONS] PROGRAM|FILE|- [PARAMETERS...] [-- --NAME=VALUE...]\n"
        "       ptrace-lite [OPTIONS] -e TEXT [PARAMETERS...] [-- --NAME=VALUE...]\n"
        "       ptrace-lite -l [-v] [SEARCH]\n\n"
        "PROGRAM is a text with a block in it: 'kprobe:do_sys_openat2 < @[comm] = count(); >'.\n"
        "Else it is the name of a FILE that holds one; - is standard input. Behind -- stand\n"
        "options of the program's own; -- --help lists them.\n\n",
        out); /* the caller closes and checks */
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct option_row *row = &rows[i];
        char left[40];
        int n = 0;

        if (*row->help == '\0')
            continue;
        if (row->letter)
            n = snprintf(left, sizeof(left), "-%c", row->letter);
        if (*row->name != '\0') {
            n += snprintf(left + n, sizeof(left) - (size_t)n, "%s--%s", n ? ", " : "    ",
                          row->name);
        }
        if (*row->argument != '\0')
            (void)snprintf(left + n, sizeof(left) - (size_t)n, " %s", row->argument);
        (void)fprintf(out, "  %-24s %s\n", left, row->help);
    }
    (void)fputs(
        "\nExit status: 0, N of exit(N), 1 for mistakes, 2 if the compiler died, 255 if the\n"
        "kernel refused to load or attach. The manual: man ptrace-lite.\n",
        out);
}
