/* What a script is given: its own options (getopt) and positional parameters. The compiler reads
 * them for a script, the runtime for an object that left them open. */
#pragma once

#include "abi/meta.h"
#include "base/diag.h"
#include "base/str.h"

/* More options than this no script has, and their names are no longer. */
enum {
    SCRIPT_OPTIONS_MAX = 1000,
    SCRIPT_OPTION_NAME_MAX = 64, /* bytes */
};

/* What stands on the command line, borrowed. */
struct script_args {
    const struct str *params; /* $1, $2, ... */
    u32 n_params;
    const struct str *options; /* without their dashes: "pid=5", "verbose" */
    u32 n_options;
};

/* The options that a script has. */
struct script_options {
    const struct meta_option *rows;
    u32 n;
};

/* Is it a name that an option may have: letters, digits, and behind the first of them - and _ ? */
bool script_option_name_ok(struct str name);

/* The integer that a text spells as in C (10, -3, 0x1f), of 64 bits, and whether it has a sign.
 * False: it is none. */
bool param_number(struct str text, u64 *num_out, bool *is_negative_out);

/* The value that was given for an option: num of a bool or an integer, text of a string. Where it
 * was given several times the last one counts. Returns 1; 0 if it was not given; -EINVAL after
 * reporting (E_OPTION_VALUE) what is none of its kind, at the option's span. */
int script_option_value(const struct meta_option *o, const struct script_args *args,
                        struct diags *diags, u64 *num_out, struct str *text_out);

/* Report what was given and is no option of the script (E_UNKNOWN_OPTION). */
void script_options_check(struct script_options options, const struct script_args *args,
                          struct diags *diags);

/* Is a word of the command line, without its dashes, a request for help: "help", "help=5"? */
bool script_option_is_help(struct str given);

/* Was --help given, and the script has no option of that name? */
bool script_options_want_help(struct script_options options, const struct script_args *args);

/* Append the text of the script's --help: those that may be given. script: its name for the usage
 * line. */
void script_options_help(struct script_options options, struct str script, struct buf *out);
