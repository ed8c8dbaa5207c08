/* The completion scripts of shells. What there is to complete is all in options.def: an option's
 * argument is completed by what its name there stands for, and not at all if it stands for nothing.
 * The rules of the three shells:
 *
 *   bash  a function that fills COMPREPLY; where it finds nothing, bash offers files
 *   zsh   arguments of _arguments, one for each option
 *   fish  a command for each option
 */
#include "tools/completions.h"

#include <string.h>

#include "tools/message.h"

#define SHELLS         "bash zsh fish"
#define STATUS_MISTAKE 1

enum kind {
    KIND_NONE,    /* no argument */
    KIND_TEXT,    /* anything */
    KIND_WORD,    /* one of some words */
    KIND_LIST,    /* some of them, with commas */
    KIND_FILE,    /* a path */
    KIND_COMMAND, /* a program */
    KIND_PID,     /* a process */
};

static const struct argument {
    const char *name; /* in options.def */
    enum kind kind;
    const char *words; /* of KIND_WORD and KIND_LIST */
} arguments[] = {
    {"COMMAND", KIND_COMMAND, ""},
    {"FILE", KIND_FILE, ""},

#define SINK(id, name) #name " "
    {
        "FORMAT",
        KIND_WORD,
#include "runtime/sinks.def"
    },
#undef SINK
    {"MODE", KIND_WORD, "line full none"},
#define FEATURE(id, name, missing, hint) #name " "
    {
        "NAMES",
        KIND_LIST,
#include "runtime/features.def"
    },
#undef FEATURE
    {"PID", KIND_PID, ""},
    {"SHELL", KIND_WORD, SHELLS},
    {"STAGES", KIND_LIST, "tokens fmt ast types probes ir bpf"},
};

struct row {
    char letter; /* 0: none */
    const char *name, *argument, *help;
};

static const struct row rows[] = {
#define OPT(letter, name, argument, set, use, help) {letter, name, argument, help},
#define FLAG(letter, name, field, use, help)        {letter, name, "", help},
#include "tools/options.def"
#undef OPT
#undef FLAG
};

static const struct argument *argument_of(const struct row *row)
{
    static const struct argument none = {"", KIND_NONE, ""}, text = {"", KIND_TEXT, ""};

    for (size_t i = 0; i < ARRAY_SIZE(arguments); i++) {
        if (strcmp(arguments[i].name, row->argument) == 0)
            return &arguments[i];
    }
    return *row->argument == '\0' ? &none : &text;
}

static bool is_hidden(const struct row *row)
{
    return *row->help == '\0';
}

/* The help, in single quotes: inside of them `quote` stands for one, and a backslash goes before
 * each of `special`. */
static void put_help(FILE *out, const char *help, const char *quote, const char *special)
{
    for (; *help != '\0'; help++) {
        if (*help == '\'') {
            (void)fputs(quote, out); /* here and below: the caller closes and checks */
            continue;
        }
        if (strchr(special, *help))
            (void)fputc('\\', out);
        (void)fputc(*help, out);
    }
}

// --- bash ----------------------------------------------------------------------------------------

/* "-k --warnings" */
static void bash_names(FILE *out, const struct row *row, const char *between)
{
    if (row->letter)
        (void)fprintf(out, "-%c", row->letter);
    if (*row->name != '\0')
        (void)fprintf(out, "%s--%s", row->letter ? between : "", row->name);
}

/* What completes the option's argument, $word. */
static void bash_argument(FILE *out, const struct argument *a)
{
    switch (a->kind) {
    case KIND_WORD:
        (void)fprintf(out, "COMPREPLY=($(compgen -W '%s' -- \"$word\"))", a->words);
        break;
    case KIND_LIST:
        (void)fprintf(out,
                      "COMPREPLY=($(compgen -P \"${word%%\"${word##*,}\"}\" -W '%s' -- "
                      "\"${word##*,}\"))",
                      a->words);
        break;
    case KIND_COMMAND:
        (void)fputs("COMPREPLY=($(compgen -c -- \"$word\"))", out);
        break;
    case KIND_PID:
        (void)fputs("COMPREPLY=($(compgen -W \"$(cd /proc && echo [0-9]*)\" -- \"$word\"))", out);
        break;
    case KIND_FILE:
        (void)fputs("COMPREPLY=()", out);
        break;
    case KIND_TEXT:
    case KIND_NONE:
        (void)fputs("compopt +o default", out);
        break;
    }
}

static void bash_print(FILE *out)
{
    (void)fputs("_ptrace_lite()\n"
                "{\n"
                "    local word=${COMP_WORDS[COMP_CWORD]} i before\n"
                "    COMPREPLY=()\n"
                "    # What follows -- are the program's own options.\n"
                "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                "        [[ ${COMP_WORDS[i]} != -- ]] || return 0\n"
                "    done\n"
                "    # --NAME=WORD is three words to bash.\n"
                "    before=${COMP_WORDS[COMP_CWORD - 1]}\n"
                "    if [[ $word == '=' ]]; then\n"
                "        word=''\n"
                "    elif [[ $before == '=' ]]; then\n"
                "        before=${COMP_WORDS[COMP_CWORD - 2]}\n"
                "    fi\n"
                "    case $before in\n",
                out);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (is_hidden(&rows[i]) || argument_of(&rows[i])->kind == KIND_NONE)
            continue;
        (void)fputs("    ", out);
        bash_names(out, &rows[i], " | ");
        (void)fputs(") ", out);
        bash_argument(out, argument_of(&rows[i]));
        (void)fputs(" ;;\n", out);
    }
    (void)fputs("    *) [[ $word != -* ]] || COMPREPLY=($(compgen -W '", out);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (is_hidden(&rows[i]))
            continue;
        bash_names(out, &rows[i], " ");
        (void)fputc(' ', out);
    }
    (void)fputs("' -- \"$word\")) ;;\n"
                "    esac\n"
                "}\n"
                "complete -o default -F _ptrace_lite ptrace-lite\n",
                out);
}

// --- zsh -----------------------------------------------------------------------------------------

static void zsh_argument(FILE *out, const struct row *row)
{
    const struct argument *a = argument_of(row);

    if (a->kind == KIND_NONE)
        return;
    (void)fprintf(out, ":%s:", row->argument);
    switch (a->kind) {
    case KIND_WORD:
        (void)fprintf(out, "(%s)", a->words);
        break;
    case KIND_LIST:
        (void)fprintf(out, "_values -s , %s %s", row->argument, a->words);
        break;
    case KIND_COMMAND:
        (void)fputs("_command_names -e", out);
        break;
    case KIND_PID:
        (void)fputs("_pids", out);
        break;
    case KIND_FILE:
        (void)fputs("_files", out);
        break;
    case KIND_TEXT:
    case KIND_NONE:
        (void)fputc(' ', out);
        break;
    }
}

static void zsh_row(FILE *out, const struct row *row)
{
    bool has_argument = *row->argument != '\0';
    const char *letter_end = has_argument ? "+" : "", *name_end = has_argument ? "=" : "";

    (void)fputs(" \\\n    ", out);
    if (row->letter && *row->name != '\0') {
        (void)fprintf(out, "'(-%c --%s)'{-%c%s,--%s%s}'", row->letter, row->name, row->letter,
                      letter_end, row->name, name_end);
    } else if (row->letter) {
        (void)fprintf(out, "'-%c%s", row->letter, letter_end);
    } else {
        (void)fprintf(out, "'--%s%s", row->name, name_end);
    }
    (void)fputc('[', out);
    put_help(out, row->help, "'\\''", "[]\\");
    (void)fputc(']', out);
    zsh_argument(out, row);
    (void)fputc('\'', out);
}

static void zsh_print(FILE *out)
{
    (void)fputs("_arguments -s -S", out);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        if (!is_hidden(&rows[i]))
            zsh_row(out, &rows[i]);
    }
    (void)fputs(" \\\n    '*:FILE:_files'\n", out);
}

// --- fish ----------------------------------------------------------------------------------------

static void fish_argument(FILE *out, const struct argument *a)
{
    switch (a->kind) {
    case KIND_NONE:
        break;
    case KIND_TEXT:
        (void)fputs(" -x", out);
        break;
    case KIND_WORD:
        (void)fprintf(out, " -x -a '%s'", a->words);
        break;
    case KIND_LIST:
        (void)fprintf(out, " -x -a '(__fish_append , %s)'", a->words);
        break;
    case KIND_FILE:
        (void)fputs(" -r -F", out);
        break;
    case KIND_COMMAND:
        (void)fputs(" -x -a '(__fish_complete_command)'", out);
        break;
    case KIND_PID:
        (void)fputs(" -x -a '(__fish_complete_pids)'", out);
        break;
    }
}

static void fish_print(FILE *out)
{
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
        const struct row *row = &rows[i];

        if (is_hidden(row))
            continue;
        (void)fputs("complete -c ptrace-lite", out);
        if (row->letter)
            (void)fprintf(out, " -s %c", row->letter);
        if (*row->name != '\0')
            (void)fprintf(out, " -l %s", row->name);
        fish_argument(out, argument_of(row));
        (void)fputs(" -d '", out);
        put_help(out, row->help, "\\'", "\\");
        (void)fputs("'\n", out);
    }
}

// --- all -----------------------------------------------------------------------------------------

int completions_print(const char *shell, FILE *out)
{
    static const struct {
        const char *shell, *head;
        void (*print)(FILE *out);
    } writers[] = {
        {"bash", "", bash_print},
        {"zsh", "#compdef ptrace-lite\n", zsh_print},
        {"fish", "", fish_print},
    };

    for (size_t i = 0; i < ARRAY_SIZE(writers); i++) {
        if (strcmp(writers[i].shell, shell) != 0)
            continue;
        (void)fprintf(out, "%s# Made by: ptrace-lite --completions %s\n", writers[i].head, shell);
        writers[i].print(out);
        return 0;
    }
    message_error("Invalid shell \"%s\"", shell);
    message_hint("The shells are: " SHELLS);
    return STATUS_MISTAKE;
}
