/* The command line of ptlc. ptrace-lite is its first user, people who debug the compiler the
 * second. */
#include "tools/ptlc_options.h"

#include <errno.h>
#include <getopt.h>
#include <limits.h>

#include "tools/message.h"

enum long_option {
    LONG_SOURCE_FD = 0x100,
    LONG_SOURCE_NAME,
    LONG_OBJECT_FD,
    LONG_STEPS_FD,
    LONG_EMIT,
    LONG_FMT,
    LONG_PARAM,
    LONG_OPTION,
    LONG_AOT,
    LONG_UNSAFE,
    LONG_NO_KPROBES,
    LONG_NO_WARNINGS,
    LONG_TEST_SWITCH,
    LONG_COLOR,
    LONG_TRACEFS,
    LONG_BTF,
    LONG_ARCH,
    LONG_LIST,
    LONG_DETAILS,
    LONG_REFERENCE,
    LONG_DIAGNOSTICS,
};

static const struct option long_options[] = {
    {"source-fd", required_argument, NULL, LONG_SOURCE_FD},
    {"source-name", required_argument, NULL, LONG_SOURCE_NAME},
    {"object-fd", required_argument, NULL, LONG_OBJECT_FD},
    {"steps-fd", required_argument, NULL, LONG_STEPS_FD},
    {"emit", required_argument, NULL, LONG_EMIT},
    {"fmt", no_argument, NULL, LONG_FMT},
    {"param", required_argument, NULL, LONG_PARAM},
    {"option", required_argument, NULL, LONG_OPTION},
    {"aot", no_argument, NULL, LONG_AOT},
    {"unsafe", no_argument, NULL, LONG_UNSAFE},
    {"no-kprobes", no_argument, NULL, LONG_NO_KPROBES},
    {"no-warnings", no_argument, NULL, LONG_NO_WARNINGS},
    {"test-switch", required_argument, NULL, LONG_TEST_SWITCH},
    {"color", required_argument, NULL, LONG_COLOR},
    {"kernel-tracefs", required_argument, NULL, LONG_TRACEFS},
    {"kernel-btf", required_argument, NULL, LONG_BTF},
    {"arch", required_argument, NULL, LONG_ARCH},
    {"list", required_argument, NULL, LONG_LIST},
    {"details", no_argument, NULL, LONG_DETAILS},
    {"reference", no_argument, NULL, LONG_REFERENCE},
    {"diagnostics", no_argument, NULL, LONG_DIAGNOSTICS},
    {"version", no_argument, NULL, 'V'},
    {"help", no_argument, NULL, 'h'},
    {NULL, 0, NULL, 0},
};

void ptlc_options_usage(FILE *out)
{
    (void)fputs(
        "usage: ptlc [OPTIONS] FILE|-|-e TEXT\n\n"
        "  -e TEXT                the script itself\n"
        "  -o FILE                write the object to FILE (default: check only)\n"
        "  --source-fd N          read the script from a file descriptor\n"
        "  --source-name NAME     name of the script in diagnostics\n"
        "  --object-fd N          write the object to a file descriptor\n"
        "  --steps-fd N           write the time of each step to a file descriptor\n"
        "  --emit STAGES          print tokens, fmt, ast, types, probes, ir, bpf (a list)\n"
        "  --fmt                  print the script in the common layout: --emit fmt\n"
        "  --param VALUE          the next of $1, $2, ...\n"
        "  --option NAME[=VALUE]  an option of the script: getopt(\"NAME\")\n"
        "  --aot                  parameters and options that are not given stay open: the object is\n"
        "                         told when it runs\n"
        "  --unsafe               allow functions that run commands or change traced programs\n"
        "  --no-kprobes           use fentry and fexit for kprobes: the kernel has none\n"
        "  --no-warnings          tell errors only\n"
        "  --color always|never   of diagnostics (default: never)\n"
        "  --arch x86_64|aarch64  of the kernel that runs the object (default: this one)\n"
        "  --kernel-tracefs DIR   read tracepoint formats there\n"
        "  --kernel-btf PATH      the kernel's types: a file of BTF, or a folder with vmlinux and\n"
        "                         modules (default: $BPFTRACE_BTF, else /sys/kernel/btf)\n"
        "  --list SEARCH          print the probes that match\n"
        "  --details              with --list and --emit probes: what args has, the members of types\n"
        "  --reference            print the reference of the language\n"
        "  --diagnostics          print the list of all diagnostics\n"
        "  --test-switch NAME     plain-rmw, refused or small-parts: for tests\n"
        "  -V, --version          print the version\n"
        "  -h, --help             print this text\n",
        out); /* the caller closes and checks */
}

static bool parse_fd(int *out, const char *arg)
{
    char *end = NULL;
    long fd = 0;

    errno = 0;
    fd = strtol(arg, &end, 10);
    if (end == arg || *end != '\0' || errno || fd < 0 || fd > INT_MAX) {
        message_error("not a file descriptor: %s", arg);
        return false;
    }
    *out = (int)fd;
    return true;
}

static bool parse_stage(u32 *stages, struct str name)
{
    for (int i = 0; i < STAGE_COUNT_; i++) {
        if (str_eq_c(name, compile_stage_name((enum compile_stage)i))) {
            *stages |= 1u << i;
            return true;
        }
    }
    message_error("unknown stage: '%.*s'", STR_ARG(name));
    message_hint("--emit takes a list of tokens, fmt, ast, types, probes, ir, bpf");
    return false;
}

static bool parse_stages(u32 *stages, const char *arg)
{
    struct str rest = str_of(arg);

    for (;;) {
        int comma = str_index(rest, ',');

        if (!parse_stage(stages, comma < 0 ? rest : str_sub(rest, 0, (u32)comma)))
            return false;
        if (comma < 0)
            return true;
        rest = str_sub(rest, (u32)comma + 1, rest.n);
    }
}

static bool parse_test(enum semantic_test *out, const char *arg)
{
    struct str name = str_of(arg);

    if (str_eq_c(name, "plain-rmw")) {
        *out = SEMANTIC_TEST_PLAIN_RMW;
    } else if (str_eq_c(name, "refused")) {
        *out = SEMANTIC_TEST_REFUSED;
    } else if (str_eq_c(name, "small-parts")) {
        *out = SEMANTIC_TEST_SMALL_PARTS;
    } else {
        message_error("unknown test switch: '%s'", arg);
    }
    return *out != SEMANTIC_TEST_NONE;
}

static bool parse_color(bool *out, const char *arg)
{
    *out = str_eq_c(str_of(arg), "always");
    if (*out || str_eq_c(str_of(arg), "never"))
        return true;
    message_error("--color takes always or never, not '%s'", arg);
    return false;
}

static bool parse_arch(const struct arch **out, const char *arg)
{
    for (u32 tag = 1; (*out = arch_by_tag(tag)); tag++) {
        if (str_eq_c(str_of(arg), (*out)->name))
            return true;
    }
    message_error("unknown architecture: '%s'", arg);
    return false;
}

/* Options with a value that needs to be understood. */
static bool option_value(struct ptlc_options *o, int option, const char *arg)
{
    switch (option) {
    case LONG_SOURCE_FD:
        return parse_fd(&o->source_fd, arg);
    case LONG_OBJECT_FD:
        return parse_fd(&o->object_fd, arg);
    case LONG_STEPS_FD:
        return parse_fd(&o->steps_fd, arg);
    case LONG_EMIT:
        return parse_stages(&o->compile.stages, arg);
    case LONG_TEST_SWITCH:
        return parse_test(&o->compile.test, arg);
    case LONG_COLOR:
        return parse_color(&o->compile.has_color, arg);
    case LONG_ARCH:
        return parse_arch(&o->compile.arch, arg);
    default: /* '?': getopt has told the reason */
        ptlc_options_usage(stderr);
        return false;
    }
}

static bool option_take(struct ptlc_options *o, int option, const char *arg)
{
    switch (option) {
    case 'e':
        o->text = arg;
        return true;
    case 'o':
        o->object = arg;
        return true;
    case LONG_SOURCE_NAME:
        o->compile.name = str_of(arg);
        return true;
    case LONG_PARAM:
        o->params[o->compile.args.n_params++] = str_of(arg);
        return true;
    case LONG_OPTION:
        o->options[o->compile.args.n_options++] = str_of(arg);
        return true;
    case LONG_TRACEFS:
        o->compile.tracefs = arg;
        return true;
    case LONG_BTF:
        o->compile.btf = arg;
        return true;
    case LONG_FMT:
        o->compile.stages |= 1u << STAGE_FMT;
        return true;
    case LONG_AOT:
        o->compile.is_open = true;
        return true;
    case LONG_UNSAFE:
        o->compile.allows_unsafe = true;
        return true;
    case LONG_NO_KPROBES:
        o->compile.lacks_kprobes = true;
        return true;
    case LONG_NO_WARNINGS:
        o->compile.hides_warnings = true;
        return true;
    case LONG_LIST:
        o->search = arg;
        return true;
    case LONG_DETAILS:
        o->wants_details = o->compile.wants_details = true;
        return true;
    case LONG_REFERENCE:
        o->wants_reference = true;
        return true;
    case LONG_DIAGNOSTICS:
        o->wants_diagnostics = true;
        return true;
    case 'V':
        o->wants_version = true;
        return true;
    case 'h':
        o->wants_help = true;
        return true;
    default:
        return option_value(o, option, arg);
    }
}

static bool sources_check(struct ptlc_options *o, int argc, char **argv)
{
    int n = argc - optind;

    if (o->wants_help || o->wants_version || o->wants_reference || o->wants_diagnostics ||
        o->search)
        return true;
    if (n > 0)
        o->file = argv[optind];
    n += (o->text != NULL) + (o->source_fd >= 0);
    if (n == 1)
        return true;
    message_error(n == 0 ? "no script given" : "more than one script given");
    ptlc_options_usage(stderr);
    return false;
}

/* NULL where it is not set. */
static const char *variable(const char *name)
{
    const char *text = getenv(name); // NOLINT(concurrency-mt-unsafe): one thread

    return text && *text != '\0' ? text : NULL;
}

bool ptlc_options_parse(struct ptlc_options *o, int argc, char **argv)
{
    int option = 0;

    *o = (struct ptlc_options){.source_fd = -1, .object_fd = -1, .steps_fd = -1};
    o->params = calloc((size_t)argc, sizeof(*o->params));
    o->options = calloc((size_t)argc, sizeof(*o->options));
    if (!o->params || !o->options) {
        message_error("out of memory");
        return false;
    }
    o->compile.args.params = o->params;
    o->compile.args.options = o->options;
    o->compile.arch = arch_native();
    o->compile.btf = variable("BPFTRACE_BTF");
    o->compile.environment = variable;
    // NOLINTNEXTLINE(concurrency-mt-unsafe): one thread
    while ((option = getopt_long(argc, argv, "e:o:Vh", long_options, NULL)) != -1) {
        if (!option_take(o, option, optarg))
            return false;
    }
    if (!sources_check(o, argc, argv))
        return false;
    if (!o->compile.name.p) {
        o->compile.name =
            o->file && !str_eq_c(str_of(o->file), "-") ? str_of(o->file) : STR("stdin");
    }
    o->compile.wants_object = o->object || o->object_fd >= 0;
    return true;
}

void ptlc_options_done(struct ptlc_options *o)
{
    free(o->params);
    free(o->options);
    o->params = NULL;
    o->options = NULL;
}
